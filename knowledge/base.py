"""The one seam between understanding and storage: what an intent may ask of the facts.

`db.reader` implements it over SQLite. Everything returned is a value of `knowledge.model`, in official order: items from ア
to ク, municipalities by code, surveys by date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from knowledge.conditions import Condition
from knowledge.lexicon import Lexicon
from knowledge.model import Area, Item, Municipality, Source, State, Subject, Survey, Tally, Territory
from knowledge.names import NameIndex


class KnowledgeBase(Protocol):
    """What is known. Read-only."""

    items: Mapping[str, Item]
    municipalities: Mapping[str, Municipality]
    areas: tuple[Area, ...]
    sources: Mapping[str, Source]
    territories: Mapping[str, Territory]
    surveys: Mapping[str, Survey]
    subjects: Mapping[str, Subject]
    lexicon: Lexicon
    names: NameIndex

    def select(self, survey: str, condition: Condition, among: Iterable[str]) -> tuple[str, ...]:
        """The codes among these whose states in the survey satisfy the condition."""
        ...

    def statuses(self, survey: str, among: Iterable[str], items: Iterable[str]) -> Mapping[str, Mapping[str, State]]:
        """code -> item -> state of a survey that names municipalities."""
        ...

    def counts(self, survey: str, among: Iterable[str]) -> Mapping[str, Mapping[State, int]]:
        """item -> state -> number of municipalities among these."""
        ...

    def tallies(self, survey: str) -> tuple[Tally, ...]:
        """The published counts of a survey, sub-questions in the order printed; () where names are published."""
        ...
