"""Facts -> knowledge.db: written beside the old file, checked, then renamed over it, so that a reader sees one or the other."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.codec import encode
from db.derived import lexicon_told, ways_told
from db.reader import QUERIES, Tables
from db.schema import INDEXES, SCHEMA
from db.seal import APPLICATION, seal
from knowledge.entries import entries, topic_words
from knowledge.lexicon import Lexicon
from knowledge.load import Facts
from knowledge.model import Pair, Sense
from knowledge.normalise import normalise
from knowledge.subjects import Ways

ABANDONED = 3600  # seconds after which a half-written file belongs to nobody: no build takes so long


def build(facts: Facts, path: Path, content_hash: str) -> Path:
    """Write the knowledge base to `path`. Until the last moment the file that was there stays as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_abandoned(path)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        write(facts, beside, content_hash)
        seal(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def clear_abandoned(path: Path) -> None:
    """Take away what builds that were killed have left. By its age, since a builder may be at work on another machine."""
    for left in path.parent.glob(f"{path.name}.*.new*"):
        if time.time() - left.stat().st_mtime > ABANDONED:
            left.unlink(missing_ok=True)


def write(facts: Facts, path: Path, content_hash: str) -> None:
    path.unlink(missing_ok=True)
    database = Database(path)
    try:
        database.executescript(SCHEMA)
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        # References are checked once at the end: a point may be written before the topic it stands under.
        database.execute("PRAGMA foreign_keys = OFF")
        insert(database, tables(facts, content_hash))
        insert(database, derived(Tables(path)))
        database.executescript(INDEXES)
        refuse_broken(database)
        database.execute("ANALYZE")
        database.conn.commit()
    finally:
        database.close()


def insert(database: Database, rows_by_table: Iterable[tuple[str, Iterable[dict[str, Any]]]]) -> None:
    """All in one transaction: one for each hundred rows, as is usual, takes three times as long."""
    with database.atomic():
        for table, rows in rows_by_table:
            database.table(table).insert_all(rows)


def refuse_broken(database: Database) -> None:
    broken = database.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise ValueError(f"the knowledge base refers to things that are not in it: {broken[:3]}")


def tables(facts: Facts, content_hash: str) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    """Every table's rows, in an order in which what is referred to comes first."""
    yield "meta", [{"key": "content_hash", "value": content_hash}]
    yield (
        "item",
        (
            {"letter": i.letter, "number": i.number, "romaji": i.romaji} | both("short", i.short) | both("official", i.official) | both("meaning", i.meaning)
            for i in facts.items
        ),
    )
    yield (
        "municipality",
        (
            {"code": m.code, "name": m.name, "kind": m.kind, "kana": m.kana, "prefecture": m.prefecture, "former": " ".join(m.former)}
            for m in facts.municipalities
        ),
    )
    yield "name_form", ({"key": f.key, "script": f.script, "code": f.code, "form": f.form} for f in facts.forms)
    yield "area", ({"name": a.name, "prefecture": a.prefecture, "en": a.en, "source": a.source} for a in facts.areas)
    yield "area_member", ({"prefecture": a.prefecture, "area": a.name, "municipality": code} for a in facts.areas for code in a.members)
    yield "word", ({"surface": w.surface, "lang": w.lang, "kind": w.kind, "value": w.value} for w in facts.words)
    yield (
        "word",
        ({"surface": name, "lang": "ja", "kind": "item", "value": item.letter} for item in facts.items for name in in_both_kana(normalised(item.names))),
    )
    yield "source", ({"id": s.id, "date": s.date} | both("document", s.document) | both("publisher", s.publisher) | both("note", s.note) for s in facts.sources)
    yield "territory", ({"id": t.id, "name": t.name, "en": t.en, "kind": t.kind, "words": "\n".join(t.words)} for t in facts.territories)
    yield "territory_member", ({"territory": t.id, "municipality": code} for t in facts.territories for code in t.members)
    yield (
        "survey",
        (
            {
                "id": s.id,
                "source": s.source,
                "territory": s.territory,
                "as_of": s.as_of,
                "label": s.label,
                "kind": s.kind,
                "n": s.n,
                "named": int(s.named),
                "place": s.place,
                "plan_by": s.plan_by,
                "based_on": s.based_on,
                "total": s.total,
            }
            | both("note", s.note)
            for s in facts.surveys
        ),
    )
    yield "status", ({"municipality": s.municipality, "survey": s.survey, "item": s.item, "state": str(s.state)} for s in facts.statuses)
    yield (
        "tally",
        (
            {"survey": t.survey, "position": position, "item": t.item, "no": t.no, "done": t.done, "not_done": t.not_done}
            | {"done_share": t.done_share, "not_done_share": t.not_done_share}
            | both("question", t.question)
            | both("part", t.part)
            for position, t in enumerate(facts.tallies)
        ),
    )
    yield (
        "subject",
        (
            {
                "id": s.id,
                "position": position,
                "kind": s.kind,
                "source": s.source,
                "territory": s.territory,
                "place": s.place,
                "parent": s.parent or None,
                "items": " ".join(s.items),
                "ways": "\n".join(" ".join(sorted(way)) for way in s.ways),
                "text": s.text,
                "told": encode(s.of),
            }
            | both("title", s.title)
            for position, s in enumerate(facts.subjects)
        ),
    )


def derived(kb: Tables) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    """What understanding makes of the tables."""
    lexicon = Lexicon(entries(((surface, Sense(kind=kind, value=value)) for surface, kind, value in kb.rows(QUERIES["words"])), kb))
    lexicon.add_words(topic_words(kb))
    ways = Ways(kb.subjects.values(), lexicon)
    yield "derived", [{"name": "lexicon", "told": lexicon_told(lexicon)}, {"name": "ways", "told": ways_told(ways)}]


def both(name: str, pair: Pair | None) -> dict[str, str | None]:
    """A Pair as its two columns."""
    return {f"{name}_ja": pair.ja if pair else None, f"{name}_en": pair.en if pair else None}


def in_both_kana(names: Iterable[str]) -> Iterable[str]:
    """The names, and those in hiragana in katakana too: a question typed without conversion may come in either."""
    return dict.fromkeys(form for name in names for form in (name, katakana(name)))


def katakana(name: str) -> str:
    """A name that is all hiragana in katakana; any other as it is."""
    if not all("ぁ" <= char <= "ゖ" for char in name):
        return name
    return name.translate({code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)})


def normalised(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(normalise(name).text for name in names)
