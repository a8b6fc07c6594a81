"""What one Message looks like in words, at a terminal and in Slack: golden examples, and what holds for any message."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.message import Action, Column, Message, Sheet, worded
from bot.render.blockkit import characters, check
from bot.render.plain import WORDS, blank, plain, visible
from bot.render.slack import blocks, clip, defused, escape, fallback, shorten, slack, unescape
from bot.render.terminal import NOT_FIRST, NOT_LAST, cells, terminal, wrap

# --- three answers ----------------------------------------------------------------------------------------------------

MATRIX = Sheet(
    title="市町別の実施状況",
    columns=(
        Column(label="市町"),
        *(Column(label=f"({item})", kind="mark") for item in "アイウ"),
        Column(label="実施数", kind="number"),
    ),
    rows=(("下関市", "○", "–", "予定", 1), ("山陽小野田市", "○", "○", "○", 3), ("平生町", None, None, "–", 0)),
)
ANSWER = Message(
    lang="ja",
    status="answered",
    reading="〔(オ)相談支援｜未実施｜平成29年6月時点｜山口県19市町〕",
    notices=("「下末市」を「下松市」と読みました。",),
    headline="11 / 19 市町（57.9 %）がまだ実施していません。",
    body=("うち予定あり 8、予定なし 3。", "・予定あり：下関市、萩市", "・予定なし：平生町"),
    sheets=(
        MATRIX,
        Sheet(
            title="年度末の見込み",
            columns=(Column(label="項目"), Column(label="市町数", kind="number")),
            rows=(("(オ)", 16), ("(カ)", 18.0)),
        ),
    ),
    notes=("予定は平成29年度末（2018年3月31日）までのもの。",),
    sources=("山口県「在宅医療・介護連携推進事業の状況」2(2) 事業項目別市町状況",),
    actions=(Action(label="(カ)では", question="カ 未実施"), Action(label="推移を見る", question="オの推移")),
)
ASKED = Message(
    lang="ja",
    status="clarify",
    headline="「山口」は市ですか、県ですか。",
    choices=(Action(label="山口市", question="山口市の状況"), Action(label="山口県の状況", question="山口県の状況")),
)
ENGLISH = Message(
    lang="en",
    status="answered",
    reading="〔(オ) consultation support | not done | as of June 2017 (H29.6) | 19 municipalities of Yamaguchi〕",
    headline="11 of 19 municipalities (57.9 %) have not started item (オ).",
    body=(
        "Planned by the end of FY2017: 8. No plan: 3.",
        "・No plan: 平生町 (Hirao), 上関町 (Kaminoseki), 田布施町 (Tabuse)",
    ),
    sheets=(
        Sheet(
            title="State by municipality",
            columns=(
                Column(label="Municipality"),
                Column(label="Done", kind="mark"),
                Column(label="Items done", kind="number"),
            ),
            rows=(("萩市 (Hagi)", "○", 4), ("平生町 (Hirao)", "–", 12)),
        ),
    ),
    notes=("Plans are those stated in June 2017.",),
    sources=("Yamaguchi Prefecture, survey of June 2017, 2(2)",),
    actions=(Action(label="Trend", question="trend of o"), Action(label="Only towns", question="towns without o")),
)


def test_plain_tells_the_whole_answer_in_reading_order() -> None:
    """Japanese with Japanese punctuation; a blank cell is passed over."""
    assert plain(ANSWER) == (
        "〔(オ)相談支援｜未実施｜平成29年6月時点｜山口県19市町〕\n"
        "「下末市」を「下松市」と読みました。\n"
        "11 / 19 市町（57.9 %）がまだ実施していません。\n"
        "うち予定あり 8、予定なし 3。\n"
        "・予定あり：下関市、萩市\n"
        "・予定なし：平生町\n"
        "\n"
        "市町別の実施状況（市町）\n"
        "下関市：(ア) ○、(イ) –、(ウ) 予定、実施数 1\n"
        "山陽小野田市：(ア) ○、(イ) ○、(ウ) ○、実施数 3\n"
        "平生町：(ウ) –、実施数 0\n"
        "\n"
        "年度末の見込み（項目：市町数）\n"
        "(オ)：16\n"
        "(カ)：18\n"
        "\n"
        "注：予定は平成29年度末（2018年3月31日）までのもの。\n"
        "出典：山口県「在宅医療・介護連携推進事業の状況」2(2) 事業項目別市町状況\n"
        "次に：「カ 未実施」「オの推移」"
    )


def test_plain_uses_english_punctuation_in_english() -> None:
    """Bullets, colons, commas, labels."""
    assert plain(ENGLISH).splitlines()[2:] == [
        "Planned by the end of FY2017: 8. No plan: 3.",
        "- No plan: 平生町 (Hirao), 上関町 (Kaminoseki), 田布施町 (Tabuse)",
        "",
        "State by municipality (Municipality)",
        "萩市 (Hagi): Done ○, Items done 4",
        "平生町 (Hirao): Done –, Items done 12",
        "",
        "Note: Plans are those stated in June 2017.",
        "Source: Yamaguchi Prefecture, survey of June 2017, 2(2)",
        'Next: "trend of o", "towns without o"',
    ]


def test_choices_are_numbered_with_the_words_to_type() -> None:
    """The words are told where they are not the label itself."""
    assert plain(ASKED) == "「山口」は市ですか、県ですか。\n\n1. 山口市：「山口市の状況」\n2. 山口県の状況"
    assert terminal(ASKED) == plain(ASKED)


SHEETS = [  # (columns, row, lang, the row in words)
    (("項目", "市町数"), ("(オ)", 11), "ja", "(オ)：11"),
    (("項目", "市町数"), ("(オ)", None), "ja", "(オ)"),
    (("Item", "Count"), ("(オ)", 57.9), "en", "(オ): 57.9"),
    (("市町",), ("萩市",), "ja", "萩市"),
    (("市町", "ア", ""), ("萩市", "○", "予定"), "ja", "萩市：ア ○、予定"),
    (("市町", "ア", "イ"), (None, "○", "–"), "ja", "ア ○、イ –"),
    (("市町", "ア", "イ"), ("萩市", None, None), "ja", "萩市"),
    (("節", "要点", "開始"), ("1(2)", "窓口を置く。", "H27"), "ja", "1(2)：要点 窓口を置く。開始 H27"),
    (("§", "Point", "Since"), ("1(2)", "Set up a desk.", 2015), "en", "1(2): Point Set up a desk. Since 2015"),
]


@pytest.mark.parametrize(("labels", "row", "lang", "said"), SHEETS)
def test_a_row_is_told_in_words(labels: tuple[str, ...], row: tuple[Any, ...], lang: Any, said: str) -> None:
    """Two columns, one, many; blanks."""
    sheet = Sheet(title="", columns=tuple(Column(label=label) for label in labels), rows=(row,))
    assert plain(Message(lang=lang, status="answered", headline="", sheets=(sheet,))).splitlines()[-1] == said


def test_a_ragged_sheet_is_refused_where_it_is_made() -> None:
    """The error says which row, what was seen and what to do."""
    with pytest.raises(ValueError, match="sheet '表', row 2: 1 cells for 2 columns; give one cell a column"):
        Sheet(title="表", columns=(Column(label="a"), Column(label="b")), rows=(("x", 1), ("y",)))


def test_every_label_has_both_languages() -> None:
    """And none is empty by mistake."""
    assert all(pair.ja or pair.en for pair in WORDS.values())


COLUMNS = [  # (the cells of a column, their words)
    ((None, 11, 11.0, "a\nb"), ("", "11", "11", "a b")),
    ((57.9, 50.0, 0.0, 11, None), ("57.9", "50.0", "0.0", "11", "")),
    ((-0.5, "–"), ("-0.5", "–")),
]


@pytest.mark.parametrize(("column", "words"), COLUMNS)
def test_cells_are_worded_on_one_line(column: tuple[Any, ...], words: tuple[str, ...]) -> None:
    """Whole numbers without a point, unless others of the column have one."""
    sheet = Sheet(title="", columns=(Column(label="a", kind="number"),), rows=tuple((cell,) for cell in column))
    assert worded(sheet) == tuple((word,) for word in words)


# --- terminal ---------------------------------------------------------------------------------------------------------

WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003fffd]"
)


def measured(text: str) -> int:
    """Terminal cells, found without the tables that the renderer uses."""
    return sum(0 if unicodedata.combining(char) else 2 if WIDE.match(char) else 1 for char in text)


@pytest.mark.parametrize(
    "text", ["下松市", "ﾊｷﾞ", "○ ✓ –", "〔(オ)｜〕", "が", "か\u3099", "Hofu", "①℃…", "𠮷野家", "（57.9 %）", "～〜", ""]
)
def test_width_is_that_of_a_utf8_terminal(text: str) -> None:
    """Kana and kanji two, halfwidth kana and ambiguous marks one, combining marks none."""
    assert cells(text) == measured(text)


def test_a_table_lines_up() -> None:
    """Numbers to the right, marks in the middle, under their headings."""
    assert terminal(ANSWER).split("\n\n")[1].splitlines() == [
        "市町別の実施状況",
        "市町          (ア)  (イ)  (ウ)  実施数",
        "--------------------------------------",
        "下関市         ○     –    予定       1",
        "山陽小野田市   ○     ○     ○         3",
        "平生町                     –         0",
    ]


def test_columns_line_up_by_measure() -> None:
    """The last column ends in the same cell in every line, whatever stands before it."""
    lines = terminal(ANSWER).split("\n\n")[1].splitlines()[1:]
    assert {measured(line) for line in lines} == {38}


def test_a_wide_table_is_split_into_groups_of_columns() -> None:
    """Each led by the first column, so that every row can be told."""
    part = terminal(ANSWER, 30)
    assert "市町          (ア)  (イ)  (ウ)" in part and "市町          実施数" in part
    assert part.count("山陽小野田市") == 2
    assert max(map(measured, part.splitlines())) <= 30


POINT = "関係者の連携を支える相談窓口を置く。地域包括支援センターと分けてもよい。"
POINTS = (Column(label="節"), Column(label="要点"), Column(label="市町数", kind="number"))


def test_one_long_column_is_wrapped_within_the_table() -> None:
    """The others keep their width, and numbers stand in the first line of their row."""
    sheet = Sheet(title="要点", columns=POINTS, rows=(("1(2)", POINT, 8), ("1(3)", "短い要点。", 11)))
    assert terminal(replace(ANSWER, sheets=(sheet,)), 40).split("\n\n")[1].splitlines() == [
        "要点",
        "節    要点                        市町数",
        "----------------------------------------",
        "1(2)  関係者の連携を支える相談窓       8",
        "      口を置く。地域包括支援セン",
        "      ターと分けてもよい。",
        "1(3)  短い要点。                      11",
    ]


def test_a_table_too_wide_for_groups_is_told_in_words() -> None:
    """More than three groups, or two texts that no line holds."""
    assert "平生町：(ウ) –、" in terminal(ANSWER, 20)
    sheet = Sheet(title="要点", columns=POINTS, rows=((POINT, POINT, 8),))
    told = terminal(replace(ANSWER, sheets=(sheet,)), 40)
    assert "要点（節）\n関係者の連携" in told and max(map(measured, told.splitlines())) <= 40


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("あいうえお。", 10, ["あいうえ", "お。"]),  # 。 may not begin a line
        ("あいう「えお」か", 8, ["あいう", "「えお」", "か"]),  # 「 may not end one
        ("あ「い」。う", 8, ["あ", "「い」。", "う"]),
        ("カート", 4, ["カー", "ト"]),
        ("the quick brown fox", 10, ["the quick", "brown fox"]),
        ("萩市 (Hagi) and others", 11, ["萩市 (Hagi)", "and others"]),
        ("extraordinarily", 5, ["extra", "ordin", "arily"]),
        ("2017年6月30日", 8, ["2017年", "6月30日"]),  # a number keeps its counter
        ("57.9 %です", 6, ["57.9 %", "です"]),
        ("。。。。。。", 4, ["。。", "。。", "。。"]),  # nothing else is possible
        ("", 10, [""]),
    ],
)
def test_lines_break_where_the_language_allows(text: str, width: int, lines: list[str]) -> None:
    """Japanese by kinsoku, English at words."""
    assert wrap(text, width) == lines


def test_later_lines_hang_under_the_first_word() -> None:
    """Of a bullet, a note, a source, a numbered choice."""
    message = Message(lang="ja", status="answered", headline="", body=("・" + "あ" * 12,), sources=("い" * 12,))
    assert terminal(message, 20).splitlines() == [
        "・" + "あ" * 9,
        "  あああ",
        "",
        "出典：" + "い" * 7,
        "      いいいいい",
    ]


@pytest.mark.parametrize("text", ["", " ", "　", "\n\t", "\u200b", "\u202e\u2066", "\ud800", " \u00a0"], ids=ascii)
def test_nothing_to_see_is_blank(text: str) -> None:
    """Spaces of any width, controls, joiners and direction marks show nothing."""
    assert blank(text)


@pytest.mark.parametrize("text", ["オ", " x ", "　萩市", "\u200b1", "-", "\n。"])
def test_anything_to_see_is_not_blank(text: str) -> None:
    """One character that shows is enough."""
    assert not blank(text)


def test_controls_do_not_reach_the_terminal() -> None:
    """No escape sequences, no bells, no text shown backwards."""
    said = terminal(Message(lang="en", status="answered", headline="a\x1b[31mred\x07\u202eb\rc", body=("x\ty",)))
    assert said == "a [31mred b c\nx y"


def test_a_broad_answer_is_told_at_any_width() -> None:
    """Nothing but spaces, line ends and repeated headings differs."""
    for width in (20, 40, 80, 200):
        told = terminal(ENGLISH, width)
        assert all(word in told for word in re.findall(r"[A-Za-z]+", plain(ENGLISH))), width


PIECES = st.sampled_from(["あ", "漢字", "市町、", "「か」", "（ア）です。", "ー", "word ", "12 ", "(57.9 %) ", "ｱｲ"])


@given(pieces=st.lists(PIECES, max_size=40), width=st.integers(16, 60))
def test_wrapping_keeps_the_words_the_width_and_kinsoku(pieces: list[str], width: int) -> None:
    """Joined, the lines are the text again; none is too long; none begins or ends as it may not."""
    text = re.sub("ー+", "ー", "あ" + "".join(pieces)).strip()
    lines = wrap(text, width)
    assert re.sub(" ", "", "".join(lines)) == re.sub(" ", "", text)
    assert all(measured(line) <= width for line in lines)
    assert not any(line[0] in NOT_FIRST for line in lines)
    assert not any(line[-1] in NOT_LAST for line in lines)


# --- slack ------------------------------------------------------------------------------------------------------------


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in blocks(message)]


def plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def raw(*texts: str) -> list[dict[str, Any]]:
    return [{"type": "raw_text", "text": text} for text in texts]


def test_the_answer_in_blocks() -> None:
    """Reading, notice, headline, body, table, other sheets in words, notes and sources, next steps."""
    headline, title = (
        {"type": "text", "text": text, "style": {"bold": True}} for text in (ANSWER.headline, MATRIX.title)
    )
    assert blocks(ANSWER) == [
        {"type": "context", "elements": [plain_text(ANSWER.reading)]},
        {"type": "context", "elements": [plain_text("「下末市」を「下松市」と読みました。")]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [headline]}]},
        {
            "type": "section",
            "text": plain_text("うち予定あり 8、予定なし 3。\n・予定あり：下関市、萩市\n・予定なし：平生町"),
            "expand": True,
        },
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [title]}]},
        {
            "type": "table",
            "rows": [
                raw("市町", "(ア)", "(イ)", "(ウ)", "実施数"),
                raw("下関市", "○", "–", "予定", "1"),
                raw("山陽小野田市", "○", "○", "○", "3"),
                raw("平生町", " ", " ", "–", "0"),
            ],
            "column_settings": [
                {"align": align, "is_wrapped": True} for align in ("left", "center", "center", "center", "right")
            ],
        },
        {"type": "section", "text": plain_text("年度末の見込み（項目：市町数）\n(オ)：16\n(カ)：18"), "expand": True},
        {
            "type": "context",
            "elements": [
                plain_text("注：予定は平成29年度末（2018年3月31日）までのもの。"),
                plain_text("出典：山口県「在宅医療・介護連携推進事業の状況」2(2) 事業項目別市町状況"),
            ],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": plain_text("(カ)では"), "action_id": "ask_0", "value": "カ 未実施"},
                {"type": "button", "text": plain_text("推移を見る"), "action_id": "ask_1", "value": "オの推移"},
            ],
        },
    ]


def test_the_text_is_the_whole_answer() -> None:
    """What screen readers read is what the blocks say."""
    assert slack(ANSWER)["text"] == plain(ANSWER)


def test_choices_are_buttons_and_no_more_than_four() -> None:
    """With the next steps, every action_id is another one."""
    many = tuple(Action(label=f"c{n}", question=f"q{n}") for n in range(6))
    found = [block for block in blocks(replace(ASKED, choices=many, actions=many)) if block["type"] == "actions"]
    assert [[e["action_id"] for e in block["elements"]] for block in found] == [
        [f"ask_{n}" for n in range(4)],
        [f"ask_{n}" for n in range(4, 9)],
    ]
    assert [e["value"] for e in found[0]["elements"]] == ["q0", "q1", "q2", "q3"]


def test_a_question_is_carried_whole_or_not_at_all() -> None:
    """2,000 characters fit a button, one more does not; a long label is clipped, a blank one is the question."""
    asked = (
        Action(label="あ" * 80, question="q" * 2_000),
        Action(label="x", question="q" * 2_001),
        Action(label=" ", question="オの推移"),
    )
    (row,) = (block for block in blocks(replace(ASKED, choices=asked)) if block["type"] == "actions")
    assert [(e["text"]["text"], len(e["value"])) for e in row["elements"]] == [
        ("あ" * 74 + "…", 2_000),
        ("オの推移", 4),
    ]


def hostile(words: str) -> Message:
    sheet = Sheet(title=words, columns=(Column(label=words), Column(label="b")), rows=((words, words),))
    more = Action(label=words, question="q")
    return Message(
        lang="ja",
        status="clarify",
        headline=words,
        reading=words,
        notices=(words,),
        body=(words,),
        sheets=(sheet, sheet),
        notes=(words,),
        sources=(words,),
        choices=(more,),
        actions=(more,),
    )


@pytest.mark.parametrize(
    "markup",
    ["<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", "<@U123>", "<#C1>", "<https://evil.example|here>"],
)
def test_what_an_asker_types_does_nothing(markup: str) -> None:
    """It is escaped in `text`, broken by a joiner in the blocks, and read in both as it was typed."""
    payload = slack(hostile(f"a {markup} & b"))
    assert check(payload) == ()
    assert markup not in str(payload)
    assert markup.replace("://", ":\u2060//").replace("<", "&lt;").replace(">", "&gt;") in payload["text"]
    assert markup in payload["blocks"][2]["elements"][0]["elements"][0]["text"].replace("\u2060", "")


def test_no_block_holds_mrkdwn() -> None:
    """So that * _ ~ ` and & in data are shown as they are."""
    payload = slack(hostile("H27~H29 *a* _b_ `c` & <d>"))
    assert "mrkdwn" not in str(payload["blocks"])
    assert payload["blocks"][0]["elements"] == [plain_text("H27~H29 *a* _b_ `c` & <d>")]
    assert payload["text"].startswith("H27~H29 *a* _b_ `c` &amp; &lt;d&gt;")


ESCAPES = [
    ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
    ("&amp;", "&amp;amp;"),
    ("@channel @here @everyone @group", "@\u2060channel @\u2060here @\u2060everyone @\u2060group"),
    ("a@channels.jp @萩", "a@channels.jp @萩"),
    ("https://example.jp", "https:\u2060//example.jp"),
]


@pytest.mark.parametrize(("typed", "sent"), ESCAPES)
def test_text_is_escaped_and_neither_pings_nor_links(typed: str, sent: str) -> None:
    """& < > as entities; a joiner where Slack would act of itself."""
    assert escape(typed) == sent
    assert unescape(sent).replace("\u2060", "") == typed


def big(rows: int = 0, body: tuple[str, ...] = (), **more: Any) -> Message:
    columns = (Column(label="市区町村"), Column(label="都道府県"), Column(label="実施数", kind="number"))
    sheet = Sheet(title="全市区町村", columns=columns, rows=tuple((f"市区町村{n}", "北海道", n) for n in range(rows)))
    return replace(ANSWER, body=body, sheets=(sheet,) if rows else (), **more)


def test_1741_rows_are_cut_and_counted() -> None:
    """99 rows below the header in the table; in `text` the sources stay."""
    payload = slack(big(1_741))
    (table,) = (block for block in payload["blocks"] if block["type"] == "table")
    after = payload["blocks"][payload["blocks"].index(table) + 1]
    assert check(payload) == ()
    assert len(table["rows"]) == 100
    assert after == {"type": "context", "elements": [plain_text("ほか 1642 行")]}
    assert payload["text"].endswith(plain(ANSWER).split("\n\n")[-1])
    assert _told(payload["text"]) == _lines(plain(big(1_741)))


def _lines(text: str) -> int:
    return sum(bool(line) for line in text.split("\n"))


def _told(text: str) -> int:
    """Lines that are there, and lines said to be left out."""
    left = re.findall(r"（ほか (\d+) 行は省略しました）", text)
    return _lines(text) - len(left) + sum(map(int, left))


def test_a_hundred_long_lines_leave_room_for_the_table() -> None:
    """The body is cut and counted, the sheet keeps its part, and reading, headline and sources stay whole."""
    message = big(50, tuple("あ" * 5_000 for _ in range(100)))
    payload = slack(message)
    assert check(payload) == ()
    assert kinds(message).count("table") == 1
    assert "（ほか 99 行は省略しました）" in str(payload["blocks"])
    assert all(
        words in str(payload["blocks"]) and words in payload["text"]
        for words in (ANSWER.reading, ANSWER.headline, ANSWER.sources[0])
    )
    assert _told(payload["text"]) == _lines(plain(message))


def test_more_than_twenty_columns_are_counted() -> None:
    """The rest stands in `text`."""
    wide = Sheet(title="", columns=tuple(Column(label=f"c{n}") for n in range(25)), rows=(tuple(range(25)),))
    message = replace(ENGLISH, sheets=(wide,))
    assert check(slack(message)) == ()
    assert "5 more columns" in str(blocks(message))
    assert "c24 24" in slack(message)["text"]


def test_an_update_has_a_shorter_text() -> None:
    """chat.update takes 4,000 characters."""
    payload = slack(big(1_741), text_limit=4_000)
    assert check(payload, text_limit=4_000) == ()
    assert 3_900 < len(payload["text"]) <= 4_000


def test_an_empty_message_is_still_a_reply() -> None:
    """Never nothing at all."""
    for lang in ("ja", "en"):
        payload = slack(Message(lang=lang, status="unknown", headline=" \u200b"))  # type: ignore[arg-type]
        assert check(payload) == ()
        assert payload["text"] == WORDS["nothing"][lang] == payload["blocks"][0]["text"]["text"]


SHORTENED = [
    (("あいう", "かきく"), 8, ["あいう", "かきく"]),
    (("あいう", "かきく"), 7, []),
    (("あ" * 9, *"いうえお"), 40, ["あ" * 9, *"いうえお"]),
    (("あ" * 30, *"いうえお"), 32, ["あ" * 14 + "…", "（ほか 4 行は省略しました）"]),
    (("あ" * 10, *("い" * 10 for _ in range(9))), 40, ["あ" * 10, "い" * 10, "（ほか 8 行は省略しました）"]),
    ((), 0, []),
]


@pytest.mark.parametrize(("lines", "room", "left"), SHORTENED)
def test_lines_are_shortened_at_a_line_end_and_counted(lines: tuple[str, ...], room: int, left: list[str]) -> None:
    """The count says how many lines are missing."""
    assert shorten(lines, room, "ja") == left


@pytest.mark.parametrize(
    ("text", "most", "clipped"),
    [
        ("あいう", 3, "あいう"),
        ("あいうえ", 3, "あい…"),
        ("かか\u3099き", 3, "か…"),
        ("a👩\u200d⚕\ufe0fb", 4, "a…"),
        ("葛\U000e0100城市", 2, "…"),
        ("", 3, ""),
    ],
)
def test_a_character_is_never_cut_from_its_marks(text: str, most: int, clipped: str) -> None:
    """Dakuten, variation selectors, joined emoji."""
    assert clip(text, most) == clipped


# --- any message at all -----------------------------------------------------------------------------------------------

SEEDS = [
    "",
    " ",
    "<!channel>",
    "<@U1>",
    "<http://a.jp|b>",
    "<!a\nb>",
    "a<<!x>>b",
    "&lt;",
    "\x00",
    "\u200b",
    "・",
    "か\u3099" * 90,
    "👩\u200d⚕" * 40,
]
LONG = ["&" * 2_000, "あ" * 3_001, "い、" * 1_600, "word " * 700, "\n".join("a" * 40)]
SHORT = st.one_of(st.sampled_from(SEEDS), st.text(max_size=20))
TEXT = st.one_of(SHORT, st.sampled_from(LONG))


@st.composite
def sheets(draw: st.DrawFn, text: st.SearchStrategy[str]) -> Sheet:
    """A few columns or more than Slack takes, and one row many times."""
    width = draw(st.sampled_from([0, 1, 2, 3, 4, 24]))
    columns = tuple(
        Column(label=draw(text), kind=draw(st.sampled_from(["text", "number", "mark"]))) for _ in range(width)
    )
    row = tuple(draw(st.one_of(st.none(), st.integers(), st.floats(), text)) for _ in range(width))
    return Sheet(title=draw(text), columns=columns, rows=(row,) * draw(st.sampled_from([0, 1, 2, 99, 100])))


def messages(text: st.SearchStrategy[str], times: int = 30) -> st.SearchStrategy[Message]:
    """Any message: a few of everything, or one of it many times."""

    def some(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.one_of(st.lists(of, max_size=3).map(tuple), of.map(lambda one: (one,) * times))

    action = st.builds(Action, label=text, question=text)
    return st.builds(
        Message,
        lang=st.sampled_from(["ja", "en"]),
        status=st.sampled_from(["answered", "clarify", "unknown"]),
        headline=text,
        reading=text,
        notices=some(text),
        body=some(text),
        sheets=st.lists(sheets(text), max_size=3).map(tuple),
        notes=some(text),
        sources=some(text),
        choices=some(action),
        actions=some(action),
    )


@settings(deadline=None, max_examples=60)
@given(message=messages(TEXT), limit=st.sampled_from([400, 4_000, 10_000]))
def test_whatever_a_message_holds_slack_takes_it(message: Message, limit: int) -> None:
    """No problem is found, nothing is too much, and there is always something to read."""
    payload = slack(message, text_limit=limit)
    assert check(payload, text_limit=limit) == ()
    assert payload["blocks"] and characters(payload["blocks"]) <= 10_000 and len(payload["blocks"]) <= 50


@settings(deadline=None, max_examples=60)
@given(message=messages(TEXT, times=4))
def test_plain_loses_nothing(message: Message) -> None:
    """Every part that can be seen is in it."""
    said = plain(message)
    assert message.headline in said or blank(message.headline)
    parts = (
        message.reading,
        *message.notices,
        *message.notes,
        *message.sources,
        *(sheet.title for sheet in message.sheets),
    )
    assert all(part in said or blank(part) for part in parts)
    assert all(line.removeprefix("・").lstrip() in said for line in message.body if not blank(line))
    told = [cell for sheet in message.sheets for row in worded(sheet) for cell in row]
    assert all(words.strip() in said or blank(words) for words in told)


@settings(deadline=None, max_examples=60)
@given(message=messages(SHORT, times=4), width=st.integers(1, 120))
def test_a_terminal_takes_any_message(message: Message, width: int) -> None:
    """No line is wider than asked for (20 at least), and no control gets through."""
    told = terminal(message, width)
    assert all(cells(line) <= max(width, 20) for line in told.split("\n"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", told)


@given(text=TEXT)
def test_defused_words_look_the_same(text: str) -> None:
    """Only joiners are added."""
    assert defused(text).replace("\u2060", "") == text.replace("\u2060", "")
    assert visible(visible(text)) == visible(text)


@given(words=st.text(max_size=200))
def test_fallback_unescapes_to_the_plain_answer(words: str) -> None:
    """Escaping loses nothing."""
    message = Message(lang="en", status="answered", headline=words)
    said = visible(plain(message))
    assert blank(said) or unescape(fallback(message)).replace("\u2060", "") == said.replace("\u2060", "")
