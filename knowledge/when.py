"""When: the dates of a question, each settled by the dates that the data hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from knowledge.dates import DateMention, Period
from knowledge.model import Mention


def _meant(candidates: tuple[Period, ...], known: tuple[Period, ...]) -> list[Period]:
    """The only candidate, else those that are a date of the data, else those that meet one."""
    if len(candidates) == 1:
        return list(candidates)
    same = [p for p in candidates if any((p.start, p.end) == (k.start, k.end) for k in known)]
    return same or [p for p in candidates if any(_meets(p, k) for k in known)]


SAYS_YEAR = re.compile(r"[0-9]{4}|年|[mtshr][0-9]|heisei|reiwa|showa")


def in_documents_year(period: Period, known: tuple[Period, ...]) -> Period:
    """9月, "September": of the year in which a named territory's documents have something in that month."""
    if SAYS_YEAR.search(period.surface) or not period.single:
        return period
    years = {k.start.year for k in known if k.start.month == period.start.month}
    year = next(iter(years)) if len(years) == 1 else period.start.year
    return period if year == period.start.year else replace(period, start=period.start.replace(year=year), end=period.end.replace(year=year))


def _meets(period: Period, known: Period) -> bool:
    return period.start <= known.end and known.start <= period.end


def dates(mentions: Iterable[Mention], known_dates: tuple[Period, ...]) -> tuple[tuple[Period, ...], tuple[str, ...], bool]:
    """The periods and the relative dates that were said; whether one of them does not exist or could not be placed.

    Of several readings of a date the one that meets a date of the data is meant, if only one does.
    """
    periods: list[Period] = []
    relative: list[str] = []
    bad = False
    for mention in mentions:
        if mention.kind != "date":
            continue
        found: DateMention = mention.value
        if isinstance(found.value, Period):
            periods.append(found.value)
        elif isinstance(found.value, str):
            relative.append(found.value)
        elif any(p.precision == "fiscal_end" for p in found.candidates):
            relative.append("fiscal_end")  # "the year end": for officers the fiscal year's
        else:
            candidates = _meant(found.candidates, known_dates)
            periods += candidates if len(candidates) == 1 else []
            bad = bad or len(candidates) != 1
    return tuple(dict.fromkeys(periods)), tuple(dict.fromkeys(relative)), bad
