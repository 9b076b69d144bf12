"""What PostgreSQL makes of a record is what its serializer shows, to the letter."""

import json
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Value
from django.test import RequestFactory
from django.utils.translation import override
from rest_framework.renderers import JSONRenderer

from config.api import INSTRUMENTS, EveryInstrumentViewSet
from cooperation.register.api.ready_made import ready_made
from cooperation.register.domain.clock import Clock
from placements.api import PlacementViewSet

pytestmark = pytest.mark.django_db

ADDRESS = "https://register.example/api/v1/"
DAYS = (None, date(2021, 12, 2), date(2015, 9, 8))
EVERY = {**INSTRUMENTS, "instruments": EveryInstrumentViewSet}


def shown_by_serializer(viewset, records, clock):
    request = RequestFactory().get("/api/v1/", secure=True, headers={"host": "register.example"})
    records = records.with_all_facts(clock, AnonymousUser()).annotate(
        match_certain=Value(None, BooleanField(null=True))
    )
    context = {"clock": clock, "request": request}
    return {
        record.pk: JSONRenderer().render(viewset.serializer_class(record, context=context).data).decode()
        for record in records
    }


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", EVERY)
def test_it_is_the_same_as_that_of_the_serializer(name, day, language, settings):
    settings.ALLOWED_HOSTS = ["register.example"]
    clock = Clock(day, day) if day else Clock.on()
    viewset = EVERY[name]
    with override(language):
        records = viewset.queryset.all().visible_to(AnonymousUser()).on(clock)
        expected = shown_by_serializer(viewset, records, clock)
        made = ready_made(viewset.serializer_class, dict.fromkeys(expected), clock, AnonymousUser(), [], ADDRESS)
    assert made.keys() <= expected.keys()
    for pk, text in made.items():
        assert json.loads(text) == json.loads(expected[pk])
        assert list(json.loads(text)) == list(json.loads(expected[pk])), "in the same order"


def test_most_placements_need_no_serializer():
    clock = Clock.on()
    keys = list(PlacementViewSet.queryset.all().visible_to(None).on(clock).values_list("pk", flat=True))
    made = ready_made(PlacementViewSet.serializer_class, dict.fromkeys(keys), clock, None, [], ADDRESS)
    assert len(made) > len(keys) / 2
