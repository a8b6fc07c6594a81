"""Follow-ups: what a question leaves unsaid is taken from the one before it in the thread."""

from __future__ import annotations

from dataclasses import replace

from knowledge.conditions import Has, both, items_of, leaves, rename, with_states
from knowledge.mentions import is_content
from knowledge.query import Query


def opens_on(query: Query) -> bool:
    """Whether the first word of a question says that it goes on from another: "and", じゃあ."""
    return bool(query.mentions) and any(s.kind == "ellipsis" for s in query.mentions[0].senses)


def says_something(query: Query) -> bool:
    """Whether there is more in a message than politeness ("thanks!")."""
    return any(m.kind != "word" or {s.kind for s in m.senses} - {"fill", "topic"} or is_content(m) for m in query.mentions)


def goes_on(query: Query) -> bool:
    """Whether a question leaves open what one before it may fill: it opens with "and", "じゃあ", or lacks its own topic."""
    opens = any(s.kind == "ellipsis" for m in query.mentions for s in m.senses)
    return opens or not stands_alone(query)


def stands_alone(query: Query) -> bool:
    """Whether the slots of a question suffice for an answer by themselves."""
    about = query.items or query.all_items or query.condition or query.subjects
    return bool(about and (query.condition or query.subject or query.asks or query.places or query.subjects)) or bool(
        query.asks & {"help", "items_list", "surveys", "coverage", "deadline"}
    )


def carry(query: Query, before: Query | None) -> Query:
    """The question with what it does not say taken from the one before. `carried` names those slots."""
    if before is None or not goes_on(query) or not says_something(query):
        return query
    return _carried(query, before)


def _carried(query: Query, before: Query) -> Query:
    changes: dict[str, object] = {}
    if query.items and not query.condition and before.condition is not None:
        changes |= _other_items(query, before)
    elif query.states is not None and not query.items and before.condition is not None:
        changes |= {"condition": with_states(before.condition, query.states), "items": before.items, "states": None}
    elif not query.items and not query.all_items and not query.subjects:
        changes |= {
            "items": before.items,
            "all_items": before.all_items,
            "condition": query.condition or before.condition,
            "states": query.states or before.states,
            "subjects": before.subjects,
            "also_states": query.also_states or before.also_states,
        }
    if query.states is not None and not query.items and before.condition is None and before.items:
        changes |= {"items": before.items, "states": query.states}
    for slot in ("places", "kinds", "areas", "excluded"):
        if (
            not getattr(query, slot)
            and getattr(before, slot)
            and not (slot == "kinds" and _says_all(query))
            and not (query.territories and slot in {"places", "areas"})
        ):
            changes[slot] = getattr(before, slot)
    if query.places and before.places and set(query.places) != set(before.places):
        changes.pop("places", None)
    if not query.territories and not (query.places and before.territories):
        changes["territories"] = before.territories
    if not query.periods and not query.relative:
        changes |= {"periods": before.periods, "relative": before.relative}
    if query.measure == "list" and before.measure != "list" and not query.places:
        changes["measure"] = before.measure
    changes["subject"] = query.subject or before.subject
    counts = any(s.kind == "count" for m in query.mentions for s in m.senses)
    changes["asks"] = query.asks if query.asks or counts else before.asks - {"list"}
    said = {slot: value for slot, value in changes.items() if value and value != getattr(query, slot)}
    return replace(query, **changes, carried=tuple(sorted(said)))  # type: ignore[arg-type]


def _says_all(query: Query) -> bool:
    return any(s.kind == "place" and s.value == "all" for m in query.mentions for s in m.senses)


def _other_items(query: Query, before: Query) -> dict[str, object]:
    """じゃあ(カ)は？: the same thing asked of another item, or of several alike."""
    assert before.condition is not None
    old = items_of(before.condition)
    if len(old) == 1 and len(query.items) == 1:
        return {"condition": rename(before.condition, old[0], query.items[0])}
    states = {leaf.states for leaf in leaves(before.condition)}
    if len(states) == 1:
        wanted = query.states or next(iter(states))
        return {"condition": both(Has(item, wanted) for item in query.items)}
    return {}
