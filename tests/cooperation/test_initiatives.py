"""Initiatives keep every contract; and what is special to them."""

import pytest

from cooperation.kind import INITIATIVES
from tests.contracts import DeclaredKind
from tests.contracts.outlets import api_keys
from tests.factories import InitiativeFactory


class TestInitiatives(DeclaredKind):
    kind = INITIATIVES
    factory = InitiativeFactory
    key = "caribbean-information-coordination"
    milestone = "observed"
    own_keys = {"track": "kingdom", "trackNot": "suriname"}
    filled = {"track": "kingdom"}
    needed = {"track": "kingdom"}
    shown = {"track": "Kingdom of the Netherlands"}


@pytest.mark.django_db
def test_a_track_and_all_but_it(client):
    every = set(api_keys(client, "/api/v1/initiatives", ""))
    suriname = set(api_keys(client, "/api/v1/initiatives", "track=suriname"))
    others = set(api_keys(client, "/api/v1/initiatives", "trackNot=suriname"))
    assert suriname
    assert others
    assert (suriname | others, suriname & others) == (every, set())
