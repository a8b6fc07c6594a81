"""Budget programmes: amount, total, largest, new, rate, cap, target, size, contents."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge import subjects
from knowledge.base import KnowledgeBase
from knowledge.dates import period_of
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, choice, no_data
from knowledge.lexicon import stems
from knowledge.mentions import is_content
from knowledge.model import Answer, Choice, Citation, Column, Found, Grid, Pair, Programme, Size, Subject, Territory, WhichOne
from knowledge.normalise import normalise
from knowledge.query import Query
from knowledge.setting import Setting

CUES = frozenset({"amount", "total", "largest", "smallest", "new", "rate", "cap", "target", "size", "costs", "content", "programme"})
MONEY = frozenset({"amount", "total", "largest", "smallest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The programmes asked about, and which of their facts (amount, rate, cap …).

    total      the sum of the amounts, where several were asked for; `parts` are whose amounts make it up
    focus      the cue of the fact that was asked for, "" for all
    """

    programmes: tuple[Subject, ...]
    parents: tuple[Subject | None, ...]
    focus: str
    total: int | None
    parts: tuple[Subject, ...]
    territory: Territory | None
    counted: Size | None


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.wants_places and query.condition is not None:
        return 0
    if query.condition is not None and query.items and not any(kb.subjects[s].kind == "programme" for s in query.subjects):
        return 0
    about = [kb.subjects[id_] for id_ in query.subjects if kb.subjects[id_].kind == "programme"]
    if about:
        return 50 + (10 if query.asks & CUES else 0) + (5 if len(about) == len(query.subjects) else 0)
    if query.places:
        return 0
    if query.items:
        return 62 if query.asks & (MONEY | {"rate", "cap", "target", "size"}) and query.condition is None and _pool(query, kb) else 0
    if query.asks & {"rate", "cap"}:
        return 66
    money = "amount" in query.asks or bool(query.asks & MONEY and "programme" in query.asks)
    return (
        46
        if money
        or "new" in query.asks
        and query.territories
        or "programme" in query.asks
        and query.asks & {"new", "list", "rate", "cap", "target"}
        or "rate" in query.asks
        or "cap" in query.asks
        or "programme" in query.asks
        and query.territories
        else 0
    )


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    about = [kb.subjects[id_] for id_ in query.subjects if kb.subjects[id_].kind == "programme"]
    pool = about or _pool(query, kb)
    if not pool:
        territory = kb.territories[query.territories[0]] if query.territories else None
        return no_data(query, "not_held", Missing(territory=territory, names=()), kb, setting)
    if about and len(about) > 1 and not _family(about):
        return _which(query, about, kb)
    chosen = _chosen(query, pool, about)
    if not chosen:
        return no_data(
            query, "not_held", Missing(names=tuple(m.surface for m in query.mentions if m.kinds & {"ask"} and set(m.values("ask")) & CUES)), kb, setting
        )
    return _found(query, chosen, kb)


def _pool(query: Query, kb: KnowledgeBase) -> list[Subject]:
    """The programmes that a question without a name can be about: of the territory, and those of the asked property."""
    pool = [s for s in kb.subjects.values() if s.kind == "programme" and (not query.territories or s.territory in query.territories)]
    if query.periods:
        pool = [s for s in pool if s.of.fiscal_year and any(p.start <= period_of(s.of.fiscal_year).start <= p.end for p in query.periods)]
    said = [m.surface for m in query.mentions if any(s.kind == "item" for s in m.senses)]
    if said:
        pool = [s for s in pool if any(word in f"{s.of.name} {s.title.en.lower()}" for word in said)]
    words = _topics(query, pool, kb)
    pool = [s for s in pool if all(_speaks_of(s, word, pool, kb) for word in words)]
    if query.asks & (MONEY | {"rate", "cap", "size", "new"}):
        parents = {s.parent for s in kb.subjects.values() if s.kind == "programme"}
        pool = [s for s in pool if s.of.amount is not None or s.id in parents] or pool
    return pool


def _topics(query: Query, pool: list[Subject], kb: KnowledgeBase) -> list[str]:
    """The words of the question that only some of the programmes speak of: 歯科, "children"."""
    words = dict.fromkeys(m.surface for m in query.mentions if is_content(m) or m.has("scene"))
    speaking = {word: sum(_speaks_of(s, word, pool, kb) for s in pool) for word in words}
    return [word for word, count in speaking.items() if 0 < count < len(pool)]


def _speaks_of(subject: Subject, word: str, pool: list[Subject], kb: KnowledgeBase) -> bool:
    """Whether a programme, the one above it or one of the pool below it holds the word."""
    return subjects.explains(subject, word, kb) or any(subjects.holds(child, word) for child in pool if child.parent == subject.id)


def _children(subject: Subject, kb: KnowledgeBase) -> list[Subject]:
    return [s for s in kb.subjects.values() if s.kind == "programme" and s.parent == subject.id]


def _family(about: list[Subject]) -> bool:
    return len({s.parent or s.id for s in about}) == 1


def _chosen(query: Query, pool: list[Subject], about: list[Subject]) -> list[Subject]:
    if "new" in query.asks and not about:
        pool = [s for s in pool if s.of.new]
    if "rate" in query.asks and not about:
        pool = [s for s in pool if s.of.rate]
    if "cap" in query.asks and not about:
        pool = [s for s in pool if s.of.cap is not None]
    priced = [s for s in pool if s.of.amount is not None]
    if query.asks & {"largest", "smallest"} and not (about and len(about) == 1):
        if not priced:
            return []
        edge = (max if "largest" in query.asks else min)(s.of.amount for s in priced)
        return [s for s in priced if s.of.amount == edge]
    return pool


def _found(query: Query, chosen: list[Subject], kb: KnowledgeBase) -> Found:
    single = chosen[0] if len(chosen) == 1 else None
    parts = _parts(chosen, kb)
    summed = sum(s.of.amount for s in parts) if parts and (single is None or single.of.amount is None) else None
    focus = _focus(query, single)
    counted = _counted(query, single) if single and focus == "size" else None
    territories = {s.territory for s in chosen}
    return Found(
        query=query,
        facts=Told(
            programmes=tuple(chosen),
            parents=tuple(kb.subjects.get(s.parent) for s in chosen),
            focus=focus,
            total=summed,
            parts=tuple(parts),
            territory=kb.territories[next(iter(territories))] if len(territories) == 1 else None,
            counted=counted,
        ),
        sources=tuple(dict.fromkeys(Citation(source=kb.sources[s.source], place=s.place) for s in chosen)),
        value=_value(chosen, single, focus, counted, summed, query),
        grids=(_grid(chosen, parts if single else [], kb),),
        caveats=_caveats(chosen, summed),
        next=_next(single, kb),
    )


def _counted(query: Query, single: Subject) -> Size | None:
    """The size that is asked for: the one whose counter or label the question holds (何回, how many sessions), or the only one."""
    said = normalise(query.text).text
    words = set(stems(said))
    numbers: tuple[Size, ...] = single.of.numbers
    asked = [n for n in numbers if f"何{n.unit.ja}" in said or words & set(stems(n.unit.en.lower()))]
    asked = asked or [n for n in numbers if words & set(stems(n.label.en.lower())) - COUNT_WORDS]
    return asked[0] if len(asked) == 1 else numbers[0] if len(numbers) == 1 else None


COUNT_WORDS = frozenset(stems("a an the of or more number total per each for and planned in about people"))


def _parts(chosen: list[Subject], kb: KnowledgeBase) -> list[Subject]:
    """Those whose amounts make up the total: the chosen with an amount, and the priced parts of those without one."""
    found: dict[str, Subject] = {}
    for subject in chosen:
        for part in [subject] if subject.of.amount is not None else _children(subject, kb):
            if part.of.amount is not None:
                found[part.id] = part
    return list(found.values())


FOCUSES = ("cap", "rate", "costs", "target", "size", "amount", "total", "largest", "smallest", "new", "content")


def _focus(query: Query, single: Subject | None) -> str:
    asked = next((cue for cue in FOCUSES if cue in query.asks), "")
    return (
        "amount" if asked in {"total", "largest", "smallest"} else "size" if query.measure == "count" and single and single.of.numbers and not asked else asked
    )


def _value(programmes: list[Subject], single: Subject | None, focus: str, counted: Size | None, summed: int | None, query: Query) -> int | None:
    if single is None:
        return summed if query.asks & {"total", "amount"} else len(programmes) if query.measure == "count" else None
    programme: Programme = single.of
    if focus == "cap":
        return programme.cap
    if focus == "size":
        return counted.value if counted else None
    return programme.amount if programme.amount is not None else summed


def _caveats(chosen: list[Subject], summed: int | None) -> tuple[tuple[str, object], ...]:
    found: list[tuple[str, object]] = []
    if any(not s.of.fiscal_year for s in chosen):
        found.append(("no_fiscal_year", None))
    if summed is not None:
        found.append(("own_sum", None))
    return tuple(found)


def _grid(chosen: list[Subject], parts: list[Subject], kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="programme", label=Pair("事業", "Programme")),
        Column(key="amount", label=Pair("予算額（千円）", "Amount (thousand yen)"), kind="number"),
        Column(key="new", label=Pair("新規", "New")),
        Column(key="rate", label=Pair("補助率", "Rate")),
    )
    rows = []
    for subject in dict.fromkeys((*chosen, *parts)):
        programme: Programme = subject.of
        amount = None if programme.amount is None else programme.amount // 1000
        rows.append(
            (Pair(programme.name, f"{programme.name} ({subject.title.en})"), amount, Pair("新規", "new") if programme.new else None, programme.rate or None)
        )
    return Grid(columns=columns, rows=tuple(rows), shown=len(rows) > 1)


def _which(query: Query, about: list[Subject], kb: KnowledgeBase) -> WhichOne:
    choices = tuple(Choice(label=Pair(s.of.name, s.title.en), question=Pair(f"{s.of.name}の予算額は？", f"budget of {s.of.name}")) for s in about)
    return WhichOne(query=query, why="which_subject", word="", choices=choices, facts=Several(n=len(about)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """How many things fit."""

    n: int


def _next(single: Subject | None, kb: KnowledgeBase) -> tuple[Choice, ...]:
    everything = choice("予算事業の一覧", "予算事業の一覧", "all programmes", "list of budget programmes")
    if single is None:
        return (
            choice("一番大きい予算", "予算が一番大きい事業は？", "the largest", "which programme has the largest budget?"),
            choice("新規事業", "新規の予算事業は？", "new ones", "which programmes are new?"),
        )
    name = single.of.name
    return (
        choice("対象", f"{name}の対象は？", "who may take part", f"who is eligible for {name}?"),
        choice("内容", f"{name}の内容は？", "contents", f"contents of {name}"),
        everything,
    )


INTENT = Intent(
    help=Pair("予算事業（予算額、合計、補助率、上限、対象、規模）", "budget programmes: amount, total, rate, cap, target, size"),
    examples=(Pair("在宅医養成研修事業の予算額", "budget of 在宅医養成研修事業"), Pair("予算が一番大きい事業は？", "which programme has the largest budget?")),
    fits=fits,
    answer=answer,
    uses=frozenset(
        {
            "by_place",
            "when",
            "share",
            "amount",
            "total",
            "largest",
            "smallest",
            "new",
            "rate",
            "cap",
            "target",
            "size",
            "costs",
            "content",
            "programme",
            "meaning",
            "example",
            "most",
        }
    ),
    about=_pool,
    topical=True,
)
