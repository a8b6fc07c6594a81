"""One file of facts -> values. What its tables hold is in shapes.py; here they are held against each other and put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from knowledge.dates import period_of
from knowledge.load.fields import Known, Wrong, filled, inside, unknown
from knowledge.load.reference import Names, load_areas
from knowledge.load.shapes import FILE, SUBJECTS
from knowledge.load.survey import People, refuse_wrong_base, statuses, survey, tallies
from knowledge.load.toml import read_toml
from knowledge.model import Area, Event, Municipality, Pair, Point, Programme, Row, Source, Status, Subject, Survey, Table, Tally, Territory, Topic
from knowledge.normalise import normalise

Kind = Literal["table", "row", "programme", "topic", "point", "event"]


@dataclass(frozen=True, slots=True)
class Document:
    """What one file of facts gives."""

    source: Source
    territories: tuple[Territory, ...]
    surveys: tuple[Survey, ...]
    statuses: tuple[Status, ...]
    tallies: tuple[Tally, ...]
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids that are taken, each with the file that has it: an id means one thing in all files together.

    A territory alone may be told again by another file, with the same contents.
    """

    taken: dict[tuple[str, str], Path] = field(default_factory=dict)
    territories: dict[str, tuple[Territory, Path]] = field(default_factory=dict)

    def take(self, kind: str, id_: str, path: Path) -> None:
        """Raises Wrong if it is taken."""
        if (kind, id_) in self.taken:
            other = self.taken[kind, id_]
            where = "twice in this file" if other is path else f"already in another file, {_apart(other, path)}"
            raise Wrong(f"{id_!r} is used {where}", "id")
        self.taken[kind, id_] = path

    def repeat(self, territory: Territory, path: Path) -> None:
        """Raises Wrong if another file says something else of it."""
        known, other = self.territories.setdefault(territory.id, (territory, path))
        for key in ("name", "en", "kind", "members"):
            if getattr(known, key) != getattr(territory, key):
                raise Wrong(f"{territory.id!r} has other {key} in another file, {_apart(other, path)}; repeat a territory with the same contents", "id")


def _apart(other: Path, path: Path) -> str:
    """What to call another file: its name, unless that is this one's name too."""
    return other.name if other.name != path.name else str(other)


class DocumentReader:
    """Reads one file of facts. `ids` are those of the files before it."""

    def __init__(
        self,
        path: Path,
        names: Names,
        municipalities: tuple[Municipality, ...],
        letters: tuple[str, ...],
        areas: tuple[Area, ...] | None = None,
        ids: Ids | None = None,
    ) -> None:
        self.path, self.names, self.municipalities, self.letters = path, names, municipalities, letters
        self.areas = load_areas(names) if areas is None else areas
        self.ids = ids or Ids()
        self.people: dict[str, People] = {}
        self.statuses: list[Status] = []
        self.tallies: list[Tally] = []
        self.subjects: list[Subject] = []

    def read(self) -> Document:
        """Raises DataError at the first thing that is wrong."""
        file = read_toml(self.path)
        try:
            return self.document(FILE(file.values, self.known(file.values)))
        except Wrong as wrong:
            raise file.error(wrong) from None

    def known(self, values: dict[str, Any]) -> Known:
        """What the file may refer to by name; its own things too, wherever in it they stand."""
        own = {kind: tuple(_ids(values.get(kind))) for kind in ("territory", "survey", "programme")}
        return {"item": self.letters, "prefecture": self.names.prefectures, **own}

    def document(self, given: dict[str, Any]) -> Document:
        self.source: Source = given["source"]
        with inside("source"):
            self.ids.take("source", self.source.id, self.path)
        for position, values in enumerate(given["territory"]):
            with inside("territory", position):
                self.territory(values)
        surveys = self.surveys(given["survey"])
        for kind in SUBJECTS:
            for position, values in enumerate(given[kind]):
                with inside(kind, position):
                    getattr(self, kind)(values)
        territories = tuple(people.territory for people in self.people.values())
        return Document(self.source, territories, surveys, tuple(self.statuses), tuple(self.tallies), tuple(self.subjects))

    # whom it is about

    def territory(self, given: dict[str, Any]) -> None:
        members = self.members(given)
        found: Territory = filled(Territory, given | {"members": members})
        if found.id in self.people:
            raise Wrong(f"{found.id!r} is used twice in this file", "id")
        _refuse_wrong_number(found)
        self.ids.repeat(found, self.path)
        self.people[found.id] = People(found, given["prefecture"], self.names)

    def members(self, given: dict[str, Any]) -> tuple[str, ...]:
        """The codes of those who are listed, or of a whole prefecture but for those who are left out."""
        prefecture, listed = given["prefecture"], self.codes(given, "members")
        everyone = {m.code for m in self.municipalities if m.prefecture == prefecture}
        left_out = self.codes(given, "except")
        if left_out and (listed or not prefecture):
            raise Wrong("leaves somebody out of a prefecture: it goes with prefecture, and not with members", "except")
        for position, code in enumerate(left_out):
            if code not in everyone:
                raise Wrong(f"{given['except'][position]!r} is not in {prefecture}", "except", position)
        return tuple(sorted(listed or everyone.difference(left_out)))

    def codes(self, given: dict[str, Any], key: str) -> tuple[str, ...]:
        found: list[str] = []
        for position, name in enumerate(given[key]):
            with inside(key, position):
                code = self.names.code(name, given["prefecture"])
                if code in found:
                    raise Wrong(f"{name!r} stands here twice")
                found.append(code)
        return tuple(found)

    # surveys

    def surveys(self, given: tuple[dict[str, Any], ...]) -> tuple[Survey, ...]:
        found: dict[str, Survey] = {}
        for position, values in enumerate(given):
            with inside("survey", position):
                one = self.survey(values)
                found[one.id] = one
        for position, one in enumerate(found.values()):
            if one.based_on:
                with inside("survey", position):
                    refuse_wrong_base(one, found[one.based_on])
        return tuple(found.values())

    def survey(self, given: dict[str, Any]) -> Survey:
        people = self.people[given["territory"]]
        found = survey(given, self.source.id, people)
        self.ids.take("fact", found.id, self.path)
        self.statuses += statuses(given, people, self.letters)
        self.tallies += tallies(given)
        return found

    # everything else that a question can be about

    def subject(self, given: dict[str, Any], kind: Kind, title: Pair, said: str, of: Any) -> Subject:
        """`said` is everything printed of it, which further words of a question are looked for in."""
        self.ids.take("fact", given["id"], self.path)
        found = Subject(
            id=given["id"],
            kind=kind,
            source=self.source.id,
            territory=given["territory"],
            place=given["place"],
            title=title,
            ways=given["words"],
            parent=given.get("parent", ""),
            items=given["items"],
            text=said,
            of=of,
        )
        self.subjects.append(found)
        return found

    def parts(self, given: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
        """The rows or points of something: they stand in its place, unless they have their own."""
        for position, values in enumerate(given[key]):
            with inside(key, position):
                own = {"id": f"{given['id']}/{position + 1}", "parent": given["id"], "territory": given["territory"]}
                yield values | own | {"place": values["place"] or given["place"]}

    def table(self, given: dict[str, Any]) -> None:
        title = given["title"]
        self.subject(given, "table", title, printed(title, given["note"]), filled(Table, given))
        for row in self.parts(given, "row"):
            self.subject(row, "row", row["label"], printed(row["label"], title), filled(Row, row))

    def programme(self, given: dict[str, Any]) -> None:
        if given["parent"] == given["id"]:
            raise Wrong(f"{given['parent']!r} is this programme itself", "parent")
        title = Pair(given["name"], given["en"])
        said = printed(title, *(given[key] for key in ("target", "size", "purpose", "costs")), *given["contents"])
        self.subject(given, "programme", title, said, filled(Programme, given))

    def topic(self, given: dict[str, Any]) -> None:
        title, place = given["title"], given["place"]
        self.subject(given, "topic", title, f"{printed(title)} {place}", filled(Topic, given))
        for point in self.parts(given, "point"):
            said = " ".join((printed(point["text"], point["audience"], title), point["section"], place))
            self.subject(point, "point", point["text"], said, filled(Point, point))

    def event(self, given: dict[str, Any]) -> None:
        self.refuse_unknown_area(given)
        if given["until"] and period_of(given["until"]).end < period_of(given["date"]).start:
            raise Wrong(f"is {given['until']}, before date = {given['date']!r}", "until")
        said = " ".join((printed(given["title"], given["detail"]), given["venue"], given["area"]))
        self.subject(given, "event", given["title"], said, filled(Event, given))

    def refuse_unknown_area(self, given: dict[str, Any]) -> None:
        """A meeting is found by the name of its medical area, so the area must be one that is known."""
        territory = self.people[given["territory"]].territory
        known = tuple(area.name for area in self.areas if not territory.members or set(area.members) & set(territory.members))
        if given["area"] and given["area"] not in known:
            raise unknown(given["area"], f"a medical area of {territory.name} in areas.csv", known).under("area")


# A city is its own municipality; of a nation the members are not told.
NUMBERS = {"city": range(1, 2), "nation": range(1)}


def _refuse_wrong_number(territory: Territory) -> None:
    number = len(territory.members)
    if number not in NUMBERS.get(territory.kind, range(1, 2000)):
        wanted = {"city": "itself alone", "nation": "none"}.get(territory.kind, "some: give prefecture or members")
        raise Wrong(f"are {number}, but a {territory.kind} has {wanted}", "members")


def _ids(tables: Any) -> Iterator[str]:
    """The ids in some tables whose shape has not been looked at."""
    for table in tables if isinstance(tables, list) else ():
        if isinstance(table, dict) and isinstance(table.get("id"), str):
            yield table["id"]


def printed(*given: Pair | None) -> str:
    """All words of some pairs, normalised."""
    return normalise(" ".join(f"{each.ja} {each.en}" for each in given if each)).text
