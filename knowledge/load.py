"""Files of facts -> values. The format is in docs/facts.md; whatever is wrong is refused with file, place, value and remedy.

Reading is whole or not at all: a file with an error raises `DataError` and gives nothing.
"""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.model import (
    Area,
    Base,
    Event,
    Item,
    Municipality,
    Pair,
    Point,
    Programme,
    Row,
    Size,
    Source,
    State,
    Status,
    Subject,
    Survey,
    Table,
    Tally,
    Territory,
    Topic,
)
from knowledge.names import NameForm, name_forms
from knowledge.normalise import normalise

HERE = Path(__file__).parent
REFERENCE = HERE / "reference"
SOURCES = HERE / "sources"


class DataError(Exception):
    """A file of facts cannot be read: says file, place, value, and what would be right."""

    def __init__(self, file: str, where: str, problem: str) -> None:
        super().__init__(f"{file}: {where}: {problem}" if where else f"{file}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One entry of the lexicon: a surface, its language, and what it means."""

    surface: str
    lang: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the files hold, checked."""

    items: tuple[Item, ...]
    municipalities: tuple[Municipality, ...]
    forms: tuple[NameForm, ...]
    areas: tuple[Area, ...]
    words: tuple[Word, ...]
    sources: tuple[Source, ...]
    territories: tuple[Territory, ...]
    surveys: tuple[Survey, ...]
    statuses: tuple[Status, ...]
    tallies: tuple[Tally, ...]
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What one file of facts gives."""

    source: Source
    territories: tuple[Territory, ...]
    surveys: tuple[Survey, ...]
    statuses: tuple[Status, ...]
    tallies: tuple[Tally, ...]
    subjects: tuple[Subject, ...]


def nearest(value: str, valid: Iterable[str]) -> str:
    """The valid value that looks most like this one, as the end of an error's sentence; "" if none is near."""
    found = process.extractOne(value, list(valid), scorer=OSA.normalized_similarity, score_cutoff=0.4)
    return f"; did you mean {found[0]!r}?" if found else ""


# --- reading one TOML table -------------------------------------------------------------------------------------------


class Record:
    """One table of a TOML file: hands out its values by key and type, and refuses what is missing, wrong or left over."""

    def __init__(self, values: Mapping[str, Any], file: str, where: str) -> None:
        self.values, self.file, self.where, self.seen = dict(values), file, where, set[str]()

    def fail(self, key: str, problem: str) -> DataError:
        return DataError(self.file, f"{self.where} {key}".strip(), problem)

    def take(self, key: str, read: Callable[[Any], Any], default: Any = ...) -> Any:
        """The value under `key`, read; `default` if it may be missing."""
        self.seen.add(key)
        if key not in self.values:
            if default is ...:
                raise self.fail(key, f"is missing{nearest(key, set(self.values) - self.seen)}")
            return default
        try:
            return read(self.values[key])
        except ValueError as error:
            raise self.fail(key, str(error)) from None

    def records(self, key: str) -> Iterator[Record]:
        self.seen.add(key)
        for number, values in enumerate(self.values.get(key, []), 1):
            name = values.get("id") or values.get("section") or f"no. {number}"
            yield Record(values, self.file, f"{self.where} [[{key}]] {name}".strip())

    def finish(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key must not be a lost fact."""
        for key in self.values:
            if key not in self.seen:
                raise self.fail(key, f"is not a key here{nearest(key, self.seen)}")


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not text in quotation marks")
    return value


def words_of_text(value: Any) -> str:
    if not text(value).strip():
        raise ValueError("is empty")
    return str(value)


def pair(value: Any) -> Pair:
    if not isinstance(value, Mapping) or set(value) != {"ja", "en"} or not all(isinstance(v, str) and v for v in value.values()):
        raise ValueError(f'{value!r} is not words in both languages: {{ ja = "…", en = "…" }}')
    return Pair(value["ja"], value["en"])


def pairs(value: Any) -> tuple[Pair, ...]:
    return tuple(pair(each) for each in many(value))


def many(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is not a list in square brackets")
    return value


def texts(value: Any) -> tuple[str, ...]:
    return tuple(text(each) for each in many(value))


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is not a whole number of 0 or more")
    return value


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is not a number")
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is not true or false")
    return value


def one_of(*valid: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in valid:
            raise ValueError(f"{value!r} is none of {', '.join(valid)}{nearest(str(value), valid)}")
        return str(value)

    return read


def iso(value: Any) -> str:
    """ISO text with year, month or day precision, a fiscal year FY2017, or "" for not stated."""
    given = text(value)
    if given == "" or re.fullmatch(r"FY\d{4}", given):
        return given
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", given):
        raise ValueError(f"{given!r} is not a date such as 2017-06, 2017-06-01 or FY2017")
    try:
        date.fromisoformat((given + "-01-01")[:10] if len(given) < 10 else given)
    except ValueError:
        raise ValueError(f"{given!r} does not exist in the calendar") from None
    return given


def ways(value: Any) -> tuple[frozenset[str], ...]:
    """The ways of asking for a thing, in both languages: each a set of normalised words."""
    if not isinstance(value, Mapping) or set(value) - {"ja", "en"}:
        raise ValueError("words are given as words.ja = [...] and words.en = [...]")
    given = [way for lang in ("ja", "en") for way in texts(value.get(lang, []))]
    return tuple(dict.fromkeys(frozenset(normalise(way).text.split()) for way in given))


# --- reference tables -------------------------------------------------------------------------------------------------


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def load_municipalities(path: Path = REFERENCE / "municipalities.csv") -> tuple[Municipality, ...]:
    return tuple(
        Municipality(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            kana=row["kana"],
            prefecture=row["prefecture"],
            former=tuple(row["former"].split()),
        )
        for row in rows(path)
    )


def load_items(path: Path = REFERENCE / "items.toml") -> tuple[Item, ...]:
    found = []
    for number_, record in enumerate(Record(read_toml(path), path.name, "").records("item"), 1):
        found.append(
            Item(
                letter=record.take("letter", text),
                number=number_,
                romaji=record.take("romaji", text),
                short=record.take("short", pair),
                official=record.take("official", pair),
                meaning=record.take("meaning", pair),
                names=record.take("names", texts),
            )
        )
        record.finish()
    return tuple(found)


def load_areas(names: Names, path: Path = REFERENCE / "areas.csv") -> tuple[Area, ...]:
    found: dict[tuple[str, str], Area] = {}
    for line, row in enumerate(rows(path), 2):
        record = Record(row, path.name, f"line {line}")
        code = record.take("municipality", names.within(row["prefecture"]))
        key = (row["prefecture"], row["area"])
        area = found.get(key) or Area(name=row["area"], en=row["name_en"], prefecture=row["prefecture"], members=(), source=row["source"])
        found[key] = replace(area, members=(*area.members, code))
    return tuple(replace(area, members=tuple(sorted(area.members))) for area in found.values())


def load_words(path: Path = REFERENCE / "vocabulary.toml") -> tuple[Word, ...]:
    elsewhere = (
        Word(surface=surface, lang="en", kind="elsewhere", value=row["name"])
        for row in rows(REFERENCE / "prefectures.csv")
        for surface in (f"{row['en'].lower()} prefecture", f"{row['en'].lower()}-ken", *((row["en"].lower(),) if row["name"][-1] in "道府" else ()))
    )
    return (*elsewhere, *_vocabulary(path))


def _vocabulary(path: Path) -> tuple[Word, ...]:
    return tuple(
        Word(surface=normalise(surface).text, lang=lang, kind="fill" if kind == "context" else kind, value=value)
        for kind, values in read_toml(path).items()
        for value, by_lang in values.items()
        for lang, given in by_lang.items()
        for surface in dict.fromkeys(_occasions(given, lang) if kind == "context" else given)
    )


OCCASION_JA = (
    "を作成",
    "を作っ",
    "の件で",
    "の関係で",
    "を準備",
    "を用意",
    "に",
    "から",
    "で",
    "用に",
    "用の",
    "用で",
    "向けに",
    "向けの",
    "への",
    "へ",
    "に使う",
    "で使う",
    "に出す",
    "に載せる",
    "作成",
    "さんから",
    "さんに",
    "のため",
)
OCCASION_EN = (
    "for {}",
    "for the {}",
    "for a {}",
    "for my {}",
    "for our {}",
    "my {}",
    "my {} asked",
    "to my {}",
    "in the {}",
    "in my {}",
    "in our {}",
    "in a {}",
    "to the {}",
    "to a {}",
    "the {} wants",
    "the {} asks",
    "the {} asked",
)


def _occasions(nouns: Iterable[str], lang: str) -> Iterator[str]:
    """A noun as the occasion of a question: 議会で, for the council. The noun alone may be what is asked for."""
    for noun in nouns:
        yield from (noun + ending for ending in OCCASION_JA) if lang == "ja" else (form.format(noun) for form in OCCASION_EN)


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise DataError(path.name, f"byte {error.start}", "is not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise DataError(path.name, "", f"is not TOML: {error}") from None


class Names:
    """Official names -> codes, with the nearest one for an error."""

    def __init__(self, municipalities: Iterable[Municipality]) -> None:
        self.by_name: dict[str, list[Municipality]] = {}
        for municipality in municipalities:
            self.by_name.setdefault(municipality.name, []).append(municipality)
        self.prefectures = {m.prefecture for found in self.by_name.values() for m in found}

    def within(self, prefecture: str) -> Callable[[Any], str]:
        """A reader of one name: of `prefecture` first, else of the prefecture given in brackets, else the only one."""

        def read(value: Any) -> str:
            name, _, given = text(value).strip().rstrip("）)").replace("(", "（").partition("（")
            found = self.by_name.get(name, [])
            wanted = [m for m in found if m.prefecture == (given or prefecture)] or (found if not given else [])
            if len(wanted) == 1:
                return wanted[0].code
            if wanted:
                raise ValueError(f"{name!r} is the name of {len(wanted)} municipalities; write {name}（{wanted[0].prefecture}）")
            raise ValueError(f"{value!r} is not an official municipality name{nearest(name, self.near(prefecture))}")

        return read

    def near(self, prefecture: str) -> list[str]:
        local = [name for name, found in self.by_name.items() if any(m.prefecture == prefecture for m in found)]
        return local or list(self.by_name)


# --- one document -----------------------------------------------------------------------------------------------------


class DocumentReader:
    """Reads one file of facts. `territories` collects what the files so far have defined."""

    def __init__(self, path: Path, names: Names, municipalities: tuple[Municipality, ...], letters: tuple[str, ...]) -> None:
        self.path, self.names, self.municipalities, self.letters = path, names, municipalities, letters
        self.territories: dict[str, Territory] = {}
        self.prefecture: dict[str, str] = {}
        self.statuses: list[Status] = []
        self.tallies: list[Tally] = []
        self.subjects: list[Subject] = []

    def read(self) -> Document:
        top = Record(read_toml(self.path), self.path.name, "")
        source = self.source(Record(top.take("source", dict), self.path.name, "[source]"))
        for record in top.records("territory"):
            territory = self.territory(record)
            self.territories[territory.id] = territory
        surveys = tuple(self.survey(record, source) for record in top.records("survey"))
        for kind in ("table", "programme", "topic", "event"):
            for record in top.records(kind):
                getattr(self, kind)(record, source)
                record.finish()
        top.finish()
        self.refuse_duplicates(surveys)
        return Document(source, tuple(self.territories.values()), surveys, tuple(self.statuses), tuple(self.tallies), tuple(self.subjects))

    def refuse_duplicates(self, surveys: Iterable[Survey]) -> None:
        seen: set[str] = set()
        for id_ in (*(survey.id for survey in surveys), *(subject.id for subject in self.subjects)):
            if id_ in seen:
                raise DataError(self.path.name, id_, "this id is used twice")
            seen.add(id_)

    def source(self, record: Record) -> Source:
        found = Source(
            id=record.take("id", words_of_text),
            document=record.take("document", pair),
            publisher=record.take("publisher", pair),
            date=record.take("date", iso),
            note=record.take("note", pair, None),
        )
        record.finish()
        return found

    def territory(self, record: Record) -> Territory:
        prefecture = record.take("prefecture", one_of(*self.names.prefectures), "")
        code = self.names.within(prefecture)
        left_out = {code(name) for name in record.take("except", texts, ())}
        members = tuple(record.take("members", lambda value: [code(name) for name in texts(value)], ()))
        whole_prefecture = tuple(m.code for m in self.municipalities if prefecture and m.prefecture == prefecture and m.code not in left_out)
        by_lang = record.take("words", dict, {})
        found = Territory(
            id=record.take("id", words_of_text),
            name=record.take("name", words_of_text),
            en=record.take("en", words_of_text),
            kind=record.take("kind", one_of("prefecture", "city", "union", "nation")),
            members=tuple(sorted(members or whole_prefecture)),
            words=tuple(normalise(word).text for lang in ("ja", "en") for word in by_lang.get(lang, [])),
        )
        record.finish()
        self.prefecture[found.id] = prefecture
        return found

    def owner(self, record: Record) -> Territory:
        return self.territories[record.take("territory", one_of(*self.territories))]

    # surveys

    def survey(self, record: Record, source: Source) -> Survey:
        territory = self.owner(record)
        done, planned = record.take("done", dict, {}), record.take("planned", dict, {})
        counts, tallies = record.take("counts", dict, {}), list(record.records("tally"))
        found = Survey(
            id=record.take("id", words_of_text),
            source=source.id,
            territory=territory.id,
            as_of=record.take("as_of", iso),
            label=record.take("label", text, ""),
            kind=record.take("kind", one_of("actual", "planned")),
            n=record.take("n", whole),
            named=bool(done),
            place=record.take("place", words_of_text),
            plan_by=record.take("plan_by", iso, ""),
            based_on=record.take("based_on", text, ""),
            total=record.take("total", whole, None),
            note=record.take("note", pair, None),
        )
        if not (done or counts or tallies):
            raise record.fail("", "has neither done, counts nor tally")
        if done:
            self.named_statuses(record, found, territory, done, planned)
        self.counts(record, found, counts, done)
        self.tallies += [self.tally(each, found) for each in tallies]
        record.finish()
        return found

    def named_statuses(self, record: Record, survey: Survey, territory: Territory, done: dict[str, Any], planned: dict[str, Any]) -> None:
        if survey.n != len(territory.members):
            raise record.fail("n", f"is {survey.n}, but {territory.name} has {len(territory.members)} municipalities")
        said: dict[tuple[str, str], State] = {}
        for state, by_item in ((State.DONE, done), (State.PLANNED, planned)):
            for letter, listed in by_item.items():
                for code in self.codes(record, territory, state, letter, listed):
                    if (code, letter) in said:
                        raise record.fail(f"{state} {letter}", f"{self.name(code)!r} stands here twice or in both lists")
                    said[code, letter] = state
        self.statuses += [
            Status(survey=survey.id, municipality=code, item=letter, state=said.get((code, letter), State.NEITHER))
            for letter in self.letters
            for code in territory.members
        ]

    def codes(self, record: Record, territory: Territory, state: State, letter: str, listed: Any) -> Iterator[str]:
        place = Record({letter: letter, "names": listed}, record.file, f"{record.where} {state} {letter}")
        place.take(letter, one_of(*self.letters))
        members = {self.name(code): code for code in territory.members}
        for name in place.take("names", texts):
            code = Record({name: name}, record.file, place.where).take(name, self.names.within(self.prefecture[territory.id]))
            if code not in territory.members:
                raise record.fail(f"{state} {letter}", f"{name!r} is not in {territory.name}{nearest(name, members)}")
            yield code

    def name(self, code: str) -> str:
        return next(m.name for m in self.municipalities if m.code == code)

    def counts(self, record: Record, survey: Survey, counts: dict[str, Any], done: dict[str, Any]) -> None:
        for letter, count in counts.items():
            place = Record({letter: count}, record.file, f"{record.where} counts")
            if letter not in self.letters:
                raise place.fail(letter, f"is not an item{nearest(letter, self.letters)}")
            value = place.take(letter, whole)
            if value > survey.n or (done and value != len(done.get(letter, []))):
                raise place.fail(letter, f"is {value}, but {len(done.get(letter, []))} names are given" if done else f"is more than n = {survey.n}")
            if not done:
                self.tallies.append(Tally(survey=survey.id, item=letter, no="", question=None, part=None, done=value, not_done=survey.n - value))
        if survey.total is not None and counts and sum(counts.values()) != survey.total:
            raise record.fail("total", f"is {survey.total}, but the counts add up to {sum(counts.values())}")

    def tally(self, record: Record, survey: Survey) -> Tally:
        found = Tally(
            survey=survey.id,
            item=record.take("item", one_of(*self.letters)),
            no=record.take("no", text),
            question=record.take("question", pair),
            part=record.take("part", pair, None),
            done=record.take("done", whole),
            not_done=record.take("not_done", whole),
            done_share=record.take("done_share", number, None),
            not_done_share=record.take("not_done_share", number, None),
        )
        if found.done + found.not_done != survey.n:
            raise record.fail("not_done", f"{found.done} + {found.not_done} is not n = {survey.n}")
        record.finish()
        return found

    # everything else that a question can be about

    def subject(self, record: Record, source: Source, territory: Territory, **given: Any) -> Subject:
        found = Subject(
            source=source.id,
            territory=territory.id,
            ways=record.take("words", ways, ()),
            items=record.take("items", self.letters_of, ()),
            **given,
        )
        self.subjects.append(found)
        return found

    def letters_of(self, value: Any) -> tuple[str, ...]:
        return tuple(one_of(*self.letters)(letter) for letter in many(value))

    def table(self, record: Record, source: Source) -> None:
        territory, unit = self.owner(record), record.take("unit", pair)
        table = Table(
            as_of=record.take("as_of", iso),
            unit=unit,
            bases=record.take("bases", lambda value: tuple(base(each) for each in many(value)), ()),
            note=record.take("note", pair, None),
        )
        title, place = record.take("title", pair), record.take("place", words_of_text)
        parent = self.subject(
            record, source, territory, id=record.take("id", words_of_text), kind="table", place=place, title=title, text=printed(title, table.note), of=table
        )
        for order, each in enumerate(record.records("row"), 1):
            row = Row(label=each.take("label", pair), value=each.take("value", number), share=each.take("share", number, None))
            self.subject(
                each,
                source,
                territory,
                id=f"{parent.id}/{order}",
                kind="row",
                parent=parent.id,
                place=each.take("place", text, place),
                title=row.label,
                text=printed(row.label, title),
                of=row,
            )
            each.finish()

    def programme(self, record: Record, source: Source) -> None:
        territory, name = self.owner(record), record.take("name", words_of_text)
        programme = Programme(
            name=name,
            fiscal_year=record.take("fiscal_year", iso),
            amount=record.take("amount", whole, None),
            new=record.take("new", flag, False),
            rate=record.take("rate", text, ""),
            cap=record.take("cap", whole, None),
            cap_per=record.take("cap_per", pair, None),
            target=record.take("target", pair, None),
            size=record.take("size", pair, None),
            numbers=record.take("numbers", lambda value: tuple(size(each) for each in many(value)), ()),
            purpose=record.take("purpose", pair, None),
            costs=record.take("costs", pair, None),
            contents=record.take("contents", pairs, ()),
        )
        record.take("scene", texts, ())
        title = Pair(name, record.take("en", words_of_text))
        told = printed(title, programme.target, programme.size, programme.purpose, programme.costs, *programme.contents)
        self.subject(
            record,
            source,
            territory,
            id=record.take("id", words_of_text),
            kind="programme",
            parent=record.take("parent", text, ""),
            place=record.take("place", words_of_text),
            title=title,
            text=told,
            of=programme,
        )

    def topic(self, record: Record, source: Source) -> None:
        territory, title, place = self.owner(record), record.take("title", pair), record.take("place", words_of_text)
        topic = Topic(kind=record.take("kind", words_of_text), date=record.take("date", iso, ""))
        parent = self.subject(
            record, source, territory, id=record.take("id", words_of_text), kind="topic", place=place, title=title, text=printed(title) + " " + place, of=topic
        )
        for order, each in enumerate(record.records("point"), 1):
            self.point(each, source, territory, parent, order, place)

    def point(self, record: Record, source: Source, territory: Territory, parent: Subject, order: int, place: str) -> None:
        point = Point(
            section=record.take("section", text, ""),
            text=record.take("text", pair),
            scene=record.take("scene", texts, ()),
            since=record.take("since", iso, ""),
            audience=record.take("audience", pair, None),
        )
        told = " ".join((printed(point.text, point.audience, parent.title), point.section, place))
        self.subject(
            record,
            source,
            territory,
            id=f"{parent.id}/{order}",
            kind="point",
            parent=parent.id,
            place=record.take("place", text, place),
            title=point.text,
            text=told,
            of=point,
        )
        record.finish()

    def event(self, record: Record, source: Source) -> None:
        territory, title = self.owner(record), record.take("title", pair)
        event = Event(
            kind=record.take("kind", one_of("meeting", "step", "deadline")),
            date=record.take("date", iso),
            until=record.take("until", iso, ""),
            venue=record.take("venue", text, ""),
            area=record.take("area", text, ""),
            weekday=record.take("weekday", text, ""),
            detail=record.take("detail", pair, None),
        )
        told = " ".join((printed(title, event.detail), event.venue, event.area))
        self.subject(
            record,
            source,
            territory,
            id=record.take("id", words_of_text),
            kind="event",
            place=record.take("place", words_of_text),
            title=title,
            text=told,
            of=event,
        )


def base(value: Any) -> Base:
    return Base(n=whole(value.get("n")), of=pair(value.get("of")), printed=flag(value.get("printed", False)))


def size(value: Any) -> Size:
    return Size(label=pair(value.get("label")), value=whole(value.get("value")), unit=pair(value.get("unit")), at_least=flag(value.get("at_least", False)))


def printed(*given: Pair | None) -> str:
    """All words of some pairs, normalised: what further words of a question are looked for in."""
    return normalise(" ".join(f"{each.ja} {each.en}" for each in given if each)).text


# --- everything -------------------------------------------------------------------------------------------------------


def fact_files(folder: Path = SOURCES) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.toml")))


def content_hash(files: Iterable[Path]) -> str:
    """A digest of what the knowledge base is made from: the files' names and bytes."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def all_files(folders: Iterable[Path] = (SOURCES,)) -> tuple[Path, ...]:
    """Every file that knowledge.db is a function of, this reader included: another reader, another database."""
    code = sorted(HERE.glob("*.py"))
    return (*sorted(REFERENCE.iterdir()), *(path for folder in folders for path in fact_files(folder)), *code)


def load(folders: Iterable[Path] = (SOURCES,)) -> Facts:
    """Everything there is to know. Raises DataError at the first thing that is wrong."""
    municipalities, items = load_municipalities(), load_items()
    names, letters = Names(municipalities), tuple(item.letter for item in items)
    documents = [DocumentReader(path, names, municipalities, letters).read() for folder in folders for path in fact_files(folder)]
    return Facts(
        items=items,
        municipalities=municipalities,
        forms=name_forms(municipalities),
        areas=load_areas(names),
        words=load_words(),
        sources=unique(documents, "sources", lambda d: (d.source,)),
        territories=unique(documents, "territories", lambda d: d.territories),
        surveys=unique(documents, "surveys", lambda d: d.surveys),
        statuses=tuple(status for document in documents for status in document.statuses),
        tallies=tuple(tally for document in documents for tally in document.tallies),
        subjects=unique(documents, "subjects", lambda d: d.subjects),
    )


def unique(documents: Iterable[Document], what: str, of: Callable[[Document], Iterable[Any]]) -> tuple[Any, ...]:
    """The things of all documents by id. A territory may be repeated in the same words; nothing else may."""
    found: dict[str, Any] = {}
    for document in documents:
        for thing in of(document):
            known = found.get(thing.id)
            if known is None:
                found[thing.id] = thing
            elif isinstance(thing, Territory) and (known.name, known.members) == (thing.name, thing.members):
                found[thing.id] = replace(known, words=tuple(dict.fromkeys(known.words + thing.words)))
            else:
                raise DataError(document.source.id, thing.id, f"another file already has {what} with this id")
    return tuple(found.values())
