"""Points that belong together: ranges (H29.6～30.3, 月曜から金曜) and open ends (H29.4～, since 2016)."""

from __future__ import annotations

from datetime import timedelta

from knowledge.dates.intervals import Interval
from knowledge.dates.periods import Open
from knowledge.dates.points import LONGEST_LEAD, Point, full_year
from knowledge.pattern import Pattern

_BETWEEN = Pattern(r"\s?(?:~|-|から、?|to|through|thru|until|till)\s?(?:the\s)?")
_AND = Pattern(r"\s?and\s(?:the\s)?")
_IF_MADE = Pattern("より|以降")
_MADE = Pattern(r"\s?まで")
_BETWEEN_LEAD = Pattern(r"(?<![a-z])between\s(?:the\s)?$")
_UNSAID = ("missing", "either")


def joined(text: str, points: list[Point]) -> list[Point]:
    """Neighbours with ～, から or to between them made one range."""
    done: list[Point] = []
    for point in points:
        range_ = _range(text, done[-1], point) if done else None
        done[-1:] = [range_] if range_ else [*done[-1:], point]
    return done


def _range(text: str, first: Point, second: Point) -> Point | None:
    """`first` until `second`, each lending the other what it leaves out; None if they are two dates."""
    if first.until or second.until or not _is_between(text, first, second):
        return None
    first, second = _lend(first, second)
    if bool(first.fixed or first.era) != bool(second.fixed or second.era):
        return None
    lead = _BETWEEN_LEAD.search(text, max(0, first.span[0] - LONGEST_LEAD), first.span[0])
    tail = _MADE.match(text, second.span[1])
    span = (lead.start() if lead else first.span[0], tail.end() if tail else second.span[1])
    return first._replace(span=span, until=second)


def _is_between(text: str, first: Point, second: Point) -> bool:
    """より is also "than", and "and" joins two dates, unless まで or "between" makes them a range."""
    gap = first.span[1], second.span[0]
    if _BETWEEN.fullmatch(text, *gap):
        return True
    if _AND.fullmatch(text, *gap):
        return bool(_BETWEEN_LEAD.search(text, max(0, first.span[0] - LONGEST_LEAD), first.span[0]))
    return bool(_IF_MADE.fullmatch(text, *gap) and _MADE.match(text, second.span[1]))


# --- what one end lends the other -------------------------------------------------------------------------------------


def _lend(first: Point, second: Point) -> tuple[Point, Point]:
    """平成29年6月～30年3月, 2017年4月～6月, June to August 2017, H26～H29年度."""
    if first.year and not second.era and second.month:
        second = _in_the_year_of(first, second)
    elif second.year and not first.era and first.month and second.month:
        last_year = not second.fiscal and first.month > second.month
        first = first._replace(era=second.era, year=second.year - last_year, fiscal=second.fiscal)
    elif first.fixed and second.fixed and second.fixed[0] < first.fixed[0]:
        second = second._replace(fixed=tuple(map(_week_later, second.fixed)))
    if second.era in _UNSAID and first.era not in ("", *_UNSAID):
        second = _same_era(first, second)
    if second.fiscal and not first.month and not first.fixed and not first.part:
        first = first._replace(fiscal=True)
    return first, second


def _in_the_year_of(first: Point, second: Point) -> Point:
    """3月 after 2017年4月 is of the next year."""
    next_year = not first.fiscal and (second.month or 0) < (first.month or 1)
    return second._replace(era=first.era, year=(first.year or 0) + next_year, fiscal=first.fiscal)


def _week_later(interval: Interval) -> Interval:
    """金曜 after 月曜から, when the next Friday is before the next Monday."""
    start, end, precision = interval
    week = timedelta(weeks=precision == "day")
    return start + week, end + week, precision


def _same_era(first: Point, second: Point) -> Point:
    """30年3月 after 平成29年6月 is of 平成; 2年3月 is not, as time does not run backwards."""
    year = full_year(first, first.era, second.year)
    return second._replace(era=first.era, year=year) if (year or 0) >= (first.year or 0) else second


# --- open ends --------------------------------------------------------------------------------------------------------

_AFTER = Pattern(
    r"\s?(?:(?P<from>以降|以後|以来|から|~(?!\s?[0-9])|onwards?|and\slater|or\slater)|(?P<after>より後)"
    r"|(?P<until>まで|以前|and\searlier|or\searlier)|(?P<before>より前))"
)
_BEFORE = Pattern(
    r"(?:(?<![a-z])(?:(?P<from>since|from)|(?P<after>after)|(?P<until>until|till|by|up\sto|through)|(?P<before>before))"
    r"\s(?:the\s)?|(?<![^\s(,、。])(?P<until2>~)\s?)$"
)
_WAYS: dict[str, tuple[Open, bool]] = {
    "from": ("from", False), "after": ("from", True),
    "until": ("until", False), "until2": ("until", False), "before": ("until", True),
}  # fmt: skip


def opened(text: str, points: list[Point]) -> list[Point]:
    """H29.4～, ～H30.3, since 2016, 年度内まで: points with an end left open. A range has none."""
    return [point if point.until else _open(text, point) for point in points]


def _open(text: str, point: Point) -> Point:
    start, end = point.span
    match = _AFTER.match(text, end) or _BEFORE.search(text, max(0, start - LONGEST_LEAD), start)
    if not match:
        return point
    way, exclusive = _WAYS[match.lastgroup or ""]
    return point._replace(span=(min(start, match.start()), max(end, match.end())), open=way, exclusive=exclusive)
