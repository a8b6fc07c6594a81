"""First and last days: of months, fiscal years, quarters, weeks, and of what the parts of a date say together."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

Precision = Literal["day", "fiscal_end", "week", "month", "season", "quarter", "half", "year", "fiscal_year"]
Interval = tuple[date, date, Precision]
"""First day, last day, and how exactly they were said."""

PRECISIONS: tuple[Precision, ...] = ("day", "fiscal_end", "week", "month", "season", "quarter", "half", "year", "fiscal_year")
"""From fine to coarse."""

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
_THIRDS = {"early": (1, 10), "middle": (11, 20), "late": (21, 31)}
_FRACTIONS: Mapping[str, tuple[int, Precision]] = {"h": (6, "half"), "q": (3, "quarter")}
_YEARS = range(1868, 2200)
# What lasts for months: how many, and the month that one of them begins in.
_LENGTHS: Mapping[Precision, tuple[int, int]] = {
    "month": (1, 1),
    "season": (3, 3),
    "quarter": (3, 4),
    "half": (6, 4),
    "year": (12, 1),
    "fiscal_year": (12, 4),
}


def is_year(number: int) -> bool:
    """Whether a number can be a western year here."""
    return number in _YEARS


def fiscal_year_of(day: date) -> int:
    """2017 for 2018-03-31: a fiscal year runs from April to March."""
    return day.year - (day.month < 4)


def fiscal_year(year: int) -> Interval:
    return date(year, 4, 1), date(year + 1, 3, 31), "fiscal_year"


def month_of(year: int, month: int) -> Interval:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month"


def one_day(day: date) -> Interval:
    return day, day, "day"


def week_of(day: date) -> Interval:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6), "week"


def unit(day: date, precision: Precision) -> tuple[date, date]:
    """First and last day of what `day` lies in: its month, its fiscal quarter, its week from Monday …"""
    if precision in _LENGTHS:
        length, first = _LENGTHS[precision]
        return _months(day.year * 12 + day.month - 1 - (day.month - first) % length, length)
    return week_of(day)[:2] if precision == "week" else (day, day)


def span(first: Interval, last: Interval) -> Interval:
    """From the one to the other, as exact as the finer of them."""
    return first[0], last[1], min(first[2], last[2], key=PRECISIONS.index)


def _months(first: int, length: int) -> tuple[date, date]:
    """`length` months from the month `first`, counted as year * 12 + month - 1."""
    last = first + length - 1
    return month_of(first // 12, first % 12 + 1)[0], month_of(last // 12, last % 12 + 1)[1]


# --- the parts of a date ----------------------------------------------------------------------------------------------


def interval(year: int, fiscal: bool, month: int | None, day: int | None, part: str) -> Interval:
    """What the parts of a date say together; ValueError if the calendar has no such date.

    `part` is "", end, h1 … h2, q1 … q4 or a season of a year; "", end, early, middle or late of a month.
    """
    if not is_year(year):
        raise ValueError(f"the year {year} is out of range")
    if month is None:
        return part_of_year(year, fiscal, part)
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    calendar_year = year + (fiscal and month < 4)
    return _part_of_month(calendar_year, month, part) if day is None else one_day(date(calendar_year, month, day))


def part_of_year(year: int, fiscal: bool, part: str) -> Interval:
    if part in SEASONS:
        return *_months(year * 12 + SEASONS[part] - 1, 3), "season"
    if part == "end":
        return (date(year + 1, 3, 31), date(year + 1, 3, 31), "fiscal_end") if fiscal else one_day(date(year, 12, 31))
    first = year * 12 + (3 if fiscal else 0)
    if part[:1] in _FRACTIONS:
        length, precision = _FRACTIONS[part[0]]
        return *_months(first + length * (int(part[1]) - 1), length), precision
    return *_months(first, 12), "fiscal_year" if fiscal else "year"


def _part_of_month(year: int, month: int, part: str) -> Interval:
    start, end, _ = month_of(year, month)
    if part == "end":
        return one_day(end)
    if part in _THIRDS:
        first, last = _THIRDS[part]
        return start.replace(day=first), start.replace(day=min(last, end.day)), "day"
    return start, end, "month"
