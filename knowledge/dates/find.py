"""From a text to its dates: every family of expressions proposes, the longest reading wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from knowledge.dates import digits, japanese, months, series, today, years
from knowledge.dates.meaning import read_points, read_words
from knowledge.dates.periods import DateMention, Period
from knowledge.dates.points import Asked, Point, Word
from knowledge.dates.ranges import joined, opened
from knowledge.pattern import Pattern

_Reader = Callable[[Asked], Iterator[Point] | Iterator[Word]]

_DIGITS = frozenset("0123456789")
_FISCAL = frozenset(("fy", "fiscal", "financial", "f"))
_TODAY = frozenset("today tomorrow yesterday this next last current previous coming month year".split())
_SERIES = frozenset("latest newest recent currently now present prior first initial earliest before".split())

# The characters and English words that a family cannot do without: they keep most patterns from running.
_FAMILIES: tuple[tuple[frozenset[str], _Reader], ...] = (
    (frozenset("年月"), japanese.dates),
    (frozenset("月日週曜"), today.japanese),
    (frozenset("期末"), japanese.parts),
    (_DIGITS, digits.dotted),
    (_DIGITS | {"元"}, years.bare),
    (frozenset("/"), digits.slashed),
    (_FISCAL, years.fiscal),
    (frozenset((*months.NAMES, *months.SHORT_NAMES, "sept")), months.dates),
    (_TODAY.union(today.EN_WEEKDAYS), today.english),
    (frozenset("最直現今前初次第度"), series.japanese),
    (_SERIES | _TODAY | _FISCAL, series.english),
)
_CUES = frozenset[str]().union(*(cues for cues, _ in _FAMILIES))
_WORD = Pattern("[a-z]+")


def find_dates(text: str, *, today: date, eras: tuple[Period, ...] = ()) -> tuple[DateMention, ...]:
    """All date expressions in a normalised `text`, in order, never overlapping; the longest reading wins.

    `eras` are the periods of the data: they decide a missing era (27年10月) and a missing year (in October).
    """
    seen = frozenset(text).union(_WORD.findall(text))
    if seen.isdisjoint(_CUES):
        return ()
    asked = Asked(text, today, eras)
    found = _longest(one for cues, read in _FAMILIES if not seen.isdisjoint(cues) for one in read(asked))
    points = opened(text, joined(text, [one for one in found if isinstance(one, Point)]))
    words = [one for one in found if isinstance(one, Word)]
    mentions = [*read_points(asked, points), *read_words(text, words, points)]
    return tuple(sorted(mentions, key=lambda mention: mention.span))


def _longest(found: Iterable[Point | Word]) -> list[Point | Word]:
    """Of overlapping readings the longest, in order."""
    ordered = sorted(found, key=lambda it: (it.span[0] - it.span[1], it.span))
    taken = bytearray(max((it.span[1] for it in ordered), default=0))
    kept: list[Point | Word] = []
    for one in ordered:
        where = slice(*one.span)
        if 1 not in taken[where]:
            taken[where] = b"\x01" * (one.span[1] - one.span[0])
            kept.append(one)
    return sorted(kept, key=lambda it: it.span)
