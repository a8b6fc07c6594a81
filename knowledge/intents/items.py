"""What an item means, and the list of the eight."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import choice
from knowledge.model import Answer, Choice, Citation, Column, Found, Grid, Item, Pair, Subject
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """The items asked about, and the examples that the documents give of them."""

    items: tuple[Item, ...]
    examples: tuple[Subject, ...]
    all: bool


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.condition is not None or query.places or query.states:
        return 0
    if query.asks & {"items_list"}:
        return 74
    if query.all_items and query.subject == "item" and query.asks <= {"list", "meaning", "content"} and query.measure == "list":
        return 78
    if query.asks & {"meaning", "example"} and query.items and not query.asks & {"amount", "programme", "compare"}:
        return 60
    if query.territories:
        return 0
    if (
        query.subject == "item"
        and not query.items
        and (query.asks & {"list", "meaning"} or query.measure == "count" or query.all_items)
        and not query.subjects
        and not query.asks & {"status", "tally", "most", "least", "rank", "by_item", "trend"}
    ):
        return 42
    return 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    letters = query.items or tuple(kb.items)
    chosen = tuple(kb.items[letter] for letter in kb.items if letter in letters)
    examples = tuple(
        s
        for s in kb.subjects.values()
        if query.items and s.kind == "point" and _is_example(s, kb) and set(s.items) & set(letters) and s.territory in {"japan", *query.territories}
    )
    cited = examples or tuple(s for s in kb.subjects.values() if s.kind == "point" and _is_example(s, kb))[:1]
    return Found(
        query=query,
        facts=Items(items=chosen, examples=examples, all=not query.items),
        sources=tuple(dict.fromkeys(Citation(source=kb.sources[s.source], place=s.place) for s in cited)),
        value=len(chosen) if not query.items else None,
        grids=(_grid(chosen),),
        next=_next(chosen),
    )


def _is_example(subject: Subject, kb: KnowledgeBase) -> bool:
    return kb.subjects[subject.parent].of.kind in {"example", "definition"}


def _grid(items: tuple[Item, ...]) -> Grid:
    columns = (
        Column(key="item", label=Pair("項目", "Item")),
        Column(key="name", label=Pair("名称", "Name")),
        Column(key="meaning", label=Pair("内容", "What it is")),
    )
    return Grid(columns=columns, rows=tuple((f"({i.letter})", i.official, i.meaning) for i in items), shown=False)


def _next(items: tuple[Item, ...]) -> tuple[Choice, ...]:
    letter = items[0].letter
    return (
        choice(f"({letter})の集計", f"({letter})の集計", f"tally of ({letter})", f"tally of ({letter})"),
        choice(f"({letter})が未実施の市町", f"({letter})が未実施の市町は？", f"who hasn't done ({letter})", f"which municipalities haven't done ({letter})?"),
    )


INTENT = Intent(
    help=Pair("各項目の意味と取組例、8項目の一覧", "what an item means, and the list of the eight"),
    examples=(Pair("(キ)とは何ですか", "what does (キ) mean?"), Pair("項目の一覧", "list of the eight items")),
    fits=fits,
    answer=answer,
    uses=frozenset({"programme", "meaning", "example", "items_list", "content", "by_item"}),
)
