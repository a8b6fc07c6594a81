"""One municipality: its whole state over the eight items, or its items in one state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import Scope, caveats_of, choice, cites, no_names, resolve, where_words
from knowledge.model import ANY, DONE, EXPECTED, Answer, Choice, Column, Found, Grid, Municipality, NoData, Pair, State, States
from knowledge.query import Query
from knowledge.setting import Setting
from knowledge.surveys import actual


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOne:
    """A municipality's items by state; `asked` are the states asked for (None: all), `found` the items in them."""

    scope: Scope
    place: Municipality
    done: tuple[str, ...]
    planned: tuple[str, ...]
    neither: tuple[str, ...]
    asked: States | None
    found: tuple[str, ...]
    of: int


def fits(query: Query, kb: KnowledgeBase) -> int:
    if len(query.places) != 1 or query.items or query.asks & {"neighbours", "area"}:
        return 0
    if query.condition is not None or query.wants_places:
        return 0
    asks_states = query.states is not None or query.also_states or query.all_items or query.subject == "item"
    if untold(query, kb) and not query.all_items and "status" not in query.asks:
        return 20
    return 62 if asks_states or query.asks & {"status", "tally", "list", "share", "items_list"} or query.measure != "list" else 25 if not query.subjects else 10


def untold(query: Query, kb: KnowledgeBase) -> bool:
    """Whether the question is of a municipality that is a territory of its own without a survey: its documents tell of other things."""
    return any(kb.territories[id_].kind == "city" and not actual(kb, id_) for id_ in query.territories)


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    place = kb.municipalities[query.places[0]]
    if not scope.survey.named:
        return unnamed(query, scope, place, tuple(kb.items), kb, setting)
    states = kb.statuses(scope.survey.id, [place.code], kb.items)[place.code]
    asked = scope.view.states(query.states) if query.states else None
    found = tuple(item for item, state in states.items() if state in (asked or scope.view.states(DONE)))
    of = tuple(item for item in states)
    facts = OfOne(scope=scope, place=place, asked=asked, found=found, of=len(of), **by_state(states))
    return Found(
        query=query,
        facts=facts,
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        value=len(found),
        denominator=len(of),
        grids=(grid(states, kb),),
        caveats=caveats_of(scope.views, kb),
        next=_next(place, where_words(query, kb, setting), kb),
    )


def by_state(states: Mapping[str, State]) -> dict[str, tuple[str, ...]]:
    return {str(wanted): tuple(item for item, state in states.items() if state == wanted) for wanted in State}


def grid(states: Mapping[str, State], kb: KnowledgeBase) -> Grid:
    columns = (Column(key="item", label=Pair("項目", "Item")), Column(key="state", label=Pair("状況", "Status"), kind="mark"))
    rows = tuple((Pair(f"({item}){kb.items[item].short.ja}", f"({item}) {kb.items[item].short.en}"), state) for item, state in states.items())
    return Grid(columns=columns, rows=rows, shown=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsOnly:
    """What can be said of a municipality whose survey publishes totals: the totals."""

    scope: Scope
    place: Municipality
    tallies: tuple[object, ...]


def unnamed(query: Query, scope: Scope, place: Municipality, items: tuple[str, ...], kb: KnowledgeBase, setting: Setting) -> NoData:
    """The source names no municipality: say so, with the totals of the items asked about."""
    tallies = tuple(tally for tally in kb.tallies(scope.survey.id) if tally.item in items)
    if not tallies:
        return no_names(query, scope, kb, setting)
    return NoData(
        query=query,
        why="totals_only",
        facts=TotalsOnly(scope=scope, place=place, tallies=tallies),
        sources=cites(scope.views, kb),
        as_of=scope.survey.as_of,
        denominator=scope.survey.n,
        next=(choice("項目ごとの集計", f"{scope.territory.name}の集計", "tally by item", f"tally by item in {scope.territory.en}"),),
    )


def _next(place: Municipality, where: Pair, kb: KnowledgeBase) -> tuple[Choice, ...]:
    name = place.name
    area = next((area for area in kb.areas if place.code in area.members and len(area.members) > 1), None)
    found = [choice(f"{name}の予定", f"{name}が予定している項目は？", f"{name}: planned", f"which items are planned by {name}?")]
    if area:
        found.append(choice(f"{area.name}圏域で比べる", f"{area.name}圏域の市町別", f"{area.en} area", f"matrix by municipality in the {area.en} area"))
    return (*found, choice("項目ごとの集計", f"{where.ja}集計", "tally by item", f"tally by item{where.en}"))


INTENT = Intent(
    help=Pair("一つの市町の状況（8項目のどれが済み・予定・予定なしか）", "the state of one municipality over the eight items"),
    examples=(Pair("岩国市の状況", "status of Iwakuni City"), Pair("萩市でまだの項目は？", "which items has Hagi City not done?")),
    fits=fits,
    answer=answer,
    uses=frozenset({"items_list", "most", "share", "by_item", "tally", "item_numbers", "total"}),
)
__all__ = ["ANY", "EXPECTED", "INTENT", "by_state", "grid", "unnamed"]
