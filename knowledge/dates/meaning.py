"""From points to mentions: what is left unsaid is filled in from today, from the data, from what was said before.

Nothing is guessed: where several readings fit, all of them are candidates and none is the value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from knowledge.dates.eras import ERA_BY_WORD, WITHOUT_SAYING_SO, era_of
from knowledge.dates.intervals import Interval, interval, span
from knowledge.dates.periods import DateMention, MonthDay, Period
from knowledge.dates.points import Asked, Point, Word

_Reading = tuple[str, Interval]
"""An era and what the point is in it."""


def read_points(asked: Asked, points: Iterable[Point]) -> Iterator[DateMention]:
    said = ""
    for point in points:
        mention = _read(asked, point, said)
        said = point.era if point.era in ERA_BY_WORD else said
        if mention:
            yield mention


def read_words(text: str, words: Iterable[Word], points: Iterable[Point]) -> Iterator[DateMention]:
    """27年10月現在 is one date, and not the latest one."""
    ends = {point.span[1] for point in points}
    for word in words:
        start, end = word.span
        if not (text[start] == "現" and ends & {start, start - 1}):
            yield DateMention(span=word.span, surface=text[start:end], kind="relative", value=word.value)


def _read(asked: Asked, point: Point, said: str) -> DateMention | None:
    """The mention that a point makes; None if it is a length. `said` is the era named before it."""
    surface = asked.text[slice(*point.span)]
    try:
        if not point.era and not point.fixed:
            return _read_month(asked, surface, point)
        intervals = _intervals(asked, point, said)
    except ValueError:
        return DateMention(span=point.span, surface=surface, kind="invalid", value=None)
    if _is_length(point, intervals, asked.known):
        return None
    return _mention(surface, point, intervals)


def _mention(surface: str, point: Point, intervals: Iterable[Interval]) -> DateMention:
    found = tuple(_period(surface, point, each) for each in dict.fromkeys(intervals))
    value = found[0] if len(found) == 1 else None
    return DateMention(span=point.span, surface=surface, kind="period", value=value, candidates=found)


def _is_length(point: Point, intervals: tuple[Interval, ...], known: tuple[Period, ...]) -> bool:
    """29年 without era, month or 度 is a date only where the data have one; 10年 is ten years."""
    bare = point.era == "missing" and not (point.month or point.fiscal or point.part)
    return bare and not any(_meets(each, known) for each in intervals)


def _period(surface: str, point: Point, found: Interval) -> Period:
    start, end, precision = found
    if point.open == "from":
        start, end = (end + timedelta(days=1) if point.exclusive else start), date.max
    elif point.open == "until":
        start, end = date.min, start - timedelta(days=1) if point.exclusive else end
    return Period(start=start, end=end, precision=precision, surface=surface, span=point.span, open=point.open)


def _meets(found: Interval, known: tuple[Period, ...]) -> bool:
    return any(period.start <= found[1] and found[0] <= period.end for period in known)


# --- with a year ------------------------------------------------------------------------------------------------------


def _intervals(asked: Asked, point: Point, said: str) -> tuple[Interval, ...]:
    """The readings of a point or a range; ValueError if there is none."""
    first = _readings(asked, point, said)
    if not point.until:
        return tuple(found for _, found in first)
    second = _readings(asked, point.until, said)
    one_era = len(first) > 1 and len(second) > 1
    ranges = tuple(span(start, end) for era, start in first for end_era, end in second if start[0] <= end[1] and (era == end_era or not one_era))
    if not ranges:
        raise ValueError("the end is before the start")
    return ranges


def _readings(asked: Asked, point: Point, said: str) -> list[_Reading]:
    """Every reading of one point. Missing era: what the data have, else the one said before, else the likely ones."""
    if point.fixed:
        return [("", found) for found in point.fixed]
    if point.era not in ("missing", "either"):
        return [(point.era, _in_era(point, point.era))]
    options = list(_options(point))
    if not options:
        raise ValueError("no era has this date")
    exact = [option for option in options if _meets(option[1], asked.known)]
    if len(exact) == 1:
        return exact
    return [option for option in exact or options if option[0] == said] or exact or _likely(asked, options)


def _in_era(point: Point, era: str) -> Interval:
    year = point.year or 0
    if era in ERA_BY_WORD:
        if year < 1:
            raise ValueError(f"{era} has no year 0")
        year += ERA_BY_WORD[era].start.year - 1  # 平成31年5月 goes on counting
    elif year < 100:
        year += 2000
    return interval(year, point.fiscal, point.month, point.day, point.part)


def _options(point: Point) -> Iterator[_Reading]:
    """The point in each era that people still write without saying so; FY29 may be 2029 as well."""
    for era in (*WITHOUT_SAYING_SO, *(("western",) if point.era == "either" else ())):
        try:
            yield era, _in_era(point, era)
        except ValueError:
            continue


def _likely(asked: Asked, options: list[_Reading]) -> list[_Reading]:
    """Options among the years of the data, else in the eras of the data, else around today, else all."""
    this, years = asked.this_day.year, [period.start.year for period in asked.known]
    eras = {era.name for period in asked.known if (era := era_of(period.start))}
    near = [option for option in options if this - 40 <= option[1][0].year <= this + 10]
    within = [option for option in near if years and min(years) <= option[1][0].year <= max(years)]
    return within or [option for option in near if option[0] in eras] or near or options


# --- a month without a year -------------------------------------------------------------------------------------------

_RARE = 8  # years in which 29 February comes at least once


def _read_month(asked: Asked, surface: str, point: Point) -> DateMention:
    """Those that the data have; 3月末 the next one; else only the month is known."""
    for end in (point, point.until or point):
        interval(2000, False, end.month, end.day, end.part)  # no year has a 13月
    occurrences = list(_occurrences(point, range(asked.this_day.year - _RARE, asked.this_day.year + _RARE + 1)))
    upcoming = [one for one in occurrences if one[1] >= asked.this_day][:1]
    if point.part == "end":
        return _mention(surface, point, upcoming)
    if of_data := _known_occurrences(point, asked.known):
        return _mention(surface, point, of_data)
    around = dict.fromkeys([one for one in occurrences if one[0] <= asked.this_day][-1:] + upcoming)
    candidates = tuple(_period(surface, point, one) for one in around)
    return DateMention(span=point.span, surface=surface, kind="month_only", value=_month_day(point), candidates=candidates)


def _month_day(point: Point) -> MonthDay:
    return MonthDay(month=point.month or 0, day=point.day, until=_month_day(point.until) if point.until else None)


def _in_year(point: Point, year: int) -> Interval:
    """The month, day or range of them that begins in `year`."""
    first, second = interval(year, False, point.month, point.day, point.part), point.until
    if not second:
        return first
    next_year = (second.month or 0) < (point.month or 0)
    return span(first, interval(year + next_year, False, second.month, second.day, second.part))


def _occurrences(point: Point, years: range) -> Iterator[Interval]:
    for year in years:
        try:
            yield _in_year(point, year)
        except ValueError:
            continue


def _known_occurrences(point: Point, known: tuple[Period, ...]) -> list[Interval]:
    """Those that a day or a month of the data lies in, latest first."""
    exact = tuple(one for one in known if one.precision in ("day", "month", "fiscal_end") and one.single)
    years = [one.start.year for one in exact]
    found = _occurrences(point, range(min(years) - 1, max(years) + 1)) if years else ()
    return [one for one in reversed(list(found)) if _meets(one, exact)]
