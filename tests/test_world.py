"""Another prefecture is one file and no code: every kind of question works on an invented survey of 富山県 (tests/world/facts/).

Each case is asked in both languages, once with 富山県 as the home territory and once named in the question at home in 山口県.
"""

from __future__ import annotations

from typing import Any

import pytest

from bot.ask import Asker
from knowledge.load import SOURCES
from tests.conftest import WORLD, Asked

HOME = "富山県"
CITIES = ["富山市", "高岡市", "魚津市", "氷見市", "滑川市", "黒部市", "砺波市", "小矢部市", "南砺市", "射水市"]
ALL = [*CITIES, "舟橋村", "上市町", "立山町", "入善町", "朝日町"]


def without(*names: str) -> list[str]:
    return [name for name in ALL if name not in names]


# what is asked at home (ja, en) | and away (ja, en) | keys of the answer | what the text says (ja, en)
Case = tuple[tuple[str, str], tuple[str, str], dict[str, Any], tuple[tuple[str, ...], tuple[str, ...]]]
NOTHING: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

CASES: list[Case] = [
    (
        ("(オ)がまだの市町村は？", "which towns haven't done (オ)?"),
        ("富山県で(オ)がまだの市町村は？", "which municipalities in Toyama Prefecture haven't done (オ)?"),
        {
            "municipalities": ["魚津市", "氷見市", "滑川市", "小矢部市", "舟橋村", "上市町", "入善町", "朝日町"],
            "value": 8,
            "denominator": 15,
            "as_of": "2017-10",
        },
        (
            (
                "53.3 %",
                "8 / 15 市町村",
                "予定：4　氷見市、滑川市、小矢部市、入善町",
                "予定なし：4　魚津市、舟橋村、上市町、朝日町",
                "平成29年10月（2017年10月）",
            ),
            ("53.3 %", "8 / 15", "4 – 氷見市 (Himi), 滑川市 (Namerikawa), 小矢部市 (Oyabe), 入善町", "October 2017"),
        ),
    ),
    (
        ("(カ)を実施しているのは何市町村？", "how many municipalities have done (カ)?"),
        ("富山県で(カ)を実施しているのは何市町村？", "how many municipalities in Toyama Prefecture have done (カ)?"),
        {"municipalities": without("舟橋村", "朝日町"), "value": 13, "denominator": 15, "as_of": "2017-10"},
        (("13 / 15",), ("13 / 15",)),
    ),
    (
        ("(カ)の実施率は？", "what share has done (カ)?"),
        ("富山県の(カ)の実施率は？", "what share of municipalities in Toyama Prefecture has done (カ)?"),
        {"value": 13, "denominator": 15, "as_of": "2017-10"},
        (("86.7 %",), ("86.7 %",)),
    ),
    (
        ("魚津市の状況", "status of Uozu City"),
        ("魚津市の状況", "status of Uozu City"),
        {"value": 4, "denominator": 8, "as_of": "2017-10"},
        (("(ア)資源把握、(イ)課題抽出、(カ)研修、(キ)普及啓発", "(ウ)切れ目のない提供体制、(エ)情報共有支援"), ("4 / 8", "魚津市 (Uozu)")),
    ),
    (
        ("朝日町の状況", "status of Asahi Town"),
        ("富山県朝日町の状況", "status of Asahi Town in Toyama Prefecture"),
        {"value": 2, "denominator": 8, "as_of": "2017-10"},
        (("朝日町", "2 / 8"), ("朝日町 (Asahi)", "2 / 8")),
    ),
    (
        ("黒部市は(ク)を実施していますか", "has Kurobe City done (ク)?"),
        ("黒部市は(ク)を実施していますか", "has Kurobe City done (ク)?"),
        {"as_of": "2017-10", "intent": "has_done"},
        (("はい",), ("Yes",)),
    ),
    (
        ("砺波市は(キ)を実施していますか？", "has Tonami done (キ)?"),
        ("砺波市は(キ)を実施していますか？", "has Tonami done (キ)?"),
        {"as_of": "2017-10", "intent": "has_done"},
        (("いいえ", "平成30年3月31日"), ("No", "Planned")),
    ),
    (
        ("小矢部市でまだの項目は？", "which items has Oyabe not done?"),
        ("小矢部市でまだの項目は？", "which items has Oyabe not done?"),
        {"value": 7, "denominator": 8, "as_of": "2017-10"},
        (("(ア)", "(イ)", "(ウ)", "(エ)", "(オ)", "(キ)", "(ク)"), ("(ア)", "(イ)", "(ウ)", "(エ)", "(オ)", "(キ)", "(ク)")),
    ),
    (
        ("(ア)は済みで(イ)がまだの市町村は？", "which municipalities have done (ア) but not (イ)?"),
        ("富山県で(ア)は済みで(イ)がまだの市町村は？", "which municipalities in Toyama Prefecture have done (ア) but not (イ)?"),
        {"municipalities": ["氷見市", "滑川市", "南砺市", "立山町", "入善町"], "value": 5, "denominator": 15, "as_of": "2017-10"},
        NOTHING,
    ),
    (
        ("(ウ)も(ク)もまだの市町村は？", "who has done neither (ウ) nor (ク)?"),
        ("富山県で(ウ)も(ク)もまだの市町村は？", "which municipalities in Toyama Prefecture have done neither (ウ) nor (ク)?"),
        {"municipalities": without("富山市", "高岡市", "黒部市", "南砺市"), "value": 11, "denominator": 15},
        NOTHING,
    ),
    (
        ("1つも実施していない市町村は？", "who has done nothing?"),
        ("富山県で1つも実施していない市町村は？", "which municipalities in Toyama Prefecture have done nothing?"),
        {"municipalities": ["舟橋村"], "value": 1, "denominator": 15},
        NOTHING,
    ),
    (
        ("8項目すべて実施済みの市町村は？", "which municipalities have done all eight items?"),
        ("富山県で8項目すべて実施済みの市町村は？", "which municipalities in Toyama Prefecture have done all eight items?"),
        {"municipalities": ["富山市"], "value": 1, "denominator": 15},
        NOTHING,
    ),
    (
        ("5項目以上実施している市町村は？", "which municipalities have done at least 5 items?"),
        ("富山県で5項目以上実施している市町村は？", "which municipalities in Toyama Prefecture have done at least 5 items?"),
        {"municipalities": ["富山市", "高岡市", "黒部市", "砺波市", "南砺市", "射水市"], "value": 6, "denominator": 15},
        NOTHING,
    ),
    (
        ("(オ)がまだの町は？", "(オ) not done, only towns"),
        ("富山県で(オ)がまだの町は？", "(オ) not done in Toyama Prefecture, only towns"),
        {"municipalities": ["上市町", "入善町", "朝日町"], "value": 3, "denominator": 4},
        (("8 / 15",), ("8 / 15",)),
    ),
    (
        ("(ア)がまだの村は？", "which villages haven't done (ア)?"),
        ("富山県で(ア)がまだの村は？", "which villages in Toyama Prefecture haven't done (ア)?"),
        {"municipalities": ["舟橋村"], "value": 1, "denominator": 1},
        (("4 / 15",), ("4 / 15",)),
    ),
    (
        ("(オ)がまだの市は？", "which cities haven't done (オ)?"),
        ("富山県で(オ)がまだの市は？", "which cities in Toyama Prefecture haven't done (オ)?"),
        {"municipalities": ["魚津市", "氷見市", "滑川市", "小矢部市"], "value": 4, "denominator": 10},
        NOTHING,
    ),
    (
        ("年度末に(エ)が実施されている市町村は？", "which municipalities will have done (エ) by the end of the fiscal year?"),
        ("富山県で年度末に(エ)が実施されている市町村は？", "which municipalities in Toyama Prefecture will have done (エ) by the end of the fiscal year?"),
        {"municipalities": without("舟橋村"), "value": 14, "denominator": 15, "as_of": "2018-03-31"},
        (("見込み",), ("xpected",)),
    ),
    (
        ("年度末でも(オ)が未実施の市町村は？", "which municipalities will still lack (オ) at the end of the fiscal year?"),
        ("富山県で年度末でも(オ)が未実施の市町村は？", "which municipalities in Toyama Prefecture will still lack (オ) at the end of the fiscal year?"),
        {"municipalities": ["魚津市", "舟橋村", "上市町", "朝日町"], "value": 4, "denominator": 15, "as_of": "2018-03-31"},
        NOTHING,
    ),
    (
        ("計画と実績を比べて", "plan versus actual"),
        ("富山県の計画と実績を比べて", "plan versus actual in Toyama Prefecture"),
        {"denominator": 15, "as_of": "2018-03-31", "intent": "plan"},
        (("実績 57、見込み 84", "富山市、高岡市"), ("actual 57, expected 84", "高岡市 (Takaoka)")),
    ),
    (
        ("(オ)の推移", "trend of (オ)"),
        ("富山県の(オ)の推移", "trend of (オ) in Toyama Prefecture"),
        {"denominator": 15, "intent": "trend"},
        (
            ("（2016年10月） 8 → 平成29年10月（2017年10月） 7 → ", "11", "減った"),
            ("October 2016 (Heisei 28) 8 → October 2017 (Heisei 29) 7 → ", "11", "went down"),
        ),
    ),
    (
        ("項目ごとの集計", "tally by item"),
        ("富山県の集計", "tally by item in Toyama Prefecture"),
        {"denominator": 15, "as_of": "2017-10", "intent": "tally"},
        (("合計：57",), ("57",)),
    ),
    (
        ("市町村別の一覧", "matrix by municipality"),
        ("富山県の市町村別の一覧", "matrix by municipality in Toyama Prefecture"),
        {"value": 57, "denominator": 120, "as_of": "2017-10"},
        (tuple(ALL), tuple(ALL)),
    ),
    (
        ("実施項目が一番少ない市町村は？", "which municipality has done the fewest items?"),
        ("富山県で実施項目が一番少ない市町村は？", "which municipality in Toyama Prefecture has done the fewest items?"),
        {"municipalities": ["舟橋村"], "value": 0, "denominator": 8},
        NOTHING,
    ),
    (
        ("魚津市と滑川市を比べて", "compare Uozu City and Namerikawa City"),
        ("魚津市と滑川市を比べて", "compare Uozu City and Namerikawa City"),
        {"denominator": 8, "as_of": "2017-10", "intent": "compare"},
        (("4 / 8", "3 / 8"), ("4 / 8", "3 / 8")),
    ),
    (
        ("平成28年10月に(イ)を実施していた市町村の名前は？", "which municipalities had done (イ) in October 2016?"),
        ("富山県で平成28年10月に(イ)を実施していた市町村の名前は？", "which municipalities in Toyama Prefecture had done (イ) in October 2016?"),
        {"municipalities": [], "value": 5, "denominator": 15, "as_of": "2016-10"},
        (("公表されていない",), ("not publish",)),
    ),
    (
        ("雪国在宅医療支援事業の予算額は？", "budget of 雪国在宅医療支援事業"),
        ("雪国の事業はいくら？", "how much is the snow country programme?"),
        {"value": 12345000, "territory": HOME},
        (("12,345千円",), ("12,345,000 yen",)),
    ),
    (
        ("雪国在宅医療支援事業の上限額は？", "cap of the snow country programme"),
        ("雪国在宅医療支援事業の上限額は？", "cap of the snow country programme"),
        {"value": 600000, "territory": HOME},
        (("1市町村あたり600千円",), ("600,000 yen per municipality",)),
    ),
    (
        ("富山県の連絡会はいつ？", "when was the Toyama Prefecture liaison meeting?"),
        ("県内連絡会はいつ？", "when was the Toyama Prefecture liaison meeting?"),
        {"as_of": "2017-11-20", "territory": HOME},
        (("平成29年11月20日（2017年11月20日）（月）", "富山県民会館"), ("20 November 2017", "富山県民会館")),
    ),
    (
        ("積雪期の訪問について手引きは？", "what does the guide say on visits in the snow season?"),
        ("積雪期の訪問について手引きは？", "what does the guide say on visits in the snow season?"),
        {"territory": HOME, "intent": "points"},
        (("医師会", "(1) 積雪期"), ("medical association", "(1) 積雪期")),
    ),
]


def check(answered: dict[str, Any], expected: dict[str, Any], says: tuple[str, ...]) -> None:
    """The answer holds what is expected, names 富山県's document and no other, and shows how it was read."""
    assert answered["status"] == "answered", answered["text"]
    assert {key: answered[key] for key in expected} == expected
    assert answered["territory"] == HOME
    assert [part for part in says if part not in answered["text"]] == [], answered["text"]
    assert {source["document"] for source in answered["sources"]} <= {
        "富山県内の在宅医療・介護連携の取組状況（架空）",
        "Progress of home medical care and long-term care coordination in Toyama (invented)",
    }
    assert answered["sources"]
    assert answered["reading"].startswith("〔")


@pytest.mark.parametrize("lang", [0, 1], ids=["ja", "en"])
@pytest.mark.parametrize("case", CASES, ids=[case[0][0] for case in CASES])
def test_at_home(case: Case, lang: int, ask_world: Asked) -> None:
    """With --home 富山県 the question needs no territory."""
    check(ask_world(case[0][lang], home=HOME), case[2], case[3][lang])


@pytest.mark.parametrize("lang", [0, 1], ids=["ja", "en"])
@pytest.mark.parametrize("case", CASES, ids=[case[1][0] for case in CASES])
def test_away(case: Case, lang: int, ask_world: Asked) -> None:
    """At home in 山口県, 富山県 is answered when it or something that only it has is named."""
    check(ask_world(case[1][lang]), case[2], case[3][lang])


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_case_is_understood_in_its_language(lang: str, ask_world: Asked) -> None:
    """The table asks in the language that it says it does, so both sets of templates are exercised."""
    at = ["ja", "en"].index(lang)
    assert {ask_world(case[0][at], home=HOME)["lang"] for case in CASES} == {lang}


def test_next_to_yamaguchi(ask_world: Asked) -> None:
    """山口県 and 富山県 side by side: each with its own n and date, and the caveat that the surveys differ."""
    for question in ("山口県と富山県の(オ)を比べて", "compare (オ) in Yamaguchi Prefecture and Toyama Prefecture"):
        answered = ask_world(question)
        lang = answered["lang"]
        assert answered["status"] == "answered"
        assert [(row["done"], row["n"], row["share"]) for row in answered["rows"]] == [(8, 19, 42.1), (7, 15, 46.7)]
        assert len(answered["sources"]) == 2
        dates = ("平成29年6月（2017年6月）", "平成29年10月（2017年10月）") if lang == "ja" else ("June 2017", "October 2017")
        assert [part for part in dates if part not in answered["text"]] == []
        assert {"ja": "調査の時点", "en": "differ"}[lang] in answered["text"]


@pytest.mark.parametrize("question", ["山口県と富山県を比べて", "compare Yamaguchi Prefecture and Toyama Prefecture"])
def test_next_to_yamaguchi_is_read_aloud(question: str, ask_world: Asked) -> None:
    """The reading line names both territories."""
    assert ask_world(question)["reading"].startswith("〔")


@pytest.mark.parametrize("question", ["実施が0項目の市町村は？", "which municipalities have done exactly 0 items?"])
def test_nothing_done_counted(question: str, ask_world: Asked) -> None:
    """Zero is a number of items like any other."""
    assert ask_world(question, home=HOME)["municipalities"] == ["舟橋村"]


DATELESS = [
    ("平成29年6月の(オ)は？", "(オ) in June 2017"),  # 山口県's date
    ("平成27年8月に(オ)を実施していた市町村は？", "which municipalities had done (オ) in August 2015?"),
]


@pytest.mark.parametrize("lang", [0, 1], ids=["ja", "en"])
@pytest.mark.parametrize("question", DATELESS, ids=[question[0] for question in DATELESS])
def test_no_date_is_borrowed(question: tuple[str, str], lang: int, ask_world: Asked) -> None:
    """A date at which only 山口県 was surveyed is not in the data of 富山県: its own two dates are named."""
    answered = ask_world(question[lang], home=HOME)
    assert (answered["status"], answered["reason"], answered["value"]) == ("unknown", "not_in_data", None)
    assert [part for part in (("2016年10月", "2017年10月"), ("October 2016", "October 2017"))[lang] if part not in answered["text"]] == []


@pytest.mark.parametrize("home", ["", HOME])
def test_city_or_prefecture(home: str, ask_world: Asked) -> None:
    """富山 is a city and a prefecture, as 山口 is: asked back, whatever the home territory."""
    answered = ask_world("富山の状況は？", home=home)
    assert answered["status"] == "clarify"
    assert [choice["label"] for choice in answered["choices"]] == ["富山市", "富山県"]


THREADS = [
    (("(オ)がまだの市町村は？", "じゃあ(カ)は？"), HOME, ["舟橋村", "朝日町"]),
    (("富山県で(オ)がまだの市町村は？", "町だけだと？"), "", ["上市町", "入善町", "朝日町"]),
    (("which municipalities in Toyama Prefecture haven't done (オ)?", "and (カ)?"), "", ["舟橋村", "朝日町"]),
    (("(ク)を実施している市町は？", "富山県は？"), "", ["富山市", "黒部市"]),
    (("富山県で(ク)を実施している市町村は？", "山口県は？"), "", ["宇部市", "萩市", "長門市"]),
]


@pytest.mark.parametrize(("turns", "home", "municipalities"), THREADS, ids=[" | ".join(turns) for turns, _, _ in THREADS])
def test_threads(turns: tuple[str, ...], home: str, municipalities: list[str], ask_world: Asked) -> None:
    """A thread stays in the prefecture it is about until another is named."""
    assert ask_world(*turns, home=home)["municipalities"] == municipalities


@pytest.mark.parametrize("question", ["どんなデータを収録していますか", "what data do you cover?", "広島市の状況は？"])
def test_it_is_covered(question: str, ask_world: Asked) -> None:
    """What is covered names 富山県 beside the shipped territories."""
    text = ask_world(question)["text"]
    assert "富山県" in text or "Toyama" in text
    assert "山口県" in text or "Yamaguchi" in text


@pytest.mark.parametrize("question", ["魚津市の状況", "黒部市は(ク)を実施していますか", "status of Uozu City", "has Kurobe City done (ク)?"])
def test_next_steps_stay_in_the_territory(question: str, ask_world: Asked, world: Asker) -> None:
    """Every next step of an answer about 富山県 is about 富山県, also at home in 山口県."""
    reply = ask_world.replies(question)[-1]
    steps = [action.question for action in reply.message.actions]
    about = {step: ask_world(step)["territory"] for step in steps if "とは" not in step and "mean" not in step}
    assert set(about.values()) == {HOME}, about


@pytest.mark.parametrize("question", ["圏域ごとの実施状況", "status by medical area"])
def test_no_areas_known(question: str, ask_world: Asked) -> None:
    """The medical areas of 富山県 are not in the data: nothing is answered in their name."""
    assert ask_world(question, home=HOME)["status"] == "unknown"


# --- and nothing else changes ------------------------------------------------------------------------------------------

UNCHANGED = """
(オ)がまだの市町は？
which towns haven't done (オ)?
(ア)を予定している町は？
7項目以上実施している市町は
岩国の状況
山口市の状況
has Hikari City done (ク)?
柳井市と平生町を比べて
項目ごとの集計
tally by item
市町別の一覧
圏域ごとの実施状況
(キ)の推移
trend of (ク)
H28.8からH29.6で何が変わった？
H28.8に(イ)をやっていた市町の名前は？
年度末に(エ)が実施されている市町の数
計画と実績を比べて
which municipality has done the fewest items?
周南圏域の市町はどこ
(ク)とは？
what does (キ) mean?
東京都の(ア)の実施状況は？
千葉県で拠点に相当するものがある市町村の割合
在宅医養成研修事業の予算額
手引きでは、(ク)の連携相手としてまずどこを考えるとよい？
目黒区役所で開かれたのはどの圏域？
包括的支援事業の国の負担割合は
山口の状況は？
山口県と東京都を比べて
平生と平尾
上の関町は？
0項目実施の市町は？
""".split("\n")[1:-1]


@pytest.mark.parametrize("question", UNCHANGED)
def test_the_rest_is_unchanged(question: str, ask: Asked, ask_world: Asked) -> None:
    """What is asked about 山口県 and the other shipped territories has the very same answer with the new file as without it."""
    assert ask_world(question) == ask(question)


def test_it_is_one_file_and_no_code() -> None:
    """The invented prefecture is one TOML file; none of the shipped files knows of it."""
    assert [path.name for path in WORLD.iterdir()] == ["toyama_2017.toml"]
    assert "架空" not in "".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.toml"))
