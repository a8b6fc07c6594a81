"""Where a question is asked, and the knowledge base with what understanding derives from it once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from knowledge import subjects
from knowledge.base import KnowledgeBase
from knowledge.dates import Period, period_of
from knowledge.model import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a question is asked: the home territory, today, the reply's language if forced."""

    home: str
    today: date
    lang: Lang | None = None


@dataclass
class Understanding:
    """The knowledge base with what understanding derives from it once."""

    kb: KnowledgeBase
    cache: dict[str, object] = field(default_factory=dict)

    @cached_property
    def ways(self) -> subjects.Ways:
        return subjects.Ways(self.kb.subjects.values(), self.kb.lexicon)

    @cached_property
    def eras(self) -> tuple[Period, ...]:
        """The dates of the data: of surveys, and of the ends of their plans."""
        surveys = [iso for survey in self.kb.surveys.values() for iso in (survey.as_of, survey.plan_by)]
        events = [subject.of.date for subject in self.kb.subjects.values() if subject.kind == "event"]
        return tuple(period_of(iso) for iso in dict.fromkeys(surveys + events) if iso)

    def dates_of(self, territories: tuple[str, ...]) -> tuple[Period, ...]:
        """The dates of the events in some territories."""
        return tuple(period_of(s.of.date) for s in self.kb.subjects.values() if s.kind == "event" and s.territory in territories and s.of.date)

    @cached_property
    def local(self) -> frozenset[str]:
        """The municipalities that the data name."""
        named = {survey.territory for survey in self.kb.surveys.values() if survey.named}
        return frozenset(code for territory in named for code in self.kb.territories[territory].members)

    @cached_property
    def city_territories(self) -> dict[str, str]:
        """Municipalities that are a territory of their own (久留米市)."""
        return {t.members[0]: t.id for t in self.kb.territories.values() if t.kind == "city"}
