"""Any text at all gets one well-formed answer: never an exception, never silence, never anything that Slack would act on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ask import STATUS, Asker, Reply, as_json, next_context
from bot.render.blockkit import check
from bot.render.plain import plain
from bot.render.slack import slack
from bot.render.terminal import cells, terminal
from bot.settings import ROOT
from db.reader import SqliteKnowledge
from knowledge.intents import discover
from knowledge.query import Query
from knowledge.understand import Setting
from tests.conftest import SETTING

KEYS = {
    *("question", "lang", "intent", "reading", "status", "reason", "territory", "as_of", "municipalities", "value", "denominator", "rows", "choices"),
    *("sources", "text", "blocks"),
}
# The same examples in every run: what is red stays red until it is mended, and what is green does not turn red by chance.
EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
LIVE = re.compile(r"<(?:[!@#]|https?:|mailto:)[^<>\n]*>")  # what Slack reads as a mention or a link
PINGS = re.compile(r"[<>]|@(?:channel|here|everyone)\b|https?://")  # what it does besides in the top-level text, which is mrkdwn

# --- what people, and others, type -------------------------------------------------------------------------------------

MARKUP = [
    *("<!channel>", "<!here>", "<!everyone>", "<!subteam^S123|@team>", "<@U12345>", "<@W1>", "<#C123|general>", "@channel", "@here"),
    *(
        "<http://x|y>",
        "<https://evil.example/?q=1>",
        "http://x.example",
        "<mailto:a@b.c|mail>",
        "&lt;!channel&gt;",
        "＜!channel＞",
        "<!date^1392734382^{date}|x>",
    ),
    *("*bold*", "_it_", "~no~", "`code`", "```", "> quote", ":smile:", "&amp;", "<", ">", "<!", "<@", "|"),
    *("{{ 7*7 }}", "{% for x in y %}", "{% endfor %}", "{# note #}", "{{", "%}", "${x}", "%s", "{0}", "\\n", "\\u0000"),
    *("'; DROP TABLE status; --", '" OR 1=1', "1' UNION SELECT * FROM meta", "\\", "''", "NULL", "--", "/*", ":survey"),
]
SIGNS = [
    *"、。，．・？！?!「」『』（）()[]【】〔〕…〜~-–—/ 　\t\n\r",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u202e",
    "\u3099",
    "\x00",
    "\x07",
    "\x1b[31m",
    "🙂",
    "👨‍👩‍👧",
    "𠮷",
    "ﾊﾞ",
    "㍻",
    "①",
    "㌔",
]
ITEMS = [
    "(ア)",
    "（イ）",
    "ウ",
    "ｴ",
    "(オ)",
    "オ",
    "カキ",
    "⑦",
    "8番",
    "(ケ)",
    "(サ)",
    "item o",
    "item 5",
    "items ka and ki",
    "(ア)から(ク)",
    "全項目",
    "8項目",
    "相談支援",
    "研修",
]
WORDS = [
    *(
        "がまだの",
        "を実施している",
        "していない",
        "未実施",
        "実施済み",
        "予定",
        "予定もない",
        "だけ",
        "以外",
        "か",
        "と",
        "も",
        "または",
        "両方",
        "どちらも",
        "いずれか",
        "ではなく",
        "しか",
    ),
    *(
        "市町は？",
        "町",
        "市",
        "村",
        "どこ",
        "いくつ",
        "何市町",
        "割合",
        "集計",
        "推移",
        "一覧",
        "比べて",
        "なぜ",
        "いつ",
        "あと何日",
        "締切",
        "いくら",
        "予算",
        "手引き",
        "圏域",
        "一番多い",
    ),
    *(
        "which",
        "towns",
        "municipalities",
        "have",
        "haven't",
        "done",
        "not",
        "neither",
        "nor",
        "both",
        "either",
        "or",
        "and",
        "but",
        "only",
        "except",
        "at least",
        "fewer than",
        "3",
        "all",
    ),
    *(
        "how many",
        "share",
        "tally",
        "trend",
        "compare",
        "status of",
        "when",
        "deadline",
        "budget",
        "why",
        "じゃあ",
        "what about",
        "and including planned?",
        "ヘルプ",
        "help",
        "表で",
    ),
]
PLACES = [
    *(
        "山口県",
        "山口",
        "萩市",
        "萩",
        "光",
        "下関",
        "下末市",
        "上の関町",
        "周防大島町",
        "すおうおおしま",
        "Hofu",
        "Kudamatsu City",
        "広島市",
        "府中市",
        "東京都",
        "千代田区",
        "千葉県",
    ),
    *("久留米市", "飯田下伊那", "周南圏域", "宇部・小野田医療圏", "Tokyo", "Shunan area", "北海道", "平尾"),
]
DATES = [
    *(
        "H29.6",
        "平成29年6月",
        "平成二十九年六月",
        "2017-06",
        "June 2017",
        "27年10月",
        "H29年度",
        "年度末",
        "FY2017",
        "前回",
        "最新",
        "昨年度末",
        "R99.13",
        "2017-13",
        "平成0年",
        "2月30日",
    ),
    *("明治1年", "9999-12-31", "H29.6からH28.8", "by April 2018", "三年前", "令和六年度"),
]


def built(vocabulary: list[str]) -> st.SearchStrategy[str]:
    """Texts of a few fragments of all kinds, with and without spaces between."""
    fragments = st.one_of(*(st.sampled_from(each) for each in (ITEMS, WORDS, PLACES, DATES, vocabulary, MARKUP, SIGNS)), st.text(max_size=4))
    return st.builds(str.join, st.sampled_from(["", " ", "の", "、"]), st.lists(fragments, min_size=1, max_size=9))


# --- what must hold of every answer ------------------------------------------------------------------------------------


def strings(value: Any) -> Iterator[str]:
    """Every string anywhere in a payload that is shown: values of buttons are not."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in {"value", "action_id", "block_id", "type"}:
                yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def well_formed(asker: Asker, reply: Reply) -> dict[str, Any]:
    """Check one reply in all its forms; the object that `ask --json` prints."""
    answered = as_json(reply)
    assert answered.keys() == KEYS
    json.dumps(answered, ensure_ascii=False)
    assert answered["lang"] in {"ja", "en"}
    assert answered["status"] in set(STATUS.values())
    assert answered["text"].strip()
    assert reply.message.headline.strip()
    assert answered["intent"] is None or answered["intent"] in discover()
    assert (answered["status"] == "unknown") == (answered["reason"] in {"not_in_data", "out_of_scope", "empty"})
    assert (answered["status"] == "clarify") <= (len(answered["choices"]) <= 4)
    assert answered["status"] == "clarify" or answered["choices"] == []
    assert len(set(answered["municipalities"])) == len(answered["municipalities"])
    if answered["municipalities"] and answered["intent"] == "which":
        assert answered["value"] == len(answered["municipalities"])
    if answered["status"] == "answered" and answered["intent"] not in {"help", "why"}:
        assert answered["sources"]
    posted = slack(reply.message)
    assert check(posted) == ()
    assert posted["blocks"] == answered["blocks"]
    assert posted["text"].strip()
    assert PINGS.search(posted["text"]) is None
    assert [shown for shown in strings(posted["blocks"]) if LIVE.search(shown)] == []
    assert plain(reply.message).strip()
    assert max(map(cells, terminal(reply.message).splitlines())) <= 80
    return answered


@EXAMPLES
@given(text=st.text(max_size=60))
def test_any_text(text: str, asker: Asker) -> None:
    """Any text of any script gets one well-formed answer in its own name."""
    assert well_formed(asker, asker.ask(text, SETTING))["question"] == text


@pytest.fixture(scope="module")
def vocabulary(asker: Asker) -> list[str]:
    """Every word that the bot knows, in both languages."""
    kb = asker.kb
    assert isinstance(kb, SqliteKnowledge)
    return sorted({*kb.lexicon.chars, *(" ".join(words) for words in kb.lexicon.phrases), *(m.name for m in kb.municipalities.values())})


def test_any_question(asker: Asker, vocabulary: list[str]) -> None:
    """Any heap of words, names, items, dates, markup and signs gets one well-formed answer, whatever the setting."""
    homes = sorted(asker.kb.territories)

    @EXAMPLES
    @given(text=built(vocabulary), home=st.sampled_from(homes), today=st.dates(date(2010, 1, 1), date(2035, 12, 31)), lang=st.sampled_from([None, "ja", "en"]))
    def run(text: str, home: str, today: date, lang: Any) -> None:
        answered = well_formed(asker, asker.ask(text, Setting(home=home, today=today, lang=lang)))
        assert lang in {None, answered["lang"]}

    run()


def test_any_thread(asker: Asker, vocabulary: list[str]) -> None:
    """Three turns of a thread, any of them anything: each gets one well-formed answer."""

    @settings(EXAMPLES, max_examples=50)
    @given(turns=st.lists(built(vocabulary), min_size=3, max_size=3))
    def run(turns: list[str]) -> None:
        before: Query | None = None
        for turn in turns:
            reply = asker.ask(turn, SETTING, before)
            well_formed(asker, reply)
            before = next_context(reply, before)

    run()


def test_asking_is_a_function(asker: Asker, vocabulary: list[str]) -> None:
    """The same question has the same answer, whatever was asked in between."""

    @settings(EXAMPLES, max_examples=30)
    @given(text=built(vocabulary), other=built(vocabulary))
    def run(text: str, other: str) -> None:
        first = as_json(asker.ask(text, SETTING))
        asker.ask(other, SETTING)
        assert as_json(asker.ask(text, SETTING)) == first

    run()


def test_every_choice_can_be_asked(asker: Asker, vocabulary: list[str]) -> None:
    """What a reply offers, as a choice or a next step, is itself a question with a well-formed answer, and never the same offer again."""

    @settings(EXAMPLES, max_examples=30)
    @given(text=built(vocabulary))
    def run(text: str) -> None:
        message = asker.ask(text, SETTING).message
        for action in (*message.choices, *message.actions):
            assert action.label.strip()
            assert action.question.strip()
            well_formed(asker, asker.ask(action.question, SETTING))

    run()


# --- known troublemakers -----------------------------------------------------------------------------------------------

TROUBLE = {
    "empty": "",
    "spaces": " \u3000\t\n",
    "signs": "？！…。、",
    "NUL": "\x00",
    "control characters": "(オ)\x07が\x1b[31mまだの市町は？",
    "emoji": "🙂👨‍👩‍👧🏳️‍🌈",
    "emoji in a question": "(オ)がまだの市町は🙂？",
    "zero width": "(オ)\u200bがま\u200dだの市\ufeff町は？",
    "right to left": "\u202e(オ)がまだの市町は？",
    "combining": "か\u3099か\u3099か\u3099",
    "rare kanji": "𠮷野家の𩸽",
    "SQL": "'; DROP TABLE status; --",
    "template": "{{ kb.__class__ }}{% for x in range(10**9) %}x{% endfor %}",
    "markup": "<!channel> <@U123> <http://x|y> (オ)がまだの市町は？",
    "markup alone": "<!channel>",
    "entities": "&lt;!channel&gt; 光ファイバー",
    "two questions": "(オ)がまだの市町は？(カ)の集計は？",
    "many questions": "(オ)は？" * 40,
    "mixed scripts": "オ which まだ municipality は дом 市町 ?",
    "no item": "まだの市町は？",
    "no such item": "(サ)は？",
    "no such date": "2017年13月の(オ)は？",
    "far dates": "平成9999年9月の(オ)は？",
    "long numbers": "99999999999999999999項目以上実施している市町は？",
    "zero": "0項目以上実施している市町は？",
    "negative": "-1項目以上実施している市町は？",
    "only particles": "のはがをにでと",
    "a single letter": "オ",
    "JSON": '{"question": "(オ)がまだの市町は？"}',
    "a path": "../../etc/passwd",
    "newlines": "(オ)が\nまだの\r\n市町は？\n\n",
    "a lone surrogate": "\ud800(オ)がまだの市町は？",
    "all empty condition": "(ア)(イ)(ウ)(エ)(オ)(カ)(キ)(ク)以外をすべて実施している市町は？",
}


@pytest.mark.parametrize("text", TROUBLE.values(), ids=TROUBLE.keys())
def test_troublemakers(text: str, asker: Asker) -> None:
    """What broke other bots gets a well-formed answer here, in both languages' templates."""
    for lang in (None, "ja", "en"):
        well_formed(asker, asker.ask(text, Setting(home=SETTING.home, today=SETTING.today, lang=lang)))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", " \u3000\t\n", "？！…。、", "\x00"])
def test_empty_is_empty(text: str, asker: Asker) -> None:
    """Nothing to read is told as such, with what can be asked."""
    answered = as_json(asker.ask(text, SETTING))
    assert (answered["status"], answered["reason"]) == ("unknown", "empty")


def test_nothing_of_the_asker_is_evaluated(asker: Asker) -> None:
    """Template syntax in a question is text: 7*7 does not become 49."""
    for text in ("{{ 7*7 }}の推移", "{{ 7*7 }} (オ)", "${7*7} towns", "{% raw %}光ファイバー{% endraw %}"):
        assert "49" not in as_json(asker.ask(text, SETTING))["text"]


def test_the_askers_markup_is_not_live_where_it_is_quoted(asker: Asker) -> None:
    """Where a reply quotes the asker's own words, their markup is dead."""
    for markup in MARKUP:
        for text in (f"光ファイバー{markup}工事", f"「{markup}」がまだの市町は？", f"{markup} (オ)がまだの{markup}市町は？ 光ファイバー", f"下末市{markup}"):
            well_formed(asker, asker.ask(text, SETTING))


def test_an_empty_condition_is_no_condition(asker: Asker) -> None:
    """To leave out all eight items leaves nothing to ask: that is not answered with 0 of 19."""
    answered = as_json(asker.ask(TROUBLE["all empty condition"], SETTING))
    assert answered["status"] != "answered"


def test_a_notice_is_given_once(asker: Asker) -> None:
    """A misspelt name that is said twice is explained once."""
    notices = asker.ask("下末市の(オ)と下末市の(カ)", SETTING).message.notices
    assert len(notices) == len(set(notices))


CRASHES = [
    "萩市と千代田区を比べて",
    "岩国市と千代田区の(オ)",
    "山口県の千代田区と中央区を比べて",
    "山口県の練馬区の(ク)は？",
    "has Nerima done (ク) in Yamaguchi Prefecture?",
    "(オ)がまだで(ア)から(ク)以外を実施している市町は？",
]


@pytest.mark.parametrize("text", CRASHES)
def test_found_by_chance(text: str, asker: Asker) -> None:
    """What random heaps of words have broken, in its shortest form."""
    well_formed(asker, asker.ask(text, SETTING))


UNHELD = [
    "山口県の千代田区の状況",
    "(ク)の補助限度額は？",
    "福岡県の事業の補助率は？",
    "福岡県で一番予算が大きい事業は？",
]


@pytest.mark.parametrize("text", UNHELD)
def test_what_is_not_held_is_not_answered(text: str, asker: Asker) -> None:
    """What the documents do not hold is told as such, not answered with nothing or with everything."""
    answered = as_json(asker.ask(text, SETTING))
    assert (answered["status"], answered["value"]) == ("unknown", None)


def test_nobody_is_left_out_in_silence(asker: Asker) -> None:
    """Of two municipalities asked about, both are spoken of."""
    answered = as_json(asker.ask("萩市と千代田区で(オ)がまだなのは？", SETTING))
    assert answered["status"] != "answered" or "千代田区" in answered["text"].split("\n", 1)[1]


def test_the_reason_is_the_reason(asker: Asker) -> None:
    """萩市 lies in 山口県: asked of it in 東京都, that is said."""
    assert "山口県" in as_json(asker.ask("東京都の萩市の(オ)は？", SETTING))["text"]


def test_no_word_is_said_twice(asker: Asker) -> None:
    """What the document prints and what the template adds do not double."""
    assert "あたりあたり" not in as_json(asker.ask("在宅医療連携促進支援事業の上限額は？", SETTING))["text"]


LONG = {
    "one kana": "あ" * 10_000,
    "kanji": "漢字" * 5_000,
    "digits": "1" * 10_000,
    "Latin": "abcdefgh " * 1_100,
    "brackets": "(" * 10_000,
    "negations": "ない" * 5_000,
    "items": "(オ)" * 3_000,
}
SLOW = {"a list": "(オ)と" * 2_500 + "がまだの市町は？"}
ANSWER_WITHIN = 3.0  # seconds: Slack waits no longer


@pytest.mark.parametrize(
    "text",
    [
        *(pytest.param(text, id=name) for name, text in LONG.items()),
        *(pytest.param(text, id=name) for name, text in SLOW.items()),
    ],
)
def test_ten_thousand_characters(text: str, asker: Asker) -> None:
    """A pasted novel gets a reply that fits into Slack, before Slack gives up."""
    started = time.perf_counter()
    reply = asker.ask(text, SETTING)
    took = time.perf_counter() - started
    well_formed(asker, reply)
    assert took < ANSWER_WITHIN


# --- through the command line ------------------------------------------------------------------------------------------


def run(*arguments: bytes | str, given: bytes = b"", knowledge_db: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "RENKEI_KNOWLEDGE": knowledge_db, "RENKEI_HOME": "山口県"}
    return subprocess.run([sys.executable, "-m", "bot", "ask", *arguments], cwd=ROOT, env=environment, input=given, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def knowledge_db(asker: Asker) -> str:
    assert isinstance(asker.kb, SqliteKnowledge)
    return str(asker.kb.path)


def test_lines_in_lines_out(knowledge_db: str) -> None:
    """`ask --json -`: one object a line for one question a line, whatever the bytes, and nothing on standard error."""
    lines = [text.encode("utf-8", "replace").replace(b"\n", b" ").replace(b"\r", b" ") for text in TROUBLE.values()] + [
        b"\xff\xfe\x80",
        b"\xe3\x81",
        b"(\xe3\x82\xaa) tally",
    ]
    done = run("--json", "-", given=b"\n".join(lines) + b"\n", knowledge_db=knowledge_db)
    assert (done.returncode, done.stderr) == (0, b"")
    answered = [json.loads(line) for line in done.stdout.decode("utf-8").split("\n")[:-1]]
    assert len(answered) == len(lines)
    assert all(each.keys() == KEYS for each in answered)
    assert [each["question"] for each in answered if each["reason"] == "failure"] == []


@pytest.mark.parametrize("arguments", [["(オ)がまだの市町は？".encode() + b"\xff"], [b"--json", b"\xff\xfe", b"a"], [b""]], ids=repr)
def test_any_argument(arguments: list[bytes], knowledge_db: str) -> None:
    """Bytes of no encoding on the command line get an answer, not a traceback."""
    done = run(*arguments, knowledge_db=knowledge_db)
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8", "replace")[-300:]
    assert done.returncode == 0
    assert done.stdout.strip()
    assert "内部でエラー" not in done.stdout.decode("utf-8")
    assert b"inside Renkei" not in done.stdout
