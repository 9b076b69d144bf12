"""Every address at which the register answers, and what it answers there."""

import re
from collections.abc import Iterable, Iterator

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import reverse
from rest_framework.test import APIClient

from config.api import EVERYTHING, SAVED
from cooperation.register.api.expand import EXPANDABLE
from cooperation.register.exports import EVERY_EXPORT, formats
from cooperation.register.features.saved_views.lists import list_pages
from cooperation.register.models import Dispute, Figure, Instrument, Organisation, SavedView, Source, Theme, kinds

from .hidden import COUNTRY, MARK, MISSPELT, Hidden, Public, relations
from .outlets import at, text_of

# What views are asked besides, and one format of the table that each shows.
VIEWS = {
    "board": ("", ""),
    "map": ("", "geojson"),
    "chart": ("", "json"),
    "strip": ("", ""),
    "pivot": ("&groupBy=organisation,theme", "csv"),
    "changes": ("&against=0001-01-01", "txt"),
}
DRAWN = ("instruments", "placements", "eu-proposals")  # lists of which each view is asked as a page too
GROUPED = ("country,organisation", "theme,year", "kind,region", "group,stage")
HERE = f"country={COUNTRY}"
# What a list is asked besides; a key that it does not know is part of the answer.
ASKED = (f"q={MARK}", f"source={MARK}-source", f"organisation={MARK}", f"theme={MARK}")
DETAILS = {
    "sources": (f"{MARK}-source", f"{MARK}-of-organisation"),
    "organisations": (MARK, "test-shared"),
    "themes": (MARK,),
    "figures": (f"{MARK}-{MARK}-placements", f"{MARK}-of-organisation-figure", "test-shared-figure"),
}
# Of an answer, what is never twice the same: moments, and what chance has made.
OF_THE_MOMENT = ("Date", "X-Request-ID", "Expires", "Last-Modified", "Content-Length", "Content-Security-Policy")
BY_CHANCE = re.compile(r'(name="csrfmiddlewaretoken" value|nonce|name="version"[^>]*value)="[^"]*"')


# --- addresses -------------------------------------------------------------------------------------------------------


def pages(hidden: Hidden) -> Iterator[str]:
    """What people read."""
    yield from (reverse(name) for name in ("home", "countries", "benelux", "gaps"))
    yield reverse("country", args=[COUNTRY])
    for resource, page in list_pages().items():
        path = reverse(f"{resource}-list")
        if resource in SAVED:
            continue
        if not hasattr(page.queryset.model, "RESOURCE"):  # no instruments
            yield at(path, f"{HERE}&pageSize=200" if resource in EVERYTHING else "pageSize=200")
            asked = [name for name in formats(page.queryset.model) if name in ("csv", "xlsx", "ics")]
            yield from (at(path, f"format={name}") for name in asked)
            continue
        keys = ",".join(column.key for column in page.columns)
        yield at(path, f"{HERE}&columns={keys}")
        yield at(path, f"theme=test-shared&organisation=test-shared&columns={keys}&format=csv")
        for view in (view for view in VIEWS if view in page.views):
            asked, extension = VIEWS[view]
            if resource in DRAWN:
                yield at(path, f"view={view}&{HERE}{asked}")
            if extension:
                yield at(path, f"view={view}&{HERE}{asked}&format={extension}")
    yield from (at(reverse("instruments-list"), f"{HERE}&format={name}") for name in EVERY_EXPORT)
    yield at(reverse("instruments-list"), f"q={MISSPELT}")
    yield from (at(reverse("treaties-list"), asked) for asked in (*ASKED, f"treaty={MARK}-treaties"))
    yield at(reverse("instruments-list"), f'q="{MARK}"')
    for resource in kinds():
        yield from (reverse(f"{resource}-detail", args=[f"{key}-{resource}"]) for key in ("test-beside", MARK))
    for view in SavedView.objects.filter(name="Test"):
        yield reverse("saved-view", args=[view.key])
        yield at(reverse("placements-list"), f"view={view.key}")


def interface(hidden: Hidden) -> Iterator[str]:
    """What programs read."""
    everything = ",".join(EXPANDABLE)
    for resource in (*kinds(), "instruments"):
        path = reverse(f"api:{resource}-list")
        fields = "key,relations,disputed,organisations"
        own = {"treaties": ",underTreaty", "provisions": ",treaty,predecessor,implementingAgreement"}
        yield at(path, f"{HERE}&expand={everything}")
        yield at(path, f"{HERE}&fields={fields}{own.get(resource, '')}")
        yield from (at(path, asked) for asked in (f"q={MISSPELT}", f"{HERE}&format=csv"))
        yield from (at(reverse(f"api:{resource}-statistics"), f"{HERE}&groupBy={each}") for each in GROUPED)
        yield at(reverse(f"api:{resource}-changes"), f"{HERE}&against=0001-01-01")
        if resource in kinds():
            keys = (f"{key}-{resource}" for key in ("test-beside", MARK))
            yield from (at(reverse(f"api:{resource}-detail", args=[key]), f"expand={everything}") for key in keys)
    for resource in ("treaties", "instruments", "milestones", "commitments"):
        yield from (at(reverse(f"api:{resource}-list"), asked) for asked in ASKED)
    for resource in ("treaties", "provisions"):
        yield at(reverse(f"api:{resource}-list"), f"treaty={MARK}-treaties")
    for resource in ("milestones", "commitments"):
        yield from (at(reverse(f"api:{resource}-list"), asked) for asked in (HERE, f"{HERE}&format=geojson"))
    yield reverse("api:gaps")
    yield from of_reference(hidden)


def of_reference(hidden: Hidden) -> Iterator[str]:
    """What has no classification of its own: pages and lists of sources, organisations and themes, and figures."""
    for resource, keys in DETAILS.items():
        path = reverse(f"api:{resource}-list")
        yield from (at(path, asked) for asked in ("pageSize=200", f"q={MARK}", "format=csv"))
        yield from (reverse(f"api:{resource}-detail", args=[key]) for key in keys)
    for name, hidden_key in (("source", f"{MARK}-source"), ("organisation", MARK)):
        yield from (reverse(name, args=[key]) for key in ("test-shared", hidden_key))
        yield from (at(reverse(f"{name}s-list"), asked) for asked in ("pageSize=200", f"q={MARK}"))
    for asked in (*ASKED, f"q={MISSPELT}"):
        yield at(reverse("instruments-list"), asked)
    yield at(reverse("gaps"), f"organisation={MARK}")
    yield reverse("home")


def administration(hidden: Hidden, public: Public) -> Iterator[str]:
    """What staff read, with all its side addresses."""
    yield from side_addresses(hidden)
    shared = [public.source, public.organisation, public.theme, *public.records.values()]
    for model in edited():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if model is not Instrument:
            yield reverse(f"{name}_add")
        for record in shared:
            if type(record) is model:
                yield from (reverse(f"{name}_{page}", args=[record.pk]) for page in ("change", "history"))


def side_addresses(hidden: Hidden) -> Iterator[str]:
    """Lists of records, choices for forms, and the addresses of what is hidden."""
    yield reverse("admin:index")
    for model in edited():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield from (at(reverse(f"{name}_changelist"), asked) for asked in ("", f"q={MARK}", f"q={MISSPELT}"))
        for record in hidden.of(model)[:1]:
            yield from (reverse(f"{name}_{page}", args=[record.pk]) for page in ("change", "history", "delete"))
    for model, one in {one.related_model: (model, one) for model, one in relations()}.values():
        meta = model._meta  # the choices are those of the model to which a field leads, whichever field that is
        asked = f"app_label={meta.app_label}&model_name={meta.model_name}&field_name={one.name}&term="
        yield from (at(reverse("admin:autocomplete"), f"{asked}{term}") for term in ("", MARK))
    for record in {type(record): record for record in hidden.made}.values():
        yield f"/admin/r/{ContentType.objects.get_for_model(record).pk}/{record.pk}/"


def edited() -> list[type[Model]]:
    """What is edited in the administration, and may be hidden."""
    return [model for model in admin.site._registry if issubclass(model, (Instrument, *_OTHERS))]


_OTHERS = (Source, Organisation, Theme, Figure, Dispute)


# --- answers ---------------------------------------------------------------------------------------------------------


def browser(user: User | None) -> APIClient:
    """As this user; no session reaches the API, so there the user is given along."""
    client = APIClient(headers={"accept-language": "en"})
    if user:
        client.force_login(user)
        client.handler._force_user = user
    return client


def answers(user: User | None, addresses: Iterable[str]) -> dict[str, str]:
    """By address: status, headers and text, as they are every time."""
    client = browser(user)
    return {address: _written(client.get(address)) for address in dict.fromkeys(addresses)}


def _written(response) -> str:
    headers = {name: value for name, value in response.headers.items() if name not in OF_THE_MOMENT}
    return BY_CHANCE.sub("", f"{response.status_code}\n{headers}\n{text_of(response)}")


def names_it(address: str) -> bool:
    """Whether a hidden record is named by who asks, or in a saved view, so that an answer may repeat that."""
    return MARK in address or "/views" in address or "view=test" in address
