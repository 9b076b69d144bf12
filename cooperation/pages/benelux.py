"""Pages of treaties and their provisions, and the one that puts the treaty of 2018 beside that of 2004."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..models import Comparison, Provision, Subject, Treaty
from ..register.display.badges import StageMark
from ..register.display.footnotes import SourceMarks
from ..register.display.texts import translated
from ..register.models import Relation
from ..register.templatetags.register import at
from ..register.views import DetailPage, ReadPage, clock_of
from ..register.views.detail import Detail, answer, dispute_row, fact

TREATY, BEFORE = "benelux-2018", "benelux-2004"  # the treaty of today, and what it is compared with
ABOVE = ((_("Benelux"), "benelux"),)


class TreatyDetail(Detail):
    def facts(self):
        treaty = self.record
        there = Treaty.objects.visible_to(self.user).on(self.clock)
        agreements = there.filter(under_treaty=treaty).order_by("key").fetch(self.clock, self.user)
        provisions = Provision.objects.visible_to(self.user).on(self.clock).filter(treaty=treaty).count()
        provisions_url = at(f"{reverse('provisions-list')}?treaty={treaty.key}", self.clock)
        return [
            fact(_t("under the treaty"), self.link(treaty.under_treaty)),
            fact(_t("implements"), treaty.implements_article),
            fact(_t("implementing agreements"), *(agreement_link(one, self.clock) for one in agreements)),
            fact(_t("provisions in the register"), (str(provisions), provisions_url) if provisions else None),
            fact(_t("published in"), *treaty.publications),
            fact(_t("number in the treaty database"), treaty.treaty_number_nl),
            fact(_t("consolidated text"), treaty.consolidated_id_nl),
            fact(_t("bill of approval"), treaty.dutch_bill),
        ]


class ProvisionDetail(Detail):
    def facts(self):
        provision = self.record
        unverified = provision.article and not provision.article_verified
        article = translated(provision.article)
        article = _t("%s (number not verified in the text)") % article if unverified else article
        return [
            fact(_t("treaty"), self.link(provision.treaty)),
            fact(_t("article"), article or _t("the number of the article is not known")),
            fact(_t("heading"), provision.heading_nl),
            fact(_t("chapter"), provision.chapter),
            fact(_t("subject"), provision.get_subject_display()),
            fact(_t("compared with the treaty before"), provision.get_compared_to_predecessor_display()),
            fact(_t("predecessor"), self.link(provision.predecessor)),
            fact(_t("needs an implementing agreement"), answer(provision.needs_implementing_agreement)),
            fact(_t("basis of the implementing agreement"), provision.implementing_basis),
            fact(_t("implementing agreement"), *(agreement_link(one, self.clock) for one in provision.agreements)),
            fact(_t("between"), *map(pair_in_words, provision.pairs)),
        ]

    def steps(self):
        """The rungs of a provision have no days of their own: those of its treaty and of its agreements."""
        ladder, stage = self.kind.ladder, self.record.stage
        needed = self.record.needs_implementing_agreement
        on_the_way = ["not_in_force", "awaiting", "works"] if needed else ["not_in_force", "in_force"]
        brought_by = {
            "in_force": self._in_force([self.record.treaty]),
            "awaiting": self._in_force([self.record.treaty]),
            "works": self._in_force(self.record.agreements),
        }
        if stage in ladder.end_stages:
            reached = [rung for rung in on_the_way if rung == "not_in_force" or brought_by.get(rung)]
            return [
                *(self._step_row(rung, "passed", brought_by.get(rung)) for rung in reached),
                self._step_row(stage, "end", next(iter(self.record.treaty.known("replaced", "ended")), None)),
            ]
        place = on_the_way.index(stage)
        states = ["passed"] * place + ["now"] + ["next"] * (len(on_the_way) - place - 1)
        return [
            self._step_row(rung, state, brought_by.get(rung)) for rung, state in zip(on_the_way, states, strict=True)
        ]

    @staticmethod
    def _in_force(treaties):
        """The milestone that brought the first of these into force."""
        return next(filter(None, (treaty.occurred("entry_into_force") for treaty in treaties)), None)


def agreement_link(agreement: Treaty, clock) -> tuple[str, str]:
    """An agreement as the value of a fact: how far it is, and whether sources disagree about it."""
    words = [StageMark.of(agreement).words, *([_t("disputed")] if agreement.is_disputed else [])]
    return f"{agreement.name} ({', '.join(words)})", at(agreement.get_absolute_url(), clock)


def pair_in_words(pair: dict) -> str:
    """Whether a provision works between two countries."""
    words = Provision.Stage(pair["stage"]).label
    doubt = "" if pair["certain"] else f" ({_t('uncertain')})"
    return f"{'–'.join(pair['countries'])}: {words}{doubt}"


class TreatyPage(DetailPage):
    """The page of a treaty or of a provision: their keys share one space of addresses."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        if Provision.objects.filter(key=key).exists():
            self.queryset, self.detail = Provision.objects.all(), ProvisionDetail
        return super().get(request, key)


class BeneluxPage(ReadPage):
    """The treaty of today beside the one that it replaces, subject by subject."""

    def get(self, request: HttpRequest) -> HttpResponse:
        clock = clock_of(request)
        sides = SideBySide(clock, request.user)
        query = f"?treaty={sides.new.record.key}" if sides.new else ""
        api_url = at(f"{reverse('api:provisions-list')}{query}", clock)
        context = {
            "title": _t("Benelux"),
            "breadcrumbs": [(_t("Benelux"), "")],
            "clock": clock,
            "api_url": request.build_absolute_uri(api_url),
            **sides.context(),
        }
        return render(request, "cooperation/benelux.html", context)


class SideBySide:
    """Two treaties as they stand on a clock, and their provisions beside each other."""

    def __init__(self, clock, user):
        self.clock, self.user = clock, user
        there = Treaty.objects.visible_to(user).on(clock)
        pair = {treaty.key == TREATY: treaty.pk for treaty in there.filter(key__in=(TREATY, BEFORE))}
        provisions = Provision.objects.visible_to(user).on(clock).filter(treaty__in=pair.values())
        found = sorted(provisions.fetch(clock, user, whole=True), key=lambda provision: provision.place)
        self.newer = [provision for provision in found if provision.treaty_id == pair.get(True)]
        self.older = [provision for provision in found if provision.treaty_id == pair.get(False)]
        agreements = {agreement.pk for provision in found for agreement in provision.agreements}
        rows = there.filter(pk__in={*pair.values(), *agreements}).fetch(clock, user, whole=True)
        self.treaties = {treaty.pk: TreatyDetail(treaty, clock, user) for treaty in rows}
        self.new, self.old = (self.treaties.get(pair.get(is_new)) for is_new in (True, False))
        self.compares = self.new is not None
        if self.old and not self.compares:  # a day before there was anything to compare it with
            self.new, self.newer, self.old, self.older = self.old, self.older, None, []

    def context(self):
        pair = [detail for detail in (self.old, self.new) if detail]
        return {
            "old": self.old and self.old.record,
            "new": self.new and self.new.record,
            "compares": self.compares,
            "treaties": [
                {"treaty": detail.record, "stage": StageMark.of(detail.record), "steps": detail.steps()}
                for detail in reversed(pair)
            ],
            "sentence": self.sentence(),
            "tally": self.tally(),
            "subjects": self.subjects(),
            "without_successor": len(self.older) - len(self.succeeded),
            "disputes": [
                {**dispute_row(dispute, detail.field_label(dispute)), "about": detail.link(detail.record)}
                for detail in [*(d for d in self.treaties.values() if d not in pair), *reversed(pair)]
                for dispute in detail.record.known_disputes
            ],
            "lists": self.lists(),
            "others": self.others(),
            "marks": SourceMarks(),
        }

    # --- the numbers -------------------------------------------------------------------------------------------------

    def address(self, query: str = "", treaty: Treaty | None = None) -> str:
        """The list of provisions of a treaty (not given: of the newer one) that a number counts."""
        treaty = treaty or self.new.record
        return at(f"{reverse('provisions-list')}?treaty={treaty.key}{query}", self.clock)

    def number(self, count: int, query: str):
        return format_html('<a href="{}">{}</a>', self.address(query), count)

    def sentence(self):
        if not self.new:
            return _t("On this day the register holds no Benelux police treaty.")
        compared = Counter(provision.compared_to_predecessor for provision in self.newer)
        parts = [
            format_html("{} {}", self.number(compared[value], f"&comparedToPredecessor={value}"), label)
            for value, label in Comparison.choices
            if compared[value]
        ]
        count = len(self.newer)
        lead = format_html(
            ngettext(
                "{count} provision of the {treaty} in the register",
                "{count} provisions of the {treaty} in the register",
                count,
            ),
            count=self.number(count, ""),
            treaty=self.new.record.name,
        )
        first = format_html("{}{}{}.", lead, ": " if parts else "", format_html_join(", ", "{}", ((p,) for p in parts)))
        alone = "" if self.compares else _t("On this day no treaty that replaces it was there.")
        return format_html_join(
            " ",
            "{}",
            ((part,) for part in (format_html("<strong>{}</strong>", first), alone, self.sentence_on_need()) if part),
        )

    def sentence_on_need(self):
        needs = Counter(provision.needs_implementing_agreement for provision in self.newer)
        needing = [provision for provision in self.newer if provision.needs_implementing_agreement]
        working = [provision for provision in needing if provision.stage == Provision.Stage.WORKS]
        need = "&needsImplementingAgreement"
        numbers = {
            "need": self.number(needs[True], f"{need}=true"),
            "works": self.number(len(working), f"{need}=true&stage=works"),
            "unknown": self.number(needs[None], f"{need}=unknown"),
            "pairs": ", ".join(
                dict.fromkeys(between(pair) for provision in working for pair in working_pairs(provision))
            ),
        }
        if working:
            words = _t("{need} need an implementing agreement; of these, {works} work, between {pairs}.")
        else:
            words = _t("{need} need an implementing agreement; none of these works.")
        unknown = _t("For {unknown} no source says whether they need one.") if needs[None] else ""
        return format_html(f"{words} {unknown}", **numbers)

    def tally(self):
        """How many of each comparison and of each stage, with the list behind each number."""
        if not self.new:
            return []
        compared = Counter(provision.compared_to_predecessor for provision in self.newer)
        comparisons = Comparison.values if self.compares else []
        stages = Counter(provision.stage for provision in self.newer)
        return [
            *(
                {
                    "count": compared[value],
                    "comparison": Comparison(value),
                    "url": self.address(f"&comparedToPredecessor={value}"),
                }
                for value in comparisons
            ),
            *(
                {"count": stages[stage], "stage": StageMark(Provision, stage), "url": self.address(f"&stage={stage}")}
                for stage in reversed(Provision.ladder.every_stage)
                if stages[stage]
            ),
        ]

    def lists(self):
        """The lists that this page is made of, as (words, address, number)."""
        sides = ((self.new, self.newer), (self.old, self.older))
        return [
            *(
                (_t("Provisions of the %s") % detail.record.name, self.address(treaty=detail.record), len(rows))
                for detail, rows in sides
                if detail
            ),
            (_t("All treaties and implementing agreements"), at(reverse("treaties-list"), self.clock), None),
            (_t("All provisions"), at(reverse("provisions-list"), self.clock), None),
        ]

    def others(self):
        """The other treaties in the register, each with the provisions that it holds."""
        there = Treaty.objects.visible_to(self.user).on(self.clock).filter(kind=Treaty.Kind.TREATY)
        pair = [detail.record.pk for detail in (self.new, self.old) if detail]
        provisions = Provision.objects.visible_to(self.user).on(self.clock).order_by().values_list("treaty")
        counts = dict(provisions.annotate(count=Count("pk")))
        return [
            {
                "treaty": treaty,
                "stage": StageMark.of(treaty),
                "parties": [part.country.name for part in treaty.countries_in("party")],
                "count": counts.get(treaty.pk, 0),
                "url": self.address(treaty=treaty),
            }
            for treaty in there.exclude(pk__in=pair).order_by("key").fetch(self.clock, self.user)
        ]

    # --- side by side ------------------------------------------------------------------------------------------------

    @cached_property
    def succeeded(self) -> set[int]:
        """The provisions of before that are the predecessor of one of now."""
        before = {provision.pk for provision in self.older}
        return before & {provision.predecessor_id for provision in self.newer}

    @cached_property
    def related_before(self) -> dict[int, list[Provision]]:
        """For a provision of now, those of before that the register calls related."""
        before = {provision.pk: provision for provision in self.older}
        related = Relation.objects.filter(type="related_to", instrument__in=[p.pk for p in self.newer], to__in=before)
        found: dict[int, list[Provision]] = {}
        for now, then in related.values_list("instrument", "to"):
            found.setdefault(now, []).append(before[then])
        return found

    def subjects(self):
        """The subjects in the order of a treaty, each with its rows; last what has no subject."""
        labels = [*Subject.choices, ("", _t("subject not known"))]
        subjects = [
            {
                "value": value or "unknown",
                "label": capfirst(str(label)),
                "rows": [self.row(provision) for provision in self.newer if provision.subject == value],
                "only_before": [
                    provision
                    for provision in self.older
                    if provision.subject == value and provision.pk not in self.succeeded
                ],
            }
            for value, label in labels
        ]
        return [subject for subject in subjects if subject["rows"] or subject["only_before"]]

    def row(self, provision: Provision):
        before = {older.pk: older for older in self.older}.get(provision.predecessor_id)
        value = provision.compared_to_predecessor
        return {
            "provision": provision,
            "comparison": Comparison(value) if value else None,
            "before": before,
            "before_stage": before and not StageMark.of(before).is_end and StageMark.of(before),
            "near": self.related_before.get(provision.pk, []),
            "stage": StageMark.of(provision),
            "between": list(by_stage(provision)),
            "agreements": [self.agreement(agreement) for agreement in provision.agreements],
        }

    def agreement(self, agreement: Treaty):
        """How far an implementing agreement is, since when, and on what the sources disagree."""
        treaty = self.treaties[agreement.pk].record
        moves = [m for m in treaty.known_milestones if treaty.ladder.rung(m.kind, treaty.kind) == treaty.stage]
        return {
            "treaty": treaty,
            "stage": StageMark.of(treaty),
            "milestone": next((milestone for milestone in moves if milestone.said == "occurred"), None),
            "disputed": bool(treaty.known_disputes),
        }


def between(pair: dict) -> str:
    """Two countries by their codes."""
    return "–".join(pair["countries"])


def working_pairs(provision: Provision) -> list[dict]:
    return [pair for pair in provision.pairs if pair["stage"] == Provision.Stage.WORKS]


def by_stage(provision: Provision) -> Iterable[dict]:
    """The pairs of countries of a provision, those at the same stage together."""
    pairs: dict[tuple[str, bool], list[str]] = {}
    for pair in provision.pairs:
        pairs.setdefault((pair["stage"], pair["certain"]), []).append(between(pair))
    for (stage, certain), countries in sorted(pairs.items(), key=lambda item: item[0][0] != Provision.Stage.WORKS):
        yield {"stage": StageMark(Provision, stage, certain), "countries": countries}
