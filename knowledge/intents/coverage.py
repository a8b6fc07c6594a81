"""What the data cover: territories, surveys with their dates, documents."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import starters, surveyed
from knowledge.model import Answer, Citation, Column, Found, Grid, Pair, Source, Subject, Survey, Territory
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The territories with their surveys, all documents, and the tables of other figures that bear a date."""

    territories: tuple[Territory, ...]
    surveys: tuple[Survey, ...]
    sources: tuple[Source, ...]
    tables: tuple[Subject, ...]


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.items or query.places or query.condition is not None:
        return 0
    if "coverage" in query.asks:
        return 62
    return 56 if "surveys" in query.asks and not query.subjects else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    wanted = query.territories or tuple(t.id for t in surveyed(kb))
    surveys = tuple(survey for survey in kb.surveys.values() if survey.territory in wanted)
    return Found(
        query=query,
        facts=Coverage(territories=tuple(kb.territories[id_] for id_ in wanted), surveys=surveys, sources=tuple(kb.sources.values()), tables=_dated_tables(kb)),
        sources=tuple(Citation(source=source, place="") for source in kb.sources.values()),
        value=len([survey for survey in surveys if survey.kind == "actual"]),
        grids=(_grid(surveys, kb),),
        next=starters(kb, setting),
    )


def _dated_tables(kb: KnowledgeBase) -> tuple[Subject, ...]:
    """The other published figures that have a date (the hub survey)."""
    return tuple(s for s in kb.subjects.values() if s.kind == "table" and s.of.as_of)


def _grid(surveys: tuple[Survey, ...], kb: KnowledgeBase) -> Grid:
    columns = (
        Column(key="territory", label=Pair("対象", "Territory")),
        Column(key="as_of", label=Pair("時点", "As of")),
        Column(key="kind", label=Pair("種類", "Kind")),
        Column(key="n", label=Pair("市区町村数", "Municipalities"), kind="number"),
        Column(key="named", label=Pair("市町村名", "Names")),
    )
    kinds = {"actual": Pair("実績", "actual"), "planned": Pair("見込み", "expected")}
    rows = []
    for survey in surveys:
        territory = kb.territories[survey.territory]
        named = Pair("あり", "published") if survey.named else Pair("なし（数のみ）", "counts only")
        rows.append((Pair(territory.name, territory.en), survey.as_of, kinds[survey.kind], survey.n, named))
    return Grid(columns=columns, rows=tuple(rows))


INTENT = Intent(
    help=Pair("どの調査・資料を収録しているか", "which surveys and documents are covered"),
    examples=(Pair("どんなデータを収録していますか", "what data do you cover?"), Pair("調査の一覧", "list of surveys")),
    fits=fits,
    answer=answer,
    uses=frozenset({"coverage", "surveys", "when", "meaning"}),
)
