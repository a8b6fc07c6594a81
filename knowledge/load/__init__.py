"""Files of facts -> values. The format is in docs/facts.md; whatever is wrong is refused with file, place, value and remedy.

Reading is whole or not at all: a file with an error raises `DataError` and gives nothing. toml.py reads a file and knows where
in it everything stands, fields.py is how values are read, shapes.py what the tables hold, survey.py and document.py what is
made of them, reference.py the tables that all files share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.load.document import Document, DocumentReader, Ids
from knowledge.load.reference import REFERENCE, Names, Word, load_areas, load_items, load_municipalities, load_words
from knowledge.load.toml import DataError
from knowledge.model import Area, Item, Municipality, Source, Status, Subject, Survey, Tally, Territory
from knowledge.names import NameForm, name_forms

__all__ = [
    "REFERENCE",
    "SOURCES",
    "DataError",
    "Document",
    "DocumentReader",
    "Facts",
    "Names",
    "Word",
    "all_files",
    "content_hash",
    "fact_files",
    "load",
    "load_areas",
    "load_items",
    "load_municipalities",
    "load_words",
]

KNOWLEDGE = Path(__file__).parent.parent
SOURCES = KNOWLEDGE / "sources"


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


def fact_files(folder: Path = SOURCES) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.toml")))


def content_hash(files: Iterable[Path]) -> str:
    """A digest of what the knowledge base is made from: the files' names and bytes."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + _content(path) + b"\0")
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """A file that cannot be read has no content here; `load` refuses it with a sentence."""
    try:
        return path.read_bytes()
    except OSError:
        return b"unreadable"


def all_files(folders: Iterable[Path] = (SOURCES,)) -> tuple[Path, ...]:
    """Every file that knowledge.db is a function of, this reader included: another reader, another database."""
    code = sorted(KNOWLEDGE.rglob("*.py"))
    return (*sorted(REFERENCE.iterdir()), *(path for folder in folders for path in fact_files(folder)), *code)


def load(folders: Iterable[Path] = (SOURCES,)) -> Facts:
    """Everything there is to know. Raises DataError at the first thing that is wrong."""
    municipalities, items = load_municipalities(), load_items()
    names, letters = Names(municipalities), tuple(item.letter for item in items)
    areas, ids = load_areas(names), Ids()
    documents = [DocumentReader(path, names, municipalities, letters, areas, ids).read() for folder in folders for path in fact_files(folder)]
    return Facts(
        items=items,
        municipalities=municipalities,
        forms=name_forms(municipalities),
        areas=areas,
        words=load_words(),
        sources=tuple(document.source for document in documents),
        territories=merged(territory for document in documents for territory in document.territories),
        surveys=tuple(survey for document in documents for survey in document.surveys),
        statuses=tuple(status for document in documents for status in document.statuses),
        tallies=tuple(tally for document in documents for tally in document.tallies),
        subjects=tuple(subject for document in documents for subject in document.subjects),
    )


def merged(territories: Iterable[Territory]) -> tuple[Territory, ...]:
    """Territories that several files tell of, once each, with all their words."""
    found: dict[str, Territory] = {}
    for territory in territories:
        known = found.get(territory.id, territory)
        found[territory.id] = replace(known, words=tuple(dict.fromkeys(known.words + territory.words)))
    return tuple(found.values())
