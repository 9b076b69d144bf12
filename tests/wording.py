"""Wording: a page as the lines that a reader sees, and what is wrong with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation import override

from cooperation.register.display.texts import language_of
from cooperation.register.features.saved_views.lists import list_pages
from cooperation.register.models import Country, Instrument, Organisation, Source, kinds

PO = Path(__file__).parents[1] / "locale" / "nl" / "LC_MESSAGES" / "django.po"
INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "br",
    "em",
    "i",
    "img",
    "mark",
    "path",
    "rect",
    "small",
    "span",
    "strong",
    "svg",
    "time",
}
VOID = {"br", "circle", "hr", "img", "input", "line", "link", "meta", "path", "rect", "use", "wbr"}
HEADINGS = {"h1", "h2", "h3", "h4"}
HOLDS = {"ul": {"li"}, "ol": {"li"}, "dl": {"dd"}, "tbody": {"tr"}}  # what each must hold to say anything
NAMED = ("aria-label", "data-label", "placeholder", "title")
SILENT = {"script", "style", "template", "datalist"}
# What is meant for programs, or quotes what was typed.
NO_PROSE = {"code", "pre", "kbd", "textarea", "option"}
NO_PROSE_CLASSES = {"citation", "passage"}


# Names that have no other language.
NAMES = {
    "International Criminal Police Commission",
    "Interpol Global Complex for Innovation (IGCI)",
    "Memorandum of Understanding between the Australian Federal Police and the National Police of the Netherlands on"
    " Combating Transnational Crime and Developing Police Cooperation",
    "ePrivacy",
}


@dataclass(frozen=True)
class Line:
    tag: str
    text: str  # all of it
    own: str  # what stands in the language of the page, and is prose


class Reader(HTMLParser):
    """The lines of a page: what stands in one block, and each label of its own."""

    def __init__(self, page: str):
        super().__init__()
        self.lines: list[Line] = []
        self.empty: list[str] = []  # headings with nothing under them, and lists with nothing in them
        self.language = ""
        self._open: list[tuple[str, bool, dict]] = []  # tag, whether it is prose of this page, its attributes
        self._parts: list[tuple[str, bool]] = []
        self._held: list[tuple[str, set[str]]] = []
        self._heading = ""
        self.feed(page)
        self._end_line()

    @property
    def _is_own(self) -> bool:
        return self._open[-1][1] if self._open else True

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang", "")
        if tag not in INLINE:
            self._end_line()
        if tag == "br":
            self._parts.append((" · ", True))
        if self._held:
            self._held[-1][1].add(tag)
        if tag in HOLDS:
            self._held.append((tag, set()))
        if tag in HEADINGS:
            self._nothing_under(tag)
        classes = set((given.get("class") or "").split())
        if tag == "span" and classes:  # has a place of its own
            self._parts.append((" · ", True))
        is_own = self._is_own and tag not in NO_PROSE and not classes & NO_PROSE_CLASSES
        is_own = is_own and given.get("lang", self.language) == self.language
        if is_own:
            self.lines += [Line(f"@{name}", given[name], given[name]) for name in NAMED if given.get(name)]
        if tag not in VOID:
            self._open.append((tag, is_own, given))

    def handle_startendtag(self, tag, attrs):
        if tag not in VOID:
            return
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag not in INLINE:
            self._end_line(tag)
        if tag in HOLDS and self._held:
            name, held = self._held.pop()
            if not held & HOLDS[name]:
                self.empty.append(f"<{name}> after {self.lines[-1].text if self.lines else None}")
        if tag in ("section", "main"):
            self._nothing_under("h1")
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break

    def handle_data(self, data):
        if not any(tag in SILENT for tag, _own, _given in self._open):
            self._parts.append((data, self._is_own))

    def _end_line(self, tag: str = ""):
        text = tidy("".join(part for part, _own in self._parts))
        own = tidy("".join(part if is_own else " … " for part, is_own in self._parts))
        self._parts = []
        if not text:
            return
        inside = [name for name, _own, _given in self._open]
        self.lines.append(Line(inside[-1] if inside else tag, text, own.replace("…", "").strip() and own))
        heading = next((name for name in inside if name in HEADINGS), "")
        self._heading = text if heading else ""
        self._level = heading

    def _nothing_under(self, tag: str):
        """A heading that is followed by the end, or by a heading that is not below it, has nothing under it."""
        if self._heading and tag <= self._level:
            self.empty.append(self._heading)
        self._heading = ""


def tidy(text: str) -> str:
    return re.sub(r"(?:· )+", "· ", " ".join(text.split())).strip(" ·")


# --- what is wrong ---------------------------------------------------------------------------------------------------


def faults(page: str) -> Iterator[str]:
    reader = Reader(page)
    yield from (f"nothing in or under: {what}" for what in reader.empty)
    for line in dict.fromkeys(reader.lines):
        if line.tag != "title":  # of the window: nothing in it can be marked with a language
            yield from (f"{what}: {line.text[:150]}" for what in faults_of(line, reader.language))


def faults_of(line: Line, language: str) -> Iterator[str]:
    prose = PUT_ASIDE.sub("…", without_names(line.own))
    if prose in named(language):
        return
    if language_of(prose) not in ("", language) or prose.strip(" :.") in labels_elsewhere(language):
        yield "in another language"
    if found := [word for word in KEY_LIKE.findall(prose) if word in keys() or "_" in word]:
        yield f"a key ({found[0]})"
    if DOUBLED.search(prose):
        yield "said twice"
    if forms(language)["none"].search(prose) and line.tag not in ("button", "summary"):
        yield "nothing, as a number"
    if forms(language)["one"].search(prose) or forms(language)["more"].search(prose):
        yield "singular or plural"


# What is quoted from another language, and addresses.
PUT_ASIDE = re.compile(
    r"\([^()]*\)|“[^”]*”|'[^']*'|(?:Engels|Dutch|English|French title|Franse titel): [^;.]*|\w+://\S+"
)
KEY_LIKE = re.compile(r"(?<![\w/.-])[a-z]+(?:[A-Z][a-z]+)+(?![\w/-])|(?<![\w/.-])[a-z0-9]+(?:[_-][a-z0-9]+)+(?![\w/-])")
DOUBLED = re.compile(r"(?i)(?:^|[.:;·] )(\w[^.:;·]{2,100})[.:;·] \1(?:[.:;·]|$)|\b([^\W\d]{2,}) \2\b")


@cache
def catalogue() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every text as its English forms and its Dutch ones."""
    with PO.open("rb") as file:
        messages = [message for message in read_po(file, locale="nl") if message.id]
    both = ((message.id, message.string) for message in messages)
    return [tuple((texts,) if isinstance(texts, str) else tuple(texts) for texts in pair) for pair in both]


@cache
def labels_elsewhere(language: str) -> frozenset[str]:
    """The labels that only the other language has."""
    english = {text for texts, _dutch in catalogue() for text in texts}
    dutch = {text for _english, texts in catalogue() for text in texts}
    other = english - dutch if language == "nl" else dutch - english
    own = {text.casefold() for text in (dutch if language == "nl" else english)}
    return frozenset(text for text in other if text.casefold() not in own and re.fullmatch(r"[^\W\d][\w' -]{3,}", text))


@cache
def forms(language: str) -> dict[str, re.Pattern]:
    """None of something as a number (“0 landen”), one of what is more (“1 landen”), more of what is one (“2 land”)."""
    place, words = ("en", "nl").index(language), set()
    for texts in (pair[place] for pair in catalogue() if len(pair[place]) == 2):
        one, more = (re.match(r"(?:%\(\w+\)s|%d|\{\w*\}) ([^\W\d]+)", text) for text in texts)
        if one and more and one[1] != more[1]:
            words.add((one[1], more[1]))
    singular, plural = ({re.escape(pair[form]) for pair in words} for form in (0, 1))
    with override(language):
        plural |= {str(kind._meta.verbose_name_plural) for kind in kinds().values()}
    singular, plural = "|".join(sorted(singular)), "|".join(sorted(plural))
    before = r"(?<![\d.,:/-])\b"
    return {
        "none": re.compile(rf"{before}0 (?:{plural})\b"),
        "one": re.compile(rf"{before}1 (?:{plural})\b"),
        "more": re.compile(rf"{before}(?:[2-9]|[1-9]\d{{1,2}}) (?:{singular})(?![\w'’-])"),
    }


@cache
def keys() -> frozenset[str]:
    """The keys of records and of questions, without references that people use."""
    models = (Instrument, Organisation, Source)
    found = {key for model in models for key in model.objects.values_list("key", flat=True)}
    names = {name.casefold() for name in names_alike()}
    asked = {key for page in list_pages().values() for key in page.filterset_class.base_filters if not key.islower()}
    return frozenset(found - set(Source.objects.values_list("reference", flat=True)) - names | asked)


@cache
def named(language: str) -> frozenset[str]:
    """What records are called in a language, in which they may have words of another one."""
    found = Instrument.objects.values_list(f"title_{language}", f"short_name_{language}")
    others = (model.objects.values_list(f"name_{language}", flat=True) for model in (Organisation, Country))
    return frozenset(name for names in (*found, *others) for name in names)


@cache
def names_alike() -> tuple[str, ...]:
    """Proper names: what is called alike in both languages; the longest first."""
    records = [*Instrument.objects.values_list("title_nl", "title_en")]
    records += Organisation.objects.values_list("name_nl", "name_en")
    alike = {one for one, other in records if one == other} | NAMES
    return tuple(sorted(alike, key=len, reverse=True))


def without_names(text: str) -> str:
    for name in names_alike():
        text = text.replace(name, "…")
    return text
