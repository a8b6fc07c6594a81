"""What is read: periods of time, and the mentions of them in a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.dates.eras import number
from knowledge.dates.intervals import Precision, interval, unit
from knowledge.pattern import Pattern

Relative = Literal["latest", "previous", "before_previous", "first", "next", "fiscal_end"]
Kind = Literal["period", "relative", "month_only", "invalid"]
Open = Literal["", "from", "until"]
Lang = Literal["ja", "en"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days from `start` to `end`, both included. A range (H29.6～H30.3) has the precision of its finer end."""

    start: date
    """`date.min` when open "until"."""
    end: date
    """`date.max` when open "from"."""
    precision: Precision
    """A fiscal_end is the one day 31 March."""
    surface: str = ""
    span: Span = (0, 0)
    """Place in the normalised text, with から, まで, since or by."""
    open: Open = ""

    def contains(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def single(self) -> bool:
        """Whether it is one day, one month, one year …: neither a range nor open."""
        return not self.open and unit(self.start, self.precision) == (self.start, self.end)

    @property
    def edge(self) -> tuple[date, date]:
        """The date that an open period begins or ends with: all of April 2018 for 平成30年4月まで."""
        if self.open == "until":
            return unit(self.end, self.precision)
        return unit(self.start, self.precision) if self.open else (self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay:
    """A month, perhaps with a day, whose year nobody said and no known period gives; `until` for 4月から6月."""

    month: int
    day: int | None = None
    until: MonthDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """One date expression in a text.

    period      value is the Period; None when several candidates fit: ask
    relative    value is a Relative: a place in the series of surveys, which the answerer knows
    month_only  value is a MonthDay; candidates are its last and its next occurrence as seen from today
    invalid     there is no such date (H29.2.30); value is None
    """

    span: Span
    surface: str
    kind: Kind
    value: Period | MonthDay | Relative | None
    candidates: tuple[Period, ...] = ()


_ISO = Pattern(r"(?P<fiscal>FY)?(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?")


def period_of(iso: str) -> Period:
    """A date of the files of facts ("2015", "2015-10", "2015-09-04", "FY2017") -> Period; ValueError if it is none."""
    match = _ISO.fullmatch(iso)
    if not match or (match["fiscal"] and match["month"]):
        raise ValueError(f"{iso!r} is no date; write 2015, 2015-10, 2015-09-04 or FY2017")
    start, end, precision = interval(int(match["year"]), bool(match["fiscal"]), number(match["month"]), number(match["day"]), "")
    return Period(start=start, end=end, precision=precision)
