"""Two or more municipalities, kinds or territories side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, Scope, caveats_of, choice, cites, no_data, no_names, resolve
from knowledge.intents.tally import Line, lines_of
from knowledge.intents.which import share
from knowledge.model import DONE, Answer, Citation, Column, Found, Grid, Municipality, NoData, Pair, State, States, Territory
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Municipalities with their number of done items; `same` are the items in the same state in all, `all_done` those done by all.

    in_asked  the items that are in the states asked for (`asked`) in every one of them
    """

    scope: Scope
    places: tuple[Municipality, ...]
    done: tuple[int, ...]
    items: tuple[str, ...]
    same: tuple[str, ...]
    differ: tuple[str, ...]
    all_done: tuple[str, ...]
    asked: States | None = None
    in_asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Territories:
    """Territories side by side, each with its latest (or asked) survey."""

    scopes: tuple[Scope, ...]
    lines: tuple[tuple[Line, ...], ...]
    without: tuple[Territory, ...]

    @property
    def subject_titles(self) -> tuple[Pair, ...]:
        """The reading line names every territory."""
        return tuple(Pair(scope.territory.name, scope.territory.en) for scope in self.scopes)


def fits(query: Query, kb: KnowledgeBase) -> int:
    if len(query.places) > 1:
        return 66 if query.condition is None or "compare" in query.asks else 40
    status = [t for t in query.territories if kb.territories[t].kind in {"prefecture", "union", "city"}]
    if len(status) > 1 and (not query.subjects or "compare" in query.asks or query.items):
        return 69
    return 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    if len(query.places) < 2:
        return territories(query, kb, setting)
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    if not scope.survey.named:
        return no_names(query, scope, kb, setting)
    items = tuple(item for item in kb.items if item in (query.items or kb.items))
    states = {code: kb.statuses(scope.survey.id, [code], items)[code] for code in query.places}
    same = tuple(item for item in items if len({states[code][item] for code in query.places}) == 1)
    done = scope.view.states(DONE)
    asked = scope.view.states(query.states) if query.states is not None and query.states != DONE else None
    facts = Compared(
        scope=scope,
        places=tuple(kb.municipalities[code] for code in query.places),
        done=tuple(sum(state in done for state in states[code].values()) for code in query.places),
        items=items,
        same=same,
        differ=tuple(item for item in items if item not in same),
        all_done=tuple(item for item in items if all(states[code][item] in done for code in query.places)),
        asked=asked,
        in_asked=tuple(item for item in items if asked and all(states[code][item] in asked for code in query.places)),
    )
    return Found(
        query=query,
        facts=facts,
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        denominator=len(items),
        grids=(_grid(facts, states, kb),),
        caveats=caveats_of(scope.views, kb),
        next=tuple(choice(f"{place.name}の状況", f"{place.name}の状況", f"status of {place.name}", f"status of {place.name}") for place in facts.places[:4]),
    )


def _grid(facts: Compared, states: Mapping[str, Mapping[str, State]], kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="item", label=Pair("項目", "Item")),
        *(Column(key=place.name, label=Pair(place.name, place.name), kind="mark") for place in facts.places),
    )
    rows = tuple(
        (Pair(f"({item}){kb.items[item].short.ja}", f"({item}) {kb.items[item].short.en}"), *(states[place.code][item] for place in facts.places))
        for item in facts.items
    )
    return Grid(columns=columns, rows=rows)


def territories(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    """Each territory with its own survey, side by side as they are: the surveys differ, and that is said."""
    scopes, without = [], []
    for id_ in query.territories:
        scope = resolve(replace(query, territories=(id_,), places=()), kb, setting)
        if isinstance(scope, NoData):
            without.append(kb.territories[id_])
        else:
            scopes.append(scope)
    if not scopes:
        return no_data(query, "no_statuses", Missing(territory=without[0], territories=()), kb, setting)
    items = tuple(item for item in kb.items if item in (query.items or kb.items))
    lines = tuple(tuple(line for line in lines_of(scope, kb) if line.item in items) for scope in scopes)
    return Found(
        query=query,
        facts=Territories(scopes=tuple(scopes), lines=lines, without=tuple(without)),
        sources=tuple(dict.fromkeys(citation for scope in scopes for citation in cites(scope.views, kb))) or _none(),
        as_of=scopes[0].view.as_of if len({scope.view.as_of for scope in scopes}) == 1 else "",
        grids=(_territory_grid(tuple(scopes), lines, kb),),
        caveats=(("different_surveys", None), *(caveat for scope in scopes for caveat in caveats_of(scope.views, kb))),
        next=tuple(
            choice(f"{s.territory.name}の集計", f"{s.territory.name}の集計", f"tally of {s.territory.en}", f"tally by item in {s.territory.en}") for s in scopes
        ),
    )


def _none() -> tuple[Citation, ...]:
    return ()


def _territory_grid(scopes: tuple[Scope, ...], lines: tuple[tuple[Line, ...], ...], kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="territory", label=Pair("対象", "Territory")),
        Column(key="item", label=Pair("項目", "Item")),
        Column(key="question", label=Pair("設問", "Sub-question")),
        Column(key="done", label=Pair("実施", "Done"), kind="number"),
        Column(key="n", label=Pair("全体", "Of"), kind="number"),
        Column(key="share", label=Pair("割合（%）", "Share (%)"), kind="number"),
    )
    rows = []
    for item in kb.items:
        for scope, of in zip(scopes, lines, strict=True):
            n = len(scope.members) if scope.survey.named else scope.survey.n
            name = Pair(scope.territory.name, scope.territory.en)
            rows += [
                (name, f"({line.item}){line.no}", line.question or Pair("項目全体", "whole item"), line.done, n, share(line.done, n))
                for line in of
                if line.item == item
            ]
    return Grid(columns=columns, rows=tuple(rows))


INTENT = Intent(
    help=Pair("市町どうし、都県どうしの比較", "municipalities or territories side by side"),
    examples=(
        Pair("柳井市と平生町を比べて", "compare Yanai City and Hirao Town"),
        Pair("山口県と東京都を比べて", "compare Yamaguchi Prefecture and Tokyo Metropolis"),
    ),
    fits=fits,
    answer=answer,
    uses=frozenset({"compare", "share", "most", "least", "tally", "by_item", "change", "by_place", "item_numbers"}),
)
