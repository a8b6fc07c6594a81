"""What stands in the tables of a file of facts, as data: docs/facts.md explains the same to the people who write one."""

from __future__ import annotations

from typing import Any

from knowledge.load.fields import (
    Known,
    Read,
    Shape,
    Wrong,
    by,
    dated,
    each,
    flag,
    many,
    may,
    named,
    need,
    number,
    one_of,
    pair,
    share,
    shown,
    single,
    text,
    whole,
    words,
)
from knowledge.model import Base, Size, Source
from knowledge.normalise import normalise

TOPICS = tuple("guide law plan history definition requirement reason opinion agenda scene action example issue".split())
SCENES = ("daily", "discharge", "acute", "endoflife")

item = named("item", "an item")
scenes = many(one_of(*SCENES))


def spelling(value: Any, known: Known) -> str:
    """Words as they are looked for in a question."""
    said = normalise(words(value, known)).text
    if not said:
        raise Wrong(f"{shown(value)} is empty: it holds no letter")
    return said


def way(value: Any, known: Known) -> frozenset[str]:
    """One way of asking: the words that must all occur."""
    return frozenset(spelling(value, known).split())


def in_both(ja: tuple[Any, ...], en: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(ja + en))


def by_language(read: Read) -> Shape:
    return Shape(keys={"ja": may(many(read), ()), "en": may(many(read), ())}, make=in_both, written="words.")


# --- the document, and whom it is about -------------------------------------------------------------------------------

SOURCE = Shape(
    keys={
        "id": need(words),
        "document": need(pair),
        "publisher": need(pair),
        "date": need(dated(stated=False)),
        "note": may(pair),
    },
    make=Source,
)
TERRITORY = Shape(
    keys={
        "id": need(words),
        "name": need(words),
        "en": need(words),
        "kind": need(one_of("prefecture", "city", "union", "nation")),
        "prefecture": may(named("prefecture", "a prefecture"), ""),
        "except": may(many(words), ()),
        "members": may(many(words), ()),
        "words": may(by_language(spelling), ()),
    }
)

# --- surveys ----------------------------------------------------------------------------------------------------------

PLACED = {"id": need(words), "territory": need(named("territory", "a territory of this file")), "place": need(words)}
TALLY = Shape(
    keys={
        "item": need(item),
        "no": need(text),
        "question": need(pair),
        "part": may(pair),
        "done": need(whole()),
        "not_done": need(whole()),
        "done_share": may(share),
        "not_done_share": may(share),
    }
)
SURVEY = Shape(
    keys={
        **PLACED,
        "as_of": need(dated("month", "day")),
        "kind": need(one_of("actual", "planned")),
        "label": may(text, ""),
        "n": need(whole(1)),
        "plan_by": may(dated("day"), ""),
        "based_on": may(named("survey", "the id of a survey of this file"), ""),
        "total": may(whole()),
        "note": may(pair),
        "done": may(by(item, many(words), least=1), {}),
        "planned": may(by(item, many(words)), {}),
        "counts": may(by(item, whole(), least=1), {}),
        "tally": may(each(TALLY, "survey.tally"), ()),
    },
    one_at_least=("done", "counts", "tally"),
)

# --- everything else that a question can be about ---------------------------------------------------------------------

ASKED_FOR = {"words": may(by_language(way), ()), "items": may(many(item), ())}
BASE = Shape(keys={"n": need(whole(1)), "of": need(pair), "printed": may(flag, False)}, make=Base)
ROW = Shape(keys={"label": need(pair), "value": need(number), "share": may(share), "place": may(words, ""), **ASKED_FOR})
TABLE = Shape(
    keys={
        **PLACED,
        **ASKED_FOR,
        "as_of": need(dated(stated=False)),
        "title": need(pair),
        "unit": need(pair),
        "bases": may(many(BASE), ()),
        "note": may(pair),
        "row": need(each(ROW, "table.row")),
    }
)

SIZE = Shape(keys={"label": need(pair), "value": need(whole()), "unit": need(pair), "at_least": may(flag, False)}, make=Size)
PROGRAMME = Shape(
    keys={
        **PLACED,
        **ASKED_FOR,
        "name": need(words),
        "en": need(words),
        "parent": may(named("programme", "the id of a programme of this file"), ""),
        "fiscal_year": need(dated("fiscal_year", stated=False)),
        "amount": may(whole()),
        "new": may(flag, False),
        "rate": may(text, ""),
        "cap": may(whole()),
        "cap_per": may(pair),
        "target": may(pair),
        "size": may(pair),
        "numbers": may(many(SIZE), ()),
        "purpose": may(pair),
        "costs": may(pair),
        "contents": may(many(pair), ()),
        "scene": may(scenes, ()),
    }
)

POINT = Shape(
    keys={
        "section": may(text, ""),
        "text": need(pair),
        "scene": may(scenes, ()),
        "since": may(dated(stated=False), ""),
        "audience": may(pair),
        "place": may(words, ""),
        **ASKED_FOR,
    }
)
TOPIC = Shape(
    keys={
        **PLACED,
        **ASKED_FOR,
        "kind": need(one_of(*TOPICS)),
        "title": need(pair),
        "date": may(dated(stated=False), ""),
        "point": need(each(POINT, "topic.point")),
    }
)
EVENT = Shape(
    keys={
        **PLACED,
        **ASKED_FOR,
        "title": need(pair),
        "kind": need(one_of("meeting", "step", "deadline")),
        "date": need(dated()),
        "until": may(dated(stated=False), ""),
        "venue": may(text, ""),
        "area": may(text, ""),
        "weekday": may(text, ""),
        "detail": may(pair),
    }
)

# --- a file -----------------------------------------------------------------------------------------------------------

SUBJECTS = {"table": TABLE, "programme": PROGRAMME, "topic": TOPIC, "event": EVENT}
TABLES = {"territory": TERRITORY, "survey": SURVEY, **SUBJECTS}
FILE = Shape(keys={"source": need(single(SOURCE, "source")), **{name: may(each(shape, name), ()) for name, shape in TABLES.items()}})
