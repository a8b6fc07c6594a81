"""What is drawn, what is turned page by page, and the workbook: the parts that need no Slack."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.ask import Asker, Reply
from bot.desk import ANSWERED_MOST, Answered, Desk
from bot.message import Column, Message, Sheet
from bot.question import Asked, Question
from bot.render.blockkit import check
from bot.render.chart import SERIES_MOST, charts
from bot.render.furniture import Furniture, furnished, headed
from bot.render.pages import ROWS_MOST, page
from bot.workbook import book, has_table
from db.state import Preferences, State, StateUnusable
from knowledge.model import LANGS, Found, Grid, Pair
from knowledge.model import Column as Heading
from knowledge.understand import Setting
from tests.bench_slack import questions

# --- charts -----------------------------------------------------------------------------------------------------------


def drawn(asker: Asker, text: str, setting: Setting) -> tuple[Reply, list[dict[str, Any]]]:
    reply = asker.ask(text, setting)
    return reply, charts(reply.considered.answer, asker.speaker.words[reply.message.lang])


def test_every_tally_and_trend_has_a_chart_that_slack_takes(asker: Asker, setting: Setting) -> None:
    """Whatever is asked: the limits are kept, every number stands in the table too, and nothing else is drawn."""
    kinds = set()
    for text in [text for n, text in enumerate(questions()) if re.search("集計|推移|tally|trend", text) or n % 15 == 0]:
        reply, found = drawn(asker, text, setting)
        if not found:
            continue
        assert check({"text": "x", "blocks": found}) == ()
        kinds.add(reply.query.intent)
        numbers = {cell for grid in reply.considered.answer.grids for row in grid.rows for cell in row if isinstance(cell, int)}  # type: ignore[union-attr]
        chart = found[0]["chart"]
        assert {point["value"] for series in chart["series"] for point in series["data"]} <= numbers | {0}
        assert 1 <= len(chart["series"]) <= SERIES_MOST
    assert kinds == {"tally", "trend"}


def test_a_trend_shows_what_is_only_expected_as_such(asker: Asker, setting: Setting) -> None:
    """And its falls as they are."""
    for text, last in (("(ク)の推移", "平成30年3月31日見込み"), ("trend of (ク)", "31 March 2018 (exp.)")):
        (chart,) = drawn(asker, text, setting)[1]
        (series,) = chart["chart"]["series"]
        assert [point["value"] for point in series["data"]] == [3, 2, 3, 10]
        assert chart["chart"]["axis_config"]["categories"][-1] == last
        assert "n = 19" in chart["title"]


def test_sub_questions_of_one_number_are_told_apart(asker: Asker, setting: Setting) -> None:
    """東京都 asked (キ)③ of two media."""
    (chart,) = drawn(asker, "東京都の集計", setting)[1]
    labels = chart["chart"]["axis_config"]["categories"]
    assert {"(キ)③パンフレット等", "(キ)③ホームページ等", "(ア)①"} <= set(labels)
    assert len(set(labels)) == len(labels) == 12


@pytest.mark.parametrize("text", ["(オ)の集計", "宇部市の状況", "市町別の一覧", "予算", "今日の天気は？"])
def test_what_is_no_tally_is_not_drawn(asker: Asker, setting: Setting, text: str) -> None:
    """One number needs no chart."""
    assert drawn(asker, text, setting)[1] == []


# --- pages ------------------------------------------------------------------------------------------------------------


def long(rows: int, cell: str = "市", lang: Any = "ja") -> Message:
    sheet = Sheet(title="一覧", columns=(Column(label="市町"), Column(label="数", kind="number")), rows=tuple((f"{cell}{n}", n / 2) for n in range(rows)))
    return Message(lang=lang, status="answered", headline="一覧です。", sheets=(sheet,))


@pytest.mark.parametrize(("rows", "of"), [(1, 1), (ROWS_MOST, 1), (ROWS_MOST + 1, 2), (54, 3), (1_741, 88)])
def test_the_pages_hold_every_row_once(rows: int, of: int) -> None:
    """In order, none lost, and what there is of them is said."""
    pages = [page(long(rows), number) for number in range(of)]
    assert {one.of for one in pages} == {of}
    assert [row[0] for one in pages for row in one.message.sheets[0].rows] == [f"市{n}" for n in range(rows)]
    assert (page(long(rows), 99).number, page(long(rows), -1).number) == (of - 1, 0)


def test_a_page_says_which_rows_it_shows() -> None:
    assert page(long(54), 1).message.sheets[0].title == "一覧（54行のうち21〜40行）"
    assert page(long(54, lang="en"), 2).message.sheets[0].title == "一覧 (rows 41–54 of 54)"


def test_a_page_of_long_cells_is_shorter() -> None:
    """So that none of its rows is cut."""
    message = long(20, "長" * 450)
    count = page(message, 0).of
    assert count > 1
    for number in range(count):
        payload = furnished(message, Furniture(carried="{}", page=number))
        assert check(payload) == ()
        assert "ほか" not in str(payload["blocks"])


def test_cells_are_worded_alike_on_every_page() -> None:
    """Halves on one page make halves of all."""
    assert {row[1] for number in range(2) for row in page(long(40), number).message.sheets[0].rows} >= {"0.0", "1.0", "19.5"}


def test_pages_are_turned_by_buttons_where_there_is_where_to() -> None:
    for number, buttons in ((0, ["page_1"]), (1, ["page_0", "page_2"]), (2, ["page_1"])):
        payload = furnished(long(54), Furniture(carried="{}", feedback="f", page=number))
        assert check(payload) == ()
        (block,) = [block for block in payload["blocks"] if block.get("block_id", "").startswith("page ")]
        assert (block["block_id"], [element["action_id"] for element in block["elements"]]) == (f"page f {number}", buttons)
    assert "page" not in str(furnished(long(54)))


def test_what_has_no_heading_gets_none() -> None:
    assert headed({"text": "a", "blocks": []}, {"text": "b", "blocks": [{"type": "divider"}]}) == {"text": "a", "blocks": []}
    assert headed({"text": "a", "blocks": []}, {}) == {"text": "a", "blocks": []}


# --- workbooks --------------------------------------------------------------------------------------------------------


def opened(asker: Asker, reply: Reply) -> Any:
    return openpyxl.load_workbook(io.BytesIO(book(reply, asker.speaker.words[reply.message.lang], "f" * 64).data))


def test_every_table_is_one_header_row_and_one_value_a_cell(asker: Asker, setting: Setting) -> None:
    """Over a part of all wordings: unique headings, rows as long as the header, figures that are figures, a source on each row."""
    seen = 0
    for text in questions()[::25]:
        reply = asker.ask(text, setting)
        if not has_table(reply):
            continue
        seen += 1
        *tables, about = opened(asker, reply).worksheets
        source = "出典" if reply.message.lang == "ja" else "Source"
        assert about.max_row >= 3
        for sheet in tables:
            header, *rows = sheet.iter_rows(values_only=True)
            assert len(set(header)) == len(header) and all(header), text
            assert header[-1] == source and all(row[-1] for row in rows)
            assert sheet.freeze_panes == "A2" and sheet.merged_cells.ranges == set()
    assert seen > 15


def test_a_tally_as_a_workbook(asker: Asker, setting: Setting) -> None:
    """As-of, n and source on every row; counts and shares with their formats."""
    sheet = opened(asker, asker.ask("集計", setting)).worksheets[0]
    header, first, *_ = sheet.iter_rows()
    named = dict(zip([cell.value for cell in header], first, strict=True))
    assert (named["実施済み"].value, named["実施済み"].number_format) == (15, "#,##0")
    assert (named["実施率（%）"].value, named["実施率（%）"].number_format) == (78.9, "0.0")
    assert (named["時点"].value, named["全体"].value) == ("平成29年6月（2017年6月）", 19)
    assert "山口県 長寿社会課" in named["出典"].value
    assert sheet.max_row == 1 + 8


def test_a_list_of_municipalities_has_their_codes(asker: Asker, setting: Setting) -> None:
    sheet = opened(asker, asker.ask("which municipalities haven't done (オ)?", setting)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("Municipality", "Code", "(オ) consultation support")
    assert ("萩市", "35204") in {row[:2] for row in rows} and {row[2] for row in rows[1:]} == {"Planned", "No plan"}
    assert {row[rows[0].index("n")] for row in rows[1:]} == {19}


def test_what_people_write_is_no_formula(asker: Asker, setting: Setting) -> None:
    """Words that begin with = stay words, in the facts and in the question; controls are gone."""
    reply = asker.ask("集計", setting)
    given = reply.considered.answer
    assert isinstance(given, Found)
    grid = Grid(columns=(Heading(key="a", label=Pair("=A", "=A")),), rows=((Pair("=1+1", "=1+1"),), ("\x07+cmd|' /C calc'!A0",)))
    query = given.query.but(text='=HYPERLINK("http://evil.example")')
    hostile = replace(reply, considered=replace(reply.considered, answer=replace(given, grids=(grid,), query=query)))
    workbook = opened(asker, hostile)
    cells = [cell for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}
    assert any(cell.value == "=1+1" for cell in cells)


def test_a_file_s_name_is_one_on_every_system(asker: Asker, setting: Setting) -> None:
    for text in ("集計", "which towns haven't done (オ)?", "項目の一覧"):
        name = book(asker.ask(text, setting), asker.speaker.words["ja"], "").name
        assert name.endswith(".xlsx") and len(name) < 90 and not set(name) & set('\\/:*?"<>|\n')


# --- the desk's memory of what it was just asked ------------------------------------------------------------------------


def test_an_answer_is_made_once(asker: Asker, setting: Setting) -> None:
    """The same words from the same home on the same day; another day is another question, and the oldest is forgotten."""
    answered = Answered(asker)
    first = answered.ask("集計", setting)
    assert answered.ask("集計", setting) is first
    assert answered.ask("集計", replace(setting, home="tokyo")) is not first
    assert answered.ask("(カ)は？", setting, first.query) is not answered.ask("(カ)は？", setting, first.query)
    for n in range(ANSWERED_MOST):
        answered.kept[(str(n), setting)] = first
    answered.ask("締切", setting)
    assert len(answered.kept) == ANSWERED_MOST and ("集計", setting) not in answered.kept


def test_a_failure_is_no_answer_to_keep(asker: Asker, setting: Setting) -> None:
    answered = Answered(asker)
    assert answered.ask("集計", replace(setting, home="nowhere")).failure
    assert not answered.kept


def test_choices_are_known_at_once_here_and_soon_elsewhere(asker: Asker, tmp_path: Path) -> None:
    """And as they were last known while the store does not answer."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    here, there = (Desk(asker, State.open(url), "yamaguchi") for _ in range(2))
    assert there.choices.of("T", "U") == Preferences()
    here.prefer("T", "U", lang="en", home="tokyo")
    assert here.choices.of("T", "U") == Preferences(lang="en", home="tokyo")
    there.choices.until = 0.0
    assert there.choices.of("T", "U").home == "tokyo"
    (tmp_path / "state.db").unlink()
    there.choices.until = 0.0
    assert there.choices.of("T", "U").home == "tokyo"
    with pytest.raises(StateUnusable):
        there.prefer("T", "U", home="chiba")


@pytest.mark.parametrize("lang", LANGS)
def test_lines_of_the_log_are_written_together(asker: Asker, tmp_path: Path, lang: str) -> None:
    """The first of them asks for it; each is kept once."""
    desk = Desk(asker, State.open(f"sqlite:///{tmp_path / 'state.db'}"), "yamaguchi", clock=lambda: datetime(2018, 2, 1, tzinfo=UTC))
    asked = [Question(text=text, key=text, door="command", team="T", user="U", channel="C") for text in ({"ja": "集計", "en": "tally"}[lang], "?", "x")]
    told = [desk.answer(question) for question in asked]
    assert [desk.log(*pair) for pair in zip(asked, told, strict=True)] == [True, False, False]
    desk.write_log()
    assert desk.log(asked[0], told[0]) is True
    desk.write_log()
    logged = [desk.state.question(one.name) for one in told]
    assert [(log.question, log.outcome) for log in logged if log] == [(asked[0].text, "answered"), ("?", "refused"), ("x", "refused")]


def test_what_a_menu_is_set_to_is_carried_by_every_button(asker: Asker, tmp_path: Path) -> None:
    """So that evidence, workbook and pages are of what is shown now; the next choice goes on from the question itself."""
    desk = Desk(asker, State.open(f"sqlite:///{tmp_path / 'state.db'}"), "yamaguchi")
    question = Question(text="", key="k", door="button", team="T", user="U", channel="C", thread="1.0", follows="1.0")
    asked = Asked(turns=("(オ)がまだの市町は？",), home="yamaguchi", lang=None, picked="山口県の2017-06の(カ)は？")
    told = desk.change(question, asked)
    assert "(カ)研修が未実施" in desk.evidence(asked)["text"]
    assert desk.book(asked.carried()).title.startswith("(カ)研修が未実施")
    (menus,) = [block for block in told.payload()["blocks"] if block.get("elements", [{}])[0].get("type") == "static_select"]
    assert menus["block_id"] == asked.carried()
    assert told.turns == ("(オ)がまだの市町は？", "山口県の2017-06の(カ)は？")
