"""Which items a given number of municipalities have done: all of them, none, at least ten, less than half."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.conditions import leaves
from knowledge.intents import Intent
from knowledge.intents._scope import Scope, caveats_of, choice, cites, no_names, resolve, where_words
from knowledge.intents.tally import Line, count, lines_of
from knowledge.intents.which import share
from knowledge.model import ANY, DONE, Answer, Column, Found, Grid, NoData, Pair, States
from knowledge.query import Query, Threshold
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichItems:
    """The lines of the items whose number of municipalities in `states` meets the threshold, of `n` municipalities."""

    scope: Scope
    states: States
    threshold: Threshold
    found: tuple[Line, ...]
    counts: tuple[int, ...]
    of: int
    n: int


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.threshold is None or query.items or query.places or "total" in query.asks or query.subject != "item" and not query.all_items:
        return 0
    says_what = query.states is not None or query.condition is not None or "share" in query.asks
    return 80 if says_what else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    if not scope.survey.named and (scope.areas or scope.excluded or scope.kinds):
        return no_names(query, scope, kb, setting)
    assert query.threshold is not None
    n = len(scope.members) if scope.survey.named else scope.survey.n
    states = scope.view.states(_states(query))
    lines = lines_of(scope, kb)
    found = tuple(line for line in lines if query.threshold.holds(count(line, states), n))
    counts = tuple(count(line, states) for line in found)
    where = where_words(query, kb, setting)
    facts = WhichItems(scope=scope, states=states, threshold=query.threshold, found=found, counts=counts, of=len(lines), n=n)
    return Found(
        query=query,
        facts=facts,
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        value=len(found),
        denominator=len(lines),
        grids=(_grid(lines, states, n, kb),),
        caveats=caveats_of(scope.views, kb),
        next=(choice("項目ごとの集計", f"{where.ja}集計", "tally by item", f"tally by item{where.en}"),),
    )


def _states(query: Query) -> States:
    """The states asked of; 「5市町しか実施していない」 is of doing."""
    said = {leaf.states for leaf in leaves(query.condition)} if query.condition is not None else set()
    states = query.states or (next(iter(said)) if len(said) == 1 else DONE)
    return ANY - states if any(m.has("logic", "shika") for m in query.mentions) else states


def _grid(lines: tuple[Line, ...], states: States, n: int, kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="item", label=Pair("項目", "Item")),
        Column(key="count", label=Pair("市区町村数", "Municipalities"), kind="number"),
        Column(key="of", label=Pair("全体", "Of"), kind="number"),
        Column(key="share", label=Pair("割合（%）", "Share (%)"), kind="number"),
    )
    rows = tuple((_name(line, kb), count(line, states), n, share(count(line, states), n)) for line in lines)
    return Grid(columns=columns, rows=rows)


def _name(line: Line, kb: KnowledgeBase) -> Pair:
    short = kb.items[line.item].short
    return Pair(f"({line.item}){line.no}{short.ja}", f"({line.item}){line.no} {short.en}")


INTENT = Intent(
    help=Pair("何市町以上が実施している項目、全市町が実施している項目", "items that all, none or at least so many municipalities have done"),
    examples=(
        Pair("15市町以上が実施している項目は？", "which items have at least 15 municipalities done?"),
        Pair("実施率が半分に満たない項目は？", "which items have less than half of the municipalities done?"),
    ),
    fits=fits,
    answer=answer,
    uses=frozenset({"share", "by_place", "by_item", "item_numbers", "most", "least", "total", "quantity"}),
)
