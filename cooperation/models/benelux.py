"""Treaties and their provisions: the Benelux treaties of 2004 and 2018 with their implementing agreements, Enschede.

A provision has no milestones: it works through its treaty (`docs/stages.md`), so its spans are read off those of the
treaty and of the agreements that implement it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.ladder import Ladder
from cooperation.register.domain.spans import Span
from cooperation.register.models import Instrument, Relation
from cooperation.register.models.fetch import Batch, Columns, Part, attach, fetch
from cooperation.register.models.fields import Text, one_of

DATA = Path(__file__).parent.parent / "data"


class Treaty(Instrument):
    """A treaty on police cooperation, or an agreement that implements an article of one."""

    RESOURCE = "treaties"
    ladder = Ladder.load(DATA / "ladders.yaml", "treaty")
    DATA_FILE = DATA / "treaties.yaml"
    search_fields = (
        "treaty_number_nl",
        "consolidated_id_nl",
        "publications",
        "dutch_bill",
        "implements_article",
    )

    class Kind(models.TextChoices):
        TREATY = "treaty", _("treaty")
        IMPLEMENTING_AGREEMENT = "implementing_agreement", _("implementing agreement")

    class Stage(models.TextChoices):
        NEGOTIATING = "negotiating", _("negotiating")
        SIGNED = "signed", _("signed")
        APPROVED = "approved", _("approved")
        AWAITING_CONDITIONS = "awaiting_conditions", _("awaiting conditions")
        IN_FORCE = "in_force", _("in force")
        REPLACED = "replaced", _("replaced")
        ENDED = "ended", _("ended")

    class MilestoneKind(models.TextChoices):
        POLITICAL_DECLARATION = "political_declaration", _("political declaration")
        IN_PREPARATION = "in_preparation", _("in preparation")
        NEGOTIATIONS_CONCLUDED = "negotiations_concluded", _("negotiations concluded")
        SIGNED = "signed", _("signed")
        BILL_SUBMITTED = "bill_submitted", _("bill submitted")
        PARLIAMENTARY_PAPER = "parliamentary_paper", _("parliamentary paper")
        ADOPTED_BY_CHAMBER = "adopted_by_chamber", _("adopted by a chamber")
        NATIONAL_ACT = "national_act", _("national act")
        APPROVED = "approved", _("approved")
        PARLIAMENTARY_ANSWER = "parliamentary_answer", _("answer to Parliament")
        AWAITING_CONDITIONS = "awaiting_conditions", _("awaiting conditions")
        IMPLEMENTING_AGREEMENT_SIGNED = "implementing_agreement_signed", _("implementing agreement signed")
        PUBLISHED = "published", _("published")
        ENTRY_INTO_FORCE = "entry_into_force", _("entry into force")
        EVALUATION = "evaluation", _("evaluation")
        REPLACED = "replaced", _("replaced")
        ENDED = "ended", _("ended")
        OTHER = "other", _("other event")

    # Named, as `treaty` is what a provision calls the treaty that it stands in.
    instrument_ptr = models.OneToOneField(
        Instrument, models.CASCADE, parent_link=True, primary_key=True, editable=False, related_name="as_treaty"
    )
    treaty_number_nl = Text(_("number in the treaty database"), max_length=20, blank=True)
    consolidated_id_nl = Text(_("consolidated text"), max_length=20, blank=True, help_text="BWBV0006758")
    publications = ArrayField(Text(max_length=200), default=list, blank=True, verbose_name=_("published in"))
    dutch_bill = Text(_("bill of approval"), max_length=20, blank=True, help_text=_("number of the file: 35692"))
    under_treaty = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("under the treaty")
    )
    implements_article = Text(_("implements"), max_length=100, blank=True)

    treaties_above: "list[Treaty]"  # added by `fetch`: the one that it is made under, if any

    class Meta:
        verbose_name = _("treaty")
        verbose_name_plural = _("treaties")
        constraints = [
            models.CheckConstraint(
                condition=Q(under_treaty__isnull=True) | ~Q(under_treaty=F("instrument_ptr")),
                name="treaty_not_under_itself",
                violation_error_message=_("A treaty is not made under itself."),
            ),
        ]

    @classmethod
    def parts_shown(cls, whole: bool) -> Sequence[Part]:
        """The treaty that an agreement is made under, where this reader may see it on these days."""
        if not whole:
            return ()
        columns = Columns(cls)
        return [
            Part(
                "treaties_above",
                lambda clock, reader: cls.objects.visible_to(reader).on(clock).filter(agreements=OuterRef("pk")),
                lambda: columns.expressions,
                lambda values, batch: columns.make(values),
            )
        ]

    @classmethod
    def read_along(cls, records: "list[Treaty]", batch: Batch, whole: bool) -> None:
        for record in records if whole else ():
            attach(record, under_treaty=next(iter(record.treaties_above), None))

    def references(self) -> list[tuple[str, str]]:
        links = []
        if self.treaty_number_nl:
            url = f"https://verdragenbank.overheid.nl/nl/Verdrag/Details/{self.treaty_number_nl}"
            links.append((str(_("Treaty database: %s")) % self.treaty_number_nl, url))
        if self.consolidated_id_nl:
            links.append((self.consolidated_id_nl, f"https://wetten.overheid.nl/{self.consolidated_id_nl}"))
        if self.dutch_bill:
            url = f"https://zoek.officielebekendmakingen.nl/dossier/{self.dutch_bill}"
            links.append((str(_("Parliamentary file %s")) % self.dutch_bill, url))
        return links


class Comparison(models.TextChoices):
    """What a provision is, beside the treaty before."""

    NEW = "new", _("new")
    WIDENED = "widened", _("wider")
    UNCHANGED = "unchanged", _("unchanged")
    UNKNOWN = "unknown", _("not known")


class Subject(models.TextChoices):
    """What a provision is about, in the order in which treaties speak of it."""

    TREATY_PROVISIONS = "treaty-provisions", _("general and final provisions")
    POLICE_COOPERATION = "police-cooperation", _("police cooperation")
    INFORMATION_EXCHANGE = "information-exchange", _("exchange of information")
    DATABASE_ACCESS = "database-access", _("access to databases")
    ANPR_VEHICLE_DATA = "anpr-vehicle-data", _("number plates (ANPR)")
    DATA_PROTECTION = "data-protection", _("data protection")
    LIAISON_OFFICERS = "liaison-officers", _("liaison officers")
    CROSS_BORDER_PURSUIT = "cross-border-pursuit", _("cross-border pursuit")
    CROSS_BORDER_OBSERVATION = "cross-border-observation", _("cross-border observation")
    INVESTIGATION = "investigation", _("investigation")
    COVERT_METHODS = "covert-methods", _("covert methods")
    JOINT_PATROLS = "joint-patrols", _("joint patrols")
    JOINT_POLICE_POSTS = "joint-police-posts", _("joint police posts")
    PUBLIC_ORDER = "public-order", _("public order")
    ESCORT_TRANSPORT = "escort-transport", _("protection, escort and transport")
    SPECIAL_UNITS = "special-units", _("special units")
    FORCE_AND_WEAPONS = "force-and-weapons", _("use of force and weapons")
    LIABILITY = "liability", _("liability and costs")
    IMPLEMENTATION = "implementation", _("implementation")


class Provision(Instrument):
    """One article (or paragraph, or annex) of a treaty: what it was before, and what it needs before it works."""

    RESOURCE = "provisions"
    ladder = Ladder.load(DATA / "ladders.yaml", "provision")
    DATA_FILE = DATA / "provisions.yaml"
    search_fields = ("article", "heading_nl", "chapter", "implementing_basis")

    class Kind(models.TextChoices):
        ARTICLE = "article", _("article")
        PARAGRAPH = "paragraph", _("paragraph")
        ANNEX = "annex", _("annex")
        UNNUMBERED = "unnumbered", _("article number not known")

    class Stage(models.TextChoices):
        NOT_IN_FORCE = "not_in_force", _("not in force")
        IN_FORCE = "in_force", _("in force")
        AWAITING = "awaiting", _("awaiting implementation")
        WORKS = "works", _("works")
        REPLACED = "replaced", _("replaced")

    class MilestoneKind(models.TextChoices):
        """A provision has no milestones of its own, save what happened to it without moving it."""

        OTHER = "other", _("other event")

    treaty = models.ForeignKey(Treaty, models.PROTECT, related_name="provisions", verbose_name=_("treaty"))
    article = Text(_("article"), max_length=50, blank=True)
    article_verified = models.BooleanField(_("number of the article verified in the text"), null=True, blank=True)
    heading_nl = Text(_("heading in Dutch"), max_length=300, blank=True)
    chapter = Text(_("chapter"), max_length=300, blank=True)
    subject = models.CharField(_("subject"), max_length=40, choices=Subject, blank=True)
    compared_to_predecessor = models.CharField(
        _("compared with the treaty before"), max_length=20, choices=Comparison, blank=True
    )
    predecessor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("predecessor")
    )
    needs_implementing_agreement = models.BooleanField(
        _("needs an implementing agreement"), null=True, blank=True, help_text=_("empty: not known")
    )
    implementing_agreement = models.ForeignKey(
        Treaty,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="makes_work",
        verbose_name=_("implementing agreement"),
    )
    implementing_basis = Text(_("basis of the implementing agreement"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("treaty provision")
        verbose_name_plural = _("treaty provisions")
        constraints = [
            one_of("compared_to_predecessor", Comparison, "provision_comparison_is_known", blank=True),
            one_of("subject", Subject, "provision_subject_is_known", blank=True),
            models.CheckConstraint(
                condition=Q(predecessor__isnull=True) | ~Q(predecessor=F("instrument_ptr")),
                name="provision_not_before_itself",
                violation_error_message=_("A provision is not its own predecessor."),
            ),
        ]

    @property
    def short_title(self) -> str:
        """Its title without the name of its treaty, for where that stands above it already."""
        treaty = self.treaty.short_name
        words = self.title.replace(treaty, "").replace(" :", ":").strip(" :") if treaty else self.title
        return words or self.title

    @property
    def place(self) -> tuple:
        """Where it stands in the treaty: articles by number, then annexes, then what has no number."""
        group = {self.Kind.ANNEX: 1, self.Kind.UNNUMBERED: 2}.get(self.kind, 0)
        return group, [int(number) for number in re.findall(r"\d+", self.article)], self.title

    @property
    def final_rung(self) -> str:
        needs = self.needs_implementing_agreement
        return self.ladder.final_rung("needs_implementing_agreement" if needs else "otherwise")

    @classmethod
    def last_steps_due(cls) -> list[tuple[Q, str]]:
        """None: what stands still is the treaty or the agreement, never the provision that waits for it."""
        return []

    # --- its stage, read off other records ----------------------------------------------------------------------------

    @classmethod
    def leaders(cls, pks: Iterable[int]) -> dict[int, list[int]]:
        """The treaty of each provision, and after it the agreements that implement it."""
        provisions = cls.objects.filter(pk__in=pks)
        found = {pk: [treaty] for pk, treaty in provisions.values_list("pk", "treaty")}
        for pk, agreement in cls._agreements(provisions):
            if agreement not in found[pk]:
                found[pk].append(agreement)
        return found

    @classmethod
    def followers(cls, pks: Iterable[int]) -> set[int]:
        pks = list(pks)
        named = cls.objects.filter(Q(treaty__in=pks) | Q(implementing_agreement__in=pks))
        related = Relation.objects.filter(type="implements", instrument__in=pks, to__resource=cls.RESOURCE)
        return {*named.values_list("pk", flat=True), *related.values_list("to", flat=True)}

    @staticmethod
    def _agreements(provisions) -> list[tuple[int, int]]:
        named = provisions.exclude(implementing_agreement=None).values_list("pk", "implementing_agreement")
        related = Relation.objects.filter(
            type="implements", to__in=provisions.values("pk"), instrument__resource=Treaty.RESOURCE
        )
        return [*named, *related.order_by("instrument").values_list("to", "instrument")]

    def follow(self, treaty: Span | None, *agreements: Span | None) -> tuple[str, bool] | None:
        """What is said of the provision where this is said of its treaty and of its agreements."""
        if treaty is None:
            return None
        if treaty.stage in Treaty.ladder.end_stages:
            return self.Stage.REPLACED, treaty.certain
        if treaty.stage != Treaty.Stage.IN_FORCE:
            return self.Stage.NOT_IN_FORCE, True  # which rung below that it has reached makes no difference
        if not self.needs_implementing_agreement:
            return self.Stage.IN_FORCE, treaty.certain
        said = [span for span in agreements if span]
        in_force = [span.certain for span in said if span.stage == Treaty.Stage.IN_FORCE]
        if in_force:
            return self.Stage.WORKS, treaty.certain and any(in_force)
        over = [span.certain for span in said if span.stage in Treaty.ladder.end_stages]
        return self.Stage.AWAITING, treaty.certain and all(over)

    # --- what is fetched with it --------------------------------------------------------------------------------------

    agreements: list[Treaty]  # those that implement it, and are there on the clock
    implementing: list[Relation]
    before: "list[Provision]"  # its predecessor, if any

    @classmethod
    def parts_shown(cls, whole: bool) -> Sequence[Part]:
        if not whole:
            return ()
        columns, relation = Columns(cls), Columns(Relation)
        return [
            Part(
                "before",
                lambda clock, reader: cls.objects.visible_to(reader).on(clock).filter(successors=OuterRef("pk")),
                lambda: columns.expressions,
                lambda values, batch: columns.make(values),
            ),
            Part(
                "implementing",
                lambda clock, reader: Relation.objects.filter(type="implements", to=OuterRef("pk")),
                lambda: relation.expressions,
                lambda values, batch: relation.make(values),
            ),
        ]

    @classmethod
    def read_along(cls, records: "list[Provision]", batch: Batch, whole: bool) -> None:
        """Its treaty and the agreements that implement it, as they stand on the clock for this reader."""
        keys = {record.treaty_id for record in records}
        if whole:
            keys |= {record.implementing_agreement_id for record in records} - {None}
            keys |= {relation.instrument_id for record in records for relation in record.implementing}
        treaties = {treaty.pk: treaty for treaty in fetch(Treaty, sorted(keys), batch)}
        for record in records:
            attach(record, treaty=treaties.get(record.treaty_id))
            if whole:
                named = [record.implementing_agreement_id, *(one.instrument_id for one in record.implementing)]
                record.agreements = [treaties[key] for key in dict.fromkeys(named) if key in treaties]
                attach(
                    record,
                    predecessor=next(iter(record.before), None),
                    implementing_agreement=treaties.get(record.implementing_agreement_id),
                )

    # --- between which countries --------------------------------------------------------------------------------------

    @property
    def pairs(self) -> list[dict]:
        """Each pair of the countries of the treaty, and whether the provision works between them on the clock.

        Where nothing more is needed a pair is at the stage of the provision. An agreement whose parties are not known
        makes no pair work.
        """
        parties = sorted({part.country_id for part in self.countries_in("party")})
        works = defaultdict(bool)
        for agreement in self.agreements:
            if agreement.stage == Treaty.Stage.IN_FORCE:
                bound = sorted({part.country_id for part in agreement.countries_in("party")})
                for pair in combinations(bound, 2):
                    works[pair] |= agreement.stage_certain
        found = []
        for pair in combinations(parties, 2):
            stage, certain = self.stage, self.stage_certain
            if stage == self.Stage.WORKS:
                stage = self.Stage.WORKS if pair in works else self.Stage.AWAITING
                certain = certain and works[pair] if pair in works else True
            found.append({"countries": list(pair), "stage": str(stage), "certain": certain})
        return found
