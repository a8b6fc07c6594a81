"""Years without 年: FY2017, end of fiscal H29, Q3 FY2017, FY2015-2017; 2017, Heisei 29, H29, 2015-17, end of 2017."""

from __future__ import annotations

from collections.abc import Iterator
from re import Match

from knowledge.dates.intervals import SEASONS, fiscal_year, span
from knowledge.dates.points import ALONE, EN_ERA, EN_ERA_NAME, FISCAL_WORD, TO, Asked, Point, era_and_year, with_second
from knowledge.pattern import Pattern

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_LEAD = (
    rf"(?:(?:the\s)?(?P<lead>end|q[1-4]|h[12]|(?:{'|'.join(_ORDINALS)})\s(?:half|quarter)"
    rf"|{'|'.join(SEASONS)}|fall)[\s-](?:(?:of|in)\s)?(?:the\s)?)?"
)
_TAIL = r"(?:[\s-]?(?P<tail>end|year[\s-]end|末|q[1-4]|h[12]|(?:first|second)\shalf)(?![a-z]))?"
_FISCAL = Pattern(
    rf"(?<![a-z0-9]){_LEAD}{FISCAL_WORD}[\s-]?(?P<era>{EN_ERA})?\s?(?P<year>[0-9]{{4}}|[0-9]{{1,2}})(?:/[0-9]{{2}})?"
    rf"(?:{TO}(?:fy\s?)?(?P<era2>[hrs])?(?P<year2>[0-9]{{4}}|[0-9]{{2}}))?(?![0-9]|\.[0-9]){_TAIL}"
)
_BARE = Pattern(
    rf"{ALONE}{_LEAD}(?:(?P<era>{EN_ERA_NAME}|[hrs](?=[0-9]{{2}}))\s?"
    r"(?P<year>[0-9]{1,2}|元)|(?P<western>(?:19|20)[0-9]{2}))"
    rf"(?:{TO}(?P<era2>{EN_ERA})?(?P<year2>[0-9]{{4}}|[0-9]{{2}}))?(?![0-9a-z%年度]|,[0-9]|[./-][0-9])"
    rf"(?P<fiscal>\s{FISCAL_WORD}(?![a-z0-9]))?{_TAIL}"
)
# 2017円 and 2017 people are counts.
_COUNTER = Pattern(
    r"[\s-]?(?:[円人名件市町村区回項つ個千万億歳床台社号頁校点割時分秒]|[かヶケカ箇]所|施設|団体|世帯|自治体|yen|people|"
    r"persons|municipal|towns?|cities|items?|places|cases|points|villages|wards|hours?|days?|minutes?|percent|beds|"
    r"residents|staff)"
)


def fiscal(asked: Asked) -> Iterator[Point]:
    """Fiscal years."""
    for match in _FISCAL.finditer(asked.text):
        yield _point(match, match["year"], True)


def bare(asked: Asked) -> Iterator[Point]:
    """Years by themselves."""
    for match in _BARE.finditer(asked.text):
        if not (match["western"] and _COUNTER.match(asked.text, match.end())):
            yield _point(match, match["year"] or match["western"], bool(match["fiscal"]))


def _point(match: Match[str], said: str, is_fiscal: bool) -> Point:
    era, year = era_and_year(match["era"], said, "either")
    point = Point(span=match.span(), era=era, year=year, fiscal=is_fiscal, part=_part(match["lead"]) or _part(match["tail"]))
    return _split_year(point, match["year2"]) or with_second(point, match.groupdict())


def _split_year(point: Point, second: str | None) -> Point | None:
    """FY2017-18 is one fiscal year to some and two to others."""
    if not (point.fiscal and point.year and point.era == "western" and second == f"{(point.year + 1) % 100:02}"):
        return None
    one, other = fiscal_year(point.year), fiscal_year(point.year + 1)
    return point._replace(fixed=(one, span(one, other)))


def _part(text: str | None) -> str:
    """q3 for "third quarter", autumn for "fall", end for "year-end"."""
    if not text or text in SEASONS:
        return text or ""
    if text == "fall":
        return "autumn"
    first, _, rest = text.partition(" ")
    if first in _ORDINALS:
        return f"{rest[0]}{_ORDINALS[first]}"
    return text if text[0] in "qh" else "end"
