"""Words that generated records are made of: some of them in every third record, most of them hardly ever.

They are made of syllables, so that nobody takes a generated record for a real one. The words that are searched for are
like no other word: whoever forgives typing errors finds with them what `LIKE` finds, so that faces can be compared.
"""

# ruff: noqa: SIM905  (words in a row read better without quotation marks)

from itertools import accumulate
from random import Random

_BEGINNINGS = (
    "bal bor dra dro fal fin gal gor hal hum jar jol kal kol lam lor mal mur nal nor pal pra rol ruk tal".split()
)
_MIDDLES = "ba bo da do fa fu ga go ka ko la lo ma mo na no pa po ra ro sa so ta to va vo".split()
_ENDINGS = "bak dok fum gop kam lup mok nap pum rak sok tam vop zak".split()

SIZE = 4_000
# The words that are searched for, by their places: of letters that the syllables do not have.
SEARCHED = {10: "qewizex", 40: "yzikwek", 120: "xiwyqik", 400: "weziqix", 1_000: "zyqexik", 2_500: "ixweqyzek"}


def vocabulary() -> list[str]:
    """The words, from the most to the least frequent."""
    random = Random(29_628)  # noqa: S311
    words: dict[str, None] = {}
    while len(words) < SIZE:
        middles = "".join(random.choices(_MIDDLES, k=random.randint(1, 2)))
        words[SEARCHED.get(len(words)) or random.choice(_BEGINNINGS) + middles + random.choice(_ENDINGS)] = None
    return list(words)


def skewed(size: int) -> list[float]:
    """Cumulative weights after Zipf: the second is chosen about two thirds as often as the first, and so on."""
    return list(accumulate(1 / (place + 2) for place in range(size)))
