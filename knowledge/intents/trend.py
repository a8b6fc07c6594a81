"""How the counts moved from survey to survey, and what was expected next. Falls are shown as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.base import KnowledgeBase
from knowledge.conditions import items_of, leaves
from knowledge.dates import period_label, period_of
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, Scope, choice, cites, no_data, resolve, where_words
from knowledge.intents.tally import lines_of
from knowledge.intents.which import share
from knowledge.model import DONE, EXPECTED, NOT_DONE, Answer, Choice, Citation, Column, Found, Grid, NoData, Pair, States
from knowledge.query import Query
from knowledge.setting import Setting
from knowledge.surveys import View, actual, planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One item's done counts, one a view, oldest first."""

    item: str
    counts: tuple[int, ...]
    falls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The series over the views; `n` is the same in all. With several items `totals` is the sum over them.

    not_done  the numbers are of those that have not done it
    """

    scope: Scope
    views: tuple[View, ...]
    series: tuple[Series, ...]
    n: int
    totals: tuple[int, ...]
    changes: bool
    not_done: bool


def fits(query: Query, kb: KnowledgeBase) -> int:
    if query.places:
        return 0
    several = len(query.periods) + len(query.relative) > 1 or any(not period.single and period.open != "until" for period in query.periods)
    if query.asks & {"trend"}:
        return 68
    about = query.items or query.all_items or query.periods or query.relative or query.subject == "item" or "by_item" in query.asks
    if query.asks & {"change", "fell"}:
        return 66 if about else 0
    return 62 if several and query.subject != "municipality" else 61 if several else 0


def answer(query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    if "condition" in query.carried:
        query = query.but(condition=None, states=None)  # 推移は？ after any status question: of what is done
    one_date = len(query.periods) + len(query.relative) < 2 and all(period.single for period in query.periods)
    scope = resolve(query.but(periods=(), relative=()) if one_date else query, kb, setting)
    if isinstance(scope, NoData):
        return scope
    views = scope.views if len(scope.views) > 1 else _all_views(scope, kb)
    asked = resolve(query, kb, setting)
    if isinstance(asked, NoData):
        return asked
    if len(scope.views) == 1 and (query.periods or query.relative) and len(asked.views) == 1 and query.asks & {"change", "fell"}:
        views = _from_to(asked.views[0], views)
    if scope.narrowed and not all(view.survey.named for view in views):
        views = tuple(view for view in views if view.survey.named)
        if len(views) < 2:
            return no_data(
                query,
                "no_names",
                Missing(
                    territory=scope.territory,
                    surveys=actual(kb, scope.territory.id),
                    names=tuple(s.label for s in actual(kb, scope.territory.id) if not s.named),
                ),
                kb,
                setting,
            )
    if _asked_states(query) - {DONE, NOT_DONE, EXPECTED}:
        unnamed = tuple(s.label for s in actual(kb, scope.territory.id) if not s.named)  # they tell only what is done
        return no_data(query, "no_names", Missing(territory=scope.territory, surveys=actual(kb, scope.territory.id), names=unnamed), kb, setting)
    wanted = query.items or (items_of(query.condition) if query.condition is not None else ()) or tuple(kb.items)
    return _found(query, scope, views, tuple(item for item in kb.items if item in wanted), kb, setting)


def _asked_states(query: Query) -> set[States]:
    said = {leaf.states for leaf in leaves(query.condition)} if query.condition is not None else set()
    return said | ({query.states} if query.states is not None else set())


def _all_views(scope: Scope, kb: KnowledgeBase) -> tuple[View, ...]:
    surveys = actual(kb, scope.territory.id)
    views = [View(survey=survey) for survey in surveys]
    if surveys[-1].plan_by:
        views.append(View(survey=surveys[-1], at_end=True))
    return tuple(views)


def _from_to(asked: View, views: tuple[View, ...]) -> tuple[View, ...]:
    """A change since one date: that view and the latest actual one; since the latest, the one before it."""
    real = [view for view in views if not view.at_end]
    at = next((i for i, view in enumerate(real) if view.survey.id == asked.survey.id), 0)
    if asked.at_end:
        return (real[-1], asked)
    return (real[at], real[-1]) if at < len(real) - 1 else (real[at - 1], real[at]) if len(real) > 1 else tuple(real)


def _found(query: Query, scope: Scope, views: tuple[View, ...], items: tuple[str, ...], kb: KnowledgeBase, setting: Setting) -> Answer:
    seen = [_scope_at(scope, view) for view in views]
    not_done = _asked_states(query) == {NOT_DONE} and not query.asks & {"change", "fell"}
    n = len(scope.members) if scope.survey.named else scope.survey.n
    tallied = [{line.item: n - line.done if not_done else line.done for line in lines_of(each, kb) if line.item in items} for each in seen]
    if any(line.no for each in seen for line in lines_of(each, kb)):
        return no_data(query, "no_survey", Missing(territory=scope.territory, surveys=actual(kb, scope.territory.id)), kb, setting)
    series = tuple(_series(item, [counts[item] for counts in tallied], views) for item in items)
    falls = () if not_done else tuple(fall for each in series for fall in each.falls)
    crossing = min(view.as_of for view in views) < "2020-09" <= max(view.as_of for view in views)
    caveats: list[tuple[str, object]] = [("decreased", falls)] if falls else []
    caveats += [("expected", views[-1].survey)] if views[-1].at_end else []
    caveats += [("guide_revised", None)] if crossing else []
    difference = (
        series[0].counts[-1] - series[0].counts[0]
        if len(series) == 1 and query.asks & {"change", "fell"} and len(views) > 1 and not (views[-1].at_end and not query.relative)
        else None
    )
    return Found(
        query=query,
        facts=Trend(
            scope=_with_views(scope, views),
            views=views,
            series=series,
            n=n,
            totals=tuple(sum(each.counts[at] for each in series) for at in range(len(views))),
            changes=bool(query.asks & {"change", "fell"}),
            not_done=not_done,
        ),
        sources=_sources(views, kb),
        as_of=views[-1].as_of,
        value=difference,
        denominator=n,
        grids=(_grid(series, views, n, kb, not_done=not_done),),
        caveats=tuple(caveats),
        next=_next(query, scope, items, kb, setting),
    )


def _sources(views: tuple[View, ...], kb: KnowledgeBase) -> tuple[Citation, ...]:
    found = list(cites(views, kb))
    for view in views:
        totals = planned(kb, view.survey) if view.at_end else None
        if totals:
            found.append(Citation(source=kb.sources[totals.source], place=totals.place, as_of=totals.as_of))
    return tuple(dict.fromkeys(found))


def _scope_at(scope: Scope, view: View) -> Scope:
    return _with_views(scope, (view,))


def _with_views(scope: Scope, views: tuple[View, ...]) -> Scope:
    return replace(scope, views=views)


def _series(item: str, counts: list[int], views: tuple[View, ...]) -> Series:
    falls = tuple(f"({item}) {views[i].survey.label} {a} → {views[i + 1].survey.label} {b}" for i, (a, b) in enumerate(pairwise(counts)) if b < a)
    return Series(item=item, counts=tuple(counts), falls=falls)


def label(view: View) -> Pair:
    """A column's heading: the survey's date, or the end of its plan."""
    ja, en = (period_label(period_of(view.as_of), lang) for lang in ("ja", "en"))
    return Pair(f"{ja}見込み", f"{en}, expected") if view.at_end else Pair(ja, en)


def _grid(series: tuple[Series, ...], views: tuple[View, ...], n: int, kb: KnowledgeBase, *, not_done: bool) -> Grid:
    if len(series) == 1:
        columns: tuple[Column, ...] = (
            Column(key="as_of", label=Pair("時点", "As of")),
            Column(key="done", label=Pair("未実施", "Not done") if not_done else Pair("実施", "Done"), kind="number"),
            Column(key="n", label=Pair("全体", "Of"), kind="number"),
            Column(key="share", label=Pair("割合（%）", "Share (%)"), kind="number"),
        )
        return Grid(columns=columns, rows=tuple((label(view), count, n, share(count, n)) for view, count in zip(views, series[0].counts, strict=True)))
    columns = (
        Column(key="item", label=Pair("項目", "Item")),
        *(Column(key=view.as_of, label=label(view), kind="number") for view in views),
    )
    rows = [(Pair(f"({s.item}){kb.items[s.item].short.ja}", f"({s.item}) {kb.items[s.item].short.en}"), *s.counts) for s in series]
    rows.append((Pair("合計", "Total"), *(sum(s.counts[at] for s in series) for at in range(len(views)))))
    return Grid(columns=columns, rows=tuple(rows))


def _next(query: Query, scope: Scope, items: tuple[str, ...], kb: KnowledgeBase, setting: Setting) -> tuple[Choice, ...]:
    where = where_words(query, kb, setting)
    item = items[0]
    return (
        choice(
            f"({item})が未実施の市町",
            f"{where.ja}({item})が未実施の市町は？",
            f"who hasn't done ({item})",
            f"which municipalities haven't done ({item}){where.en}?",
        ),
        choice(
            "全項目の推移" if len(items) == 1 else f"({item})の推移",
            f"{where.ja}項目ごとの推移" if len(items) == 1 else f"{where.ja}({item})の推移",
            "all items" if len(items) == 1 else f"({item}) alone",
            f"trend by item{where.en}" if len(items) == 1 else f"trend of ({item}){where.en}",
        ),
        choice("項目ごとの集計", f"{where.ja}集計", "tally by item", f"tally by item{where.en}"),
    )


INTENT = Intent(
    help=Pair("調査ごとの推移、二つの時点の間の変化", "the trend over the surveys, and what changed between two"),
    examples=(Pair("(キ)の推移", "trend of (キ)"), Pair("H28.8からH29.6で何が変わった？", "what changed between August 2016 and June 2017?")),
    fits=fits,
    answer=answer,
    uses=frozenset(
        {
            "largest",
            "rank",
            "plan_actual",
            "trend",
            "when",
            "change",
            "fell",
            "by_item",
            "share",
            "tally",
            "total",
            "compare",
            "item_numbers",
            "by_place",
            "most",
            "least",
        }
    ),
)
__all__ = ["DONE", "INTENT", "label"]
