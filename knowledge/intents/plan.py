"""Plan against actual: what is done, what is expected by the end of the plan, and who will then be complete."""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge.base import KnowledgeBase
from knowledge.conditions import And, Has
from knowledge.intents import Intent
from knowledge.intents._scope import Scope, choice, cites, no_names, places, resolve
from knowledge.intents.which import share
from knowledge.model import DONE, EXPECTED, Answer, Column, Found, Grid, Municipality, NoData, Pair, State
from knowledge.query import Query
from knowledge.setting import Setting
from knowledge.surveys import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Per item (done, expected) of n; who has every item done now, and who is expected to have."""

    scope: Scope
    items: tuple[str, ...]
    done: tuple[int, ...]
    expected: tuple[int, ...]
    complete: tuple[Municipality, ...]
    will_be: tuple[Municipality, ...]


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.places:
        return 0
    return 72 if query.asks & {"plan_actual"} else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    survey = scope.survey
    if not survey.named or not survey.plan_by:
        return no_names(query, scope, kb, setting)
    items = tuple(item for item in kb.items if item in (query.items or kb.items))
    counts = kb.counts(survey.id, scope.members)
    all_of = {states: kb.select(survey.id, And(tuple(Has(item, states) for item in kb.items)), scope.members) for states in (DONE, EXPECTED)}
    done = tuple(counts[item][State.DONE] for item in items)
    expected = tuple(counts[item][State.DONE] + counts[item][State.PLANNED] for item in items)
    scope = replace(scope, views=(View(survey=survey), View(survey=survey, at_end=True)))
    return Found(
        query=query,
        facts=Plan(scope=scope, items=items, done=done, expected=expected, complete=places(all_of[DONE], kb), will_be=places(all_of[EXPECTED], kb)),
        sources=cites(scope.views, kb),
        as_of=survey.plan_by,
        denominator=len(scope.members),
        grids=(_grid(items, done, expected, len(scope.members), kb),),
        caveats=(("expected", survey),),
        next=(choice("市町別の一覧", "市町別", "matrix", "matrix by municipality"), choice("推移", "項目ごとの推移", "trend", "trend by item")),
    )


def _grid(items: tuple[str, ...], done: tuple[int, ...], expected: tuple[int, ...], n: int, kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="item", label=Pair("項目", "Item")),
        Column(key="done", label=Pair("実績", "Actual"), kind="number"),
        Column(key="expected", label=Pair("見込み", "Expected"), kind="number"),
        Column(key="difference", label=Pair("差", "Gap"), kind="number"),
        Column(key="n", label=Pair("全体", "Of"), kind="number"),
        Column(key="expected_share", label=Pair("見込み（%）", "Expected (%)"), kind="number"),
    )
    rows = tuple(
        (Pair(f"({item}){kb.items[item].short.ja}", f"({item}) {kb.items[item].short.en}"), d, e, e - d, n, share(e, n))
        for item, d, e in zip(items, done, expected, strict=True)
    )
    return Grid(columns=columns, rows=rows)


INTENT = Intent(
    help=Pair("計画と実績の差", "plan versus actual"),
    examples=(Pair("計画と実績を比べて", "plan versus actual"),),
    fits=fits,
    answer=answer,
    uses=frozenset({"most", "largest", "plan_actual", "compare", "change", "share", "tally", "by_item", "item_numbers"}),
)
