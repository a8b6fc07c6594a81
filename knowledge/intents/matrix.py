"""Municipality × item, or area × item: everything at once, with a legend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.conditions import items_of
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, Scope, caveats_of, choice, cites, no_data, no_names, resolve, where_words
from knowledge.intents.ranking import said_kinds
from knowledge.intents.tally import answer as tally
from knowledge.model import DONE, Answer, Choice, Column, Found, Grid, Municipality, NoData, Pair, State
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A row of the matrix that is several municipalities together: an area, or a kind."""

    name: Pair
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """`by` is municipality, area or kind; `total` the number of done cells of all."""

    scope: Scope
    by: str
    items: tuple[str, ...]
    done: int
    cells: int
    groups: tuple[Group, ...] = ()


def fits(query: Query, kb: KnowledgeBase) -> int:
    if len(query.places) == 1:
        return 0
    if query.asks & {"by_area", "by_kind"}:
        return 66
    if "kinds" in query.asks and query.asks & {"most", "least", "compare", "share", "tally", "status"} and query.measure != "count":
        return 74
    if len(said_kinds(query)) > 1 and query.asks & {"most", "least", "compare", "share"} and query.measure != "count":
        return 74
    if query.asks & {"by_place"}:
        return 64 if query.condition is None else 40
    if query.asks & {"table"} and query.condition is None and not query.subjects and (query.items or query.all_items or query.carried or query.periods):
        return 45
    if "list" in query.asks and (query.kinds or query.subject == "municipality") and query.condition is None and not query.items and not query.subjects:
        return 42
    if (
        query.asks & {"table", "status"}
        and query.subject == "municipality"
        and query.condition is None
        and not query.items
        and not query.subjects
        and query.states is None
    ):
        return 43
    return 38 if query.areas and not query.items and query.condition is None else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    if not scope.survey.named and not query.asks & {"by_area", "by_kind", "kinds", "by_place"}:
        return tally(query.but(intent="tally"), kb, setting)
    if not scope.survey.named:
        return no_names(query, scope, kb, setting)
    items = query.items or (items_of(query.condition) if query.condition is not None else ()) or tuple(kb.items)
    by = "area" if "by_area" in query.asks else "kind" if query.asks & {"by_kind", "kinds"} or len(said_kinds(query)) > 1 else "municipality"
    if by == "area" and not _areas(scope, kb):
        return no_data(
            query, "not_held", Missing(territory=scope.territory, names=tuple(m.surface for m in query.mentions if m.has("ask", "by_area"))), kb, setting
        )
    groups = _areas(scope, kb) if by == "area" else _kinds(scope, kb) if by == "kind" else ()
    states = kb.statuses(scope.survey.id, scope.members, items)
    done = scope.view.states(DONE)
    cells = [state for by_item in states.values() for state in by_item.values()]
    counted = sum(state in done for state in cells)
    source = tuple(dict.fromkeys(area.source for area in kb.areas if set(area.members) & set(scope.members)))
    return Found(
        query=query,
        facts=Matrix(scope=scope, by=by, items=items, done=counted, cells=len(cells), groups=groups),
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        value=counted,
        denominator=len(cells),
        grids=(_grouped(groups, items, states, done, kb) if groups else _by_municipality(items, states, done, kb),),
        caveats=caveats_of(scope.views, kb) + (tuple(("area_source", each) for each in source) if by == "area" or scope.areas else ()),
        next=_next(query, scope, kb, setting),
    )


def _next(query: Query, scope: Scope, kb: KnowledgeBase, setting: Setting) -> tuple[Choice, ...]:
    where = where_words(query, kb, setting)
    found = [choice("項目ごとの集計", f"{where.ja}集計", "tally by item", f"tally by item{where.en}")]
    if _areas(scope, kb):
        found.append(choice("圏域ごと", f"{where.ja}圏域ごとの集計", "by area", f"tally by medical area{where.en}"))
    return tuple(found)


def _areas(scope: Scope, kb: KnowledgeBase) -> tuple[Group, ...]:
    inside = ((area, tuple(code for code in scope.members if code in area.members)) for area in kb.areas)
    return tuple(Group(name=Pair(f"{area.name}圏域", f"{area.name} ({area.en})"), members=members) for area, members in inside if members)


def _kinds(scope: Scope, kb: KnowledgeBase) -> tuple[Group, ...]:
    english = {"市": "cities (市)", "町": "towns (町)", "村": "villages (村)", "区": "wards (区)"}
    by_kind = {kind: tuple(code for code in scope.members if kb.municipalities[code].kind == kind) for kind in english}
    return tuple(Group(name=Pair(kind, english[kind]), members=members) for kind, members in by_kind.items() if members)


def _by_municipality(items: tuple[str, ...], states: Mapping[str, Mapping[str, State]], done: frozenset[State], kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="municipality", label=Pair("市区町村", "Municipality")),
        *(Column(key=item, label=Pair(f"({item})", f"({item})"), kind="mark") for item in items),
        Column(key="done", label=Pair("計", "Done"), kind="number"),
    )
    rows: list[tuple[Municipality | State | int, ...]] = [
        (kb.municipalities[code], *(by_item[item] for item in items), sum(by_item[item] in done for item in items)) for code, by_item in states.items()
    ]
    return Grid(columns=columns, rows=tuple(rows))


def _grouped(groups: tuple[Group, ...], items: tuple[str, ...], states: Mapping[str, Mapping[str, State]], done: frozenset[State], kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="group", label=Pair("区分", "Group")),
        Column(key="n", label=Pair("数", "Of"), kind="number"),
        *(Column(key=item, label=Pair(f"({item})", f"({item})"), kind="number") for item in items),
        Column(key="share", label=Pair("実施率（%）", "Done (%)"), kind="number"),
    )
    rows = []
    for group in groups:
        counts = [sum(states[code][item] in done for code in group.members) for item in items]
        rows.append((group.name, len(group.members), *counts, round(100 * sum(counts) / (len(items) * len(group.members)), 1)))
    return Grid(columns=columns, rows=tuple(rows))


INTENT = Intent(
    help=Pair("市町×項目の一覧表、圏域ごと・市と町の別の集計", "the municipality × item matrix; the tally by medical area or kind"),
    examples=(Pair("市町別の一覧", "matrix by municipality"), Pair("圏域ごとの実施状況", "status by medical area")),
    fits=fits,
    answer=answer,
    uses=frozenset({"by_place", "by_area", "by_kind", "kinds", "tally", "share", "area", "most", "least", "compare", "rank", "by_item", "item_numbers"}),
)
