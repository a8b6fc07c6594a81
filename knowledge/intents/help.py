"""What can be asked: one line and one example a kind of question, made from the kinds themselves."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent, discover
from knowledge.intents._scope import starters
from knowledge.model import Answer, Found, Pair
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """(what can be asked, an example) of every kind."""

    kinds: tuple[tuple[Pair, Pair], ...]


def fits(query: Query, kb: KnowledgeBase) -> int:
    if "help" not in query.asks or query.condition is not None or query.places:
        return 0
    return 80 if not query.items and not query.subjects else 22


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    kinds = tuple((intent.help, intent.examples[0]) for name, intent in discover().items() if name != "help")
    return Found(query=query, facts=Help(kinds=kinds), sources=(), next=starters(kb, setting))


INTENT = Intent(
    help=Pair("このボットの使い方", "how to use this bot"),
    examples=(Pair("使い方を教えて", "help"), Pair("何ができますか", "what can I ask?")),
    fits=fits,
    answer=answer,
    uses=frozenset({"help", "content", "meaning", "example"}),
)
