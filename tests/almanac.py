"""Japanese business days worked out once more, from the law's own words and without any library: what bot.calendar is compared with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cache

DAY = timedelta(days=1)
FIXED = [(1, 1), (2, 11), (4, 29), (5, 3), (5, 4), (5, 5), (11, 3), (11, 23)]
# The accession of 2019, and the Olympic Games that were held in 2021.
ONCE = {2019: [(5, 1), (10, 22)], 2020: [(7, 23), (7, 24), (8, 10)], 2021: [(7, 22), (7, 23), (8, 8)]}


def monday(year: int, month: int, n: int) -> date:
    first = date(year, month, 1)
    return first + ((7 - first.weekday()) % 7 + 7 * (n - 1)) * DAY


def equinox(year: int, month: int) -> date:
    """By the formula of the Hydrographic Department for 1980 to 2099."""
    base = {3: 20.8431, 9: 23.2488}[month]
    return date(year, month, int(base + 0.242194 * (year - 1980) - (year - 1980) // 4))


@cache
def holidays(year: int) -> frozenset[date]:
    """国民の祝日に関する法律 §2 and §3, for 2018 and later."""
    named = {date(year, *each) for each in [*FIXED, *ONCE.get(year, [])]}
    named |= {monday(year, 1, 2), monday(year, 9, 3), equinox(year, 3), equinox(year, 9)}
    named.add(date(year, 2, 23) if year >= 2020 else date(year, 12, 23) if year == 2018 else date(year, 1, 1))
    if year not in (2020, 2021):
        named |= {monday(year, 7, 3), monday(year, 10, 2), date(year, 8, 11)}
    instead = set()
    for day in (each for each in named if each.weekday() == 6):
        while day in named:
            day += DAY
        instead.add(day)
    between = {day + DAY for day in named if day + DAY not in named and day + 2 * DAY in named}
    return frozenset(named | instead | between)


def is_open(day: date) -> bool:
    new_year = (day.month, day.day) in {(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)}
    return day.weekday() < 5 and day not in holidays(day.year) and not new_year


@cache
def open_days() -> tuple[date, ...]:
    """The business days of 2017-10 to 2030, in order; those of 2017 by hand, since the law was another one."""
    closed = {date(2017, 10, 9), date(2017, 11, 3), date(2017, 11, 23)}
    days = [date(2017, 10, 1) + n * DAY for n in range(4_840)]
    return tuple(
        day for day in days if day not in closed and (day.year > 2017 and is_open(day) or day.year == 2017 and day.weekday() < 5 and day < date(2017, 12, 29))
    )


def nth(day: date, steps: int) -> date:
    """The n-th business day before or after; for 0 the day, or the business day before it."""
    days = open_days()
    if steps > 0:
        return days[bisect_right(days, day) + steps - 1]
    return days[bisect_left(days, day) + steps] if steps else days[bisect_right(days, day) - 1]
