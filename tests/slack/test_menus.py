"""The menus under an answer: what they are set to is the answer that stands, and every option is one more question of the same kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.ask import Asker, Reply, next_context
from bot.menus import OFFERED, Menus
from bot.message import Action
from knowledge.model import Found
from knowledge.understand import Setting
from tests.bench_slack import questions

WORDINGS = questions()


@pytest.fixture(scope="module")
def menus(asker: Asker) -> dict[str, Menus]:
    return {lang: Menus(words) for lang, words in asker.speaker.words.items()}


def said(reply: Reply) -> tuple[Any, ...]:
    """What an answer says, apart from how the question was put."""
    given = reply.considered.answer
    return type(given), reply.query.intent, reply.message.headline, reply.message.body, reply.message.sheets, getattr(given, "municipalities", ())


def offered(asker: Asker, menus: dict[str, Menus], setting: Setting, wordings: list[str]) -> Iterator[tuple[str, Reply, Any]]:
    """Each question with its answer and each of its menus."""
    for text in wordings:
        reply = asker.ask(text, setting)
        for menu in menus[reply.message.lang].of(reply):
            yield text, reply, menu


@pytest.mark.parametrize("home", ["yamaguchi", "tokyo"])
def test_what_the_menus_show_is_the_answer_that_stands(asker: Asker, menus: dict[str, Menus], setting: Setting, home: str) -> None:
    """Asked after the question, it changes nothing: whatever else was said stays. Over a part of all wordings of tests/questions."""
    setting, seen = replace(setting, home=home), 0
    for text, reply, menu in offered(asker, menus, setting, WORDINGS[:: 7 if home == "yamaguchi" else 19]):
        if menu.chosen:
            again = asker.ask(menu.chosen, setting, next_context(reply, None))
            assert said(again) == said(reply), (text, menu.chosen)
            seen += 1
    assert seen > 30


def test_every_option_is_a_question_of_the_same_kind(asker: Asker, menus: dict[str, Menus], setting: Setting) -> None:
    """Answered, or said not to be in the data; of each kind of question and language, the first that has menus."""
    met: set[tuple[str, str]] = set()
    for text, reply, menu in offered(asker, menus, setting, WORDINGS[::3]):
        key = (reply.query.intent, reply.message.lang, menu.kind)
        if key in met or not isinstance(reply.considered.answer, Found):
            continue
        met.add(key)
        for option in menu.options:
            other = asker.ask(option.question, setting, next_context(reply, None))
            assert (other.query.intent, other.message.lang) == (reply.query.intent, reply.message.lang), (text, option.question)
            assert other.message.status in ("answered", "unknown"), (text, option.question)
    assert {intent for intent, *_ in met} == set(OFFERED)


def labels(options: tuple[Action, ...]) -> list[str]:
    return [option.label for option in options]


def test_options_are_what_there_is(asker: Asker, menus: dict[str, Menus], setting: Setting) -> None:
    """Eight items, the surveys of the territory with the end of its plans, the territories with a survey."""
    item, date, territory = menus["ja"].of(asker.ask("(オ)がまだの市町は？", setting))
    assert len(item.options) == 8 and item.options[4] == Action(label="(オ)相談支援", question="山口県の2017-06の(オ)は？")
    assert labels(date.options) == [*(f"平成{n}年{m}月（{n + 1988}年{m}月）" for n, m in ((27, 8), (28, 8), (29, 6))), "平成30年3月31日（2018年3月31日）見込み"]
    assert labels(territory.options) == ["山口県", "東京都"]
    assert item.chosen == date.chosen == territory.chosen == "山口県の2017-06の(オ)は？"
    every = menus["en"].of(asker.ask("tally by item", setting))[0]
    assert (every.options[0].label, every.options[0].question) == ("All items", "what about all items in Yamaguchi Prefecture as of 2017-06?")


NONE = """(ア)と(イ)の両方がまだの市町は？ 予定が一番多い項目は？ 予算 締切はいつ？ ヘルプ 山口の状況は？ 今日の天気は？
    広島県で(オ)がまだの市町村は？""".split()


@pytest.mark.parametrize("text", NONE)
def test_where_one_item_cannot_be_exchanged_no_menu_offers_it(asker: Asker, menus: dict[str, Menus], setting: Setting, text: str) -> None:
    """Several at once, an order, another matter, no answer."""
    assert "item" not in [menu.kind for menu in menus["ja"].of(asker.ask(text, setting))]


def test_only_surveys_that_name_municipalities_are_offered_where_names_are_needed(asker: Asker, menus: dict[str, Menus], setting: Setting) -> None:
    (date,) = menus["ja"].of(asker.ask("宇部市の状況", setting))
    assert labels(date.options) == ["平成29年6月（2017年6月）", "平成30年3月31日（2018年3月31日）見込み"]


def test_what_lies_in_its_territory_keeps_it(asker: Asker, menus: dict[str, Menus], setting: Setting) -> None:
    """A medical area would be lost with another territory, and is kept with another item."""
    reply = asker.ask("周南圏域で(オ)がまだの市町は？", setting)
    found = {menu.kind: menu for menu in menus["ja"].of(reply)}
    assert set(found) == {"item", "date"}
    other = asker.ask(found["item"].options[5].question, setting, reply.query)
    assert "周南圏域" in other.message.reading and "(カ)" in other.message.reading


def test_a_figure_that_is_not_there_has_the_menus_to_another(asker: Asker, menus: dict[str, Menus], setting: Setting) -> None:
    """東京都 names nobody: it is said, and the way back is under it."""
    reply = asker.ask("東京都で(オ)の予定がある市町村は？", setting)
    assert reply.message.status == "unknown"
    assert {"item", "territory"} <= {menu.kind for menu in menus["ja"].of(reply)}


def test_menus_are_made_once_for_all_answers_alike(asker: Asker, menus: dict[str, Menus], setting: Setting) -> None:
    """Whoever asks, however it is worded."""
    one, other = (menus["ja"].of(asker.ask(text, setting)) for text in ("(オ)がまだの市町は？", "相談支援が未実施の市町"))
    assert one is other
