"""Business days are those of the law, and every step of a ladder falls on one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from almanac import holidays, is_open, nth, open_days
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import (
    LADDER,
    BadOffice,
    Office,
    OwnDay,
    business_days_until,
    closed_because,
    counted,
    is_business_day,
    office_of,
    open_day,
    post_day,
    post_days,
    preview,
)

DAY = timedelta(days=1)
DAYS = st.dates(date(2018, 3, 1), date(2028, 12, 31))
OFFICE = Office(own=(OwnDay(month=3, day=30, name="創立記念日"), OwnDay(month=3, day=29, year=2018, name="停電")))


def test_every_day_of_thirteen_years_is_open_or_closed_as_the_law_says() -> None:
    days = [date(2018, 1, 1) + n * DAY for n in range((date(2030, 12, 31) - date(2018, 1, 1)).days + 1)]
    assert [day for day in days if is_business_day(day) != is_open(day)] == []


# Each by hand, from the Cabinet Office's list and the closure of offices.
@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2018-03-21", "祝日（春分の日）"),
        ("2018-09-24", "祝日（秋分の日 振替休日）"),
        ("2019-04-30", "祝日（国民の休日）"),
        ("2019-05-01", "祝日（天皇の即位の日）"),
        ("2026-05-06", "祝日（憲法記念日 振替休日）"),
        ("2026-09-22", "祝日（国民の休日）"),
        ("2018-12-28", ""),
        ("2018-12-31", "年末年始"),
        ("2019-01-01", "祝日（元日）"),
        ("2019-01-03", "年末年始"),
        ("2019-01-04", ""),
        ("2018-03-31", "土曜日"),
        ("2018-04-01", "日曜日"),
        ("2024-02-29", ""),
    ],
)
def test_why_a_day_is_closed(day: str, why: str) -> None:
    found = closed_because(date.fromisoformat(day))
    assert (found.ja if found else "") == why
    assert (found is None) == is_open(date.fromisoformat(day))


# The end of fiscal year H29 is a Saturday; 21 March is a holiday. Counted by hand on a wall calendar.
END_OF_H29 = {-20: "2018-03-02", -10: "2018-03-16", -5: "2018-03-26", -1: "2018-03-30", 0: "2018-03-30", 3: "2018-04-04"}


def test_the_ladder_of_the_end_of_fiscal_h29() -> None:
    found = {each.step: each for each in post_days(date(2018, 3, 31), LADDER)}
    assert {step: each.day.isoformat() for step, each in found.items()} == END_OF_H29
    assert [step for step, each in found.items() if each.because] == [0]
    assert post_day(date(2018, 3, 31), 0, moving="after").day == date(2018, 4, 2)


def test_the_preview_shows_every_date_with_its_weekday_and_what_moved_it() -> None:
    lines = preview(date(2018, 3, 31), (-1, 0, 3))
    assert [line.ja for line in lines] == [
        "1営業日前：平成30年3月30日（2018年3月30日）（金）",
        "当日：平成30年3月30日（2018年3月30日）（金）〔平成30年3月31日（2018年3月31日）は土曜日のため、前の営業日〕",
        "3営業日後：平成30年4月4日（2018年4月4日）（水）",
    ]
    assert lines[1].en == "on the day: Friday, 30 March 2018 (Heisei 30) (31 March 2018 (Heisei 30) is a Saturday, so the business day before)"


@settings(max_examples=300)
@given(day=DAYS, step=st.integers(-40, 40))
def test_steps_are_counted_in_business_days(day: date, step: int) -> None:
    """As in the almanac's list of days; and a step back and forth from an open day leads home."""
    assert post_day(day, step).day == nth(day, step)
    assert is_open(post_day(day, step, moving="after").day)
    home = open_day(day)
    assert counted(counted(home, step), -step) == home


@settings(max_examples=200)
@given(today=DAYS, day=DAYS)
def test_business_days_left(today: date, day: date) -> None:
    first, last = sorted((today, day))
    between = sum(first < each <= last for each in open_days())
    assert business_days_until(today, day) == (between if today <= day else -between)


def test_an_office_closes_on_days_of_its_own() -> None:
    assert [is_business_day(date(year, 3, 29), OFFICE) for year in (2018, 2019)] == [False, True]
    assert post_day(date(2018, 3, 31), -1, OFFICE).day == date(2018, 3, 28)
    assert closed_because(date(2019, 3, 30), OFFICE) == closed_because(date(2018, 3, 30), OFFICE) != None  # noqa: E711
    assert post_day(date(2018, 3, 30), 0, OFFICE) != post_day(date(2018, 3, 30), 0)


def test_own_days_are_read_or_refused_with_what_to_write() -> None:
    assert office_of("2018-03-29 停電\n03-30 創立記念日").own == tuple(reversed(OFFICE.own))
    assert office_of("").own == ()
    for bad in ("3月29日", "2018-02-30 停電", "2018-03-29", "13-01 x"):
        with pytest.raises(BadOffice, match="2018-05-01 庁舎の停電"):
            office_of(bad)


def test_the_almanac_itself() -> None:
    """The published number of holidays: 2019 had 22 with its Golden Week of ten days."""
    assert len(holidays(2019)) == 22
    assert [day.day for day in sorted(holidays(2019)) if day.month == 5] == [1, 2, 3, 4, 5, 6]
