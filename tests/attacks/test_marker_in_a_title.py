"""A title that looks like the place in a page where the account of the reader is put."""

import pytest
from django.test import Client

from tests.accounts.people import account
from tests.factories import PlacementFactory

pytestmark = pytest.mark.django_db
TITLE = "<!-- account --> Zzqwx"


@pytest.mark.parametrize("path", ["/api/v1/placements/a-post", "/api/v1/placements"])
def test_the_api_says_it_as_it_is_and_nothing_of_who_asks(path):
    PlacementFactory(key="a-post", title_nl=TITLE, title_en=TITLE)
    client = Client()
    client.force_login(account("boss"))
    answer = client.get(path)
    assert TITLE in str(answer.json())
    assert "csrf" not in answer.content.decode()
