"""Has X done Y: one municipality and the items asked about."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.conditions import Condition, holds, items_of
from knowledge.intents import Intent
from knowledge.intents._scope import Scope, caveats_of, choice, cites, resolve, where_words
from knowledge.intents.municipality import grid, unnamed, untold
from knowledge.model import Answer, Choice, Found, Municipality, NoData, Pair, State
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class HasDone:
    """The states of the asked items; `true` tells whether what was asked holds, None where no state was said."""

    scope: Scope
    place: Municipality
    states: tuple[tuple[str, State], ...]
    condition: Condition | None
    true: bool | None


def fits(query: Query, kb: KnowledgeBase) -> int:
    if len(query.places) != 1 or not (query.items or query.condition is not None) or query.wants_places and query.condition is not None:
        return 0
    return 20 if query.condition is None and untold(query, kb) else 64


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    place = kb.municipalities[query.places[0]]
    if not scope.survey.named:
        return unnamed(query, scope, place, query.items, kb, setting)
    every = kb.statuses(scope.survey.id, [place.code], kb.items)[place.code]
    wanted = query.items or items_of(query.condition) if query.condition is not None else query.items
    states = {item: every[item] for item in kb.items if item in wanted}
    condition = scope.view.condition(query.condition) if query.condition is not None else None
    facts = HasDone(
        scope=scope, place=place, states=tuple(states.items()), condition=condition, true=holds(condition, every) if condition is not None else None
    )
    done = sum(state in scope.view.states(frozenset({State.DONE})) for state in states.values())
    return Found(
        query=query,
        facts=facts,
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        value=done if len(states) > 1 else None,
        denominator=len(states) if len(states) > 1 else None,
        grids=(grid(states, kb),),
        caveats=caveats_of(scope.views, kb),
        next=_next(place, next(iter(states)), where_words(query, kb, setting)),
    )


def _next(place: Municipality, item: str, where: Pair) -> tuple[Choice, ...]:
    return (
        choice(f"{place.name}の8項目", f"{place.name}の状況", f"all of {place.name}", f"status of {place.name}"),
        choice(
            f"({item})が未実施の市町",
            f"{where.ja}({item})が未実施の市町は？",
            f"who hasn't done ({item})",
            f"which municipalities haven't done ({item}){where.en}?",
        ),
        choice(f"({item})とは", f"({item})とは？", f"what is ({item})", f"what does ({item}) mean?"),
    )


INTENT = Intent(
    help=Pair("ある市町がある項目を実施済みか", "whether a municipality has done an item"),
    examples=(Pair("光市は(ク)を実施していますか", "has Hikari City done (ク)?"),),
    fits=fits,
    answer=answer,
    uses=frozenset({"by_item", "example"}),
)
