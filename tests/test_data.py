"""The shipped facts against themselves: sourced, complete, adding up, and each of them to be found by its own words.

The tables PRINTED_… are a second reading of the documents, typed from them and not from knowledge/sources/.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from bot.ask import Asker
from knowledge.dates import period_of
from knowledge.load import SOURCES, Facts, fact_files, load_municipalities
from knowledge.model import Pair, State, Subject
from knowledge.understand import Setting, hear

ITEMS = "アイウエオカキク"
RAW: dict[str, dict[str, Any]] = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in fact_files(SOURCES)}
MUNICIPALITIES = load_municipalities()
OFFICIAL = {(m.prefecture, m.name) for m in MUNICIPALITIES}


def raw(kind: str) -> list[dict[str, Any]]:
    """Every [[kind]] of every file, as written."""
    return [each for document in RAW.values() for each in document.get(kind, [])]


def percent(count: float, of: int) -> float:
    """A share in percent to one decimal, halves upwards, as documents print it."""
    return float((Decimal(100) * Decimal(str(count)) / Decimal(of)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def told(facts: Facts, kind: str) -> list[Subject]:
    return [subject for subject in facts.subjects if subject.kind == kind]


# --- a second reading of the documents --------------------------------------------------------------------------------

PRINTED_COUNTS = {  # 000, 2(1): H27.8, H28.8, H29.6, planned for the end of FY H29
    "ア": (5, 9, 15, 19),
    "イ": (10, 13, 15, 19),
    "ウ": (2, 4, 8, 15),
    "エ": (7, 10, 13, 19),
    "オ": (2, 6, 8, 15),
    "カ": (11, 13, 15, 16),
    "キ": (5, 10, 9, 18),
    "ク": (3, 2, 3, 10),
}
PRINTED_TOTALS = (45, 67, 86, 131)
PRINTED_NAMES = {  # 000, 2(2): done at H29.6; further ones by the end of FY H29
    "ア": (
        "下関市、宇部市、山口市、萩市、防府市、岩国市、光市、長門市、美祢市、周南市、山陽小野田市、周防大島町、和木町、上関町、田布施町",
        "下松市、柳井市、平生町、阿武町",
    ),
    "イ": (
        "下関市、宇部市、山口市、防府市、下松市、岩国市、光市、長門市、美祢市、周南市、山陽小野田市、周防大島町、和木町、平生町、阿武町",
        "萩市、柳井市、上関町、田布施町",
    ),
    "ウ": (
        "下関市、宇部市、山口市、岩国市、光市、柳井市、周南市、平生町",
        "萩市、防府市、下松市、美祢市、山陽小野田市、田布施町、阿武町",
    ),
    "エ": (
        "宇部市、山口市、萩市、防府市、岩国市、光市、長門市、柳井市、周南市、山陽小野田市、周防大島町、田布施町、阿武町",
        "下関市、下松市、美祢市、和木町、上関町、平生町",
    ),
    "オ": (
        "下関市、宇部市、山口市、光市、柳井市、周南市、山陽小野田市、上関町",
        "防府市、下松市、岩国市、美祢市、田布施町、平生町、阿武町",
    ),
    "カ": (
        "下関市、宇部市、山口市、萩市、防府市、下松市、光市、長門市、柳井市、美祢市、周南市、山陽小野田市、周防大島町、和木町、阿武町",
        "岩国市",
    ),
    "キ": (
        "宇部市、山口市、萩市、防府市、光市、長門市、柳井市、周南市、周防大島町",
        "下関市、下松市、岩国市、美祢市、山陽小野田市、和木町、上関町、田布施町、阿武町",
    ),
    "ク": (
        "宇部市、萩市、長門市",
        "防府市、下松市、光市、周南市、山陽小野田市、和木町、阿武町",
    ),
}
PRINTED_TALLY = [  # 003, 27年10月, n = 53
    ("ア", "①", 49, 92.5, 4, 7.5),
    ("ア", "③", 40, 75.5, 13, 24.5),
    ("イ", "①", 46, 86.8, 7, 13.2),
    ("ウ", "①", 31, 58.5, 22, 41.5),
    ("エ", "①", 28, 52.8, 25, 47.2),
    ("オ", "①", 33, 62.3, 20, 37.7),
    ("カ", "①", 36, 67.9, 17, 32.1),
    ("カ", "②", 27, 50.9, 26, 49.1),
    ("キ", "①", 27, 50.9, 26, 49.1),
    ("キ", "③", 18, 34.0, 35, 66.0),
    ("キ", "③", 18, 34.0, 35, 66.0),
    ("ク", "①", 14, 26.4, 39, 73.6),
]
PRINTED_MEETINGS = [  # 003, 2
    ("2015-09-04", "金", "区西南部", "目黒区役所"),
    ("2015-09-07", "月", "区東北部", "足立区役所"),
    ("2015-09-14", "月", "区南部", "大田区役所"),
    ("2015-09-14", "月", "北多摩南部", "多摩府中保健所"),
    ("2015-09-18", "金", "区中央部", "中央区役所"),
    ("2015-09-28", "月", "", "荒川区役所"),  # printed as 荒川区, which lies in 区東北部
    ("2015-09-30", "水", "北多摩北部", "多摩小平保健所"),
    ("2015-10-01", "木", "南多摩", "南多摩保健所"),
    ("2015-10-05", "月", "北多摩西部", "多摩立川保健所"),
    ("2015-10-06", "火", "区西部", "東京都庁"),
    ("2015-10-07", "水", "西多摩", "西多摩保健所"),
    ("2015-10-13", "火", "区西北部", "北区役所"),
    ("2015-10-20", "火", "区東部", "墨田区役所"),
]
PRINTED_BUDGET = {  # 001, in thousand yen; (amount, new)
    "在宅医療スタートアップ支援事業": (None, False),
    "在宅医養成研修事業": (7_500, False),
    "在宅医療推進アドバイザー派遣事業": (14_000, False),
    "地域における在宅医療等推進体制強化事業": (None, True),
    "多職種連携による医療・介護連携推進事業": (8_000, True),
    "在宅医療連携促進支援事業": (162_000, True),
    "在宅医療BCP策定促進研修事業": (7_600, True),
}
PRINTED_HUBS = [(32, 59.3), (0, 0.0), (22, 40.7), (54, 100.0)]
PRINTED_FUNCTIONS = [(22, 40.7), (4, 7.4), (22, 40.7), (16, 29.6), (9, 16.7), (25, 46.3)]
PRINTED_FUNDING = {
    "kurume-2025-funding-benefits": [("国", 25), ("都道府県", 12.5), ("市町村", 12.5), ("1号保険料", 23), ("2号保険料", 27)],
    "kurume-2025-funding-comprehensive": [("国", 38.5), ("都道府県", 19.25), ("市町村", 19.25), ("1号保険料", 23)],
}
FUKUOKA_PROGRAMMES = 16  # 002, page 9, 令和6年度事業


# --- surveys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", list(ITEMS))
def test_printed_counts(letter: str, facts: Facts) -> None:
    """The four printed counts of every item of 山口県 are held as printed, and the named survey has as many names."""
    by_survey = {(t.survey, t.item): t.done for t in facts.tallies}
    named = sum(s.survey == "yamaguchi-2017-06" and s.item == letter and s.state == State.DONE for s in facts.statuses)
    held = (*(by_survey[id_, letter] for id_ in ("yamaguchi-2015-08", "yamaguchi-2016-08")), named, by_survey["yamaguchi-2018-03-plan", letter])
    assert PRINTED_COUNTS[letter] == held


@pytest.mark.parametrize("letter", list(ITEMS))
def test_printed_names(letter: str, facts: Facts) -> None:
    """Done and planned municipalities of every item are those of the document; all others are neither."""
    code = {m.name: m.code for m in MUNICIPALITIES if m.prefecture == "山口県"}
    done, planned = ({code[name] for name in column.split("、")} for column in PRINTED_NAMES[letter])
    held = {state: {s.municipality for s in facts.statuses if s.survey == "yamaguchi-2017-06" and s.item == letter and s.state == state} for state in State}
    assert {State.DONE: done, State.PLANNED: planned, State.NEITHER: set(code.values()) - done - planned} == held


def test_printed_totals(facts: Facts) -> None:
    """The four columns add up to the printed totals 45, 67, 86 and 131, which are recorded."""
    assert tuple(sum(column) for column in zip(*PRINTED_COUNTS.values(), strict=True)) == PRINTED_TOTALS
    assert tuple(s.total for s in sorted(facts.surveys, key=lambda s: s.as_of) if s.territory == "yamaguchi") == PRINTED_TOTALS


def test_two_counts_went_down(facts: Facts) -> None:
    """(キ) fell from 10 to 9 and (ク) from 3 to 2 before it rose to 3: nothing is smoothed."""
    actual = {letter: counts[:3] for letter, counts in PRINTED_COUNTS.items()}
    assert {letter: counts for letter, counts in actual.items() if list(counts) != sorted(counts)} == {"キ": (5, 10, 9), "ク": (3, 2, 3)}


def test_expected_is_done_and_planned(facts: Facts) -> None:
    """What is printed for the end of FY H29 is done + planned of the survey it was said in, item by item."""
    for plan in (s for s in facts.surveys if s.kind == "planned"):
        base = next(s for s in facts.surveys if s.id == plan.based_on)
        counted = Counter(s.item for s in facts.statuses if s.survey == base.id and s.state != State.NEITHER)
        assert dict(counted) == {t.item: t.done for t in facts.tallies if t.survey == plan.id}
        assert (base.territory, base.n, base.plan_by) == (plan.territory, plan.n, plan.as_of)


def test_every_count_is_the_number_of_names() -> None:
    """In a file that gives names and counts, each count is the number of different names, and no name stands in both lists."""
    for survey in (s for s in raw("survey") if "done" in s):
        for letter in ITEMS:
            done, planned = survey["done"].get(letter, []), survey.get("planned", {}).get(letter, [])
            assert survey["counts"][letter] == len(done) == len(set(done)), (survey["id"], letter)
            assert len(done) + len(planned) == len({*done, *planned}), (survey["id"], letter)


def test_every_status_is_there_once(facts: Facts) -> None:
    """A named survey has exactly one state for each of its municipalities and items."""
    for survey in facts.surveys:
        members = next(t.members for t in facts.territories if t.id == survey.territory)
        held = Counter((s.municipality, s.item) for s in facts.statuses if s.survey == survey.id)
        expected = Counter((code, item) for code in members for item in ITEMS) if survey.named else Counter()
        assert expected == held, survey.id


def test_tallies_add_up(facts: Facts) -> None:
    """Done and not done of every tally make n, and every survey without names has a tally of every item."""
    n = {s.id: s.n for s in facts.surveys}
    assert [t for t in facts.tallies if t.done + t.not_done != n[t.survey]] == []
    for survey in (s for s in facts.surveys if not s.named):
        assert set(ITEMS) == {t.item for t in facts.tallies if t.survey == survey.id}


def test_tokyo_tally(facts: Facts) -> None:
    """東京都's twelve figures stand as printed, sub-question by sub-question, with the two media of (キ)③ apart."""
    held = [(t.item, t.no, t.done, t.done_share, t.not_done, t.not_done_share) for t in facts.tallies if t.survey == "tokyo-2015-10"]
    assert held == PRINTED_TALLY
    media = [t.part.ja for t in facts.tallies if t.survey == "tokyo-2015-10" and t.item == "キ" and t.no == "③" and t.part]
    assert len(set(media)) == 2


def test_every_printed_share_of_a_tally(facts: Facts) -> None:
    """Each printed percentage is the count over n, to one decimal."""
    n = {s.id: s.n for s in facts.surveys}
    shares = [(t.done, t.done_share, n[t.survey]) for t in facts.tallies] + [(t.not_done, t.not_done_share, n[t.survey]) for t in facts.tallies]
    printed = [each for each in shares if each[1] is not None]
    assert 2 * len(PRINTED_TALLY) == len(printed)
    assert [each for each in printed if percent(each[0], each[2]) != each[1]] == []


@pytest.mark.parametrize("n", [19, 53], ids=["yamaguchi", "tokyo"])
def test_n_is_the_number_of_members(n: int, facts: Facts) -> None:
    """A survey asked every municipality of its territory (東京都's is without the islands)."""
    territory = {19: "yamaguchi", 53: "tokyo"}[n]
    members = next(t.members for t in facts.territories if t.id == territory)
    assert n == len(members)
    assert {n} == {s.n for s in facts.surveys if s.territory == territory}


def test_only_one_survey_names_municipalities(facts: Facts) -> None:
    """Names are published for H29.6 only: no other survey has a single status."""
    assert [s.id for s in facts.surveys if s.named] == ["yamaguchi-2017-06"]
    assert {"yamaguchi-2017-06"} == {s.survey for s in facts.statuses}


# --- tables, money ----------------------------------------------------------------------------------------------------


def rows_of(facts: Facts, table: str) -> list[Subject]:
    return [s for s in told(facts, "row") if s.parent == table]


def test_every_printed_share_of_a_table(facts: Facts) -> None:
    """Each printed percentage is the figure over the table's first denominator, which is marked as the printed one."""
    for table in told(facts, "table"):
        shares = [row.of for row in rows_of(facts, table.id) if row.of.share is not None]
        if shares:
            assert table.of.bases[0].printed, table.id
            assert [row for row in shares if percent(row.value, table.of.bases[0].n) != row.share] == [], table.id


def test_chiba_hub_status(facts: Facts) -> None:
    """32 have a hub, 0 plan one, 22 have none: 54 of 54."""
    held = [(row.of.value, row.of.share) for row in rows_of(facts, "chiba-hub-status")]
    assert held == PRINTED_HUBS
    assert PRINTED_HUBS[-1][0] == sum(count for count, _ in PRINTED_HUBS[:-1])


def test_chiba_hub_functions_have_two_denominators(facts: Facts) -> None:
    """The function table's heading says that 32 answered; its percentages are of 54. Both denominators are recorded, 54 as the printed one."""
    table = next(s for s in told(facts, "table") if s.id == "chiba-hub-functions")
    assert [(base.n, base.printed) for base in table.of.bases] == [(54, True), (32, False)]
    assert [(row.of.value, row.of.share) for row in rows_of(facts, table.id)] == PRINTED_FUNCTIONS
    assert [share for _, share in PRINTED_FUNCTIONS] == [percent(count, 54) for count, _ in PRINTED_FUNCTIONS]
    assert [count for count, share in PRINTED_FUNCTIONS if percent(count, 32) == share] == []
    assert PRINTED_HUBS[0][0] == 32


def test_funding_shares(facts: Facts) -> None:
    """The two lists of who pays stand as printed and add up to 100 %; the second has no 2号保険料."""
    for id_, printed in PRINTED_FUNDING.items():
        assert printed == [(row.of.label.ja, row.of.value) for row in rows_of(facts, id_)]
        assert Decimal(100) == sum(Decimal(str(row.of.value)) for row in rows_of(facts, id_))


def test_chiba_budget(facts: Facts) -> None:
    """千葉県's budget lines: amounts in yen, which are new, and no fiscal year, since the document states none."""
    held = {s.of.name: s for s in told(facts, "programme") if s.territory == "chiba"}
    assert {name: (amount and amount * 1000, new) for name, (amount, new) in PRINTED_BUDGET.items()} == {
        name: (s.of.amount, s.of.new) for name, s in held.items()
    }
    assert {""} == {s.of.fiscal_year for s in held.values()}
    subsidy = held["在宅医療連携促進支援事業"].of
    assert (subsidy.rate, subsidy.cap) == ("10/10", 3_000_000)
    assert subsidy.cap * 54 == subsidy.amount


def test_programmes_have_their_parents(facts: Facts) -> None:
    """A part of a programme names a programme that exists, in the same document and territory."""
    programmes = {s.id: s for s in told(facts, "programme")}
    parts = [s for s in programmes.values() if s.parent]
    assert len(parts) == 4
    assert [s.id for s in parts if s.parent not in programmes or programmes[s.parent].source != s.source or programmes[s.parent].territory != s.territory] == []


def test_fukuoka_programmes(facts: Facts) -> None:
    """福岡県's sixteen programmes are all there, of FY R6, without amounts, since none are printed."""
    held = [s.of for s in told(facts, "programme") if s.territory == "fukuoka"]
    assert len({programme.name for programme in held}) == FUKUOKA_PROGRAMMES
    assert {("FY2024", None)} == {(programme.fiscal_year, programme.amount) for programme in held}


# --- events -----------------------------------------------------------------------------------------------------------


def test_meetings(facts: Facts) -> None:
    """The thirteen meetings of 東京都 with day, weekday, area and place."""
    held = [(s.of.date, s.of.weekday, s.of.area, s.of.venue) for s in told(facts, "event") if s.of.kind == "meeting" and s.territory == "tokyo"]
    assert held == PRINTED_MEETINGS


def test_weekdays(facts: Facts) -> None:
    """Every printed weekday is that day's."""
    printed = [(s.of.date, s.of.weekday) for s in told(facts, "event") if s.of.weekday]
    assert len(PRINTED_MEETINGS) == len(printed)
    assert [(day, weekday) for day, weekday in printed if "月火水木金土日"[date.fromisoformat(day).weekday()] != weekday] == []


def test_events_are_dated(facts: Facts) -> None:
    """Every event has a date that exists, and ends no earlier than it begins."""
    for event in told(facts, "event"):
        begins = period_of(event.of.date)
        assert not event.of.until or period_of(event.of.until).end >= begins.start, event.id


def test_events_lie_in_known_areas(facts: Facts) -> None:
    """A meeting's medical area is an area of the meeting's territory."""
    areas = {(area.prefecture, area.name) for area in facts.areas}
    names = {t.id: t.name for t in facts.territories}
    assert [s.id for s in told(facts, "event") if s.of.area and (names[s.territory], s.of.area) not in areas] == []


def test_the_deadline_in_two_wordings(facts: Facts) -> None:
    """April 2018 and the end of FY H29 are one nationwide deadline in two wordings, each with its own document, each for all eight items."""
    held = [s for s in told(facts, "event") if s.of.kind == "deadline" and s.territory == "japan"]
    assert {("2018-04", "yamaguchi-2017"), ("2018-04", "tokyo-2015"), ("2018-03-31", "minamishinshu-2015")} == {(s.of.date, s.source) for s in held}
    assert {tuple(ITEMS)} == {s.items for s in held}
    plan = next(s for s in facts.surveys if s.kind == "planned")
    assert plan.as_of == "2018-03-31"


# --- every fact -------------------------------------------------------------------------------------------------------


def pairs(value: Any, where: str = "") -> Iterator[tuple[str, Pair]]:
    """Every Pair in a value, with where it stands."""
    if isinstance(value, Pair):
        yield where, value
    elif isinstance(value, tuple):
        for each in value:
            yield from pairs(each, where)
    elif is_dataclass(value):
        name = getattr(value, "id", None) or getattr(value, "letter", None) or where
        for each in fields(value):
            yield from pairs(getattr(value, each.name), f"{name} {each.name}")


JAPANESE = re.compile("[ぁ-ゖァ-ヺ一-鿿々]")
GLOSSED = re.compile(r"[ぁ-ゖァ-ヺー一-鿿々・]+ \([^()]*[A-Za-z][^()]*\)")  # a Japanese name with its English beside it
SET_APART = re.compile(r"\([^()]*\)|（[^（）]*）|「[^「」]*」|『[^『』]*』|“[^“”]*”|\"[^\"]*\"|\[[^\[\]]*\]")


def unglossed(text: str) -> str:
    """English text without names that are explained in brackets, and without what stands in brackets or quotes."""
    before = ""
    text = GLOSSED.sub("", text)
    while text != before:
        before, text = text, SET_APART.sub("", text)
    return text


def test_both_languages(facts: Facts) -> None:
    """The Japanese of a Pair is Japanese or only signs (%); the English has no hiragana but in names that are quoted or explained."""
    told_ = list(pairs(facts))
    assert len(told_) > 500
    assert [(where, pair.ja) for where, pair in told_ if not JAPANESE.search(pair.ja) and any(char.isalnum() for char in pair.ja)] == []
    assert [(where, pair.en) for where, pair in told_ if re.search("[ぁ-ゖ]", unglossed(pair.en))] == []
    assert [(where, pair) for where, pair in told_ if pair.ja == pair.en and JAPANESE.search(pair.ja)] == []


def test_every_fact_is_sourced(facts: Facts) -> None:
    """Every survey and subject names a document that is there and the place in it; every document has title and publisher in both languages."""
    known = {source.id for source in facts.sources}
    places = [(thing.id, thing.source, thing.place) for thing in (*facts.surveys, *facts.subjects)]
    assert [each for each in places if each[1] not in known or not each[2].strip()] == []
    assert len(RAW) == len(known)
    assert [s.id for s in facts.sources if not all((s.document.ja, s.document.en, s.publisher.ja, s.publisher.en))] == []
    assert known == {source for _, source, _ in places}
    assert [area.name for area in facts.areas if not area.source.strip()] == []


def test_ids_are_unique(facts: Facts) -> None:
    """No two things have one id, not even a survey and a topic."""
    ids = Counter(thing.id for thing in (*facts.sources, *facts.surveys, *facts.subjects))
    assert [id_ for id_, count in ids.items() if count > 1] == []


def test_everything_is_of_a_known_territory(facts: Facts) -> None:
    """Every survey and subject lies in a territory that is defined."""
    known = {t.id for t in facts.territories}
    assert [thing.id for thing in (*facts.surveys, *facts.subjects) if thing.territory not in known] == []


def test_territories_are_the_same_in_every_file() -> None:
    """A territory that several files repeat has the same name, kind and members in all of them."""
    held: dict[str, set[str]] = {}
    for territory in raw("territory"):
        held.setdefault(territory["id"], set()).add(repr(sorted((key, value) for key, value in territory.items() if key != "words")))
    assert {id_: sorted(said) for id_, said in held.items() if len(said) > 1} == {}


def test_parents_exist(facts: Facts) -> None:
    """Rows stand under tables, points under topics."""
    kind = {s.id: s.kind for s in facts.subjects}
    under = {"row": "table", "point": "topic"}
    assert [s.id for s in facts.subjects if s.kind in under and kind.get(s.parent) != under[s.kind]] == []


def test_topics_are_not_empty(facts: Facts) -> None:
    """Every topic has a point and every table a row: a heading alone answers nothing."""
    filled = {s.parent for s in facts.subjects}
    assert [s.id for s in facts.subjects if s.kind in {"topic", "table"} and s.id not in filled] == []


# --- municipalities and areas -----------------------------------------------------------------------------------------


def test_all_municipalities() -> None:
    """All 1,741 municipalities: 792 市, 743 町, 183 村 and the 23 区, of 47 prefectures, in code order."""
    assert len(MUNICIPALITIES) == 1741
    assert Counter(m.kind for m in MUNICIPALITIES) == {"市": 792, "町": 743, "村": 183, "区": 23}
    codes = [m.code for m in MUNICIPALITIES]
    assert codes == sorted(set(codes))
    assert 47 == len({(m.code[:2], m.prefecture) for m in MUNICIPALITIES}) == len({m.code[:2] for m in MUNICIPALITIES})


def test_names_bear_their_kind() -> None:
    """A name ends in its kind, its reading is hiragana and ends in the reading of the kind."""
    endings = {"市": ("し",), "町": ("ちょう", "まち"), "村": ("むら", "そん"), "区": ("く",)}
    wrong = [m.name for m in MUNICIPALITIES if not m.name.endswith(m.kind) or not m.kana.endswith(endings[m.kind]) or not re.fullmatch("[ぁ-ゖー]+", m.kana)]
    assert wrong == []


def test_no_name_twice_in_a_prefecture() -> None:
    """Within a prefecture a name is one municipality's (the second 泊村 of 北海道, in the Northern Territories, is none of the 1,741)."""
    assert [name for name, count in Counter((m.prefecture, m.name) for m in MUNICIPALITIES).items() if count > 1] == []


def test_yamaguchi_and_tokyo_members() -> None:
    """山口県 has 13 市 and 6 町; 東京都's survey 23 区, 26 市, 3 町 and 1 村."""
    islands = set(next(t["except"] for t in raw("territory") if t["id"] == "tokyo"))
    assert Counter(m.kind for m in MUNICIPALITIES if m.prefecture == "山口県") == {"市": 13, "町": 6}
    assert Counter(m.kind for m in MUNICIPALITIES if m.prefecture == "東京都" and m.name not in islands) == {"区": 23, "市": 26, "町": 3, "村": 1}
    assert len(islands) == 9


def names_in_files() -> Iterator[tuple[str, str, str]]:
    """(file, prefecture, name) of every municipality that a file of facts names."""
    for stem, document in RAW.items():
        prefecture = {t["id"]: t.get("prefecture", "") for t in document.get("territory", [])}
        for territory in document.get("territory", []):
            for name in (*territory.get("except", []), *territory.get("members", [])):
                yield stem, territory.get("prefecture", ""), name
        for survey in document.get("survey", []):
            for by_item in (survey.get("done", {}), survey.get("planned", {})):
                for names in by_item.values():
                    yield from ((stem, prefecture[survey["territory"]], name) for name in names)


def test_every_name_is_official() -> None:
    """Every municipality named in a file is an official name (of its prefecture, where the territory has one)."""
    anywhere = {name for _, name in OFFICIAL}
    named = list(names_in_files())
    assert len(named) > 100
    assert [each for each in named if (each[1], each[2]) not in OFFICIAL and (each[1] or re.sub("（.*", "", each[2]) not in anywhere)] == []


def test_areas_lie_in_their_prefecture(facts: Facts) -> None:
    """A medical area's members are all of its prefecture, and no municipality is in two areas."""
    prefecture = {m.code: m.prefecture for m in MUNICIPALITIES}
    assert [(area.name, code) for area in facts.areas for code in area.members if prefecture[code] != area.prefecture] == []
    assert [code for code, count in Counter(code for area in facts.areas for code in area.members).items() if count > 1] == []


@pytest.mark.parametrize("prefecture", ["山口県", "東京都"])
def test_every_municipality_is_in_one_area(prefecture: str, facts: Facts) -> None:
    """Each municipality of the prefecture is in exactly one of its medical areas."""
    inside = Counter(code for area in facts.areas if area.prefecture == prefecture for code in area.members)
    assert Counter(m.code for m in MUNICIPALITIES if m.prefecture == prefecture) == inside


def test_areas_of_yamaguchi(facts: Facts) -> None:
    """山口県's eight areas by name."""
    assert {"岩国", "柳井", "周南", "山口・防府", "宇部・小野田", "下関", "長門", "萩"} == {area.name for area in facts.areas if area.prefecture == "山口県"}


def test_iida_shimoina_is_one_area(facts: Facts) -> None:
    """飯田下伊那 (南信州広域連合) has 14 members, which are the one medical area 飯伊, as document 004 says."""
    union = next(t for t in facts.territories if t.id == "iida-shimoina")
    area = next(a for a in facts.areas if a.name == "飯伊")
    assert len(union.members) == 14
    assert union.members == area.members


# --- every fact can be found ------------------------------------------------------------------------------------------


def ways_of(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(id, way of asking as written) of everything in a file that has ways."""
    for kind in ("table", "programme", "topic", "event"):
        for thing in document.get(kind, []):
            yield from written(thing["id"], thing)
            for order, part in enumerate(thing.get("row", thing.get("point", [])), 1):
                yield from written(f"{thing['id']}/{order}", part)


def written(id_: str, thing: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for lang in ("ja", "en"):
        yield from ((id_, way) for way in thing.get("words", {}).get(lang, []))


@pytest.mark.parametrize("stem", sorted(RAW))
def test_every_way_of_asking_finds_its_subject(stem: str, asker: Asker, setting: Setting) -> None:
    """Each way of asking, typed as it is written, has its subject among those that the question is about.

    What a point stands under will do, since all of it is shown, and so will a row of a table.
    """
    known = asker.kb.subjects
    lost = []
    for id_, way in ways_of(RAW[stem]):
        found = hear(way, asker.understanding, setting).query.subjects
        tables = {known[each].parent for each in found if known[each].kind == "row"}
        if not {id_, known[id_].parent} & {*found, *tables}:
            lost.append(f"{id_}: {way!r} finds {', '.join(found[:3]) or 'nothing'}")
    assert len(lost) <= len(list(ways_of(RAW[stem]))) / 40, "\n".join(("these ways of asking do not find what they are given for:", *lost))


@pytest.mark.parametrize("stem", sorted(RAW))
def test_every_subject_has_a_way_or_stands_under_one(stem: str) -> None:
    """Everything can be asked for: by its own words or by those of what it stands under."""
    asked = {id_ for id_, _ in ways_of(RAW[stem])}
    things = (thing["id"] for kind in ("table", "programme", "topic", "event") for thing in RAW[stem].get(kind, []))
    assert [id_ for id_ in things if id_ not in asked] == []
