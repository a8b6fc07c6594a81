"""The eras of Japan, and numbers as Japanese writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """An era; its year 1 is the calendar year of `start`."""

    name: str
    en: str
    letter: str
    start: date
    """The first day, by decree."""


ERAS = (
    Era(name="令和", en="Reiwa", letter="R", start=date(2019, 5, 1)),
    Era(name="平成", en="Heisei", letter="H", start=date(1989, 1, 8)),
    Era(name="昭和", en="Showa", letter="S", start=date(1926, 12, 25)),
    Era(name="大正", en="Taisho", letter="T", start=date(1912, 7, 30)),
    Era(name="明治", en="Meiji", letter="M", start=date(1868, 1, 25)),
)
ERA_BY_WORD = {word: era for era in ERAS for word in (era.name, era.name[0], era.en.lower(), era.letter.lower())}
"""平成, 平, heisei, h -> Era."""
WITHOUT_SAYING_SO = tuple(era.name for era in ERAS[:3])
"""The eras whose years people still write without their name (29年6月)."""


def era_of(day: date) -> Era | None:
    """The era of a day, exact to the day; None before 明治."""
    return next((era for era in ERAS if era.start <= day), None)


def era_year(day: date) -> tuple[Era, int] | None:
    """(平成, 29) for a day of 2017."""
    era = era_of(day)
    return (era, day.year - era.start.year + 1) if era else None


# --- numbers ----------------------------------------------------------------------------------------------------------

_KANJI_DIGITS = {char: i for i, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "元": 1}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}


def read_number(text: str) -> int:
    """29, 二十九, 二〇一七 or 元 -> int. `text` holds nothing else.

    >>> read_number("29"), read_number("二十九"), read_number("二〇一七"), read_number("元")
    (29, 29, 2017, 1)
    """
    if text[0] not in _KANJI_DIGITS and text[0] not in _KANJI_UNITS:
        return int(text)
    if _KANJI_UNITS.keys().isdisjoint(text):
        return int("".join(str(_KANJI_DIGITS[char]) for char in text))
    total, digit = 0, 0
    for char in text:
        if char in _KANJI_UNITS:
            total, digit = total + max(digit, 1) * _KANJI_UNITS[char], 0
        else:
            digit = _KANJI_DIGITS[char]
    return total + digit


def number(text: str | None) -> int | None:
    """The same for what may not have been said."""
    return read_number(text) if text else None
