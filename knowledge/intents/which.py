"""Which municipalities satisfy a condition, how many, what share: the list behind every other number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.conditions import Condition, Has, items_of, leaves
from knowledge.intents import Intent
from knowledge.intents._scope import Scope, caveats_of, choice, cites, no_names, places, resolve, where_words
from knowledge.model import (
    ANY,
    DONE,
    EXPECTED,
    NEITHER,
    NOT_DONE,
    PLANNED,
    Answer,
    Choice,
    Column,
    Found,
    Grid,
    Municipality,
    NoData,
    Pair,
    State,
    States,
    Tally,
)
from knowledge.query import Query
from knowledge.setting import Setting
from knowledge.surveys import planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The set and its size; a not-done set of one item is split into planned and no plan.

    also_all  (size, of how many) over all kinds, where the question was of one kind; with  those of the set that have the
    excepted items done as well
    """

    scope: Scope
    condition: Condition
    found: tuple[Municipality, ...]
    of: int
    planned: tuple[Municipality, ...] | None = None
    unplanned: tuple[Municipality, ...] | None = None
    also_all: tuple[int, int] | None = None
    asked_places: tuple[Municipality, ...] = ()
    excepted: tuple[str, ...] = ()
    excepted_also: tuple[Municipality, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The answer where the source publishes counts and no names: every figure there is for the item."""

    scope: Scope
    item: str
    states: States
    tallies: tuple[Tally, ...]
    wanted_names: bool
    place: Municipality | None = None


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.condition is None or len(query.places) == 1 and not query.wants_places:
        return 0
    if query.places and query.subject != "municipality" and query.measure == "list" and "compare" in query.asks:
        return 0
    return 60 if query.subject != "item" else 45


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    scope = resolve(query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    assert query.condition is not None
    if not scope.survey.named:
        return totals(query, query.condition, scope, kb, setting)
    condition = scope.view.condition(query.condition)
    among = tuple(code for code in scope.members if not query.places or code in query.places)
    codes = kb.select(scope.survey.id, condition, among)
    facts = _facts(query, scope, condition, codes, among, kb)
    return Found(
        query=query,
        facts=facts,
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        municipalities=tuple(kb.municipalities[code].name for code in codes),
        value=len(codes),
        denominator=len(among),
        grids=(_grid(codes, condition, scope, kb),),
        caveats=caveats_of(scope.views, kb),
        next=_next(query, scope, kb, setting),
    )


def _facts(query: Query, scope: Scope, condition: Condition, codes: tuple[str, ...], among: tuple[str, ...], kb: KnowledgeBase) -> Which:
    split: Mapping[bool, tuple[str, ...]] = {}
    if isinstance(condition, Has) and condition.states == NOT_DONE:
        with_plan = kb.select(scope.survey.id, Has(condition.item, PLANNED), codes)
        split = {True: with_plan, False: tuple(code for code in codes if code not in with_plan)}
    everyone = kb.select(scope.survey.id, condition, scope.base) if scope.kinds and not scope.areas and not query.places else ()
    left_out = tuple(item for item in kb.items if item not in items_of(condition))
    excepted = left_out if len(left_out) == 1 and len(items_of(condition)) == len(kb.items) - 1 else ()
    also = kb.select(scope.survey.id, Has(excepted[0], DONE), codes) if excepted else ()
    return Which(
        scope=scope,
        condition=condition,
        found=places(codes, kb),
        of=len(among),
        planned=places(split[True], kb) if split else None,
        unplanned=places(split[False], kb) if split else None,
        also_all=(len(everyone), len(scope.base)) if scope.kinds and not scope.areas and not query.places else None,
        asked_places=places(query.places, kb),
        excepted=excepted,
        excepted_also=places(also, kb),
    )


def _grid(codes: tuple[str, ...], condition: Condition, scope: Scope, kb: KnowledgeBase) -> Grid:
    """The set with the states behind it, one municipality a row."""
    items = items_of(condition)
    states = kb.statuses(scope.survey.id, codes, items)
    columns = (
        Column(key="municipality", label=Pair("市区町村", "Municipality")),
        *(Column(key=item, label=Pair(f"({item}){kb.items[item].short.ja}", f"({item}) {kb.items[item].short.en}"), kind="mark") for item in items),
    )
    rows = tuple((kb.municipalities[code], *(states[code][item] for item in items)) for code in codes)
    return Grid(columns=columns, rows=rows, shown=len(items) > 1)


def totals(query: Query, condition: Condition, scope: Scope, kb: KnowledgeBase, setting: Setting) -> Answer:
    """What a survey without names can say of a condition: the published figures of one item, or that it cannot."""
    survey = scope.survey
    simple = isinstance(condition, Has) and condition.states in (DONE, NOT_DONE) and not scope.areas and not scope.excluded
    if not simple:
        return no_names(query, scope, kb, setting)
    assert isinstance(condition, Has)
    tallies = tuple(tally for tally in kb.tallies(survey.id) if tally.item == condition.item)
    counts = [tally.done if condition.states == DONE else tally.not_done for tally in tallies]
    single = counts[0] if len(counts) == 1 else None
    return Found(
        query=query,
        facts=Totals(scope=scope, item=condition.item, states=condition.states, tallies=tallies, wanted_names=query.measure == "list"),
        sources=cites(scope.views, kb),
        as_of=scope.view.as_of,
        value=single,
        denominator=survey.n,
        grids=(tally_grid(tallies, survey.n, shown=False),),
        caveats=caveats_of(scope.views, kb) + ((("survey_note", survey),) if survey.note else ()) + ((("all_kinds", scope.kinds),) if scope.kinds else ()),
        next=_next(query, scope, kb, setting),
    )


def tally_grid(tallies: tuple[Tally, ...], n: int, *, shown: bool = True) -> Grid:
    columns = (
        Column(key="item", label=Pair("項目", "Item")),
        Column(key="question", label=Pair("設問", "Sub-question")),
        Column(key="done", label=Pair("実施", "Done"), kind="number"),
        Column(key="done_share", label=Pair("実施（%）", "Done (%)"), kind="number"),
        Column(key="not_done", label=Pair("未実施", "Not done"), kind="number"),
        Column(key="not_done_share", label=Pair("未実施（%）", "Not done (%)"), kind="number"),
    )
    rows = tuple((f"({t.item}){t.no}", asked(t), t.done, share(t.done, n), t.not_done, share(t.not_done, n)) for t in tallies)
    return Grid(columns=columns, rows=rows, shown=shown)


def asked(tally: Tally) -> Pair:
    """The wording of a sub-question, with its part (パンフレット等) if it has one; a whole item's count has none."""
    if tally.question is None:
        return Pair("–", "–")
    if tally.part is None:
        return tally.question
    return Pair(f"{tally.question.ja}（{tally.part.ja}）", f"{tally.question.en} ({tally.part.en})")


def share(count: int, of: int) -> float:
    return round(100 * count / of, 1) if of else 0.0


def _next(query: Query, scope: Scope, kb: KnowledgeBase, setting: Setting) -> tuple[Choice, ...]:
    """The natural follow-ups: the opposite or the plan, another item, towns only, the trend."""
    where = where_words(query, kb, setting)
    condition = query.condition
    if not isinstance(condition, Has):
        return (
            choice("項目ごとの集計", f"{where.ja}集計", "tally by item", f"tally by item{where.en}"),
            choice("市町別の一覧", f"{where.ja}市町別", "matrix", f"matrix by municipality{where.en}"),
        )
    item = condition.item
    letters = list(kb.items)
    after = letters[(letters.index(item) + 1) % len(letters)]
    said_ja, said_en = STATE_WORDS.get(condition.states, STATE_WORDS[NOT_DONE])
    other = NOT_DONE if condition.states == DONE else DONE
    found = [
        choice(
            f"({after})も見る", f"{where.ja}({after})が{said_ja}の市町は？", f"same for ({after})", f"which municipalities have ({after}) {said_en}{where.en}?"
        )
    ]
    if scope.survey.named:
        found.append(
            choice(
                "年度末の見込み",
                f"{where.ja}年度末に({item})が実施されている市町は？",
                "expected by year end",
                f"which municipalities will have done ({item}) by the end of the fiscal year{where.en}?",
            )
        )
        if not scope.kinds and len({kb.municipalities[code].kind for code in scope.base}) > 1:
            found.append(choice("町だけで見る", f"{where.ja}({item})が{said_ja}の町は？", "towns (町) only", f"({item}) {said_en}, only towns{where.en}"))
    found.append(
        choice(
            f"({item})が{STATE_WORDS[other][0]}の市町",
            f"{where.ja}({item})が{STATE_WORDS[other][0]}の市町は？",
            f"({item}) {STATE_WORDS[other][1]}",
            f"which municipalities have ({item}) {STATE_WORDS[other][1]}{where.en}?",
        )
    )
    found.append(choice("推移", f"{where.ja}({item})の推移", "trend", f"trend of ({item}){where.en}"))
    return tuple(found)


STATE_WORDS: dict[States, tuple[str, str]] = {
    DONE: ("実施済み", "done"),
    NOT_DONE: ("未実施", "outstanding"),
    PLANNED: ("予定", "planned"),
    NEITHER: ("予定もない", "with no plan"),
    EXPECTED: ("見込み", "done or planned"),
}

INTENT = Intent(
    help=Pair("どの市町が実施済み・未実施・予定か（数や割合も）", "which municipalities have done, not done or planned an item (also how many, what share)"),
    examples=(
        Pair("(オ)がまだの市町は？", "which towns haven't done (オ)?"),
        Pair("(ア)は済みで(イ)がまだの市町は？", "which municipalities have done (ア) but not (イ)?"),
        Pair("7項目以上実施している市町は", "which municipalities have done at least 7 items?"),
    ),
    fits=fits,
    answer=answer,
    uses=frozenset({"deadline", "share", "by_place", "item_numbers"}),
)

__all__ = ["ANY", "INTENT", "STATE_WORDS", "State", "Totals", "Which", "asked", "leaves", "planned", "share", "tally_grid", "totals"]
