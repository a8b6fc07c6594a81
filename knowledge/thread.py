"""Follow-ups: what a question leaves unsaid is taken from the one before it in the thread."""

from __future__ import annotations

from dataclasses import replace

from knowledge.conditions import Condition, Has, both, items_of, leaves, rename, with_states
from knowledge.mentions import is_content
from knowledge.model import States
from knowledge.query import Query

ALONE = frozenset({"help", "items_list", "surveys", "coverage", "deadline"})
NARROWING = ("places", "kinds", "areas", "excluded")


def _said_something(before: Query) -> bool:
    """Whether there is anything to go on from; a question about the weather leaves nothing."""
    return bool(before.items or before.all_items or before.condition or before.states or before.subjects or before.places or before.intent)


def opens_on(query: Query) -> bool:
    """Whether the first word of a question says that it goes on from another: "and", じゃあ."""
    return bool(query.mentions) and query.mentions[0].has("ellipsis")


def says_something(query: Query) -> bool:
    """Whether there is more in a message than politeness ("thanks!")."""
    return any(m.kind != "word" or m.kinds - {"fill", "topic"} or is_content(m) for m in query.mentions)


def goes_on(query: Query) -> bool:
    """Whether a question leaves open what one before it may fill: it opens with "and", "じゃあ", or lacks its own topic."""
    return any(m.has("ellipsis") for m in query.mentions) or not stands_alone(query)


def stands_alone(query: Query) -> bool:
    """Whether the slots of a question suffice for an answer by themselves."""
    about = query.items or query.all_items or query.condition or query.subjects
    asks = query.condition or query.subject or query.asks or query.places or query.subjects
    return bool(about and asks) or bool(query.asks & ALONE)


def carry(query: Query, before: Query | None) -> Query:
    """The question with what it does not say taken from the one before. `carried` names those slots."""
    if before is None or not _said_something(before) or not goes_on(query) or not says_something(query):
        return query
    changes = {**_status(query, before), **_narrowing(query, before), **_dates(query, before), **_asked(query, before)}
    if all(m.kind in {"item", "date"} for m in query.mentions):
        changes["lang"] = before.lang  # "(エ)?" is of no language
    said = {slot for slot, value in changes.items() if value and value != getattr(query, slot)}
    return replace(query, **changes, carried=tuple(sorted(said - {"lang"})))  # type: ignore[arg-type]


# --- items and states -------------------------------------------------------------------------------------------------


def _status(query: Query, before: Query) -> dict[str, object]:
    if query.condition is not None and before.condition is not None and any(m.has("ellipsis", "within") for m in query.mentions):
        condition = both((before.condition, query.condition))
        return {"condition": condition, "items": items_of(condition)}  # そのうち(キ)も済んでいるのは？
    if query.items and query.condition is None and before.condition is not None:
        return _other_items(query, before.condition)
    if query.states is not None and not query.items and (before.condition is not None or before.items):
        states = query.states
        if before.condition is not None and any(m.has("logic", "include") for m in query.mentions):
            states = states.union(*(leaf.states for leaf in leaves(before.condition)))  # "including those already done?"
        return {"condition": _in_states(before, states), "items": before.items, "states": None}
    if query.items or query.all_items or query.subjects:
        return {}
    return {
        "items": before.items,
        "all_items": before.all_items,
        "condition": query.condition or before.condition,
        "states": query.states or before.states,
        "subjects": before.subjects,
        "also_states": query.also_states or before.also_states,
    }


def _in_states(before: Query, states: States) -> Condition:
    """予定は？: the items of the question before in other states."""
    if before.condition is not None:
        return with_states(before.condition, states)
    return both(Has(item, states) for item in before.items)


def _other_items(query: Query, before: Condition) -> dict[str, object]:
    """じゃあ(カ)は？: the same thing asked of another item, or of several alike."""
    old = items_of(before)
    if len(old) == 1 and len(query.items) == 1:
        return {"condition": rename(before, old[0], query.items[0])}
    states = {leaf.states for leaf in leaves(before)}
    if len(states) == 1:
        wanted = query.states or next(iter(states))
        return {"condition": both(Has(item, wanted) for item in query.items)}
    return {}


# --- whom, when, what -------------------------------------------------------------------------------------------------


def _narrowing(query: Query, before: Query) -> dict[str, object]:
    changes: dict[str, object] = {}
    for slot in NARROWING:
        if not getattr(query, slot) and _keeps(slot, query):
            changes[slot] = getattr(before, slot)
    contrasted = tuple(dict.fromkeys(value for m in query.mentions for value in m.values("except_kind")))
    if before.kinds == ("市",) and contrasted and not query.kinds:
        changes["kinds"] = contrasted  # cities before, "and towns?" now
    if not query.territories and not (query.places and before.territories):
        changes["territories"] = before.territories
    return changes


def _keeps(slot: str, query: Query) -> bool:
    if slot == "kinds":
        return not any(m.has("place", "all") for m in query.mentions)
    return not (query.territories and slot in {"places", "areas"})


def _dates(query: Query, before: Query) -> dict[str, object]:
    if query.periods or query.relative:
        return {}
    return {"periods": before.periods, "relative": before.relative}


def _asked(query: Query, before: Query) -> dict[str, object]:
    changes: dict[str, object] = {"subject": query.subject or before.subject}
    if query.measure == "list" and before.measure != "list" and not query.places:
        changes["measure"] = before.measure
    asks_itself = query.asks or query.wants_places or any(m.has("count") for m in query.mentions)
    changes["asks"] = query.asks if asks_itself else before.asks - {"list"}
    return changes
