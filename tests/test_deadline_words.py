"""What people type to set a deadline is understood exactly, or answered with what to write instead."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.ask import Asker
from bot.deadline_words import Instead, Wanted, checked_rule, ladder_words, read_deadline, read_ladder, read_time, the_one
from bot.due import Goal
from bot.standing import goals
from knowledge.model import LANGS, Pair
from tests.conftest import SETTING

ALL = ("ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク")


def read(asker: Asker, text: str) -> Wanted | Instead:
    return read_deadline(text, asker.understanding, SETTING)


# Today is Thursday 1 February 2018.
UNDERSTOOD: list[tuple[str, dict[str, Any]]] = [
    (
        "追加 実績報告の提出 3月30日 (オ) 担当：高齢者支援課 メモ：様式3",
        {"name": "実績報告の提出", "day": "2018-03-30", "items": ("オ",), "responsible": "高齢者支援課", "note": "様式3"},
    ),
    ("追加 3月末 実績報告", {"name": "実績報告", "day": "2018-03-31"}),
    ("追加 チェックリスト H30.3.31まで", {"name": "チェックリスト", "day": "2018-03-31"}),
    ("登録　実績報告を平成30年4月6日(金)までに", {"name": "実績報告", "day": "2018-04-06"}),
    ("追加 3月30日の実績報告", {"name": "実績報告", "day": "2018-03-30"}),
    ("追加 実績報告 1月10日", {"name": "実績報告", "day": "2019-01-10"}),
    ("追加 実績報告 2月1日", {"name": "実績報告", "day": "2018-02-01"}),
    ("追加 研修の報告 年度末", {"name": "研修の報告", "day": "2018-03-31"}),
    ("追加 研修の報告 年度末 項目：研修", {"name": "研修の報告", "day": "2018-03-31", "items": ("カ",)}),
    ("追加 報告 全項目 来週金曜", {"name": "報告", "day": "2018-02-09", "items": ALL}),
    ("追加 報告 アとイ 3月30日", {"name": "報告", "day": "2018-03-30", "items": ("ア", "イ")}),
    ("追加 「3月分の報告」 来週金曜", {"name": "3月分の報告", "day": "2018-02-09"}),
    ("追加 「4月6日会議の資料」 3月30日", {"name": "4月6日会議の資料", "day": "2018-03-30"}),
    ("追加 平成29年度実績報告 H30.4.20", {"name": "平成29年度実績報告", "day": "2018-04-20"}),
    ("追加 実態調査 3月30日 千葉県", {"name": "実態調査", "day": "2018-03-30", "territory": "chiba"}),
    ("追加 補助金の申請 3月30日 事業：在宅医療・介護連携推進事業", {"name": "補助金の申請", "day": "2018-03-30", "programme": "在宅医療・介護連携推進事業"}),
    ("add Annual report next Friday", {"name": "Annual report", "day": "2018-02-09"}),
    ("add Annual report by 30 March 2018 responsible: Sato", {"name": "Annual report", "day": "2018-03-30", "responsible": "Sato"}),
    ("変更 実績報告 4月6日", {"verb": "change", "name": "実績報告", "day": "2018-04-06"}),
    ("変更 実績報告 担当：医療政策課", {"verb": "change", "name": "実績報告", "day": None, "responsible": "医療政策課"}),
    ("完了 実績報告", {"verb": "done", "name": "実績報告", "day": None}),
    ("取消 実績報告", {"verb": "cancel", "name": "実績報告", "day": None}),
]


@pytest.mark.parametrize(("text", "wanted"), UNDERSTOOD, ids=[text for text, _ in UNDERSTOOD])
def test_understood(text: str, wanted: dict[str, Any], asker: Asker) -> None:
    found = read(asker, text)
    assert isinstance(found, Wanted), found
    given = {"verb": "add", "territory": "yamaguchi", "items": (), "responsible": "", "note": "", "programme": ""} | wanted
    given["day"] = date.fromisoformat(given["day"]) if given["day"] else None
    assert {name: getattr(found, name) for name in given} == given


@pytest.mark.parametrize("text", ["", "一覧", "次の締切は？", "list"])
def test_no_verb_is_the_list(text: str, asker: Asker) -> None:
    found = read(asker, text)
    assert isinstance(found, Wanted) and found.verb == "list"


# What is wrong, and what the sentence must name.
REFUSED = [
    ("追加 実績報告 H30.2.30", "「H30.2.30」という日付はありません", "no such date"),
    ("追加 実績報告 H29.3.31", "平成29年3月31日（2017年3月31日）（金）で、もう過ぎています", "has passed"),
    ("追加 実績報告 4月", "平成30年4月30日（2018年4月30日）（月） のように日まで", "is not one day"),
    ("追加 実績報告", "日付が見つかりませんでした", "There is no date"),
    ("追加 3月30日", "何の期限かが書かれていません", "what is due"),
    ("追加 実績報告 3月30日 4月6日", "日付が2つあります（3月30日、4月6日）", "There are 2 dates"),
    ("追加 実績報告 3月30日(木)", "（2018年3月30日）は金曜日で、木曜日ではありません", "is not a Thursday but a Friday"),
    ("追加 実績報告 (ケ) 3月30日", "（ア）から（ク）まで", "(ア) to (ク)"),
    ("追加 実績報告 3月30日 北海道", "「北海道」はこのデータの対象地域ではありません", "山口県"),
    ("追加 実績報告 3月30日 千葉県 東京都", "地域が2つあります", "There are 2 territories"),
    ("追加 実績報告 2099年3月30日", "10年より先", "more than ten years"),
    ("追加 " + "あ" * 101 + " 3月30日", "100字まで", "Keep it to 100"),
    ("変更 実績報告", "新しい日付を書いてください", "Write the new date"),
    ("完了", "何の期限かが書かれていません", "what is due"),
]


@pytest.mark.parametrize(("text", "ja", "en"), REFUSED, ids=[text[:30] for text, *_ in REFUSED])
def test_refused_with_what_to_write(text: str, ja: str, en: str, asker: Asker) -> None:
    found = read(asker, text)
    assert isinstance(found, Instead), found
    assert ja in found.words.ja and en in found.words.en
    assert "{" not in found.words.ja + found.words.en and "Pair(" not in found.words.ja + found.words.en


def one(name: str) -> Goal:
    return Goal(id=name, ids=frozenset({name}), title=Pair(name, name), day=date(2018, 3, 30), territory="yamaguchi")


def test_which_deadline_is_meant(asker: Asker) -> None:
    """Exactly, or by the only name that contains it; the documents' own cannot be changed."""
    ours = (one("実績報告"), one("実績報告の訂正"), one("研修の報告"))
    assert the_one("実績報告", ours) == ours[0] and the_one("訂正", ours) == ours[1]
    several, unknown, none = the_one("報告", ours), the_one("会議", ours), the_one("会議", ())
    of_data = the_one("8つの事業項目", goals(asker.kb))
    for found, word in ((several, "3件あります"), (unknown, "「実績報告」（2018-03-30）"), (none, "まだありません"), (of_data, "資料に書かれた期限")):
        assert isinstance(found, Instead) and word in found.words.ja, found


@pytest.mark.parametrize(
    ("text", "ladder"),
    [
        ("20,10,5,1,当日,+3", (-20, -10, -5, -1, 0, 3)),
        ("-20、-10、0、＋3", (-20, -10, 0, 3)),
        ("5営業日前、3日後", (-5, 3)),
        ("1 1 0", (-1, 0)),
    ],
)
def test_ladders(text: str, ladder: tuple[int, ...]) -> None:
    assert read_ladder(text) == ladder


@pytest.mark.parametrize(("text", "minute"), [("9:00", 540), ("9時", 540), ("13時30分", 810), ("午後1時半", 810), ("１７：１５", 1035), ("0:00", 0)])
def test_times(text: str, minute: int) -> None:
    assert read_time(text) == minute


@pytest.mark.parametrize("text", ["", "x", "251", "5,,x"])
def test_bad_ladders_say_how_to_write_one(text: str) -> None:
    found = read_ladder(text)
    assert isinstance(found, Instead) and "20,10,5,1,当日,+3" in found.words.ja and "20,10,5,1,0,+3" in found.words.en


@pytest.mark.parametrize("text", ["", "24:00", "9:60", "午後13時", "9", "正午ごろ"])
def test_bad_times_say_how_to_write_one(text: str) -> None:
    found = read_time(text)
    assert isinstance(found, Instead) and "13時30分" in found.words.ja and "13:30" in found.words.en


def test_a_rule_needs_an_owner_a_channel_and_municipalities() -> None:
    given: dict[str, Any] = {"owner": "U1", "member": True, "members": ("35201",), "territory": Pair("全国", "Japan")}
    assert checked_rule(**given) is None
    for change, word in (({"owner": ""}, "責任者"), ({"member": False}, "/invite"), ({"members": ()}, "全国には市町村の一覧がない")):
        found = checked_rule(**given | change)
        assert found is not None and word in found.words.ja and all(found.words[lang] for lang in LANGS)


def test_a_ladder_in_words() -> None:
    assert ladder_words((-20, -1, 0, 3)) == Pair(
        "20営業日前、1営業日前、当日、3営業日後", "20 business days before, 1 business day before, on the day, 3 business days after"
    )
