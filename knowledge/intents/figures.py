"""Published tables other than the eight items: the hub survey, funding shares …: a row's figure with every denominator."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.base import KnowledgeBase
from knowledge.intents import Intent
from knowledge.intents._scope import choice
from knowledge.intents.programmes import Several
from knowledge.intents.which import share
from knowledge.model import Answer, Base, Choice, Citation, Column, Found, Grid, Pair, Row, Subject, Table, Territory, WhichOne
from knowledge.query import Query
from knowledge.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A table, the rows asked about (all when none was) and its denominators.

    `own_base` is the row's printed share where it is a percentage by itself (funding), which has no denominator.
    """

    table: Subject
    rows: tuple[Subject, ...]
    asked: tuple[Subject, ...]
    bases: tuple[Base, ...]
    unit: Pair
    territory: Territory
    as_of: str

    @property
    def subject_titles(self) -> tuple[Pair, ...]:
        return (self.table.title, *(row.title for row in self.asked))


def fits(query: Query, kb: KnowledgeBase) -> int:
    kinds = [kb.subjects[id_].kind for id_ in query.subjects]
    if not kinds or kinds[0] not in {"table", "row"} or query.condition is not None and query.items and "row" not in kinds:
        return 0
    return 52


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    chosen = [kb.subjects[id_] for id_ in query.subjects if kb.subjects[id_].kind in {"table", "row"}]
    tables = list(dict.fromkeys(s.id if s.kind == "table" else s.parent for s in chosen))
    if len(tables) > 3:
        choices = tuple(Choice(label=kb.subjects[id_].title, question=kb.subjects[id_].title) for id_ in tables[:4])
        return WhichOne(query=query, why="which_subject", word="", choices=choices, facts=Several(n=len(tables)))
    table = kb.subjects[tables[0]]
    rows = tuple(s for s in kb.subjects.values() if s.parent == table.id)
    of: Table = table.of
    asked = tuple(s for s in chosen if s.kind == "row")
    asked = asked or _extreme(query, rows, of)
    single: Row | None = asked[0].of if len(asked) == 1 else None
    first = of.bases[0] if of.bases else None
    facts = Figures(table=table, rows=rows, asked=asked, bases=of.bases, unit=of.unit, territory=kb.territories[table.territory], as_of=of.as_of)
    return Found(
        query=query,
        facts=facts,
        sources=(Citation(source=kb.sources[table.source], place=table.place, as_of=of.as_of),),
        as_of=of.as_of,
        value=None if single is None else single.value,
        denominator=first.n if first else None,
        grids=tuple(_grid(tuple(s for s in kb.subjects.values() if s.parent == id_), kb.subjects[id_].of, kb.subjects[id_].title) for id_ in tables),
        caveats=_caveats(of),
        next=tuple(choice(f"{table.title.ja}", f"{table.title.ja}", f"{table.title.en}", f"{table.title.en}") for _ in range(1) if asked),
    )


def _extreme(query: Query, rows: tuple[Subject, ...], table: Table) -> tuple[Subject, ...]:
    """The largest or smallest rows, if those were asked for. A total is no row among others."""
    if not query.asks & {"most", "least", "largest", "smallest"}:
        return ()
    parts = [s for s in rows if not any(base.n == s.of.value for base in table.bases)] or rows
    edge = (max if query.asks & {"most", "largest"} else min)(s.of.value for s in parts)
    return tuple(s for s in parts if s.of.value == edge)


def _caveats(table: Table) -> tuple[tuple[str, object], ...]:
    found: list[tuple[str, object]] = []
    if len(table.bases) > 1:
        found.append(
            (
                "source_note",
                Pair(
                    f"割合は分母ごとに示しました（{table.bases[0].n}＝{table.bases[0].of.ja}、{table.bases[1].n}＝{table.bases[1].of.ja}）。",
                    f"Shares are given for each denominator ({table.bases[0].n} = {table.bases[0].of.en}; {table.bases[1].n} = {table.bases[1].of.en}).",
                ),
            )
        )
    if table.note:
        found.append(("source_note", table.note))
    return tuple(found)


def _grid(rows: tuple[Subject, ...], table: Table, title: Pair) -> Grid:
    columns = (
        Column(key="label", label=Pair("区分", "Row")),
        Column(key="value", label=Pair(f"数（{table.unit.ja}）", f"Figure ({table.unit.en})"), kind="number"),
        *(Column(key=f"share_of_{base.n}", label=Pair(f"{base.n}に対する割合（%）", f"% of {base.n}"), kind="number") for base in table.bases),
    )
    cells = []
    for row in rows:
        cells.append((row.title, row.of.value, *(_share(row.of, base, at == 0) for at, base in enumerate(table.bases))))
    return Grid(columns=columns, rows=tuple(cells), title=title)


def _share(row: Row, base: Base, first: bool) -> float:
    return row.share if first and row.share is not None else share(int(row.value), base.n)


INTENT = Intent(
    help=Pair("公表されたその他の数字（拠点の調査、財源の負担割合など）", "other published figures (the hub survey, funding shares …)"),
    examples=(Pair("千葉県の連携拠点の設置状況", "hub survey in Chiba"), Pair("包括的支援事業の国の負担割合は", "national share comprehensive support")),
    fits=fits,
    answer=answer,
    uses=frozenset({"most", "least", "largest", "smallest", "when", "share", "tally", "surveys", "total", "meaning", "rate"}),
    topical=True,
)
