"""The tally: every item (or those asked about) with how many have done, planned or neither; in order of size if asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import Scope, caveats_of, choice, cites, no_names, resolve, where_words
from knowledge.intents.which import asked, share, tally_grid
from knowledge.model import DONE, Answer, Choice, Column, Found, Grid, Municipality, NoData, Pair, State, States, Tally
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item, or one sub-question of it: counts of n. `planned` is None where the survey asks for no plans."""

    item: str
    no: str
    question: Pair | None
    done: int
    planned: int | None
    rest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """The lines in the order asked for; `top` are those that tie for the most or fewest, `total` the sum over the items.

    names  of a single item: who has done it, plans it, and neither
    """

    scope: Scope
    lines: tuple[Line, ...]
    n: int
    order: str
    states: States
    top: tuple[Line, ...]
    total: int
    names: tuple[tuple[Municipality, ...], ...] = ()


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.places or (query.condition is not None and not query.all_items):
        return 0
    if "total" in query.asks and (query.subject == "item" or query.all_items or "item_numbers" in query.asks):
        return 72
    if query.asks & {"most", "least", "rank"} and query.subject != "municipality" and (query.asks & {"by_item"} or query.subject == "item" or query.all_items):
        return 66
    if query.asks & {"tally", "by_item"}:
        return 62 if query.items or "by_item" in query.asks else 58
    if query.items and query.condition is None:
        return 50 if query.asks & {"status", "share", "list"} or query.subject or query.measure != "list" or query.states else 36
    return (
        34
        if query.asks & {"status", "share"} and (query.territories or query.areas or query.kinds or query.periods or query.relative)
        else 30
        if query.states and query.asks & {"most", "least"}
        else 0
    )


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    if not scope.survey.named and (scope.areas or scope.excluded):
        return no_names(query, scope, kb, setting)
    wanted = query.items or tuple(kb.items)
    lines = tuple(line for line in lines_of(scope, kb) if line.item in wanted)
    n = len(scope.members) if scope.survey.named else scope.survey.n
    states = query.states or DONE
    order = _order(query)
    ordered = _ordered(lines, order, states)
    top = tuple(line for line in ordered if order and count(line, states) == count(ordered[0], states))
    single = ordered[0] if len(ordered) == 1 else None
    total = sum(line.done for line in lines)
    wants_total = "total" in query.asks and len(wanted) > 1 and not any(line.no for line in lines)
    return Found(
        query=query,
        facts=Tallied(scope=scope, lines=ordered, n=n, order=order, states=states, top=top, total=total, names=_names(query, scope, single, kb)),
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        value=total if wants_total else _value(single or (top[0] if top else None), states),
        denominator=n * len(wanted) if wants_total else n,
        grids=(_grid(ordered, n, scope, kb),),
        caveats=caveats_of(scope.views, kb) + _notes(lines, scope),
        next=_next(query, scope, kb, setting),
    )


def _order(query: Query) -> str:
    """most, least, or "" for the items' own order; of "from most to least" the first counts."""
    said = [s.value for m in query.mentions for s in m.senses if s.kind == "ask" and s.value in {"most", "least"}]
    said = said or [cue for cue in ("least", "most") if cue in query.asks]
    return said[0] if said else "most" if "rank" in query.asks else ""


def _value(line: Line | None, states: States) -> int | None:
    return None if line is None else count(line, states)


def _names(query: Query, scope: Scope, single: Line | None, kb: KnowledgeBase) -> tuple[tuple[Municipality, ...], ...]:
    if single is None or not scope.survey.named:
        return ()
    states = kb.statuses(scope.survey.id, scope.members, [single.item])
    return tuple(tuple(kb.municipalities[code] for code, by_item in states.items() if by_item[single.item] == state) for state in State)


def lines_of(scope: Scope, kb: KnowledgeBase) -> tuple[Line, ...]:
    """Every item's counts, from the statuses where they are named, else as published."""
    if scope.survey.named:
        counts = kb.counts(scope.survey.id, scope.members)
        return tuple(_named_line(item, counts[item], scope) for item in kb.items)
    tallies = sorted(kb.tallies(scope.survey.id), key=lambda tally: list(kb.items).index(tally.item))
    return tuple(_published_line(tally) for tally in tallies)


def _named_line(item: str, counts: Mapping[State, int], scope: Scope) -> Line:
    done = sum(counts[state] for state in scope.view.states(DONE))
    planned = None if scope.view.at_end else counts[State.PLANNED]
    return Line(item=item, no="", question=None, done=done, planned=planned, rest=counts[State.NEITHER])


def _published_line(tally: Tally) -> Line:
    return Line(item=tally.item, no=tally.no, question=asked(tally) if tally.question else None, done=tally.done, planned=None, rest=tally.not_done)


def count(line: Line, states: States) -> int:
    """How many of a line are in these states; without plans, all that is not done counts as rest."""
    parts = {State.DONE: line.done, State.PLANNED: line.planned or 0, State.NEITHER: line.rest}
    return sum(parts[state] for state in states)


def _ordered(lines: tuple[Line, ...], order: str, states: States) -> tuple[Line, ...]:
    if not order:
        return lines
    return tuple(sorted(lines, key=lambda line: count(line, states), reverse=order == "most"))


def _notes(lines: tuple[Line, ...], scope: Scope) -> tuple[tuple[str, object], ...]:
    found: list[tuple[str, object]] = []
    if any(line.no for line in lines):
        found.append(("subquestions", None))
    if scope.survey.note:
        found.append(("survey_note", scope.survey))
    if scope.kinds and not scope.survey.named:
        found.append(("all_kinds", scope.kinds))
    return tuple(found)


def _grid(lines: tuple[Line, ...], n: int, scope: Scope, kb: KnowledgeBase) -> Grid:
    if not scope.survey.named and any(line.no for line in lines):
        wanted = {line.item for line in lines}
        return tally_grid(tuple(t for t in kb.tallies(scope.survey.id) if t.item in wanted), n)
    plans = any(line.planned is not None for line in lines)
    columns = (
        Column(key="item", label=Pair("項目", "Item")),
        Column(key="done", label=Pair("実施見込み", "Expected") if scope.view.at_end else Pair("実施済み", "Done"), kind="number"),
        *((Column(key="not_done", label=Pair("未実施", "Not done"), kind="number"),) if plans else ()),
        *((Column(key="planned", label=Pair("うち予定", "Planned"), kind="number"),) if plans else ()),
        Column(
            key="rest",
            label=Pair("うち予定なし" if plans else "予定なし", "Neither") if plans or scope.view.at_end else Pair("未実施", "Not done"),
            kind="number",
        ),
        Column(key="n", label=Pair("全体", "Of"), kind="number"),
        Column(key="share", label=Pair("実施率（%）", "Done (%)"), kind="number"),
    )
    rows = tuple(
        (
            Pair(f"({line.item}){kb.items[line.item].short.ja}", f"({line.item}) {kb.items[line.item].short.en}"),
            line.done,
            *((line.rest + (line.planned or 0), line.planned) if plans else ()),
            line.rest,
            n,
            share(line.done, n),
        )
        for line in lines
    )
    return Grid(columns=columns, rows=rows, shown=len(lines) > 1)


def _next(query: Query, scope: Scope, kb: KnowledgeBase, setting: Setting) -> tuple[Choice, ...]:
    where = where_words(query, kb, setting)
    found = [choice("推移", f"{where.ja}項目ごとの推移", "trend", f"trend by item{where.en}")]
    if len(query.items) == 1:
        item = query.items[0]
        found.append(
            choice(
                f"({item})が未実施の市町",
                f"{where.ja}({item})が未実施の市町は？",
                f"who hasn't done ({item})",
                f"which municipalities haven't done ({item}){where.en}?",
            )
        )
    if scope.survey.named:
        found.append(choice("市町別の一覧", f"{where.ja}市町別", "matrix", f"matrix by municipality{where.en}"))
        found.append(choice("年度末の見込み", f"{where.ja}年度末の集計", "expected by year end", f"tally at the end of the fiscal year{where.en}"))
    return tuple(found)


INTENT = Intent(
    help=Pair("項目ごとの集計（実施済み・予定・予定なしの数と割合）", "the tally by item: how many have done, planned or neither"),
    examples=(
        Pair("項目ごとの集計", "tally by item"),
        Pair("(オ)の集計", "tally of (オ)"),
        Pair("項目ごとの実施率を低い順に", "items ranked by how many have done them, lowest first"),
    ),
    fits=fits,
    answer=answer,
    uses=frozenset({"by_place", "compare", "tally", "by_item", "share", "most", "least", "rank", "total", "item_numbers"}),
)
