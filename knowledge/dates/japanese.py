"""Dates with 年 and 月: 平成29年6月, H29年度末, 2017年, 27年10月, 昨年度, H26～29年度, 6月, 4～6月, 上半期."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.dates.eras import number, read_number
from knowledge.dates.intervals import fiscal_year_of, is_year
from knowledge.dates.points import END, ERA_KANJI, KANJI, KANJI_NUMERALS, NUM, TO, WEEKDAY, Asked, Point, era_and_year, with_second
from knowledge.pattern import Pattern

_RELATIVE_YEARS = {"一昨": -2, "昨": -1, "去": -1, "前": -1, "今": 0, "本": 0, "当": 0, "来": 1, "次": 1, "翌": 1, "再来": 2}
_PARTS = {
    "上半期": "h1", "上期": "h1", "下半期": "h2", "下期": "h2", "春": "spring", "夏": "summer", "秋": "autumn",
    "冬": "winter", "上": "early", "初": "early", "中": "middle", "下": "late", "末": "end", "年": "end",
}  # fmt: skip

_YEAR = f"(?:[0-9]{{1,4}}|[{KANJI_NUMERALS}]{{1,7}}|元)"
_FRESH = f"(?<![0-9{KANJI_NUMERALS}第.,/])"  # no number goes on here: 1,027年, 第27年, 2/3月
_RELATIVE_YEAR = f"(?P<rel>一昨|再来|(?<!過)去|[今昨]|(?<!{KANJI})[本当前次翌来])年"
_MONTH = f"(?P<month>{NUM})(?:{TO}(?P<month2>{NUM}))?\\s?月(?![曜額当])"
_DAY = f"(?:\\s?(?P<day>{NUM})(?:{TO}(?P<day2>{NUM}))?\\s?日(?!間){WEEKDAY})?"
_PART = (  # 春日市 and 秋田市 begin with a season
    rf"(?:の?\s?(?P<part>{END}|[上中下初]旬|初め|上半期|下半期|上期|下期"
    rf"|第?\s?[1-4一二三四]\s?四半期|[1-4]q|[春夏秋冬](?:頃|期|(?!{KANJI}))))?"
)
_DATE = Pattern(
    f"(?=[明大昭平令mtshr0-9{KANJI_NUMERALS}元昨去前今本当来次翌再])"  # nothing else begins a date: it saves half of the time
    f"(?P<has_year>(?:(?P<era>{ERA_KANJI}|(?<![a-z0-9])[mtshr])\\s?|{_FRESH})(?P<year>{_YEAR})"
    f"(?:(?:・[0-9]{{1,2}})*{TO}(?P<era2>{ERA_KANJI}|[mtshr])?(?P<year2>{_YEAR}))?\\s?年"
    f"|{_RELATIVE_YEAR})?(?P<fiscal>(?(has_year)\\s?度|(?!)))?"
    f"(?:(?(has_year)の?\\s?|{_FRESH}){_MONTH}{_DAY}|(?(has_year)|(?!))){_PART}"
)
# 3年間, 5年以内, 10年後, 2年度目 are lengths.
_LENGTH = Pattern(r"\s?(?:間|以[上内下]|前|後|目|ごと|毎|半|ぶり|未満|計画|生|にわた|に渡)")
_QUARTER = Pattern("[1-4一二三四]")


def dates(asked: Asked) -> Iterator[Point]:
    """Every date with 年 or 月 in it."""
    for match in _DATE.finditer(asked.text):
        got = match.groupdict()
        era, year = _year(got, asked)
        if _is_year(era, year) and not (era == "missing" and not got["month"] and _LENGTH.match(asked.text, match.end())):
            point = Point(
                span=match.span(),
                era=era,
                year=year,
                fiscal=bool(got["fiscal"]),
                month=number(got["month"]),
                day=number(got["day"]),
                part=part_of(got["part"]),
            )
            yield with_second(point, got)


def _year(got: dict[str, str | None], asked: Asked) -> tuple[str, int | None]:
    if relative := got["rel"]:
        this = fiscal_year_of(asked.this_day) if got["fiscal"] else asked.this_day.year
        return "western", this + _RELATIVE_YEARS[relative]
    return era_and_year(got["era"], got["year"])


def _is_year(era: str, year: int | None) -> bool:
    """Whether there can be such a year: 365年 and 3000年 are none."""
    if era == "missing":
        return year in range(1, 100)
    return era != "western" or (year is not None and is_year(year))


def part_of(text: str | None) -> str:
    """The part of a year or month that the end of a date says: q3 for 第3四半期, early for 上旬; "" for none."""
    if not text or text in _PARTS:
        return _PARTS.get(text or "", "")
    quarter = _QUARTER.search(text)
    return f"q{read_number(quarter[0])}" if quarter else _PARTS[text[0]]


# 上半期, 第3四半期 and 年末 without a year are those of this year.
_PART_ALONE = Pattern(rf"上半期|下半期|第\s?[1-4一二三四]\s?四半期|(?<![0-9])[1-4]\s?四半期|(?<![0-9{KANJI_NUMERALS}元毎各])(?P<year>年)末(?!年始|調整)")


def parts(asked: Asked) -> Iterator[Point]:
    """Parts of this year."""
    for match in _PART_ALONE.finditer(asked.text):
        fiscal = not match["year"]
        year = fiscal_year_of(asked.this_day) if fiscal else asked.this_day.year
        yield Point(span=match.span(), era="western", year=year, fiscal=fiscal, part=part_of(match[0]))
