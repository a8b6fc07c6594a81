"""Months by their English names: June 2017, 1 June 2017, June 1st, June Heisei 29, end of March, next March, in March."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from re import Match

from knowledge.dates.eras import number
from knowledge.dates.points import EN_ERA, LONGEST_LEAD, Asked, Point, era_and_year
from knowledge.pattern import Pattern

NAMES = tuple("january february march april may june july august september october november december".split())
SHORT_NAMES = tuple(name[:3] for name in NAMES)
_NAME = "|".join((*NAMES, *(short for short in SHORT_NAMES if short not in ("may", "sep")), "sept?"))
_MONTH = Pattern(
    r"(?<![a-z0-9.,/-])(?:(?:the\s)?(?P<lead>end\sof|next|last|this|early|mid|late)[\s-])?"
    r"(?:(?:the\s)?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?\s(?:of\s)?)?"
    rf"(?P<name>{_NAME})(?![a-z])\.?"
    r"(?:\s?(?P<day2>[0-9]{1,2})(?:(?:st|nd|rd|th)(?![a-z])|(?=,?\s(?:19|20)[0-9]{2}(?![0-9]))"
    r"|(?=\s?(?:$|[,.?!)~-](?![0-9])|(?:to|until|till|through|and|or|at|for|is)\s))))?"
    rf"(?:,?\s?(?:of\s)?(?:(?P<western>(?:19|20)[0-9]{{2}})|(?P<era>{EN_ERA})\s?(?P<year>[0-9]{{1,2}}))"
    r"(?![0-9]|[./-][0-9]))?"
)
_PREPOSITION = Pattern(r"(?<![a-z])(?:in|by|on|as\sof|for|from|since|until|till|during|before|after|to|between)\s$")
_PARTS = {"early": "early", "mid": "middle", "late": "late", "end of": "end"}
_VERBS = ("may", "march")


def dates(asked: Asked) -> Iterator[Point]:
    """Every month that is named in English."""
    for match in _MONTH.finditer(asked.text):
        month, day = SHORT_NAMES.index(match["name"][:3]) + 1, number(match["day"] or match["day2"])
        era, year = era_and_year(match["era"], match["year"] or match["western"])
        if not year and match["lead"] in ("next", "last", "this"):
            era, year = "western", _year_near(match["lead"], month, asked.this_day)
        if year or match["lead"] or _is_month(match, asked.text, bool(day)):
            part = "" if day else _PARTS.get(match["lead"] or "", "")
            yield Point(span=match.span(), era=era, year=year, month=month, day=day, part=part)


def _is_month(match: Match[str], text: str, with_day: bool) -> bool:
    """Whether a name without a year is a month: may and march are verbs, and jun is a name, without a preposition."""
    if match["name"] not in _VERBS and (with_day or len(match["name"]) > 3):
        return True
    rest = text[: match.start()] + text[match.end() :] if len(text) < LONGEST_LEAD else "more"
    after = _PREPOSITION.search(text, max(0, match.start() - LONGEST_LEAD), match.start())
    return bool(after) or not rest.strip(" ?.!")


def _year_near(lead: str, month: int, today: date) -> int:
    """The year of next March, last March, this March."""
    if lead == "next":
        return today.year + (month <= today.month)
    return today.year - (lead == "last" and month >= today.month)
