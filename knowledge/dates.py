"""Dates as people write them -> intervals with a precision; eras, fiscal years and their labels.

A fact is a snapshot (H27.8, H29.6), so a date is read as the interval that the asker meant, and how exactly; the
answerer picks the snapshot. Nothing is guessed: where the era or the year is missing and several fit, all of them are
candidates and none is the value. Counts (7項目, 19市町, 補助率 10/10) are never dates. No library reads 年度末, FY or a
missing era (reference on matching, §3), hence this module.

    text -> points and words, as written -> ranges, open ends -> mentions, given today and what is known
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, cast

Precision = Literal["day", "fiscal_end", "week", "month", "season", "quarter", "half", "year", "fiscal_year"]
Relative = Literal["latest", "previous", "before_previous", "first", "next", "fiscal_end"]
Kind = Literal["period", "relative", "month_only", "invalid"]
Open = Literal["", "from", "until"]
Lang = Literal["ja", "en"]
Span = tuple[int, int]
Interval = tuple[date, date, Precision]

_PRECISIONS: tuple[Precision, ...] = (
    "day", "fiscal_end", "week", "month", "season", "quarter", "half", "year", "fiscal_year"
)  # fmt: skip


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
    until: "MonthDay | None" = None


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


def find_dates(text: str, *, today: date, eras: tuple[Period, ...] = ()) -> tuple[DateMention, ...]:
    """All date expressions in a normalised `text`, in order, never overlapping; the longest reading wins.

    `eras` are the periods of the data: they decide a missing era (27年10月) and a missing year (in October).
    """
    seen = frozenset(text).union(_LATIN.findall(text))
    if seen.isdisjoint(_CUES):
        return ()
    found = _longest(_finds(text, today, seen))
    points = _opened(text, _joined(text, [one for one in found if isinstance(one, _Point)]))
    words = [one for one in found if isinstance(one, _Word)]
    mentions = [*_read_points(text, points, today, eras), *_read_words(text, words, points)]
    return tuple(sorted(mentions, key=lambda mention: mention.span))


# --- eras -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
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
_ERA = {key: era for era in ERAS for key in (era.name, era.name[0], era.en.lower(), era.letter.lower())}
_YEARS = range(1868, 2200)


def era_of(day: date) -> Era | None:
    """The era of a day, exact to the day; None before 明治."""
    return next((era for era in ERAS if era.start <= day), None)


def era_year(day: date) -> tuple[Era, int] | None:
    """(平成, 29) for a day of 2017."""
    era = era_of(day)
    return (era, day.year - era.start.year + 1) if era else None


# --- intervals ------------------------------------------------------------------------------------------------

_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
_THIRDS = {"early": (1, 10), "middle": (11, 20), "late": (21, 31)}


def fiscal_year_of(day: date) -> int:
    """2017 for 2018-03-31: a fiscal year runs from April to March."""
    return day.year - (day.month < 4)


def fiscal_year(year: int) -> Interval:
    return date(year, 4, 1), date(year + 1, 3, 31), "fiscal_year"


def month_of(year: int, month: int) -> Interval:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month"


def unit(day: date, precision: Precision) -> tuple[date, date]:
    """First and last day of what `day` lies in: its month, its fiscal quarter, its week from Monday …"""
    if precision in ("day", "fiscal_end"):
        return day, day
    if precision == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    length = {"month": 1, "season": 3, "quarter": 3, "half": 6}.get(precision, 12)
    first = {"season": 3, "year": 1}.get(precision, 4)
    return _months(day.year * 12 + day.month - 1 - (day.month - first) % length, length)


def _months(first: int, length: int) -> tuple[date, date]:
    """`length` months from the month `first`, counted as year * 12 + month - 1."""
    last = first + length - 1
    return month_of(first // 12, first % 12 + 1)[0], month_of(last // 12, last % 12 + 1)[1]


def period_of(iso: str) -> Period:
    """A date of the files of facts ("2015", "2015-10", "2015-09-04", "FY2017") -> Period; ValueError if it is none."""
    match = re.fullmatch(r"(FY)?([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", iso)
    if not match or (match[1] and match[3]):
        raise ValueError(f"{iso!r} is no date; write 2015, 2015-10, 2015-09-04 or FY2017")
    fiscal, year, month, day = bool(match[1]), int(match[2]), _number(match[3]), _number(match[4])
    start, end, precision = _interval(year, fiscal, month, day, "")
    return Period(start=start, end=end, precision=precision)


def _interval(year: int, fiscal: bool, month: int | None, day: int | None, part: str) -> Interval:
    """What the parts of a date say together; ValueError if the calendar has no such date."""
    if year not in _YEARS:
        raise ValueError(f"the year {year} is out of range")
    if month is None:
        return _part_of_year(year, fiscal, part)
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    calendar_year = year + (fiscal and month < 4)
    if day is None:
        return _part_of_month(calendar_year, month, part)
    return _one_day(date(calendar_year, month, day))


def _one_day(day: date) -> Interval:
    return day, day, "day"


def _part_of_year(year: int, fiscal: bool, part: str) -> Interval:
    if part == "end":
        return (date(year + 1, 3, 31), date(year + 1, 3, 31), "fiscal_end") if fiscal else _one_day(date(year, 12, 31))
    if part in _SEASONS:
        return *_months(year * 12 + _SEASONS[part] - 1, 3), "season"
    first = year * 12 + (3 if fiscal else 0)
    if part.startswith("q"):
        return *_months(first + 3 * (int(part[1]) - 1), 3), "quarter"
    if part.startswith("h"):
        return *_months(first + 6 * (int(part[1]) - 1), 6), "half"
    return *_months(first, 12), "fiscal_year" if fiscal else "year"


def _part_of_month(year: int, month: int, part: str) -> Interval:
    start, end, _ = month_of(year, month)
    if part == "end":
        return _one_day(end)
    if part in _THIRDS:
        first, last = _THIRDS[part]
        return start.replace(day=first), start.replace(day=min(last, end.day)), "day"
    return start, end, "month"


# --- what is written --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """A date as it was written, before anything is filled in."""

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
    until: "_Point | None" = None
    open: Open = ""
    exclusive: bool = False
    """before and after leave the date itself out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """最新, 前回, 年度末 …"""

    span: Span
    value: Relative


_KANJI_DIGITS = {char: i for i, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "元": 1}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}


def read_number(text: str) -> int:
    """29, 二十九, 二〇一七 or 元 -> int. `text` holds nothing else."""
    if text[0] not in _KANJI_DIGITS and text[0] not in _KANJI_UNITS:
        return int(text)
    if not any(char in _KANJI_UNITS for char in text):
        return int("".join(str(_KANJI_DIGITS[char]) for char in text))
    total, digit = 0, 0
    for char in text:
        if char in _KANJI_UNITS:
            total, digit = total + max(digit, 1) * _KANJI_UNITS[char], 0
        else:
            digit = _KANJI_DIGITS[char]
    return total + digit


def _number(text: str | None) -> int | None:
    return read_number(text) if text else None


# Fragments of the patterns. The text is normalised: lower case, half-width digits, ~ and -, single spaces.
_KANJI = "〇零一二三四五六七八九十百千"
_NUM = "(?:[0-9]{1,2}|[〇零一二三四五六七八九十]{1,3})"
_YEAR = f"(?:[0-9]{{1,4}}|[{_KANJI}]{{1,7}}|元)"
_ERA_NAME = "明治|大正|昭和|平成|令和"
_ERA_KANJI = f"{_ERA_NAME}|(?<![一-鿿])[明大昭平令]"
_EN_ERA = f"{_ERA_NAME}|heisei|reiwa|showa|taisho|meiji|[hrs]"
_TO = r"\s?[~・-]\s?"
_FRESH = f"(?<![0-9{_KANJI}第.,/])"  # no number goes on here: 1,027年, 第27年, 2/3月
_ALONE = "(?<![0-9a-z.,/第¥$=#+-])"
_WEEKDAY = r"(?:\s?\([月火水木金土日](?:曜日?)?(?:・?祝)?\))?"
_MONTH = f"(?P<month>{_NUM})(?:{_TO}(?P<month2>{_NUM}))?\\s?月(?![曜額当])"
_DAY = f"(?:\\s?(?P<day>{_NUM})(?:{_TO}(?P<day2>{_NUM}))?\\s?日(?!間){_WEEKDAY})?"
_END = "末日?(?![広吉永次松])"  # 末広町 begins so; 春日市 and 秋田市 begin with a season
_PART = (
    rf"(?:の?\s?(?P<part>{_END}|[上中下初]旬|初め|上半期|下半期|上期|下期"
    r"|第?\s?[1-4一二三四]\s?四半期|[1-4]q|[春夏秋冬](?:頃|期|(?![一-鿿]))))?"
)
_RELATIVE_YEARS = {
    "一昨": -2, "昨": -1, "去": -1, "前": -1, "今": 0, "本": 0, "当": 0, "来": 1, "次": 1, "翌": 1, "再来": 2
}  # fmt: skip
_RELATIVE_YEAR = "(?P<rel>一昨|再来|(?<!過)去|[今昨]|(?<![一-鿿])[本当前次翌来])年"


def _era_and_year(era: str | None, year: str | None, unsaid: str = "missing") -> tuple[str, int | None]:
    """("平成", 29), ("western", 2017), (`unsaid`, 29), or ("", None) where no year stands."""
    if not year:
        return "", None
    number = read_number(year)
    if era:
        return _ERA[era].name, number
    return ("western" if number > 999 else unsaid), number


def _with_second(point: _Point, got: dict[str, str | None]) -> _Point:
    """H26～29年度, 4～6月, 1～5日: two numbers before one unit. The first stands alone, the second has the rest."""
    if got.get("day2"):
        return replace(point, until=replace(point, day=_number(got["day2"])))
    if got.get("month2"):
        return replace(point, day=None, part="", until=replace(point, month=_number(got["month2"])))
    if not got.get("year2"):
        return point
    era, year = _era_and_year(got.get("era2"), got["year2"], point.era)
    second = replace(point, era=era, year=_full_year(point, era, year))
    return replace(point, month=None, day=None, part="", until=second)


def _full_year(first: _Point, era: str, year: int | None) -> int | None:
    """2017 for the second year of 2015-17."""
    if era == first.era == "western" and first.year and year is not None and year < 100:
        return first.year // 100 * 100 + year
    return year


# 平成29年6月, H29年度末, 2017年, 27年10月, 昨年度, H26～29年度, 6月, 4～6月
_JA = re.compile(
    f"(?=[明大昭平令mtshr0-9{_KANJI}元昨去前今本当来次翌再])"  # nothing else begins a date: it saves half of the time
    f"(?P<has_year>(?:(?P<era>{_ERA_KANJI}|(?<![a-z0-9])[mtshr])\\s?|{_FRESH})(?P<year>{_YEAR})"
    f"(?:(?:・[0-9]{{1,2}})*{_TO}(?P<era2>{_ERA_KANJI}|[mtshr])?(?P<year2>{_YEAR}))?\\s?年"
    f"|{_RELATIVE_YEAR})?(?P<fiscal>(?(has_year)\\s?度|(?!)))?"
    f"(?:(?(has_year)の?\\s?|{_FRESH}){_MONTH}{_DAY}|(?(has_year)|(?!))){_PART}"
)
# 3年間, 5年以内, 10年後, 2年度目 are lengths.
_LENGTH = re.compile(r"\s?(?:間|以[上内下]|前|後|目|ごと|毎|半|ぶり|未満|計画|生|にわた|に渡)")

_JA_PARTS = {
    "上半期": "h1", "上期": "h1", "下半期": "h2", "下期": "h2", "春": "spring", "夏": "summer", "秋": "autumn",
    "冬": "winter", "上": "early", "初": "early", "中": "middle", "下": "late", "末": "end", "年": "end",
}  # fmt: skip


def _ja_part(text: str | None) -> str:
    if not text or text in _JA_PARTS:
        return _JA_PARTS.get(text or "", "")
    quarter = re.search("[1-4一二三四]", text)
    return f"q{read_number(quarter[0])}" if quarter else _JA_PARTS[text[0]]


def _ja_points(pattern: re.Pattern[str], text: str, today: date) -> Iterator[_Point]:
    for match in pattern.finditer(text):
        got = match.groupdict()
        era, year = _ja_year(got, today)
        is_length = era == "missing" and not got["month"] and _LENGTH.match(text, match.end())
        if is_length or (era == "missing" and year not in range(1, 100)) or (era == "western" and year not in _YEARS):
            continue
        part, fiscal = _ja_part(got["part"]), bool(got["fiscal"])
        month, day = _number(got["month"]), _number(got["day"])
        point = _Point(span=match.span(), era=era, year=year, fiscal=fiscal, month=month, day=day, part=part)
        yield _with_second(point, got)


def _ja_year(got: dict[str, str | None], today: date) -> tuple[str, int | None]:
    if relative := got["rel"]:
        this = fiscal_year_of(today) if got["fiscal"] else today.year
        return "western", this + _RELATIVE_YEARS[relative]
    return _era_and_year(got["era"], got["year"])


# 上半期, 第3四半期 and 年末 without a year are those of this year.
_JA_PART_ALONE = re.compile(rf"上半期|下半期|第\s?[1-4一二三四]\s?四半期|(?<![0-9])[1-4]\s?四半期|(?<![0-9{_KANJI}元毎各])年末(?!年始|調整)")


def _part_points(pattern: re.Pattern[str], text: str, today: date) -> Iterator[_Point]:
    for match in pattern.finditer(text):
        fiscal = match[0][0] != "年"
        year = fiscal_year_of(today) if fiscal else today.year
        yield _Point(span=match.span(), era="western", year=year, fiscal=fiscal, part=_ja_part(match[0]))


# H29.6, 平29/6/1, 2017-06, 2017.6.1; then ～30.3, ～8 or 、28.8 that lean on it
_DOTTED = re.compile(
    rf"(?=[0-9hsr明大昭平令]){_ALONE}(?:(?P<era>{_ERA_KANJI}|[shr])\s?(?P<year>[0-9]{{1,2}}|元)"
    r"|(?P<western>(?:19|20)[0-9]{2}))(?P<sep>[./-])(?P<month>[0-9]{1,2})月?(?:(?P=sep)(?P<day>[0-9]{1,2})日?)?"
    rf"(?![0-9a-z%年]|[./-][0-9]){_WEEKDAY}(?:の?(?P<part>{_END}|[上中下初]旬))?"
)
_LEANING = re.compile(r"\s?(?:(?P<to>[~-])|[・、,と/]|and\s)\s?(?P<numbers>[0-9]{1,2}(?:\.[0-9]{1,2}){0,2})(?![0-9a-z%年月日度]|[./-][0-9])")


def _dotted_points(pattern: re.Pattern[str], text: str, today: date) -> Iterator[_Point]:
    for match in pattern.finditer(text):
        era, year = _era_and_year(match["era"], match["year"] or match["western"])
        month, day, part = int(match["month"]), _number(match["day"]), _ja_part(match["part"])
        two_years = match["sep"] == "-" and day is None and month > max(12, (year or 0) % 100)
        point = _Point(span=match.span(), era=era, year=year, month=month, day=day, part=part)
        if not two_years:  # H26-29 and 2015-17 are for _BARE
            yield point
            yield from _leaning_points(text, point)


def _leaning_points(text: str, point: _Point) -> Iterator[_Point]:
    """30.3 in H29.6～30.3, 8 in H29.6～8, 28.8 and 29.6 in H27.8、28.8、29.6: what they leave out is as before."""
    while match := _LEANING.match(text, point.span[1]):
        numbers = [int(number) for number in match["numbers"].split(".")]
        said = (point.year, point.month, point.day)[: 3 if point.day else 2]
        filled = (*said[: len(said) - len(numbers)], *numbers)
        if len(filled) > len(said) or not (match["to"] or _is_list(point, numbers)):
            return
        year, month, day = (*filled, None)[:3]
        point = replace(point, span=match.span("numbers"), year=year, month=month, day=day, part="")
        yield point


def _is_list(point: _Point, numbers: list[int]) -> bool:
    """Whether 28.8 goes on from H27.8: a year near the one before, so that H29.6、3.5倍 does not."""
    return len(numbers) > 1 and point.era != "western" and not point.day and abs(numbers[0] - (point.year or 0)) <= 3


# 6/2017; and 11/30(月), which only the weekday tells from a ratio such as 10/10.
_SLASHED = re.compile(
    r"(?<![0-9a-z.,/-])(?P<month>0?[1-9]|1[0-2])/(?:(?P<year>(?:19|20)[0-9]{2})(?![0-9a-z%/])"
    r"|(?P<day>[0-9]{1,2})\s?\([月火水木金土日]\))"
)


def _slashed_points(pattern: re.Pattern[str], text: str, today: date) -> Iterator[_Point]:
    for match in pattern.finditer(text):
        era, year = _era_and_year(None, match["year"])
        yield _Point(span=match.span(), era=era, year=year, month=int(match["month"]), day=_number(match["day"]))


# FY2017, end of fiscal H29, Q3 FY2017, FY2015-2017; and 2017, Heisei 29, H29, 2015-17, end of 2017
_FISCAL_WORD = r"(?:fiscal(?:[\s-]year)?|financial\syear|f\.?y\.?)"
_LEAD = (
    r"(?:(?:the\s)?(?P<lead>end|q[1-4]|h[12]|(?:first|second|third|fourth|1st|2nd|3rd|4th)\s(?:half|quarter)"
    r"|spring|summer|autumn|fall|winter)[\s-](?:(?:of|in)\s)?(?:the\s)?)?"
)
_TAIL = r"(?:[\s-]?(?P<tail>end|year[\s-]end|末|q[1-4]|h[12]|(?:first|second)\shalf)(?![a-z]))?"
_FY = re.compile(
    rf"(?<![a-z0-9]){_LEAD}{_FISCAL_WORD}[\s-]?(?P<era>{_EN_ERA})?\s?(?P<year>[0-9]{{4}}|[0-9]{{1,2}})(?:/[0-9]{{2}})?"
    rf"(?:{_TO}(?:fy\s?)?(?P<era2>[hrs])?(?P<year2>[0-9]{{4}}|[0-9]{{2}}))?(?![0-9]|\.[0-9]){_TAIL}"
)
_BARE = re.compile(
    rf"{_ALONE}{_LEAD}(?:(?P<era>{_ERA_NAME}|heisei|reiwa|showa|taisho|meiji|[hrs](?=[0-9]{{2}}))\s?"
    r"(?P<year>[0-9]{1,2}|元)|(?P<western>(?:19|20)[0-9]{2}))"
    rf"(?:{_TO}(?P<era2>{_EN_ERA})?(?P<year2>[0-9]{{4}}|[0-9]{{2}}))?(?![0-9a-z%年度]|,[0-9]|[./-][0-9])"
    rf"(?P<fiscal>\s{_FISCAL_WORD}(?![a-z0-9]))?{_TAIL}"
)
# 2017円 and 2017 people are counts.
_COUNTER = re.compile(
    r"[\s-]?(?:[円人名件市町村区回項つ個千万億歳床台社号頁校点割時分秒]|[かヶケカ箇]所|施設|団体|世帯|自治体|yen|people|"
    r"persons|municipal|towns?|cities|items?|places|cases|points|villages|wards|hours?|days?|minutes?|percent|beds|"
    r"residents|staff)"
)
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}


def _year_points(pattern: re.Pattern[str], text: str, today: date) -> Iterator[_Point]:
    for match in pattern.finditer(text):
        got = match.groupdict()
        if got.get("western") and _COUNTER.match(text, match.end()):
            continue
        era, year = _era_and_year(got["era"], got["year"] or got.get("western"), "either")
        fiscal = pattern is _FY or bool(got["fiscal"])
        part = _en_part(got["lead"]) or _en_part(got["tail"])
        point = _Point(span=match.span(), era=era, year=year, fiscal=fiscal, part=part)
        yield _split_year(point, got) or _with_second(point, got)


def _split_year(point: _Point, got: dict[str, str | None]) -> _Point | None:
    """FY2017-18 is one fiscal year to some and two to others."""
    if not (point.fiscal and point.year and point.era == "western" and got["year2"] == f"{(point.year + 1) % 100:02}"):
        return None
    one, other = fiscal_year(point.year), fiscal_year(point.year + 1)
    return replace(point, fixed=(one, _span(one, other)))


def _en_part(text: str | None) -> str:
    if not text or text in _SEASONS:
        return text or ""
    if text == "fall":
        return "autumn"
    first, _, rest = text.partition(" ")
    if first in _ORDINALS:
        return f"{rest[0]}{_ORDINALS[first]}"
    return text if text[0] in "qh" else "end"


# June 2017, 1 June 2017, June 1st, 2017, June Heisei 29, end of March, next March, in March
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH_WORD = "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
_EN_MONTH = re.compile(
    r"(?<![a-z0-9.,/-])(?:(?:the\s)?(?P<lead>end\sof|next|last|this|early|mid|late)[\s-])?"
    r"(?:(?:the\s)?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?\s(?:of\s)?)?"
    rf"(?P<name>{_MONTH_WORD})(?![a-z])\.?"
    r"(?:\s?(?P<day2>[0-9]{1,2})(?:(?:st|nd|rd|th)(?![a-z])|(?=,?\s(?:19|20)[0-9]{2}(?![0-9]))"
    r"|(?=\s?(?:$|[,.?!)~-](?![0-9])|(?:to|until|till|through|and|or|at|for|is)\s))))?"
    rf"(?:,?\s?(?:of\s)?(?:(?P<western>(?:19|20)[0-9]{{2}})|(?P<era>{_EN_ERA})\s?(?P<year>[0-9]{{1,2}}))"
    r"(?![0-9]|[./-][0-9]))?"
)
_BEFORE_MONTH = re.compile(r"(?<![a-z])(?:in|by|on|as\sof|for|from|since|until|till|during|before|after|to|between)\s$")
_LONGEST_LEAD = 16
_THIRD_LEADS = {"early": "early", "mid": "middle", "late": "late", "end of": "end"}


def _en_month_points(pattern: re.Pattern[str], text: str, today: date) -> Iterator[_Point]:
    for match in pattern.finditer(text):
        month, day = _MONTH_NAMES.index(match["name"][:3]) + 1, _number(match["day"] or match["day2"])
        era, year = _era_and_year(match["era"], match["year"] or match["western"])
        if not year and not match["lead"] and not _is_month(match, text, bool(day)):
            continue
        if not year and match["lead"] in ("next", "last", "this"):
            era, year = "western", _year_near(match["lead"], month, today)
        part = "" if day else _THIRD_LEADS.get(match["lead"] or "", "")
        yield _Point(span=match.span(), era=era, year=year, month=month, day=day, part=part)


def _is_month(match: re.Match[str], text: str, with_day: bool) -> bool:
    """Whether a name without a year is a month: may and march are verbs, and jun is a name, without a preposition."""
    if match["name"] not in ("may", "march") and (with_day or len(match["name"]) > 3):
        return True
    rest = text[: match.start()] + text[match.end() :] if len(text) < _LONGEST_LEAD else "more"
    return _is_after(_BEFORE_MONTH, text, match.start()) or not rest.strip(" ?.!")


def _is_after(pattern: re.Pattern[str], text: str, start: int) -> bool:
    return bool(pattern.search(text, max(0, start - _LONGEST_LEAD), start))


def _year_near(lead: str, month: int, today: date) -> int:
    """The year of next March, last March, this March."""
    if lead == "next":
        return today.year + (month <= today.month)
    return today.year - (lead == "last" and month >= today.month)


# Days, weeks, months and years as seen from today
_WEEKDAYS = "月火水木金土日"
_EN_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {
    "一昨日": -2, "昨日": -1, "今日": 0, "本日": 0, "明日": 1, "明後日": 2,
    "yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2,
}  # fmt: skip
_STEPS = {
    "再来": 2, "来": 1, "今": 0, "先": -1, "先々": -2, "先先": -2,
    "next": 1, "coming": 0, "this": 0, "current": 0, "last": -1, "previous": -1,
}  # fmt: skip
_JA_TODAY = re.compile(
    f"(?=[一昨今本明再来先次{_WEEKDAYS}])(?:(?P<day>一昨日|昨日|今日(?!的)|(?<!日)本日|明日(?!香)|明後日)"
    "|(?P<week>再来|[来今先])週(?:の?(?P<weekday>[月火水木金土日])曜日?)?"
    f"|(?<![週毎第の0-9{_KANJI}])(?:次の)?(?P<bare>[月火水木金土日])曜日?"
    f"|(?P<month>再来|先々|先先|今|(?<![一-鿿])[来先])月(?:(?P<end>末)|の?(?P<date>{_NUM})日(?!間))?"
    f"|(?<![0-9{_KANJI}年毎各])(?P<month_end>月末))"
)
_EN_TODAY = re.compile(
    r"(?<![a-z])(?:(?:the\s)?(?P<day>day\safter\stomorrow|today|tomorrow|yesterday)"
    r"|(?:(?:the\s)?(?P<end>end)\sof\s)?(?:the\s)?(?P<step>this|next|last|current|previous|coming)\s(?:(?P<year>year)"
    rf"|(?P<fiscal>{_FISCAL_WORD})|(?P<this_month>month)|(?P<week>week)|(?P<weekday>{'|'.join(_EN_WEEKDAYS)}))"
    r"|(?P<month_end>(?:the\s)?(?:end\sof\sthe\smonth|month[\s-]end))"
    r"|(?P<year_end>(?:the\s)?(?:end\sof\sthe\syear|(?<!fiscal\s)(?<!fiscal-)year[\s-]end))"
    rf"|(?<!every\s)(?<!each\s)(?<!other\s)(?P<bare>{'|'.join(_EN_WEEKDAYS)}))(?![a-z0-9])"
)


def _today_points(pattern: re.Pattern[str], text: str, today: date) -> Iterator[_Point]:
    for match in pattern.finditer(text):
        got = {key: value for key, value in match.groupdict().items() if value}
        yield _Point(span=match.span(), fixed=_from_today(got, today))


def _from_today(got: dict[str, str], today: date) -> tuple[Interval, ...]:
    step = next((_STEPS[got[key]] for key in ("step", "week", "month") if got.get(key) in _STEPS), 0)
    if "year_end" in got:  # of which year? Ask.
        return _part_of_year(today.year, False, "end"), _part_of_year(fiscal_year_of(today), True, "end")
    if "day" in got:
        return (_one_day(today + timedelta(days=_DAYS[got["day"]])),)
    if "weekday" in got or "bare" in got:
        return (_one_day(_weekday(got, today, step)),)
    if "week" in got:
        return ((*unit(today + timedelta(weeks=step), "week"), "week"),)
    if "year" in got or "fiscal" in got:
        this = fiscal_year_of(today) if "fiscal" in got else today.year
        return (_part_of_year(this + step, "fiscal" in got, got.get("end", "")),)
    months = today.year * 12 + today.month - 1 + step
    part = "end" if "end" in got or "month_end" in got else ""
    return (_interval(months // 12, False, months % 12 + 1, _number(got.get("date")), part),)


def _weekday(got: dict[str, str], today: date, step: int) -> date:
    """来週金曜 and next Friday: of the week that begins next Monday. 金曜 alone: the next one, today included."""
    name = got.get("weekday") or got["bare"]
    number = _WEEKDAYS.index(name) if name in _WEEKDAYS else _EN_WEEKDAYS.index(name)
    if "bare" in got:
        return today + timedelta(days=(number - today.weekday()) % 7)
    return unit(today, "week")[0] + timedelta(weeks=step, days=number)


# 最新, 前回, last survey, 年度末: a place in the series of surveys
_SURVEY = r"\s(?:survey|time|round|results?|answers?|data|figures?)"
_JA_WORD = re.compile(
    r"(?P<latest>最新(?!情報)|直近|現在(?!地)|現時点|今回|今(?=[のはもでどっ何、。?!\s]|$)(?<![一-鿿].))"
    r"|(?P<before_previous>前々回|前前回|前の前)|(?P<previous>前回|前の調査)|(?P<next>次回|次の調査)"
    r"|(?P<first>初回|最初の(?:調査|時点|とき)|第1回調査)|(?P<fiscal_end>年度(?:末|内)(?<![毎各0-9]...))"
)
_EN_WORD = re.compile(
    rf"(?<![a-z])(?:(?P<latest>latest|newest|most\srecent|current(?:ly)?|now|at\spresent|this{_SURVEY})"
    r"|(?P<before_previous>(?:survey|one|time|round)\sbefore\s(?:the\s)?last(?:\ssurvey)?)"
    rf"|(?P<previous>previous|prior|last{_SURVEY})|(?P<next>next{_SURVEY})|(?P<first>first{_SURVEY}|initial|earliest)"
    rf"|(?P<fiscal_end>(?:the\s)?end\sof\s(?:the\s)?{_FISCAL_WORD}|{_FISCAL_WORD}[\s-]end))(?![a-z0-9])"
)


def _words(pattern: re.Pattern[str], text: str, today: date) -> Iterator[_Word]:
    for match in pattern.finditer(text):
        yield _Word(span=match.span(), value=cast(Relative, match.lastgroup))


# --- from text to points and words ------------------------------------------------------------------------------

# The characters and English words that a family of expressions cannot do without: they keep most patterns from running.
_LATIN = re.compile("[a-z]+")
_DIGITS = "0123456789"
_FISCAL_CUES = frozenset(("fy", "fiscal", "financial", "f"))
_TODAY_CUES = frozenset("today tomorrow yesterday this next last current previous coming month year".split())
_WORD_CUES = frozenset("latest newest recent currently now present prior first initial earliest before".split())
_Reader = Callable[[re.Pattern[str], str, date], Iterator[_Point] | Iterator[_Word]]
_FAMILIES: tuple[tuple[frozenset[str], re.Pattern[str], _Reader], ...] = (
    (frozenset("年月"), _JA, _ja_points),
    (frozenset("月日週曜"), _JA_TODAY, _today_points),
    (frozenset("期末"), _JA_PART_ALONE, _part_points),
    (frozenset(_DIGITS), _DOTTED, _dotted_points),
    (frozenset(_DIGITS + "元"), _BARE, _year_points),
    (frozenset("/"), _SLASHED, _slashed_points),
    (_FISCAL_CUES, _FY, _year_points),
    (frozenset(_MONTH_WORD.replace("?", "").split("|")) | {"sep"}, _EN_MONTH, _en_month_points),
    (_TODAY_CUES | set(_EN_WEEKDAYS), _EN_TODAY, _today_points),
    (frozenset("最直現今前初次第度"), _JA_WORD, _words),
    (_WORD_CUES | _TODAY_CUES | _FISCAL_CUES, _EN_WORD, _words),
)
_CUES = frozenset[str]().union(*(cues for cues, _, _ in _FAMILIES))


def _finds(text: str, today: date, seen: frozenset[str]) -> Iterator[_Point | _Word]:
    """Everything that any family reads, overlapping. `seen` are the characters and the Latin words of the text."""
    for cues, pattern, read in _FAMILIES:
        if not seen.isdisjoint(cues):
            yield from read(pattern, text, today)


def _longest(found: Iterable[_Point | _Word]) -> list[_Point | _Word]:
    """Of overlapping readings the longest, in order."""
    ordered = sorted(found, key=lambda it: (it.span[0] - it.span[1], it.span))
    taken = bytearray(max((it.span[1] for it in ordered), default=0))
    kept: list[_Point | _Word] = []
    for one in ordered:
        where = slice(*one.span)
        if 1 not in taken[where]:
            taken[where] = b"\x01" * (one.span[1] - one.span[0])
            kept.append(one)
    return sorted(kept, key=lambda it: it.span)


# --- ranges and open ends ---------------------------------------------------------------------------------------

_BETWEEN = re.compile(r"\s?(?:~|-|から、?|to|through|thru|until|till)\s?(?:the\s)?")
_AND = re.compile(r"\s?and\s(?:the\s)?")
_IF_MADE = re.compile("より|以降")
_MADE = re.compile(r"\s?まで")
_BETWEEN_LEAD = re.compile(r"(?<![a-z])between\s(?:the\s)?$")


def _joined(text: str, points: list[_Point]) -> list[_Point]:
    """Neighbours with ～, から or to between them made one range."""
    done: list[_Point] = []
    for point in points:
        range_ = _range(text, done[-1], point) if done else None
        done[-1:] = [range_] if range_ else [*done[-1:], point]
    return done


def _range(text: str, first: _Point, second: _Point) -> _Point | None:
    """`first` until `second`, each lending the other what it leaves out; None if they are two dates."""
    start, end = first.span[1], second.span[0]
    if first.until or second.until or not _is_between(text, start, end, first.span[0], second.span[1]):
        return None
    first, second = _lend(first, second)
    if bool(first.fixed or first.era) != bool(second.fixed or second.era):
        return None
    lead = _BETWEEN_LEAD.search(text, max(0, first.span[0] - _LONGEST_LEAD), first.span[0])
    tail = _MADE.match(text, second.span[1])
    span = (lead.start() if lead else first.span[0], tail.end() if tail else second.span[1])
    return replace(first, span=span, until=second)


def _is_between(text: str, start: int, end: int, first: int, last: int) -> bool:
    """より is also "than", and "and" joins two dates, unless まで or "between" makes them a range."""
    if _BETWEEN.fullmatch(text, start, end):
        return True
    if _AND.fullmatch(text, start, end):
        return _is_after(_BETWEEN_LEAD, text, first)
    return bool(_IF_MADE.fullmatch(text, start, end) and _MADE.match(text, last))


def _lend(first: _Point, second: _Point) -> tuple[_Point, _Point]:
    """平成29年6月～30年3月, 2017年4月～6月, June to August 2017, H26～H29年度."""
    if first.year and not second.era and second.month:
        next_year = not first.fiscal and second.month < (first.month or 1)
        second = replace(second, era=first.era, year=first.year + next_year, fiscal=first.fiscal)
    elif second.year and not first.era and first.month and second.month:
        last_year = not second.fiscal and first.month > second.month
        first = replace(first, era=second.era, year=second.year - last_year, fiscal=second.fiscal)
    elif first.fixed and second.fixed and second.fixed[0] < first.fixed[0]:
        second = replace(second, fixed=tuple(map(_week_later, second.fixed)))
    if second.era in ("missing", "either") and first.era not in ("", "missing", "either"):
        second = _same_era(first, second)
    if second.fiscal and not first.month and not first.fixed and not first.part:
        first = replace(first, fiscal=True)
    return first, second


def _week_later(interval: Interval) -> Interval:
    """金曜 after 月曜から, when the next Friday is before the next Monday."""
    start, end, precision = interval
    week = timedelta(weeks=precision == "day")
    return start + week, end + week, precision


def _same_era(first: _Point, second: _Point) -> _Point:
    """30年3月 after 平成29年6月 is of 平成; 2年3月 is not, as time does not run backwards."""
    year = _full_year(first, first.era, second.year)
    return replace(second, era=first.era, year=year) if (year or 0) >= (first.year or 0) else second


_OPEN_AFTER = re.compile(
    r"\s?(?:(?P<from>以降|以後|以来|から|~(?!\s?[0-9])|onwards?|and\slater|or\slater)|(?P<after>より後)"
    r"|(?P<until>まで|以前|and\searlier|or\searlier)|(?P<before>より前))"
)
_OPEN_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:(?P<from>since|from)|(?P<after>after)|(?P<until>until|till|by|up\sto|through)|(?P<before>before))"
    r"\s(?:the\s)?|(?<![^\s(,、。])(?P<until2>~)\s?)$"
)
_OPENS: dict[str, tuple[Open, bool]] = {
    "from": ("from", False), "after": ("from", True),
    "until": ("until", False), "until2": ("until", False), "before": ("until", True),
}  # fmt: skip


def _opened(text: str, points: list[_Point]) -> list[_Point]:
    """H29.4～, ～H30.3, since 2016, 年度内まで: points with an end left open. A range has none."""
    return [point if point.until else _open(text, point) for point in points]


def _open(text: str, point: _Point) -> _Point:
    start, end = point.span
    match = _OPEN_AFTER.match(text, end) or _OPEN_BEFORE.search(text, max(0, start - _LONGEST_LEAD), start)
    if not match:
        return point
    way, exclusive = _OPENS[match.lastgroup or ""]
    span = min(start, match.start()), max(end, match.end())
    return replace(point, span=span, open=way, exclusive=exclusive)


# --- meaning ----------------------------------------------------------------------------------------------------


def _read_points(text: str, points: list[_Point], today: date, known: tuple[Period, ...]) -> Iterator[DateMention]:
    said = ""
    for point in points:
        mention = _read(text, point, today, known, said)
        said = point.era if point.era in _ERA else said
        if mention:
            yield mention


def _read_words(text: str, words: list[_Word], points: list[_Point]) -> Iterator[DateMention]:
    """27年10月現在 is one date, and not the latest one."""
    ends = {point.span[1] for point in points}
    for word in words:
        start, end = word.span
        if not (text[start] == "現" and ends & {start, start - 1}):
            yield DateMention(span=word.span, surface=text[start:end], kind="relative", value=word.value)


def _read(text: str, point: _Point, today: date, known: tuple[Period, ...], said: str) -> DateMention | None:
    surface = text[slice(*point.span)]
    try:
        if not point.era and not point.fixed:
            return _read_month(surface, point, today, known)
        intervals = _intervals(point, today, known, said)
    except ValueError:
        return DateMention(span=point.span, surface=surface, kind="invalid", value=None)
    if _is_length(point, intervals, known):
        return None
    return _mention(surface, point, intervals)


def _mention(surface: str, point: _Point, intervals: Iterable[Interval]) -> DateMention:
    found = tuple(_period(surface, point, interval) for interval in dict.fromkeys(intervals))
    value = found[0] if len(found) == 1 else None
    return DateMention(span=point.span, surface=surface, kind="period", value=value, candidates=found)


def _is_length(point: _Point, intervals: tuple[Interval, ...], known: tuple[Period, ...]) -> bool:
    """29年 without era, month or 度 is a date only where the data have one; 10年 is ten years."""
    bare = point.era == "missing" and not (point.month or point.fiscal or point.part)
    return bare and not any(_overlaps(interval, known) for interval in intervals)


def _period(surface: str, point: _Point, interval: Interval) -> Period:
    start, end, precision = interval
    if point.open == "from":
        start, end = (end + timedelta(days=1) if point.exclusive else start), date.max
    elif point.open == "until":
        start, end = date.min, start - timedelta(days=1) if point.exclusive else end
    return Period(start=start, end=end, precision=precision, surface=surface, span=point.span, open=point.open)


def _intervals(point: _Point, today: date, known: tuple[Period, ...], said: str) -> tuple[Interval, ...]:
    """The readings of a point or a range; ValueError if there is none."""
    first = _readings(point, today, known, said)
    if not point.until:
        return tuple(interval for _, interval in first)
    second = _readings(point.until, today, known, said)
    ranges = tuple(_span(one, other) for era, one in first for end_era, other in second
                   if one[0] <= other[1] and (era == end_era or len(first) == 1 or len(second) == 1))  # fmt: skip
    if not ranges:
        raise ValueError("the end is before the start")
    return ranges


def _span(first: Interval, second: Interval) -> Interval:
    return first[0], second[1], min(first[2], second[2], key=_PRECISIONS.index)


def _readings(point: _Point, today: date, known: tuple[Period, ...], said: str) -> list[tuple[str, Interval]]:
    """(era, interval) of one point. Missing era: what the data have, else the one said before, else the likely ones."""
    if point.fixed:
        return [("", interval) for interval in point.fixed]
    if point.era not in ("missing", "either"):
        return [(point.era, _in_era(point, point.era))]
    options = list(_options(point))
    if not options:
        raise ValueError("no era has this date")
    exact = [option for option in options if _overlaps(option[1], known)]
    of_said = [option for option in exact or options if option[0] == said]
    return exact if len(exact) == 1 else of_said or exact or _likely(options, today, known)


def _in_era(point: _Point, era: str) -> Interval:
    year = point.year or 0
    if era in _ERA:
        if year < 1:
            raise ValueError(f"{era} has no year 0")
        year += _ERA[era].start.year - 1  # 平成31年5月 goes on counting
    elif year < 100:
        year += 2000
    return _interval(year, point.fiscal, point.month, point.day, point.part)


def _options(point: _Point) -> Iterator[tuple[str, Interval]]:
    """The point in each era that people still write without saying so; FY29 may be 2029 as well."""
    for era in ("令和", "平成", "昭和", *(("western",) if point.era == "either" else ())):
        try:
            yield era, _in_era(point, era)
        except ValueError:
            continue


def _overlaps(interval: Interval, known: tuple[Period, ...]) -> bool:
    return any(period.start <= interval[1] and interval[0] <= period.end for period in known)


def _likely(options: list[tuple[str, Interval]], today: date, known: tuple[Period, ...]) -> list[tuple[str, Interval]]:
    """Options among the years of the data, else in the eras of the data, else around today, else all."""
    years = [period.start.year for period in known]
    eras = {era.name for period in known if (era := era_of(period.start))}
    near = [option for option in options if today.year - 40 <= option[1][0].year <= today.year + 10]
    within = [option for option in near if years and min(years) <= option[1][0].year <= max(years)]
    return within or [option for option in near if option[0] in eras] or near or options


def _read_month(surface: str, point: _Point, today: date, known: tuple[Period, ...]) -> DateMention:
    """A month without a year: those that the data have; 3月末 the next one; else only the month is known."""
    for end in (point, point.until or point):
        _interval(2000, False, end.month, end.day, end.part)  # no year has a 13月
    occurrences = list(_occurrences(point, range(today.year - 8, today.year + 9)))  # 29 February is rare
    upcoming = [one for one in occurrences if one[1] >= today][:1]
    if point.part == "end":
        return _mention(surface, point, upcoming)
    if of_data := _known_occurrences(point, known):
        return _mention(surface, point, of_data)
    around = dict.fromkeys([one for one in occurrences if one[0] <= today][-1:] + upcoming)
    candidates = tuple(_period(surface, point, one) for one in around)
    return DateMention(
        span=point.span, surface=surface, kind="month_only", value=_month_day(point), candidates=candidates
    )  # fmt: skip


def _month_day(point: _Point) -> MonthDay:
    return MonthDay(month=point.month or 0, day=point.day, until=_month_day(point.until) if point.until else None)


def _in_year(point: _Point, year: int) -> Interval:
    """The month, day or range of them that begins in `year`."""
    first = _interval(year, False, point.month, point.day, point.part)
    second = point.until
    if not second:
        return first
    next_year = (second.month or 0) < (point.month or 0)
    return _span(first, _interval(year + next_year, False, second.month, second.day, second.part))


def _occurrences(point: _Point, years: range) -> Iterator[Interval]:
    for year in years:
        try:
            yield _in_year(point, year)
        except ValueError:
            continue


def _known_occurrences(point: _Point, known: tuple[Period, ...]) -> list[Interval]:
    """Those that a day or a month of the data lies in, latest first."""
    exact = tuple(one for one in known if one.precision in ("day", "month", "fiscal_end") and one.single)
    years = [one.start.year for one in exact]
    found = _occurrences(point, range(min(years) - 1, max(years) + 1)) if years else ()
    return [one for one in reversed(list(found)) if _overlaps(one, exact)]


# --- labels -----------------------------------------------------------------------------------------------------

_EN_MONTHS = "January February March April May June July August September October November December".split()
_EN_HALVES = ("first", "second")
_JA_HALVES = ("上", "下")
_JA_SEASONS = {3: "春", 6: "夏", 9: "秋", 12: "冬"}
_EN_SEASONS = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}


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
    return _ja_form(year, d, precision)


def western_label(d: date, precision: Precision, lang: Lang) -> str:
    """2017年6月 / June 2017; 2017年度末 / end of FY2017."""
    d = _named_day(d, precision)
    if lang == "en":
        return _en_form(d, precision)
    return _ja_form(f"{_nominal_year(d, precision)}年", d, precision)


def short_label(d: date, precision: Precision) -> str:
    """H29.6, H29.6.1, H29, H29年度末: for the columns of a table; the western form before 明治."""
    d = _named_day(d, precision)
    found = era_year(_era_day(d, precision))
    if not found:
        return western_label(d, precision, "ja")
    year = f"{found[0].letter}{found[1]}"
    if precision in ("day", "month", "week"):
        day = f".{d.day}" if precision != "month" else ""
        return f"{year}.{d.month}{day}{'の週' if precision == 'week' else ''}"
    return year if precision == "year" else _ja_form(f"{year}年", d, precision)


def period_label(period: Period, lang: Lang) -> str:
    """era_label for any Period: 平成29年6月（2017年6月）〜平成30年3月（2018年3月）, from June 2017 (Heisei 29) …"""
    if period.single:
        return era_label(period.start, period.precision, lang)
    first = "" if period.open == "until" else _end_label(period.start, period.precision, 0, lang)
    last = "" if period.open == "from" else _end_label(period.end, period.precision, 1, lang)
    if lang == "ja":
        return f"{first}〜{last}" if first and last else f"{first}以降" if first else f"{last}まで"
    return f"{first} to {last}" if first and last else f"from {first}" if first else f"until {last}"


def _end_label(d: date, precision: Precision, side: int, lang: Lang) -> str:
    """One end of a range (`side` 0 its start, 1 its end), as coarse as it is exact."""
    forms: tuple[Precision, ...] = (precision, "month", "day")
    return next(era_label(d, form, lang) for form in forms if _is_border(d, form, side))


def _is_border(d: date, precision: Precision, side: int) -> bool:
    if precision == "fiscal_end":
        return (d.month, d.day) == (3, 31)
    return unit(d, precision)[side] == d


def _nominal_year(d: date, precision: Precision) -> int:
    return fiscal_year_of(d) if precision in ("fiscal_year", "fiscal_end", "quarter", "half") else d.year


def _named_day(d: date, precision: Precision) -> date:
    return unit(d, "week")[0] if precision == "week" else d


def _era_day(d: date, precision: Precision) -> date:
    """The day whose era names the period: FY2019 is 令和元年度, although it began in 平成31年."""
    if precision in ("fiscal_year", "fiscal_end", "quarter", "half"):
        return date(fiscal_year_of(d), 7, 1)
    return d


def _eras_of(d: date, precision: Precision) -> list[tuple[Era, int]]:
    """The era years of a period: two for the calendar year 2019."""
    days = unit(d, "year") if precision == "year" else (_era_day(d, precision),)
    return list(dict.fromkeys(found for day in days if (found := era_year(day))))


def _ja_year_of(era: Era, year: int) -> str:
    return f"{era.name}{'元' if year == 1 else year}年"


def _en_eras(d: date, precision: Precision) -> str:
    return " / ".join(f"{era.en} {year}" for era, year in _eras_of(d, precision))


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


def _ja_form(year: str, d: date, precision: Precision) -> str:
    """`year` (平成29年, 2017年) with what the precision adds. A week is named by its Monday."""
    month = (d.month - 4) % 12
    added = {
        "year": "",
        "month": f"{d.month}月",
        "day": f"{d.month}月{d.day}日",
        "week": f"{d.month}月{d.day}日の週",
        "season": _JA_SEASONS.get(d.month // 3 * 3 or 12, ""),
        "fiscal_year": "度",
        "fiscal_end": "度末",
        "quarter": f"度第{month // 3 + 1}四半期",
        "half": f"度{_JA_HALVES[month // 6]}半期",
    }
    return year + added[precision]


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
