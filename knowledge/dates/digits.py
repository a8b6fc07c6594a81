"""Dates in digits with points, slashes and hyphens: H29.6, 平29/6/1, 2017-06, 6/2017, 11/30(月); and what leans on them."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.dates.eras import number
from knowledge.dates.japanese import part_of
from knowledge.dates.points import ALONE, END, ERA_KANJI, WEEKDAY, WEEKDAYS, Asked, Point, era_and_year
from knowledge.pattern import Pattern

_DOTTED = Pattern(
    rf"(?=[0-9hsr明大昭平令]){ALONE}(?:(?P<era>{ERA_KANJI}|[shr])\s?(?P<year>[0-9]{{1,2}}|元)"
    r"|(?P<western>(?:19|20)[0-9]{2}))(?P<sep>[./-])(?P<month>[0-9]{1,2})月?(?:(?P=sep)(?P<day>[0-9]{1,2})日?)?"
    rf"(?![0-9a-z%年]|[./-][0-9]){WEEKDAY}(?:の?(?P<part>{END}|[上中下初]旬))?"
)
# ～30.3, ～8 and 、28.8 after a date.
_LEANING = Pattern(r"\s?(?:(?P<to>[~-])|[・、,と/]|and\s)\s?(?P<numbers>[0-9]{1,2}(?:\.[0-9]{1,2}){0,2})(?![0-9a-z%年月日度]|[./-][0-9])")


def dotted(asked: Asked) -> Iterator[Point]:
    """H29.6, 2017-06-01 …"""
    for match in _DOTTED.finditer(asked.text):
        era, year = era_and_year(match["era"], match["year"] or match["western"])
        month, day = int(match["month"]), number(match["day"])
        two_years = match["sep"] == "-" and day is None and month > max(12, (year or 0) % 100)
        if not two_years:  # H26-29 and 2015-17 are left to `years`
            point = Point(span=match.span(), era=era, year=year, month=month, day=day, part=part_of(match["part"]))
            yield point
            yield from _leaning(asked.text, point)


def _leaning(text: str, point: Point) -> Iterator[Point]:
    """30.3 in H29.6～30.3, 8 in H29.6～8, 28.8 and 29.6 in H27.8、28.8、29.6: what they leave out is as before."""
    while match := _LEANING.match(text, point.span[1]):
        numbers = [int(each) for each in match["numbers"].split(".")]
        said = (point.year, point.month, point.day)[: 3 if point.day else 2]
        filled = (*said[: len(said) - len(numbers)], *numbers)
        if len(filled) > len(said) or not (match["to"] or _is_list(point, numbers)):
            return
        year, month, day = (*filled, None)[:3]
        point = point._replace(span=match.span("numbers"), year=year, month=month, day=day, part="")
        yield point


def _is_list(point: Point, numbers: list[int]) -> bool:
    """Whether 28.8 goes on from H27.8: a year near the one before, so that H29.6、3.5倍 does not."""
    return len(numbers) > 1 and point.era != "western" and not point.day and abs(numbers[0] - (point.year or 0)) <= 3


# Only the weekday tells 11/30(月) from a ratio such as 10/10.
_SLASHED = Pattern(
    r"(?<![0-9a-z.,/-])(?P<month>0?[1-9]|1[0-2])/(?:(?P<year>(?:19|20)[0-9]{2})(?![0-9a-z%/])"
    rf"|(?P<day>[0-9]{{1,2}})\s?\([{WEEKDAYS}]\))"
)


def slashed(asked: Asked) -> Iterator[Point]:
    """6/2017, 11/30(月)."""
    for match in _SLASHED.finditer(asked.text):
        era, year = era_and_year(None, match["year"])
        yield Point(span=match.span(), era=era, year=year, month=int(match["month"]), day=number(match["day"]))
