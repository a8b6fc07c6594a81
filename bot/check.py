"""Reads a file of facts as the bot would, beside what is there already, and rehearses questions on it before anybody asks one."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.ask import Asker
from db.build import build
from db.reader import SqliteKnowledge
from knowledge.intents import discover
from knowledge.load import SOURCES, DataError, Document, DocumentReader, Facts, Names, load, load_items, load_municipalities
from knowledge.model import LANGS, State, Survey
from knowledge.names import name_forms
from knowledge.understand import Setting

KINDS = {"topic": "topics", "point": "points", "table": "tables", "row": "rows", "programme": "programmes", "event": "events"}


def checked(path: Path, folders: tuple[Path, ...] = (SOURCES,)) -> tuple[bool, str]:
    """Whether the bot can use a file of facts beside those in `folders`, and one line: what it holds, or what is wrong with it."""
    try:
        problem = _unreadable(path)
        if problem:
            return False, problem
        document = _read(path)
        _rehearse(path, document, folders)
        return True, f"{path.name}: good. {held(document)}"
    except DataError as error:
        return False, str(error)
    except OSError as error:
        return False, f"{path} cannot be read: {(error.strerror or str(error)).lower()}. Check that you may read it."
    except Exception as error:  # a shape that the reader never thought of is still told in a sentence
        return False, f"{path.name}: is not shaped like a file of facts ({type(error).__name__}: {error}); compare it with docs/facts.md"


def _unreadable(path: Path) -> str:
    if path.is_dir():
        return f"{path} is a folder; name the files in it, as in: python -m bot check {path / '*.toml'}"
    if not path.exists():
        return f"{path} does not exist; give the path of a file of facts, as in: python -m bot check facts/toyama_2024.toml"
    if path.suffix != ".toml":
        return f"{path} does not end in .toml, so the bot would not read it; a file of facts is a text file as docs/facts.md describes it."
    return ""


def _read(path: Path) -> Document:
    municipalities = load_municipalities()
    return DocumentReader(path, Names(municipalities), municipalities, tuple(item.letter for item in load_items())).read()


# --- beside the others ------------------------------------------------------------------------------------------------


def _rehearse(path: Path, document: Document, folders: tuple[Path, ...]) -> None:
    """Ask what people will ask first. Raises DataError for an id that another file has, or a question that fails."""
    asker = _asker(path, folders)
    for home, question in _questions(document):
        try:
            asker.ask(question, Setting(home=home, today=date.today()))
        except Exception as error:
            raise DataError(path.name, "", f"asking “{question}” fails ({type(error).__name__}: {error}); please report it with this file") from error


def _asker(path: Path, folders: tuple[Path, ...]) -> Asker:
    """An asker that knows the file beside the others."""
    if path.resolve().parent in {folder.resolve() for folder in folders}:
        return _asker_of(folders)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, folder)
        return _asker_of.__wrapped__((*folders, Path(folder)))


@lru_cache(maxsize=1)
def _asker_of(folders: tuple[Path, ...]) -> Asker:
    facts = _only_own_names(load(folders))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # SQLite goes on reading a file that has lost its name
        return Asker(SqliteKnowledge(build(facts, Path(folder) / "knowledge.db", "")))


def _only_own_names(facts: Facts) -> Facts:
    """Without the names of municipalities that no territory has: most of the time that building takes."""
    own = {code for territory in facts.territories for code in territory.members}
    return replace(facts, forms=name_forms([m for m in facts.municipalities if m.code in own]))


def _questions(document: Document) -> Iterator[tuple[str, str]]:
    """(home territory, question): every kind's first example and dates where there is a survey, everything else by its title."""
    for home in dict.fromkeys(survey.territory for survey in document.surveys):
        yield from ((home, intent.examples[0][lang]) for intent in discover().values() for lang in LANGS)
        yield from ((home, question) for question in ("年度末の集計", "前回の集計", "2017年6月の集計", "tally by the end of FY2017"))
    yield from ((subject.territory, subject.title[lang]) for subject in document.subjects for lang in LANGS if subject.kind not in {"row", "point"})


# --- what a good one holds --------------------------------------------------------------------------------------------


def held(document: Document) -> str:
    """What a document gives, in a line: surveys by territory and date, and how many of everything else."""
    surveys = [_survey(survey, document) for survey in document.surveys]
    kinds = Counter(str(subject.kind) for subject in document.subjects)
    counted = [f"{kinds[kind]} {_noun(kind, kinds[kind])}" for kind in KINDS if kinds[kind]]
    return "; ".join(surveys + ([", ".join(counted)] if counted else [])) + "."


def _noun(kind: str, count: int) -> str:
    return kind if count == 1 else KINDS[kind]


def _survey(survey: Survey, document: Document) -> str:
    territory = next(t for t in document.territories if t.id == survey.territory)
    states = Counter(status.state for status in document.statuses if status.survey == survey.id)
    told = f"{states[State.DONE]} done, {states[State.PLANNED]} planned" if survey.named else f"totals only, {_totals(document, survey)} counts"
    return f"{territory.name} {survey.as_of} ({survey.kind}, n = {survey.n}: {told})"


def _totals(document: Document, survey: Survey) -> int:
    return sum(tally.survey == survey.id for tally in document.tallies)


def all_files(folders: Iterable[Path]) -> list[Path]:
    """Every file of facts that the bot reads, in the order in which it reads them."""
    return [path for folder in folders for path in sorted(folder.glob("*.toml"))]
