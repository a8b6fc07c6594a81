"""Question -> reply: understand, answer, speak. The one path that every door (terminal, Slack, reminder) goes through."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

from bot.message import Message
from bot.render.plain import plain
from bot.speak import Speaker
from db.reader import SqliteKnowledge
from knowledge.answer import Considered, answer
from knowledge.model import Citation, Found, Lang, Municipality, NoData, OutOfScope, Pair, State, WhichOne
from knowledge.query import Query
from knowledge.understand import Setting, Understanding

LOG = logging.getLogger("renkei")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was understood, the answer, and how it is said. `failure` is the id in the log of an answer that failed."""

    considered: Considered
    message: Message
    failure: str = ""

    @property
    def query(self) -> Query:
        query: Query = self.considered.answer.query
        return query


@dataclass
class Asker:
    """Everything that a question needs, made once a process."""

    kb: SqliteKnowledge
    understanding: Understanding = field(init=False)
    speaker: Speaker = field(init=False)

    def __post_init__(self) -> None:
        self.understanding = Understanding(self.kb)
        self.understanding.ways = self.kb.ways  # made with the file; making them again is a quarter of a second
        self.speaker = Speaker(self.kb)

    def ask(self, text: str, setting: Setting, before: Query | None = None) -> Reply:
        """The reply to one question; `before` is the query of the turn before it in the thread."""
        considered = answer(text, self.understanding, setting, before)
        return Reply(considered=considered, message=self.speaker.speak(considered.answer))


# --- turns ------------------------------------------------------------------------------------------------------------


def next_context(reply: Reply, before: Query | None) -> Query | None:
    """What the next turn of a thread goes on from: the last question that was understood."""
    if reply.failure:
        return before
    return reply.query if reply.message.status == "answered" or before is None else before


def replies(lines: Iterable[str], asker: Asker, setting: Setting, *, thread: bool) -> Iterator[Reply]:
    """One reply a line. In a thread each line goes on from the one before, and an empty line starts the next thread."""
    before: Query | None = None
    for line in lines:
        if thread and not line.strip():
            before = None
            continue
        reply = safe_ask(asker, line, setting, before)
        before = next_context(reply, before) if thread else None
        yield reply


def read_lines(stream: TextIO) -> Iterator[str]:
    """Lines of any encoding trouble: what is not UTF-8 becomes a replacement sign, never an error."""
    for raw in stream.buffer:
        yield raw.decode("utf-8", errors="replace").removeprefix("\ufeff").rstrip("\r\n")


# --- our own failure --------------------------------------------------------------------------------------------------

FAILED = Pair(
    "Renkei の内部でエラーが起き、お答えできませんでした（番号 {id}）。詳細は同じ番号で記録しました。管理者に番号をお知らせください。",
    "Something went wrong inside Renkei, so there is no answer (id {id}). The log has the details; please give the id to whoever runs Renkei.",
)


def safe_ask(asker: Asker, text: str, setting: Setting, before: Query | None = None) -> Reply:
    """As `Asker.ask`, but a failure of our own is a reply too: it says so, with an id that is also in the log."""
    try:
        return asker.ask(text, setting, before)
    except Exception:
        failure = failure_id()
        LOG.exception("failure %s, question %r", failure, text)
        return _failed(text, setting.lang or ("en" if text.isascii() else "ja"), failure)


def failure_id() -> str:
    """Eight letters and digits that a person can read out and a log can be searched for."""
    return os.urandom(4).hex()


def _failed(text: str, lang: Lang, failure: str) -> Reply:
    query = Query(text=text, lang=lang)
    considered = Considered(heard=None, query=query, fits=(), answer=OutOfScope(query=query, reason="out_of_scope"))
    return Reply(considered=considered, message=Message(lang=lang, status="unknown", headline=FAILED[lang].format(id=failure)), failure=failure)


# --- as JSON ----------------------------------------------------------------------------------------------------------

STATUS = {Found: "answered", WhichOne: "clarify", NoData: "unknown", OutOfScope: "unknown"}


def as_json(reply: Reply) -> dict[str, Any]:
    """The object that `ask --json` prints: the keys of the rules' §8, all always there."""
    from bot.render.slack import slack  # a single answer in words needs none of it, and a cold start counts

    given, message = reply.considered.answer, reply.message
    return {
        "question": given.query.text,
        "lang": message.lang,
        "intent": given.query.intent or None,
        "reading": message.reading,
        "status": STATUS[type(given)],
        "reason": "failure" if reply.failure else reason(given),
        "territory": territory_of(given),
        "as_of": getattr(given, "as_of", "") or None,
        "municipalities": list(getattr(given, "municipalities", ())),
        "value": number(getattr(given, "value", None)),
        "denominator": getattr(given, "denominator", None),
        "rows": rows(given),
        "choices": [{"label": action.label, "question": action.question} for action in message.choices],
        "sources": [source(citation, message.lang) for citation in getattr(given, "sources", ())],
        "text": plain(message),
        "blocks": slack(message)["blocks"],
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


def source(citation: Citation, lang: Lang) -> dict[str, str | None]:
    said = citation.source
    return {"document": said.document[lang], "publisher": said.publisher[lang], "place": citation.place, "as_of": citation.as_of or None}


def rows(given: Any) -> list[dict[str, Any]]:
    """The tables behind the answer as objects; states by name, municipalities by official name."""
    lang, grids = given.query.lang, getattr(given, "grids", ())
    return [{column.key: plain_cell(cell, lang) for column, cell in zip(grid.columns, row, strict=True)} for grid in grids for row in grid.rows]


def plain_cell(cell: Any, lang: str) -> Any:
    if isinstance(cell, State):
        return str(cell)
    if isinstance(cell, Municipality):
        return cell.name
    return cell[lang] if isinstance(cell, Pair) else cell
