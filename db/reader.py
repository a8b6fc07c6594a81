"""knowledge.db -> values: the KnowledgeBase over SQLite, read-only.

The small tables are read once when the file is opened; statuses and tallies are asked of SQLite at every question, through
the named statements of queries.sql. One connection a thread: SQLite's own rule. Rows end in this file.
What understanding derives from the facts was derived when the file was made and is only read here (db/derived.py).
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from db.codec import decode
from db.derived import lexicon_of, ways_of
from knowledge.conditions import And, AtLeast, Condition, Has, Not, Or, simplify
from knowledge.model import Area, Item, Municipality, Pair, Source, State, States, Subject, Survey, Tally, Territory
from knowledge.names import NameForm, NameIndex

QUERIES = {
    name: " ".join(line for line in body.splitlines() if not line.startswith("--")).strip()
    for name, body in re.findall(r"^-- name: (\w+)\n(.*?)(?=^-- name:|\Z)", Path(__file__).with_name("queries.sql").read_text(encoding="utf-8"), re.M | re.S)
}

STATES = {str(state): state for state in State}


def stored_hash(path: Path) -> str:
    """The content hash inside a knowledge base; "" if there is no readable one."""
    if not path.exists():
        return ""
    try:
        connection = connect(path)
        try:
            return str(connection.execute("SELECT value FROM meta WHERE key = 'content_hash'").fetchone()[0])
        finally:
            connection.close()
    except (sqlite3.DatabaseError, TypeError):
        return ""


def connect(path: Path) -> sqlite3.Connection:
    """A read-only connection. `immutable`: the file is never changed in place, only replaced by another."""
    return sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def compile_condition(condition: Condition) -> str:
    """A condition as one SELECT of municipality codes over `status`, with :survey left open. Letters and states are ours, never the asker's.

    >>> compile_condition(Has("オ", frozenset({State.DONE})))
    "SELECT municipality FROM status WHERE survey = :survey AND item = 'オ' AND state IN ('done')"
    """
    match simplify(condition):
        case Has(item, states):
            return QUERIES["matching"].format(item=literals([item]), states=literals(ordered(states)))
        case AtLeast(n) if n <= 0:
            return QUERIES["everyone"]
        case AtLeast(n, states, items):
            return QUERIES["at_least"].format(items=literals(items), states=literals(ordered(states)), n=int(n))
        case Not(part):
            return f"{QUERIES['everyone']} EXCEPT SELECT * FROM ({compile_condition(part)})"
        case And(parts):
            return " INTERSECT ".join(f"SELECT * FROM ({compile_condition(part)})" for part in parts)
        case Or(parts):
            return " UNION ".join(f"SELECT * FROM ({compile_condition(part)})" for part in parts)


def ordered(states: States) -> list[str]:
    return [str(state) for state in State if state in states]


def literals(values: Iterable[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


class Tables:
    """The small tables of one file as values, read once, in official order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.threads = threading.local()
        self.items: Mapping[str, Item] = self._items()
        self.municipalities: Mapping[str, Municipality] = {
            code: Municipality(code=code, name=name, kind=kind, kana=kana, prefecture=prefecture, former=tuple(former.split()))
            for code, name, kind, kana, prefecture, former in self._all("municipality")
        }
        self.areas: tuple[Area, ...] = self._areas()
        self.sources: Mapping[str, Source] = {
            id_: Source(id=id_, document=Pair(dj, de), publisher=Pair(pj, pe), date=date, note=pair(nj, ne))
            for id_, dj, de, pj, pe, date, nj, ne in self._all("source")
        }
        self.territories: Mapping[str, Territory] = self._territories()
        self.surveys: Mapping[str, Survey] = self._surveys()
        self.subjects: Mapping[str, Subject] = self._subjects()

    def rows(self, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        """All rows of a statement, asked over this thread's own connection."""
        connection = getattr(self.threads, "connection", None)
        if connection is None:
            connection = self.threads.connection = connect(self.path)
        return connection.execute(sql, given).fetchall()

    def _all(self, table: str) -> list[tuple[Any, ...]]:
        return self.rows(f"SELECT * FROM {table}")

    def _items(self) -> dict[str, Item]:
        names: dict[str, list[str]] = {}
        for surface, letter in self.rows("SELECT surface, value FROM word WHERE kind = 'item'"):
            names.setdefault(letter, []).append(surface)
        return {
            letter: Item(letter=letter, number=n, romaji=romaji, short=Pair(sj, se), official=Pair(oj, oe), meaning=Pair(mj, me), names=tuple(names[letter]))
            for letter, n, romaji, sj, se, oj, oe, mj, me in sorted(self._all("item"), key=lambda row: row[1])
        }

    def _areas(self) -> tuple[Area, ...]:
        members: dict[tuple[str, str], list[str]] = {}
        for prefecture, area, code in self._all("area_member"):
            members.setdefault((prefecture, area), []).append(code)
        found = [
            Area(name=name, en=en, prefecture=prefecture, source=source, members=tuple(sorted(members[prefecture, name])))
            for name, prefecture, en, source in self._all("area")
        ]
        return tuple(sorted(found, key=lambda area: area.members))

    def _territories(self) -> dict[str, Territory]:
        members: dict[str, list[str]] = {}
        for territory, code in self._all("territory_member"):
            members.setdefault(territory, []).append(code)
        return {
            id_: Territory(id=id_, name=name, en=en, kind=kind, members=tuple(sorted(members.get(id_, ()))), words=tuple(words.split("\n")) if words else ())
            for id_, name, en, kind, words in self._all("territory")
        }

    def _surveys(self) -> dict[str, Survey]:
        found = [
            Survey(
                id=row[0],
                source=row[1],
                territory=row[2],
                as_of=row[3],
                label=row[4],
                kind=row[5],
                n=row[6],
                named=bool(row[7]),
                place=row[8],
                plan_by=row[9],
                based_on=row[10],
                total=row[11],
                note=pair(row[12], row[13]),
            )
            for row in self._all("survey")
        ]
        return {survey.id: survey for survey in sorted(found, key=lambda survey: (survey.as_of, survey.kind, survey.id))}

    def _subjects(self) -> dict[str, Subject]:
        return {
            id_: Subject(
                id=id_,
                kind=kind,
                source=source,
                territory=territory,
                place=place,
                title=Pair(title_ja, title_en),
                parent=parent or "",
                items=tuple(items.split()),
                ways=tuple(frozenset(way.split()) for way in ways.split("\n") if way),
                text=text,
                of=decode(told),
            )
            for id_, _, kind, source, territory, place, title_ja, title_en, parent, items, ways, text, told in self.rows(
                "SELECT * FROM subject ORDER BY position"
            )
        }


class SqliteKnowledge(Tables):
    """Implements knowledge.base.KnowledgeBase over one file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.hash = stored_hash(path)
        self.lexicon = lexicon_of(self._derived("lexicon"))
        self.ways = ways_of(self._derived("ways"), self.subjects, self.lexicon)
        self.names = NameIndex(NameForm(key=key, script=script, code=code, form=form) for key, script, code, form in self._all("name_form"))

    def _derived(self, name: str) -> str:
        return str(self.rows(QUERIES["derived"], name=name)[0][0])

    # statuses and tallies: asked of SQLite each time

    def select(self, survey: str, condition: Condition, among: Iterable[str]) -> tuple[str, ...]:
        found = {row[0] for row in self.rows(compile_condition(condition), survey=survey)}
        return tuple(sorted(found.intersection(among)))

    def statuses(self, survey: str, among: Iterable[str], items: Iterable[str]) -> Mapping[str, Mapping[str, State]]:
        wanted, found = set(items), {code: dict[str, State]() for code in sorted(among)}
        for code, item, state in self._of("statuses", survey, found):
            if item in wanted:
                found[code][item] = STATES[state]
        return found

    def counts(self, survey: str, among: Iterable[str]) -> Mapping[str, Mapping[State, int]]:
        found = {item: dict.fromkeys(State, 0) for item in self.items}
        for item, state, count in self._of("counts", survey, tuple(among)):
            found[item][STATES[state]] = count
        return found

    def _of(self, what: str, survey: str, among: Collection[str]) -> list[tuple[Any, ...]]:
        """Rows of one survey. Where all of its municipalities are asked for, as they mostly are, SQLite need not look each of them up."""
        if set(self.territories[self.surveys[survey].territory].members).issubset(among):
            return self.rows(QUERIES[what], survey=survey)
        return self.rows(QUERIES[f"{what}_of"], survey=survey, among=json.dumps(list(among)))

    def tallies(self, survey: str) -> tuple[Tally, ...]:
        return tuple(
            Tally(survey=survey, item=i, no=no, question=pair(qj, qe), part=pair(pj, pe), done=d, not_done=nd, done_share=ds, not_done_share=nds)
            for i, no, qj, qe, pj, pe, d, nd, ds, nds in self.rows(QUERIES["tallies"], survey=survey)
        )


def pair(ja: str | None, en: str | None) -> Pair | None:
    return None if ja is None or en is None else Pair(ja, en)
