"""How a date is said: with its era in Japanese, with both years everywhere, shortly in the columns of a table."""

from __future__ import annotations

from datetime import date

from knowledge.dates.eras import Era, era_of, era_year
from knowledge.dates.intervals import Precision, fiscal_year_of, unit
from knowledge.dates.periods import Lang, Period

_EN_MONTHS = "January February March April May June July August September October November December".split()
_EN_HALVES = ("first", "second")
_JA_HALVES = ("上", "下")
_JA_SEASONS = {3: "春", 6: "夏", 9: "秋", 12: "冬"}
_EN_SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}
_FISCAL: tuple[Precision, ...] = ("fiscal_year", "fiscal_end", "quarter", "half")


def era_label(d: date, precision: Precision, lang: Lang) -> str:
    """平成29年6月（2017年6月） / June 2017 (Heisei 29): what stands beside every number. Western alone before 明治."""
    western = western_label(d, precision, lang)
    if not era_of(_era_day(d, precision)):
        return western
    if lang == "ja":
        return f"{era_form(d, precision)}（{_plain_days(d, precision, lang) or western}）"
    return f"{western} ({_plain_days(d, precision, lang) or _en_eras(d, precision)})"


def era_form(d: date, precision: Precision) -> str:
    """平成29年6月, 令和元年, 平成29年度末, 平成29年度第3四半期; the western form before 明治."""
    d = _named_day(d, precision)
    if not era_of(_era_day(d, precision)):
        return western_label(d, precision, "ja")
    year = "・".join(_ja_year_of(*one) for one in _eras_of(d, precision))
    return year + _added(d, precision)


def western_label(d: date, precision: Precision, lang: Lang) -> str:
    """2017年6月 / June 2017; 2017年度末 / end of FY2017."""
    d = _named_day(d, precision)
    if lang == "en":
        return _en_form(d, precision)
    year = fiscal_year_of(d) if precision in _FISCAL else d.year
    return f"{year}年{_added(d, precision)}"


def short_label(d: date, precision: Precision) -> str:
    """H29.6, H29.6.1, H29, H29年度末: for the columns of a table; the western form before 明治."""
    d = _named_day(d, precision)
    found = era_year(_era_day(d, precision))
    if not found:
        return western_label(d, precision, "ja")
    year = f"{found[0].letter}{found[1]}"
    dotted = {"year": "", "month": f".{d.month}", "day": f".{d.month}.{d.day}", "week": f".{d.month}.{d.day}の週"}
    return year + (dotted[precision] if precision in dotted else f"年{_added(d, precision)}")


def period_label(period: Period, lang: Lang) -> str:
    """era_label for any Period: 平成29年6月（2017年6月）〜平成30年3月（2018年3月）, from June 2017 (Heisei 29) …"""
    if period.single:
        return era_label(period.start, period.precision, lang)
    first = "" if period.open == "until" else _end_label(period.start, period.precision, 0, lang)
    last = "" if period.open == "from" else _end_label(period.end, period.precision, 1, lang)
    if lang == "ja":
        return f"{first}〜{last}" if first and last else f"{first}以降" if first else f"{last}まで"
    return f"{first} to {last}" if first and last else f"from {first}" if first else f"until {last}"


# --- ends of a range --------------------------------------------------------------------------------------------------


def _end_label(d: date, precision: Precision, side: int, lang: Lang) -> str:
    """One end of a range (`side` 0 its start, 1 its end), as coarse as it is exact."""
    forms: tuple[Precision, ...] = (precision, "month", "day")
    return next(era_label(d, form, lang) for form in forms if _is_border(d, form, side))


def _is_border(d: date, precision: Precision, side: int) -> bool:
    if precision == "fiscal_end":
        return (d.month, d.day) == (3, 31)
    return unit(d, precision)[side] == d


# --- years ------------------------------------------------------------------------------------------------------------


def _named_day(d: date, precision: Precision) -> date:
    """A week is named by its Monday."""
    return unit(d, "week")[0] if precision == "week" else d


def _era_day(d: date, precision: Precision) -> date:
    """The day whose era names the period: FY2019 is 令和元年度, although it began in 平成31年."""
    return date(fiscal_year_of(d), 7, 1) if precision in _FISCAL else d


def _eras_of(d: date, precision: Precision) -> list[tuple[Era, int]]:
    """The era years of a period: two for the calendar year 2019."""
    days = unit(d, "year") if precision == "year" else (_era_day(d, precision),)
    return list(dict.fromkeys(found for day in days if (found := era_year(day))))


def _ja_year_of(era: Era, year: int) -> str:
    return f"{era.name}{'元' if year == 1 else year}年"


def _en_eras(d: date, precision: Precision) -> str:
    return " / ".join(f"{era.en} {year}" for era, year in _eras_of(d, precision))


# --- what the precision adds ------------------------------------------------------------------------------------------


def _plain_days(d: date, precision: Precision, lang: Lang) -> str:
    """The days or months behind 年度末, 上半期 and the like; "" where the label says them."""
    if precision == "fiscal_end":
        return western_label(unit(d, "fiscal_year")[1], "day", lang)
    if precision not in ("quarter", "half"):
        return ""
    start, end = unit(d, precision)
    same_year = start.year == end.year
    if lang == "ja":
        last = f"{end.month}月" if same_year else western_label(end, "month", lang)
        return f"{western_label(start, 'month', lang)}〜{last}"
    first = _EN_MONTHS[start.month - 1] if same_year else _en_form(start, "month")
    return f"{first}–{_en_form(end, 'month')}"


def _added(d: date, precision: Precision) -> str:
    """What stands behind 平成29年 or 2017年."""
    month = (d.month - 4) % 12
    return {
        "year": "",
        "month": f"{d.month}月",
        "day": f"{d.month}月{d.day}日",
        "week": f"{d.month}月{d.day}日の週",
        "season": _JA_SEASONS.get(d.month // 3 * 3 or 12, ""),
        "fiscal_year": "度",
        "fiscal_end": "度末",
        "quarter": f"度第{month // 3 + 1}四半期",
        "half": f"度{_JA_HALVES[month // 6]}半期",
    }[precision]


def _en_form(d: date, precision: Precision) -> str:
    month, name = (d.month - 4) % 12, _EN_MONTHS[d.month - 1]
    fiscal = f"FY{fiscal_year_of(d)}"
    return {
        "year": f"{d.year}",
        "month": f"{name} {d.year}",
        "day": f"{d.day} {name} {d.year}",
        "week": f"week of {d.day} {name} {d.year}",
        "season": f"{_EN_SEASONS.get(d.month // 3 * 3 or 12, '')} {d.year}",
        "fiscal_year": fiscal,
        "fiscal_end": f"end of {fiscal}",
        "quarter": f"Q{month // 3 + 1} of {fiscal}",
        "half": f"{_EN_HALVES[month // 6]} half of {fiscal}",
    }[precision]
