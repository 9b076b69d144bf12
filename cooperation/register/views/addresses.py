"""Addresses as short as they can be: what a form sends with many boxes ticked, as a link would say it."""

from django.http import QueryDict

from ..lists.filters import AnyOf, KeysOf, QuestionFilter
from ..lists.params import WORDS, split_words

LONG = 400  # characters from which on a shorter address is worth a redirect


def shortened(asked: QueryDict, filterset: QuestionFilter) -> QueryDict:
    """The same question without choices of everything, which are no choice, and with commas for keys that repeat."""
    short = asked.copy()
    for name, one in filterset.filters.items():
        if name in short and _is_every_choice(one, split_words(short.getlist(name))):
            del short[name]
    if len(short.urlencode(safe=",")) > LONG:
        for name, values in list(short.lists()):
            if len(values) > 1 and (name in WORDS or isinstance(filterset.filters.get(name), AnyOf)):
                short.setlist(name, [",".join(values)])
    return short


def _is_every_choice(one, values: list[str]) -> bool:
    """Whether a key that takes several names all that it can; its opposite would ask for nothing, so it stays."""
    if len(values) < 2 or not isinstance(one, AnyOf) or isinstance(one, KeysOf) or one.exclude:
        return False
    return {str(value) for value, _label in one.field.choices} <= set(values)
