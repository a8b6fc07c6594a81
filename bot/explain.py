"""Every stage from a question to its reply, for whoever wonders why: the first tool in a bug report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from bot.ask import STATUS, Asker, Reply, reason
from bot.render.plain import visible
from bot.render.terminal import cells, terminal, wrap
from db.reader import compile_condition
from knowledge.base import KnowledgeBase
from knowledge.conditions import And, AtLeast, Condition, Has, Not, Or
from knowledge.dates import DateMention, Period
from knowledge.intents._scope import Scope
from knowledge.model import Mention, Sense, State, States
from knowledge.query import Query
from knowledge.understand import Setting

WIDTH = 100
INDENT = "  "
MOST_SENSES = 4  # a common word has many; the first few tell what it was taken for
NOT_SLOTS = {"text", "lang", "mentions"}


def explained(asker: Asker, text: str, setting: Setting) -> str:
    """The stages of one question, each under its heading, in lines of at most about 100 cells."""
    reply = asker.ask(text, setting)
    stages = {
        "Question": [visible(text)],
        "Normalised": list(_normalised(reply)),
        "Mentions": list(_mentions(reply, asker.kb)),
        "Rival readings": list(_rivals(reply, asker.kb)),
        "Query": _query(_understood(reply), asker.kb),
        "SQL": list(_sql(reply, asker.kb)),
        "Answer": list(_answer(reply)),
        "Reply": terminal(reply.message, WIDTH - len(INDENT)).splitlines(),
    }
    return "\n\n".join("\n".join((heading, *_indented(lines or ["–"]))) for heading, lines in stages.items())


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        hang = len(line) - len(line.lstrip(" "))
        yield from ((INDENT + part).rstrip() for part in ([line] if cells(line) <= WIDTH else wrap(line, WIDTH, " " * (hang + 2))))


def _understood(reply: Reply) -> Query:
    """The query that was answered, or what was heard where the question was asked back about at once."""
    heard = reply.considered.heard
    return heard.query if heard is not None and not reply.query.mentions else reply.query


# --- the question -----------------------------------------------------------------------------------------------------


def _normalised(reply: Reply) -> Iterator[str]:
    heard = reply.considered.heard
    if heard is not None:
        yield heard.said.text
    yield f"language: {reply.query.lang}"


def _mentions(reply: Reply, kb: KnowledgeBase) -> Iterator[str]:
    """A table: where, what is said, kind, what it means, how that is known, how surely."""
    heard = reply.considered.heard
    if heard is None or not heard.mentions:
        return
    rows = [("span", "said", "kind", "how", "score", "means")]
    for mention in heard.mentions:
        start, end = mention.span
        said = heard.said.quote(start, end)
        rows.append((f"{start}–{end}", said, mention.kind, mention.how, f"{mention.score:g}", _means(mention, kb)))
    yield from table(rows)


def _means(mention: Mention, kb: KnowledgeBase) -> str:
    """What a mention was taken for, in words."""
    if isinstance(mention.value, DateMention):
        return f"{mention.ref}: {_value(mention.value.value, kb)}"
    if mention.kind == "name":
        territories = [_sense(sense, kb) for sense in mention.senses]
        return ", ".join((*filter(None, [_names(mention.value, kb)]), *territories)) + f" ({mention.ref})"
    if mention.kind == "number":
        return f"{mention.value}" + (f" ({mention.ref})" if mention.ref else "")
    more = len(mention.senses) - MOST_SENSES
    senses = [_sense(sense, kb) for sense in mention.senses[:MOST_SENSES]] + ([f"{more} more"] if more > 0 else [])
    return ", ".join(senses) or mention.ref or "not understood"


def _sense(sense: Sense, kb: KnowledgeBase) -> str:
    if sense.kind == "item" and sense.value in kb.items:
        return f"item ({sense.value}) {kb.items[sense.value].short.ja}"
    if sense.kind == "territory" and sense.value in kb.territories:
        return f"territory {kb.territories[sense.value].name}"
    if sense.kind == "area":
        return f"area {kb.areas[int(sense.value)].name}"
    return f"{sense.kind}:{sense.value}" if sense.value else sense.kind


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns that line up in cells of a terminal; the last is as wide as it likes."""
    rows = [tuple(visible(cell) for cell in row) for row in rows]
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)][:-1]
    return ["  ".join((*(cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=False)), row[-1])) for row in rows]


# --- rivals -----------------------------------------------------------------------------------------------------------


def _rivals(reply: Reply, kb: KnowledgeBase) -> Iterator[str]:
    """What else a name could be, and what other kinds of question fit."""
    for mention in _understood(reply).mentions:
        if mention.rivals or (mention.kind == "name" and len(mention.value) > 1):
            yield f"“{mention.surface}”: {_names((*mention.value, *mention.rivals), kb)}"
    choices = [choice.label[reply.query.lang] for choice in getattr(reply.considered.answer, "choices", ())]
    if choices:
        yield f"asked back: {' / '.join(choices)}"
    fits = [(name, str(fit), "← chosen" if name == reply.query.intent else "") for name, fit in reply.considered.fits]
    yield from table(fits) if fits else ["no kind of question was weighed, or none fits"]


def _names(codes: Iterable[str], kb: KnowledgeBase) -> str:
    found = [kb.municipalities[code] for code in dict.fromkeys(codes)]
    return ", ".join(f"{m.prefecture}{m.name} {m.code}" for m in found)


# --- the query and its SQL --------------------------------------------------------------------------------------------


def _query(query: Query, kb: KnowledgeBase) -> list[str]:
    """The slots that are filled."""
    slots = [(f.name, getattr(query, f.name)) for f in fields(query) if f.name not in NOT_SLOTS]
    return table([(name, _slot(name, value, kb)) for name, value in slots if value not in ((), frozenset(), None, "", False)])


def _slot(name: str, value: Any, kb: KnowledgeBase) -> str:
    if name in {"places", "excluded"}:
        return _names(value, kb)
    if name == "areas":
        return ", ".join(kb.areas[int(number)].name for number in value)
    return _value(value, kb)


def _value(value: Any, kb: KnowledgeBase) -> str:
    """A value of the query as a person writes it."""
    if isinstance(value, Has | And | Or | Not | AtLeast):
        return written(value)
    if isinstance(value, Period):
        return f"{value.start} to {value.end} ({value.precision})"
    if is_dataclass(value) and not isinstance(value, type):
        filled = [(f.name, getattr(value, f.name)) for f in fields(value)]
        return ", ".join(f"{name} {each}" for name, each in filled if each not in (None, ""))
    if isinstance(value, frozenset) and all(isinstance(each, State) for each in value):
        return _states(value)
    if isinstance(value, tuple | frozenset):
        listed = sorted(value) if isinstance(value, frozenset) else value
        return ", ".join(_value(each, kb) for each in listed)
    return "yes" if value is True else str(value)


def written(condition: Condition) -> str:
    """A condition in one line.

    >>> written(And((Has("ア", frozenset({State.DONE})), Not(Has("イ", frozenset({State.DONE}))))))
    '(ア) is done and not (イ) is done'
    """
    match condition:
        case Has(item, states):
            return f"({item}) is {_states(states)}"
        case AtLeast(n, states, items):
            return f"at least {n} of {''.join(items)} are {_states(states)}"
        case Not(part):
            return f"not {_bracketed(part)}"
        case And(parts):
            return " and ".join(map(_bracketed, parts))
        case Or(parts):
            return " or ".join(map(_bracketed, parts))


def _bracketed(condition: Condition) -> str:
    return f"[{written(condition)}]" if isinstance(condition, And | Or) else written(condition)


def _states(states: States) -> str:
    return "|".join(str(state) for state in State if state in states)


def _sql(reply: Reply, kb: KnowledgeBase) -> Iterator[str]:
    """The condition as it was asked of each survey."""
    scope: Scope | None = getattr(getattr(reply.considered.answer, "facts", None), "scope", None)
    condition = reply.query.condition
    if condition is None or scope is None:
        yield "no condition was asked of a survey"
        return
    for view in scope.views:
        survey, end = view.survey, " as expected at the end of its plan" if view.at_end else ""
        yield f":survey = '{survey.id}'   {kb.territories[survey.territory].name} {survey.as_of}{end}"
        if survey.named:
            yield compile_condition(view.condition(condition))
            if scope.narrowed:
                yield f"among {len(scope.members)} of {len(scope.base)}: {' '.join(kb.municipalities[code].name for code in scope.members)}"
        else:
            yield "the source names no municipality: its published totals answer, from the table tally"


# --- the answer -------------------------------------------------------------------------------------------------------


def _answer(reply: Reply) -> list[str]:
    given = reply.considered.answer
    kind = type(given).__name__
    why = getattr(given, "why", "") or reason(given) or ""
    value, denominator = getattr(given, "value", None), getattr(given, "denominator", None)
    rows = [
        ("kind", f"{kind} ({why})" if why else kind),
        ("status", STATUS[type(given)]),
        ("value", "" if value is None else f"{value:g}" + (f" of {denominator}" if denominator is not None else "")),
        ("as of", getattr(given, "as_of", "")),
        ("municipalities", " ".join(getattr(given, "municipalities", ()))),
        *(("source", f"{c.source.id}: {c.place}") for c in getattr(given, "sources", ())),
    ]
    return table([row for row in rows if row[1]])
