"""A tally or a trend as a chart that Slack draws (`data_visualization`), above the table with the same numbers.

Bars, for trends too: they begin at nought, and what lies between two surveys is not drawn. What does not fit Slack's
limits (labels of 20 characters, no two alike, 20 of them, 6 series) has no chart; the table and the text have it all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.render.blockkit import CHART_LABEL, CHART_POINTS, CHART_TITLE
from bot.words import Words
from knowledge.dates import period_of
from knowledge.intents.tally import Line, Tallied
from knowledge.intents.trend import Trend
from knowledge.model import Answer, Found, Pair
from knowledge.surveys import View

Block = dict[str, Any]
SERIES_MOST = 6  # 12 in newer copies of Slack's page, 6 in older ones: both take these

TITLES = {
    "tally": Pair("項目ごとの実施状況（{date}、n = {n}）", "Tally by item, {date}, n = {n}"),
    "trend": Pair("{item}の推移（n = {n}）", "{item}: trend, n = {n}"),
    "trends": Pair("項目ごとの推移（実施、n = {n}）", "Trend by item (done), n = {n}"),
}
DONE, EXPECTED, CARRIED_OUT = Pair("実施済み", "Done"), Pair("実施見込み", "Expected"), Pair("実施", "Done")
PLANNED, NEITHER, NOT_DONE = Pair("予定", "Planned"), Pair("予定なし", "No plan"), Pair("未実施", "Not done")
AT_END = Pair("{date}見込み", "{date} (exp.)")
BY_ITEM, BY_DATE, COUNT = Pair("項目", "Item"), Pair("時点", "As of"), Pair("{unit}の数", "Number of {unit}")


def charts(given: Answer, words: Words) -> list[Block]:
    """The chart of an answer, if it is one that is seen better than read; else nothing."""
    if not isinstance(given, Found) or type(given.facts) not in DRAWN:
        return []
    chart = DRAWN[type(given.facts)](given.facts, words)
    return [chart] if chart else []


def _tally(facts: Tallied, words: Words) -> Block | None:
    """A group of bars an item: done, planned, neither."""
    view, lang = facts.scope.view, words.lang
    planned = any(line.planned is not None for line in facts.lines)
    series = [
        ((EXPECTED if view.at_end else DONE)[lang], [line.done for line in facts.lines]),
        *([(PLANNED[lang], [line.planned or 0 for line in facts.lines])] if planned else []),
        ((NEITHER if planned or view.at_end else NOT_DONE)[lang], [line.rest for line in facts.lines]),
    ]
    title = TITLES["tally"][lang].format(date=_date(view, words), n=facts.n)
    return _bars(title, _labels_of_lines(facts.lines, words), series, BY_ITEM[lang], _count(facts.scope.members, words))


def _trend(facts: Trend, words: Words) -> Block | None:
    """One item: a bar a date. Several: a group of bars an item, of the latest dates that there is room for."""
    lang, dates = words.lang, [_date(view, words) for view in facts.views]
    count = _count(facts.scope.members, words)
    if len(facts.series) == 1:
        (one,) = facts.series
        title = TITLES["trend"][lang].format(item=words.item(one.item), n=facts.n)
        return _bars(title, dates, [(CARRIED_OUT[lang], list(one.counts))], BY_DATE[lang], count)
    series = [(date, [one.counts[at] for one in facts.series]) for at, date in enumerate(dates)]
    title = TITLES["trends"][lang].format(n=facts.n)
    return _bars(title, _fitting([(words.item(one.item), f"({one.item})") for one in facts.series]), series[-SERIES_MOST:], BY_ITEM[lang], count)


DRAWN: dict[type, Callable[[Any, Words], Block | None]] = {Tallied: _tally, Trend: _trend}


# --- labels -----------------------------------------------------------------------------------------------------------


def _date(view: View, words: Words) -> str:
    """平成29年6月, June 2017; as short as a label must be, the era or the western year alone."""
    label = re.sub(r" ?[(（].*[)）]$", "", words.date(view.as_of))
    if not view.at_end:
        return label
    expected = AT_END[words.lang]
    long = expected.format(date=label)
    return long if len(long) <= CHART_LABEL else expected.format(date=period_of(view.as_of).start.strftime("%b %Y"))


def _labels_of_lines(lines: Sequence[Line], words: Words) -> list[str]:
    """An item's letter and name; a sub-question's number, and what tells it apart from another of the same number."""
    if not any(line.no for line in lines):
        return _fitting([(words.item(line.item), f"({line.item})") for line in lines])
    plain = [f"({line.item}){line.no}" for line in lines]
    return [label if plain.count(label) == 1 else f"{label}{_part(line, words)}" for label, line in zip(plain, lines, strict=True)]


def _part(line: Line, words: Words) -> str:
    """What stands in brackets at the end of a sub-question: パンフレット等."""
    found = re.search(r"[(（]([^()（）]*)[)）]$", line.question[words.lang]) if line.question else None
    return found[1] if found else ""


def _fitting(labels: Sequence[tuple[str, str]]) -> list[str]:
    """The long form of all, if all fit; else the short form of all."""
    long = all(len(one) <= CHART_LABEL for one, _ in labels)
    return [one if long else other for one, other in labels]


def _count(members: Sequence[str], words: Words) -> str:
    return COUNT[words.lang].format(unit=words.unit(members))


# --- the block --------------------------------------------------------------------------------------------------------


def _bars(title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], across: str, up: str) -> Block | None:
    """None for what Slack would not take, or what one number says better."""
    names = [name for name, _ in series]
    if not 2 <= len(labels) <= CHART_POINTS or len(series) > SERIES_MOST or len(title) > CHART_TITLE:
        return None
    if any(len(set(each)) < len(each) or max(map(len, each)) > CHART_LABEL for each in (labels, names)):
        return None
    data = [{"name": name, "data": [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]} for name, values in series]
    chart = {"type": "bar", "series": data, "axis_config": {"categories": list(labels), "x_label": across, "y_label": up}}
    return {"type": "data_visualization", "title": title, "chart": chart}
