"""Dates as they are written, before anything is filled in; and what the patterns that read them have in common."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from knowledge.dates.eras import ERA_BY_WORD, ERAS, number, read_number
from knowledge.dates.intervals import Interval
from knowledge.dates.periods import Open, Period, Relative, Span


class Asked(NamedTuple):
    """What dates are looked for in: a normalised text, the day it was written, and the periods of the data."""

    text: str
    this_day: date
    known: tuple[Period, ...]


class Point(NamedTuple):
    """A date as it was written."""

    span: Span
    era: str = ""
    """An era's name; "western"; "missing" (27年10月); "either" (FY29: Heisei or 2029); "" when no year stands there."""
    year: int | None = None
    fiscal: bool = False
    month: int | None = None
    day: int | None = None
    part: str = ""
    """end, h1, q3, summer, early …"""
    fixed: tuple[Interval, ...] = ()
    """Known from today alone: 来週金曜, 先月; two for "end of the year"."""
    until: Point | None = None
    open: Open = ""
    exclusive: bool = False
    """before and after leave the date itself out."""


class Word(NamedTuple):
    """最新, 前回, 年度末 …"""

    span: Span
    value: Relative


# Fragments of the patterns. The text is normalised: lower case, half-width digits, ~ and -, single spaces.
KANJI_NUMERALS = "〇零一二三四五六七八九十百千"
NUM = "(?:[0-9]{1,2}|[〇零一二三四五六七八九十]{1,3})"
# A letter of neither kana nor the Latin alphabet: the ranges of all kanji would take ten times as long to compile.
KANJI = "[^\\W0-9_a-zぁ-ヿ々〆〇]"
ERA_NAME = "|".join(era.name for era in ERAS)
EN_ERA_NAME = "|".join((ERA_NAME, *(era.en.lower() for era in ERAS)))
ERA_KANJI = f"{ERA_NAME}|(?<!{KANJI})[{''.join(era.name[0] for era in ERAS)}]"
EN_ERA = f"{EN_ERA_NAME}|[hrs]"
TO = r"\s?[~・-]\s?"
ALONE = "(?<![0-9a-z.,/第¥$=#+-])"
WEEKDAYS = "月火水木金土日"
WEEKDAY = rf"(?:\s?\([{WEEKDAYS}](?:曜日?)?(?:・?祝)?\))?"
END = "末日?(?![広吉永次松])"  # 末広町 begins so
FISCAL_WORD = r"(?:fiscal(?:[\s-]year)?|financial\syear|f\.?y\.?)"
LONGEST_LEAD = 16
"""Letters to look back for what leads up to a date: since, between, in …"""


def era_and_year(era: str | None, year: str | None, unsaid: str = "missing") -> tuple[str, int | None]:
    """("平成", 29), ("western", 2017), (`unsaid`, 29), or ("", None) where no year stands."""
    if not year:
        return "", None
    count = read_number(year)
    if era:
        return ERA_BY_WORD[era].name, count
    return ("western" if count > 999 else unsaid), count


def with_second(point: Point, got: dict[str, str | None]) -> Point:
    """H26～29年度, 4～6月, 1～5日: two numbers before one unit. The first stands alone, the second has the rest."""
    if got.get("day2"):
        return point._replace(until=point._replace(day=number(got["day2"])))
    if got.get("month2"):
        return point._replace(day=None, part="", until=point._replace(month=number(got["month2"])))
    if not got.get("year2"):
        return point
    era, year = era_and_year(got.get("era2"), got["year2"], point.era)
    second = point._replace(era=era, year=full_year(point, era, year))
    return point._replace(month=None, day=None, part="", until=second)


def full_year(first: Point, era: str, year: int | None) -> int | None:
    """2017 for the second year of 2015-17."""
    if era == first.era == "western" and first.year and year is not None and year < 100:
        return first.year // 100 * 100 + year
    return year
