"""What a status question is asked of: territory, survey, and which municipalities. Shared by the intents about statuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.dates import Period
from knowledge.model import Area, Choice, Citation, Municipality, NoData, Pair, Survey, Territory
from knowledge.query import Query
from knowledge.setting import Setting
from knowledge.surveys import NoSurvey, View, actual, choose


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a status question looks.

    views    the surveys asked about, oldest first; `view` is the last
    base     all municipalities of the territory; members  those that kind, area and exclusion leave
    """

    territory: Territory
    views: tuple[View, ...]
    base: tuple[str, ...]
    members: tuple[str, ...]
    kinds: tuple[str, ...]
    areas: tuple[Area, ...]
    excluded: tuple[str, ...] = ()

    @property
    def view(self) -> View:
        return self.views[-1]

    @property
    def survey(self) -> Survey:
        return self.view.survey

    @property
    def narrowed(self) -> bool:
        return len(self.members) != len(self.base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a sentence about missing data needs: the territory, what was asked, what there is."""

    territory: Territory | None = None
    asked: Period | None = None
    relative: str = ""
    surveys: tuple[Survey, ...] = ()
    places: tuple[Municipality, ...] = ()
    names: tuple[str, ...] = ()
    territories: tuple[Territory, ...] = ()


def resolve(query: Query, kb: KnowledgeBase, setting: Setting) -> Scope | NoData:
    """The scope of a status question, or what is missing for it."""
    if query.elsewhere:
        return no_data(query, "elsewhere_prefecture", Missing(names=query.elsewhere, territories=surveyed(kb)), kb, setting)
    elsewhere = [m for m in places(query.places, kb) if not any(m.code in t.members for t in surveyed(kb))]
    if elsewhere:
        return no_data(query, "elsewhere", Missing(places=tuple(elsewhere), territories=surveyed(kb)), kb, setting)
    territory = territory_of(query, kb, setting)
    outside = tuple(m for m in places((*query.places, *query.excluded), kb) if m.code not in territory.members)
    if outside and actual(kb, territory.id):
        return no_data(query, "outside", Missing(territory=territory, places=outside, territories=surveyed(kb)), kb, setting)
    views = choose(query, kb, territory.id)
    if isinstance(views, NoSurvey):
        why = "no_survey" if actual(kb, territory.id) else "no_statuses"
        facts = Missing(territory=territory, asked=views.asked, relative=views.relative, surveys=actual(kb, territory.id), territories=surveyed(kb))
        return no_data(query, why, facts, kb, setting)
    areas = tuple(kb.areas[int(number)] for number in query.areas)
    members = narrowed(territory.members, query, kb, areas)
    scope = Scope(territory=territory, views=views, base=territory.members, members=members, kinds=query.kinds, areas=areas, excluded=query.excluded)
    if not members:
        return no_data(query, "nobody", Missing(territory=territory, names=(*query.kinds, *(a.name for a in areas))), kb, setting)
    return scope


def no_data(query: Query, why: str, facts: Missing, kb: KnowledgeBase, setting: Setting) -> NoData:
    return NoData(query=query, why=why, facts=facts, next=starters(kb, setting))


def no_names(query: Query, scope: Scope, kb: KnowledgeBase, setting: Setting) -> NoData:
    """The survey counts municipalities and does not name them, so it cannot answer this."""
    missing = Missing(territory=scope.territory, surveys=actual(kb, scope.territory.id), names=(scope.survey.label,))
    return no_data(query, "no_names", missing, kb, setting)


def surveyed(kb: KnowledgeBase) -> tuple[Territory, ...]:
    """The territories with any survey of the eight items."""
    with_surveys = dict.fromkeys(survey.territory for survey in kb.surveys.values())
    return tuple(kb.territories[id_] for id_ in with_surveys)


def territory_of(query: Query, kb: KnowledgeBase, setting: Setting) -> Territory:
    """The territory said; else the one that the places or areas lie in; else the home territory."""
    if query.territories:
        return kb.territories[query.territories[0]]
    codes = query.places or tuple(code for number in query.areas for code in kb.areas[int(number)].members)
    inside = [t for t in surveyed(kb) if codes and set(codes) <= set(t.members)]
    home = kb.territories[setting.home]
    return home if not inside or home in inside else inside[0]


def narrowed(codes: Iterable[str], query: Query, kb: KnowledgeBase, areas: tuple[Area, ...]) -> tuple[str, ...]:
    """The codes that kind, area and exclusion leave."""
    return tuple(
        code
        for code in codes
        if (not query.kinds or kb.municipalities[code].kind in query.kinds)
        and (not areas or any(code in area.members for area in areas))
        and code not in query.excluded
    )


def places(codes: Iterable[str], kb: KnowledgeBase) -> tuple[Municipality, ...]:
    return tuple(kb.municipalities[code] for code in codes)


def cite(survey: Survey, kb: KnowledgeBase) -> Citation:
    return Citation(source=kb.sources[survey.source], place=survey.place, as_of=survey.as_of)


def cites(views: Iterable[View], kb: KnowledgeBase) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(cite(view.survey, kb) for view in views))


def caveats_of(views: Iterable[View], kb: KnowledgeBase) -> tuple[tuple[str, object], ...]:
    """What §3 of the rules wants said beside these surveys' numbers."""
    found: list[tuple[str, object]] = []
    for view in views:
        if view.at_end:
            found.append(("expected", view.survey))
        if view.same_deadline:
            found.append(("same_deadline", view.survey))
    years = [view.as_of[:4] for view in views]
    if years and min(years) < "2020" <= max(years):
        found.append(("guide_revised", None))
    return tuple(found)


def starters(kb: KnowledgeBase, setting: Setting) -> tuple[Choice, ...]:
    """Questions that surely have an answer, of the home territory."""
    letter = next(iter(kb.items))
    return (
        choice("項目ごとの集計", "集計", "tally by item", "tally by item"),
        choice(f"({letter})が未実施の市町", f"({letter})が未実施の市町は？", f"who hasn't done ({letter})", f"which municipalities haven't done ({letter})?"),
        choice("使い方", "ヘルプ", "help", "help"),
    )


def choice(ja: str, ja_question: str, en: str, en_question: str) -> Choice:
    return Choice(label=Pair(ja, en), question=Pair(ja_question, en_question))


def where_words(query: Query, kb: KnowledgeBase, setting: Setting) -> Pair:
    """What must be said to ask a follow-up of the same place and date: "" where both are the default."""
    territory = territory_of(query, kb, setting)
    place = Pair("", "") if territory.id == setting.home else Pair(f"{territory.name}の", f" in {territory.en}")
    return place
