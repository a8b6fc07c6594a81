"""Days, weeks, months and years as seen from today: 明日, 来週金曜, 先月, 月末, next Friday, end of this fiscal year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from knowledge.dates.eras import number
from knowledge.dates.intervals import Interval, fiscal_year_of, interval, one_day, part_of_year, week_of
from knowledge.dates.points import FISCAL_WORD, KANJI, KANJI_NUMERALS, NUM, WEEKDAYS, Asked, Point
from knowledge.pattern import Pattern

EN_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {
    "一昨日": -2, "昨日": -1, "今日": 0, "本日": 0, "明日": 1, "明後日": 2,
    "yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2,
}  # fmt: skip
_STEPS = {
    "再来": 2, "来": 1, "今": 0, "先": -1, "先々": -2, "先先": -2,
    "next": 1, "coming": 0, "this": 0, "current": 0, "last": -1, "previous": -1,
}  # fmt: skip
_JAPANESE = Pattern(
    f"(?=[一昨今本明再来先次{WEEKDAYS}])(?:(?P<day>一昨日|昨日|今日(?!的)|(?<!日)本日|明日(?!香)|明後日)"
    f"|(?P<week>再来|[来今先])週(?:の?(?P<weekday>[{WEEKDAYS}])曜日?)?"
    f"|(?<![週毎第の0-9{KANJI_NUMERALS}])(?:次の)?(?P<bare>[{WEEKDAYS}])曜日?"
    f"|(?P<month>再来|先々|先先|今|(?<!{KANJI})[来先])月(?:(?P<end>末)|の?(?P<date>{NUM})日(?!間))?"
    f"|(?<![0-9{KANJI_NUMERALS}年毎各])(?P<month_end>月末))"
)
_ENGLISH = Pattern(
    r"(?<![a-z])(?:(?:the\s)?(?P<day>day\safter\stomorrow|today|tomorrow|yesterday)"
    r"|(?:(?:the\s)?(?P<end>end)\sof\s)?(?:the\s)?(?P<step>this|next|last|current|previous|coming)\s(?:(?P<year>year)"
    rf"|(?P<fiscal>{FISCAL_WORD})|(?P<this_month>month)|(?P<this_week>week)|(?P<weekday>{'|'.join(EN_WEEKDAYS)}))"
    r"|(?P<month_end>(?:the\s)?(?:end\sof\sthe\smonth|month[\s-]end))"
    r"|(?P<year_end>(?:the\s)?(?:end\sof\sthe\syear|(?<!fiscal\s)(?<!fiscal-)year[\s-]end))"
    rf"|(?<!every\s)(?<!each\s)(?<!other\s)(?P<bare>{'|'.join(EN_WEEKDAYS)}))(?![a-z0-9])"
)


class _Seen(NamedTuple):
    """What was said, by the groups of a pattern; today; and how many days, weeks … away the words are."""

    got: dict[str, str]
    this_day: date
    step: int


def japanese(asked: Asked) -> Iterator[Point]:
    """明日, 来週金曜, 先月10日, 月末 …"""
    return _points(_JAPANESE, asked)


def english(asked: Asked) -> Iterator[Point]:
    """tomorrow, next Friday, end of this fiscal year …"""
    return _points(_ENGLISH, asked)


def _points(pattern: Pattern, asked: Asked) -> Iterator[Point]:
    for match in pattern.finditer(asked.text):
        got = {key: value for key, value in match.groupdict().items() if value}
        step = next((_STEPS[got[key]] for key in ("step", "week", "month") if key in got), 0)
        read = next((read for key, read in _READERS if key in got), _month)
        yield Point(span=match.span(), fixed=read(_Seen(got, asked.this_day, step)))


def _end_of_which_year(seen: _Seen) -> tuple[Interval, ...]:
    """Of the calendar year or of the fiscal year? Ask."""
    return part_of_year(seen.this_day.year, False, "end"), part_of_year(fiscal_year_of(seen.this_day), True, "end")


def _day(seen: _Seen) -> tuple[Interval, ...]:
    return (one_day(seen.this_day + timedelta(days=_DAYS[seen.got["day"]])),)


def _weekday(seen: _Seen) -> tuple[Interval, ...]:
    """来週金曜 and next Friday: of the week that begins next Monday."""
    monday, _, _ = week_of(seen.this_day)
    return (one_day(monday + timedelta(weeks=seen.step, days=_number(seen.got["weekday"]))),)


def _coming_weekday(seen: _Seen) -> tuple[Interval, ...]:
    """金曜 alone: the next one, today included."""
    return (one_day(seen.this_day + timedelta(days=(_number(seen.got["bare"]) - seen.this_day.weekday()) % 7)),)


def _number(weekday: str) -> int:
    return WEEKDAYS.index(weekday) if weekday in WEEKDAYS else EN_WEEKDAYS.index(weekday)


def _week(seen: _Seen) -> tuple[Interval, ...]:
    return (week_of(seen.this_day + timedelta(weeks=seen.step)),)


def _year(seen: _Seen) -> tuple[Interval, ...]:
    fiscal = "fiscal" in seen.got
    this = fiscal_year_of(seen.this_day) if fiscal else seen.this_day.year
    return (part_of_year(this + seen.step, fiscal, seen.got.get("end", "")),)


def _month(seen: _Seen) -> tuple[Interval, ...]:
    months = seen.this_day.year * 12 + seen.this_day.month - 1 + seen.step
    part = "end" if {"end", "month_end"} & seen.got.keys() else ""
    return (interval(months // 12, False, months % 12 + 1, number(seen.got.get("date")), part),)


_READERS: tuple[tuple[str, Callable[[_Seen], tuple[Interval, ...]]], ...] = (
    ("year_end", _end_of_which_year),
    ("day", _day),
    ("weekday", _weekday),
    ("bare", _coming_weekday),
    ("week", _week),
    ("this_week", _week),
    ("year", _year),
    ("fiscal", _year),
)
"""By the group of the pattern that tells; the first that was said decides."""
