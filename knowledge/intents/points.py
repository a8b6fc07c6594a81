"""Points of guides, laws, plans, opinions, reasons, agenda, requirements: by topic, item, scene or word, with the section."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.conditions import AtLeast, leaves
from knowledge.dates import period_of
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, choice, no_data
from knowledge.intents.programmes import Several
from knowledge.model import Answer, Choice, Citation, Column, Found, Grid, Pair, Subject, Territory, WhichOne
from knowledge.query import Query
from knowledge.setting import Setting

MOST_POINTS = 12
TOPIC_KINDS = frozenset({"guide", "law", "opinion", "agenda"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The points asked for under their topics; `left` is how many more the topic has, `item` the item they are filtered by."""

    topics: tuple[tuple[Subject, tuple[Subject, ...]], ...]
    n: int
    left: int
    items: tuple[str, ...]
    territory: Territory | None

    @property
    def subject_titles(self) -> tuple[Pair, ...]:
        return tuple(topic.title for topic, _ in self.topics[:2])


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.wants_places or query.measure == "count" and query.subject == "municipality":
        return 0
    counted = query.condition is not None and any(isinstance(leaf, AtLeast) for leaf in leaves(query.condition))
    if counted and any(m.has("cmp") and m.surface != "でも" for m in query.mentions):
        return 0  # a number of items is asked of municipalities, never of documents
    kinds = [kb.subjects[id_].kind for id_ in query.subjects]
    if any(kind in {"topic", "point"} for kind in kinds):
        return 50 + (12 if query.asks & (TOPIC_KINDS | {"why"}) else 0)
    if query.periods and _since(query, kb):
        return 66
    of_people = query.places or query.subject == "municipality"
    return 58 if query.asks & TOPIC_KINDS and not query.subjects and not of_people else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    chosen = [kb.subjects[id_] for id_ in query.subjects if kb.subjects[id_].kind in {"topic", "point"}] or _since(query, kb)
    if not chosen:
        chosen = _of_kind(query, kb)
        if not chosen:
            return no_data(query, "not_held", Missing(), kb, setting)
    topics = list(dict.fromkeys(s.id if s.kind == "topic" else s.parent for s in chosen))
    if len({kb.subjects[id_].territory for id_ in topics}) > 1 and len(topics) > 4:
        choices = tuple(Choice(label=kb.subjects[id_].title, question=kb.subjects[id_].title) for id_ in topics[:4])
        return WhichOne(query=query, why="which_subject", word="", choices=choices, facts=Several(n=len(topics)))
    shown = _under(chosen, topics, query, kb)
    total = sum(len(points) for _, points in shown)
    left = sum(len(_points(topic, kb)) for topic, _ in shown) - total
    territories = {kb.subjects[id_].territory for id_ in topics}
    return Found(
        query=query,
        facts=Points(
            topics=tuple(shown),
            n=total,
            left=max(left, 0),
            items=query.items,
            territory=kb.territories[next(iter(territories))] if len(territories) == 1 else None,
        ),
        sources=tuple(dict.fromkeys(Citation(source=kb.sources[p.source], place=p.place) for _, points in shown for p in points)),
        value=total if query.measure == "count" else None,
        grids=(_grid(shown),),
        next=_next(shown, left),
    )


def _since(query: Query, kb: KnowledgeBase) -> list[Subject]:
    """Of a named territory, the actions that began in the asked period."""
    points = [s for s in kb.subjects.values() if s.kind == "point" and s.territory in query.territories and s.of.since]
    return [s for s in points if any(p.start <= period_of(s.of.since).start <= p.end for p in query.periods)]


def _of_kind(query: Query, kb: KnowledgeBase) -> list[Subject]:
    """The points of the asked kind of document (guide, law, opinions, agenda) on the asked items, or all of its topics."""
    kinds = query.asks & TOPIC_KINDS
    topics = [
        s for s in kb.subjects.values() if s.kind == "topic" and s.of.kind in kinds and (not query.territories or s.territory in {*query.territories, "japan"})
    ]
    if not query.items:
        return topics
    return [p for topic in topics for p in _points(topic, kb) if set(p.items) & set(query.items)]


def _points(topic: Subject, kb: KnowledgeBase) -> list[Subject]:
    return [s for s in kb.subjects.values() if s.parent == topic.id]


def _under(chosen: list[Subject], topics: list[str], query: Query, kb: KnowledgeBase) -> list[tuple[Subject, tuple[Subject, ...]]]:
    """Each topic with the points asked for: the chosen ones, or all of it, those of the asked item first in question."""
    shown = []
    for id_ in topics:
        topic = kb.subjects[id_]
        points = [s for s in chosen if s.parent == id_ and s.kind == "point"]
        if not points or any(s.id == id_ for s in chosen):
            points = _points(topic, kb)
        of_item = [p for p in points if set(p.items) & set(query.items)]
        shown.append((topic, tuple((of_item or points)[:MOST_POINTS])))
    return [pair for pair in shown if pair[1]]


def _grid(shown: list[tuple[Subject, tuple[Subject, ...]]]) -> Grid:
    columns = (
        Column(key="topic", label=Pair("話題", "Topic")),
        Column(key="section", label=Pair("箇所", "Section")),
        Column(key="point", label=Pair("要点", "Point")),
        Column(key="since", label=Pair("開始", "Since")),
    )
    rows = tuple((topic.title, p.of.section, p.of.text, p.of.since or None) for topic, points in shown for p in points)
    return Grid(columns=columns, rows=rows, shown=False)


def _next(shown: list[tuple[Subject, tuple[Subject, ...]]], left: int) -> tuple[Choice, ...]:
    if left > 0:
        return tuple(choice(f"{topic.title.ja}のすべて", topic.title.ja, f"all of {topic.title.en}", topic.title.en) for topic, _ in shown[:2])
    return ()


INTENT = Intent(
    help=Pair("手引き・法令・計画の要点、意見、理由、検討課題、各地の取組", "points of guides, laws and plans; opinions, reasons, agenda, local actions"),
    examples=(
        Pair("手引きでは連携相手としてまずどこを考える？", "which partner first according to the guide?"),
        Pair("久留米市の市民向けの取組は？", "citizens actions in Kurume"),
    ),
    fits=fits,
    answer=answer,
    uses=frozenset({"duty", "law", "opinion", "agenda", "change", "when", "history", "fell", "meaning", "content", "guide", "example", "target"}),
    about=lambda query, kb: _since(query, kb),
    topical=True,
)
