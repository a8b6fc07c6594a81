"""Question -> reply: understand, answer, speak. The one path that every door (terminal, Slack, reminder) goes through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.message import Message
from bot.render.plain import plain
from bot.render.slack import slack
from bot.speak import Speaker
from knowledge.answer import Considered, answer
from knowledge.base import KnowledgeBase
from knowledge.model import Found, Municipality, NoData, OutOfScope, Pair, State, WhichOne
from knowledge.query import Query
from knowledge.understand import Setting, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was understood, the answer, and how it is said."""

    considered: Considered
    message: Message

    @property
    def query(self) -> Query:
        return self.considered.answer.query


@dataclass
class Asker:
    """Everything that a question needs, made once a process."""

    kb: KnowledgeBase
    understanding: Understanding = field(init=False)
    speaker: Speaker = field(init=False)

    def __post_init__(self) -> None:
        self.understanding = Understanding(self.kb)
        self.speaker = Speaker(self.kb)

    def ask(self, text: str, setting: Setting, before: Query | None = None) -> Reply:
        """The reply to one question; `before` is the query of the turn before it in the thread."""
        considered = answer(text, self.understanding, setting, before)
        return Reply(considered=considered, message=self.speaker.speak(considered.answer))


STATUS = {Found: "answered", WhichOne: "clarify", NoData: "unknown", OutOfScope: "unknown"}


def as_json(reply: Reply, speaker: Speaker) -> dict[str, Any]:
    """The object that `ask --json` prints: the keys of the rules' §8, all always there."""
    given, message = reply.considered.answer, reply.message
    rendered = slack(message)
    return {
        "question": given.query.text,
        "lang": message.lang,
        "intent": given.query.intent or None,
        "reading": message.reading,
        "status": STATUS[type(given)],
        "reason": reason(given),
        "territory": territory_of(given),
        "as_of": getattr(given, "as_of", "") or None,
        "municipalities": list(getattr(given, "municipalities", ())),
        "value": number(getattr(given, "value", None)),
        "denominator": getattr(given, "denominator", None),
        "rows": rows(given, speaker),
        "choices": [{"label": action.label, "question": action.question} for action in message.choices],
        "sources": [
            {"document": c.source.document[message.lang], "publisher": c.source.publisher[message.lang], "place": c.place, "as_of": c.as_of or None} for c in getattr(given, "sources", ())
        ],
        "text": plain(message),
        "blocks": rendered["blocks"],
    }


def reason(given: Any) -> str | None:
    if isinstance(given, OutOfScope):
        return given.reason
    return "not_in_data" if isinstance(given, NoData) else None


def territory_of(given: Any) -> str | None:
    facts = getattr(given, "facts", None)
    found = getattr(getattr(facts, "scope", None), "territory", None) or getattr(facts, "territory", None)
    return found.name if found else None


def number(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


def rows(given: Any, speaker: Speaker) -> list[dict[str, Any]]:
    """The tables behind the answer as objects; states by name, municipalities by official name."""
    lang = given.query.lang
    return [{column.key: plain_cell(cell, lang) for column, cell in zip(grid.columns, row, strict=True)} for grid in getattr(given, "grids", ()) for row in grid.rows]


def plain_cell(cell: Any, lang: str) -> Any:
    if isinstance(cell, State):
        return str(cell)
    if isinstance(cell, Municipality):
        return cell.name
    return cell[lang] if isinstance(cell, Pair) else cell
