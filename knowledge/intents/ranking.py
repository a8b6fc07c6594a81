"""Which municipalities have most or fewest items in a state: all that tie, and the whole order."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import Scope, caveats_of, choice, cites, no_names, places, resolve, where_words
from knowledge.model import DONE, Answer, Choice, Column, Found, Grid, Municipality, NoData, Pair, States
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The municipalities that tie for the most or fewest, with their number of items; the order is in the table."""

    scope: Scope
    states: States
    most: bool
    top: tuple[Municipality, ...]
    n_items: int
    items: int


def fits(query: Query, kb: KnowledgeBase) -> int:
    if not query.asks & {"most", "least", "rank"} or query.places or len(query.items) == 1 or len(said_kinds(query)) > 1:
        return 0
    if query.asks & {"item_numbers", "by_place"} and not query.items:
        return 72
    if query.subject == "municipality" or query.kinds:
        return 70 if query.condition is None or query.all_items else 0
    return 35 if query.condition is None and not query.subjects else 0


def said_kinds(query: Query) -> set[str]:
    """市 and 町, where a question speaks of both by themselves."""
    return {m.surface for m in query.mentions if m.kind == "word" and m.surface in {"市", "町", "村", "区"}}


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    if not scope.survey.named:
        return no_names(query, scope, kb, setting)
    states = scope.view.states(query.states or DONE)
    items = query.items or tuple(kb.items)
    every = kb.statuses(scope.survey.id, scope.members, items)
    counts = {code: sum(state in states for state in by_item.values()) for code, by_item in every.items()}
    most = "least" not in query.asks
    edge = (max if most else min)(counts.values())
    top = tuple(code for code, count in counts.items() if count == edge)
    order = sorted(counts, key=lambda code: ((-counts[code] if most else counts[code]), code))
    return Found(
        query=query,
        facts=Ranked(scope=scope, states=states, most=most, top=places(top, kb), n_items=edge, items=len(items)),
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        municipalities=tuple(kb.municipalities[code].name for code in top),
        value=edge,
        denominator=len(items),
        grids=(_grid(order, counts, len(items), kb),),
        caveats=caveats_of(scope.views, kb),
        next=_next(where_words(query, kb, setting)),
    )


def _next(where: Pair) -> tuple[Choice, ...]:
    return (
        choice("市町別の一覧", f"{where.ja}市町別", "matrix", f"matrix by municipality{where.en}"),
        choice("項目ごとの集計", f"{where.ja}集計", "tally by item", f"tally by item{where.en}"),
    )


def _grid(order: list[str], counts: dict[str, int], items: int, kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="municipality", label=Pair("市区町村", "Municipality")),
        Column(key="items", label=Pair("項目数", "Items"), kind="number"),
        Column(key="of", label=Pair("全項目", "Of"), kind="number"),
    )
    return Grid(columns=columns, rows=tuple((kb.municipalities[code], counts[code], items) for code in order))


INTENT = Intent(
    help=Pair("実施項目が多い・少ない市町", "which municipalities have most or fewest items done"),
    examples=(
        Pair("実施項目が一番多い市町は？", "which municipality has done the most items?"),
        Pair("一番遅れている市町はどこ", "which municipality has done the fewest items?"),
    ),
    fits=fits,
    answer=answer,
    uses=frozenset({"most", "least", "rank", "by_place", "item_numbers", "share", "total", "tally"}),
)
