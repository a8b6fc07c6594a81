"""Business days in Japan, and the days on which the steps of a ladder are posted: pure functions over dates.

Closed are Saturdays, Sundays, national holidays (jpholiday, from the published law and calendar), 29 December to 3 January
(行政機関の休日に関する法律 §1, which offices of prefectures and municipalities follow by ordinance), and an office's own days.

The n-th business day before a deadline is counted from the deadline's own date, as WORKDAY does in a sheet: the first one
before Saturday 31 March is Friday the 30th.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import jpholiday

from bot.words import dated
from knowledge.model import LANGS, Lang, Pair

DAY = timedelta(days=1)
LADDER = (-20, -10, -5, -1, 0, 3)
STEP_MOST = 250  # business days: about a year
WEEKDAYS = (
    Pair("月", "Monday"),
    Pair("火", "Tuesday"),
    Pair("水", "Wednesday"),
    Pair("木", "Thursday"),
    Pair("金", "Friday"),
    Pair("土", "Saturday"),
    Pair("日", "Sunday"),
)
NEW_YEAR = Pair("年末年始", "the New Year closure")
WEEKEND = {5: Pair("土曜日", "a Saturday"), 6: Pair("日曜日", "a Sunday")}

Moving = Literal["before", "after"]
"""Where a step goes that falls on a closed day: to the business day before, or to the one after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """A day on which an office is closed by its own rule; `year` None: every year."""

    month: int
    day: int
    name: str
    year: int | None = None

    def falls_on(self, day: date) -> bool:
        return (day.month, day.day) == (self.month, self.day) and self.year in (None, day.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Whose business days are meant: the country's, less the office's own."""

    own: tuple[OwnDay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDay:
    """When a step is posted. `counted` is where the counting led to, `because` why that day is closed, None if it is not."""

    step: int
    counted: date
    day: date
    because: Pair | None


class BadOffice(Exception):
    """An office's own days cannot be read; the message says which and what to write."""


OWN_DAY = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})\s+(\S.*)")


def office_of(text: str) -> Office:
    """An office's own closed days, one a line (or parted by ;): a day of one year, or of every year, and what it is.

    >>> office_of("2018-05-01 庁舎の停電; 11-22 創立記念日").own[1]
    OwnDay(month=11, day=22, name='創立記念日', year=None)
    """
    return Office(own=tuple(_own_day(line.strip()) for line in re.split("[;\n]", text) if line.strip()))


def _own_day(line: str) -> OwnDay:
    match = OWN_DAY.fullmatch(line)
    try:
        year, month, day, name = match.groups() if match else ("", "", "", "")
        date(int(year or 2000), int(month), int(day))  # a leap year: 02-29 exists every fourth year
    except ValueError:
        raise BadOffice(
            f"{line!r} is no closed day of an office; write the day and what it is, as in: 2018-05-01 庁舎の停電, or every year: 11-22 創立記念日"
        ) from None
    return OwnDay(month=int(month), day=int(day), name=name, year=int(year) if year else None)


# --- business days ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65_536)
def closed_because(day: date, office: Office = Office()) -> Pair | None:
    """Why nobody is at work on this day; None if somebody is."""
    own = next((each.name for each in office.own if each.falls_on(day)), None)
    if own is not None:
        return Pair(own, own)
    holiday = jpholiday.is_holiday_name(day)
    if holiday:
        return Pair(f"祝日（{holiday}）", f"a national holiday ({holiday})")
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return NEW_YEAR
    return WEEKEND.get(day.weekday())


def is_business_day(day: date, office: Office = Office()) -> bool:
    return closed_because(day, office) is None


def open_day(day: date, office: Office = Office(), moving: Moving = "before") -> date:
    """The day itself if it is a business day, else the nearest one before (or after) it."""
    step = -DAY if moving == "before" else DAY
    while not is_business_day(day, office):
        day += step
    return day


@lru_cache(maxsize=65_536)
def counted(day: date, steps: int, office: Office = Office()) -> date:
    """The n-th business day before (negative) or after a day, which may be closed itself; the day itself for 0."""
    step = DAY if steps > 0 else -DAY
    for _ in range(abs(steps)):
        day = open_day(day + step, office, "after" if steps > 0 else "before")
    return day


def business_days_until(today: date, day: date, office: Office = Office()) -> int:
    """Business days after `today` up to and including `day`; negative when the day has passed: those since then."""
    first, last = sorted((today, day))
    days = sum(is_business_day(first + n * DAY, office) for n in range(1, (last - first).days + 1))
    return days if today <= day else -days


# --- ladders ----------------------------------------------------------------------------------------------------------


def post_day(deadline: date, step: int, office: Office = Office(), moving: Moving = "before") -> PostDay:
    """When one step of a ladder is posted. Only the deadline's own day can be closed: all others are counted in business days."""
    found = counted(deadline, step, office)
    return PostDay(step=step, counted=found, day=open_day(found, office, moving), because=closed_because(found, office))


@lru_cache(maxsize=16_384)
def post_days(deadline: date, ladder: tuple[int, ...], office: Office = Office(), moving: Moving = "before") -> tuple[PostDay, ...]:
    """All steps of a ladder in the order of time; two steps may come to stand on one day."""
    return tuple(sorted((post_day(deadline, step, office, moving) for step in sorted(set(ladder))), key=lambda each: each.day))


# --- in words ---------------------------------------------------------------------------------------------------------


def step_words(step: int) -> Pair:
    """20営業日前, 当日, 3営業日後."""
    if step == 0:
        return Pair("当日", "on the day")
    ja, en = ("前", "before") if step < 0 else ("後", "after")
    return Pair(f"{abs(step)}営業日{ja}", f"{abs(step)} business day{'s' if abs(step) != 1 else ''} {en}")


def day_words(day: date) -> Pair:
    """平成30年3月30日（2018年3月30日）（金）."""
    ja, en = (dated(day.isoformat(), lang) for lang in LANGS)
    weekday = WEEKDAYS[day.weekday()]
    return Pair(f"{ja}（{weekday.ja}）", f"{weekday.en}, {en}")


MOVED = {
    "before": Pair("{day}は{why}のため、前の営業日", "{day} is {why}, so the business day before"),
    "after": Pair("{day}は{why}のため、次の営業日", "{day} is {why}, so the next business day"),
}
LINE = {False: Pair("{step}：{day}", "{step}: {day}"), True: Pair("{step}：{day}〔{moved}〕", "{step}: {day} ({moved})")}


def preview(deadline: date, ladder: tuple[int, ...], office: Office = Office(), moving: Moving = "before") -> tuple[Pair, ...]:
    """Every post date of a ladder with its weekday, and what moved it: a line a step."""
    return tuple(Pair(*(_line(each, moving, lang) for lang in LANGS)) for each in post_days(deadline, ladder, office, moving))


def _line(each: PostDay, moving: Moving, lang: Lang) -> str:
    why = each.because[lang] if each.because else ""
    moved = MOVED[moving][lang].format(day=dated(each.counted.isoformat(), lang), why=why)
    return LINE[each.because is not None][lang].format(step=step_words(each.step)[lang], day=day_words(each.day)[lang], moved=moved)
