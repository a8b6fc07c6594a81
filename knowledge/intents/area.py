"""Which secondary medical area a municipality lies in, who else does, and which municipalities an area has."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, choice, no_data, places, territory_of
from knowledge.model import Answer, Area, Citation, Found, Municipality, Pair, Source
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """Areas with their members; `place` is the municipality asked about."""

    place: Municipality | None
    areas: tuple[tuple[Area, tuple[Municipality, ...]], ...]


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.items or query.condition is not None or query.states is not None or query.asks & {"meeting", "when", "where", "status", "tally", "by_place"}:
        return 0
    if "by_area" in query.asks and query.measure != "count":
        return 0
    if len(query.places) == 1 and query.asks & {"area", "neighbours"}:
        return 84
    if query.measure == "count" and query.asks & {"area", "by_area"} and not query.places and query.subject != "municipality":
        return 72
    if query.areas and query.subject == "municipality":
        return 64
    return 44 if "area" in query.asks and not query.places and not query.subjects else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    place = kb.municipalities[query.places[0]] if query.places else None
    if place:
        wanted = [area for area in kb.areas if place.code in area.members]
    elif query.areas:
        wanted = [kb.areas[int(number)] for number in query.areas]
    else:
        territory = territory_of(query, kb, setting)
        wanted = [area for area in kb.areas if set(area.members) & set(territory.members)]
    if not wanted:
        missing = Missing(places=(place,) if place else (), territory=territory_of(query, kb, setting))
        return no_data(query, "not_held", missing, kb, setting)
    single = len(wanted) == 1
    return Found(
        query=query,
        facts=Areas(place=place, areas=tuple((area, places(area.members, kb)) for area in wanted)),
        sources=tuple(dict.fromkeys(Citation(source=_source(area), place="") for area in wanted)),
        municipalities=tuple(kb.municipalities[code].name for code in wanted[0].members) if single else (),
        value=len(wanted[0].members) if single else len(wanted),
        next=tuple(
            choice(f"{area.name}圏域の一覧", f"{area.name}圏域の市町別", f"matrix of {area.en}", f"matrix by municipality in the {area.en} area")
            for area in wanted[:3]
        ),
    )


def _source(area: Area) -> Source:
    return Source(id=area.source, document=Pair(area.source, area.source), publisher=Pair("二次医療圏", "Secondary medical areas"), date="")


INTENT = Intent(
    help=Pair("二次医療圏とその市町", "secondary medical areas and their municipalities"),
    examples=(
        Pair("周南圏域の市町はどこ", "which municipalities are in the Shunan area?"),
        Pair("宇部市と同じ圏域の市町は？", "which municipalities are in the same medical area as Ube City?"),
    ),
    fits=fits,
    answer=answer,
    uses=frozenset({"by_place", "area", "neighbours", "by_area", "meaning"}),
)
