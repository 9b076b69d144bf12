"""The contract of visibility: what one may not see is absent, everywhere."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from cooperation.register import actions
from cooperation.register.exports import API_EXPORTS, EXPORTS
from cooperation.register.lists.aggregates import GROUP_BY
from cooperation.register.models import Citation, Instrument, Organisation
from tests.factories import SourceFactory

from .kind import WORD, Kind, dress
from .outlets import at, row_heads, text_of

TABLES = {  # views, each with formats of the table that it shows
    "map": ("csv", "json", "geojson"),
    "chart": ("csv", "json"),
    "pivot": ("csv", "xlsx"),
    "pivot&groupBy=organisation,year": ("csv",),
    "changes&against=0001-01-01": ("csv", "ods", "txt", "json"),
}


class VisibilityContract(Kind):
    """Every outlet is read before there is a hidden record, while it is hidden, and once it is public.

    Hidden, it must change nothing, to the letter; public, it must change each: else the first would prove nothing.
    """

    COUNTRY = "NZ"  # where the hidden record is, and nothing of the data set

    @pytest.fixture
    def beside(self) -> Instrument:
        """A public record to which the hidden one will be related, in the same sources."""
        return self.factory(key="test-beside")

    @pytest.fixture
    def source(self, beside):
        """A source that the hidden record shares with a public one."""
        source = SourceFactory(key="test-shared")
        Citation.objects.create(instrument=beside, source=source)
        return source

    def hide(self, classification: str, beside: Instrument, source) -> Instrument:
        """A record with something in every table, events on both sides of today, and sources of its own."""
        today = timezone.localdate()
        days = [(self.milestone, str(today - timedelta(days=1))), (self.milestone, str(today + timedelta(days=2)))]
        sources = [source, SourceFactory(key="test-own", title=f"{WORD} source"), SourceFactory(key="test-also")]
        hidden = self.factory(
            key="test-hidden", title_nl=WORD, title_en=WORD, classification=classification, milestones=days
        )
        dress([hidden], sources, beside)
        actions.rewrite_words([hidden])
        return hidden

    def outlets(self, organisation: str) -> list[str]:
        return [
            at(self.page, "pageSize=200"),
            at(self.page, f"q={WORD}"),
            at(self.page, "source=test-own"),
            *(at(self.page, f"country={self.COUNTRY}&format={name}") for name in EXPORTS),
            self.page_of("test-hidden"),
            self.page_of("test-beside"),
            at(self.api, "pageSize=200&sort=key"),
            at(self.api, f"q={WORD}"),
            at(self.api, "source=test-own"),
            at(self.api, "source=test-shared"),
            *(at(self.api, f"format={name}") for name in API_EXPORTS),
            self.api_of("test-hidden"),
            self.api_of("test-beside"),
            *(at(self.statistics, f"groupBy={group_by}") for group_by in GROUP_BY),
            at(self.statistics, "groupBy=country,year"),
            at(reverse(f"api:{self.model.RESOURCE}-changes"), "pageSize=200"),
            *(at(self.page, f"view={view}&country={self.COUNTRY}") for view in ("map", "chart", "pivot", "changes")),
            *(
                at(self.page, f"view={view}&country={self.COUNTRY}&format={extension}")
                for view, extensions in TABLES.items()
                for extension in extensions
            ),
            reverse("home"),
            reverse("countries"),
            reverse("country", args=[self.COUNTRY]),
            reverse("source", args=["test-shared"]),
            reverse("source", args=["test-own"]),
            at(reverse("sources-list"), f"q={WORD}"),
            reverse("organisation", args=[organisation]),
            at(reverse("api:sources-list"), "q=test-own"),
            reverse("api:sources-detail", args=["test-own"]),
            at(reverse("api:figures-list"), f"q={WORD}"),
        ]

    @staticmethod
    def read_all(client, addresses: list[str]) -> dict[str, str]:
        answers = {address: client.get(address, headers={"accept-language": "en"}) for address in addresses}
        return {address: f"{answer.status_code} {text_of(answer)}" for address, answer in answers.items()}

    def test_hidden_is_absent_in_every_outlet(self, client, beside, source):
        outlets = self.outlets(Organisation.objects.all()[0].key)
        before = self.read_all(client, outlets)
        hidden = self.hide("internal", beside, source)  # who sees which classification: `test_visibility`
        figure = reverse("api:figures-detail", args=[hidden.figures.get().key])
        while_hidden = self.read_all(client, [*outlets, figure])
        assert while_hidden.pop(figure).startswith("404")
        assert [address for address in outlets if while_hidden[address] != before[address]] == []

        Instrument.objects.filter(pk=hidden.pk).update(classification="public")
        public = self.read_all(client, [*outlets, figure])
        assert public.pop(figure).startswith("200")
        unmoved = [address for address in outlets if public[address] == before[address]]
        assert unmoved == [], "these would not have shown it anyway"

    def test_who_may_see_it_sees_it(self, client, beside, source):
        hidden = self.hide("internal", beside, source)
        paths = [
            at(self.page, f"q={WORD}"),
            self.page_of(hidden.key),
            self.page_of(beside.key),
            reverse("home"),
            reverse("country", args=[self.COUNTRY]),
            reverse("source", args=["test-own"]),
        ]
        reader = User.objects.create_user("reader")
        client.force_login(reader)
        assert [path for path in paths if WORD in self.read_all(client, [path])[path].replace(f"q={WORD}", "")] == [
            paths[0]  # the words that were asked for, in their field and their chip
        ]
        reader.user_permissions.add(Permission.objects.get(codename="see_internal"))
        seen = self.read_all(client, paths)
        assert [path for path in paths if not seen[path].startswith("200") or hidden.title not in seen[path]] == []
        Instrument.objects.filter(pk=hidden.pk).update(classification="confidential")
        assert row_heads(self.read_all(client, paths[:1])[paths[0]]) == []
