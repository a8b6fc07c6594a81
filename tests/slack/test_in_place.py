"""What is changed where it stands: menus, pages of a table; and what goes as a file or is drawn. Through the real processes."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from tests.slack.conftest import CARD, CARD_ANSWER, Way
from tests.slack.local import ALIEN, DIRECT, GENERAL, SUZUKI, TANAKA, button, elements

LONG = "予算事業の一覧"
TRAINING = "(カ)研修が未実施"


def posted(way: Way, body: dict[str, Any], channel: str = GENERAL, after: int = 0) -> dict[str, Any]:
    """The post that an event leads to."""
    way.event(body)
    return way.slack.wait(lambda: way.slack.posts(channel)[after:])[0]


def changed(way: Way, post: dict[str, Any], words: str) -> dict[str, Any]:
    """The message once it says these words."""
    way.slack.wait(lambda: words in post["text"])
    return post


def kinds(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["type"] for block in blocks]


# --- menus ------------------------------------------------------------------------------------------------------------


def test_a_menu_changes_the_item_in_place_and_the_thread_follows(way: Way) -> None:
    """The same message says another item; a follow-up by anybody goes on from there."""
    first = way.slack.mention(CARD)
    post = posted(way, first)
    way.interaction(way.slack.pick(post, "pick_item", "(カ)", user=SUZUKI))
    changed(way, post, TRAINING)
    assert len(way.slack.posts(GENERAL)) == 1
    follow = posted(way, way.slack.mention("町だけだと？", thread=first["event"]["ts"]), after=1)
    assert "(カ)研修が未実施の町は、3 / 6 町" in follow["text"]


def test_date_and_territory_change_and_change_back(web: Way) -> None:
    """A date whose survey names nobody says so, and its menus lead back to the very answer that was there."""
    post = posted(web, web.slack.mention(CARD))
    before = post["text"]
    web.interaction(web.slack.pick(post, "pick_date", "平成28年8月"))
    changed(web, post, "市町村名が公表されていない")
    web.interaction(web.slack.pick(post, "pick_territory", "東京都"))
    changed(web, post, "東京都")
    web.interaction(web.slack.pick(post, "pick_territory", "山口県"))
    changed(web, post, CARD_ANSWER)
    assert post["text"].splitlines()[-5:] == before.splitlines()[-5:]
    chosen = {menu["action_id"]: menu["initial_option"]["text"]["text"] for menu in elements(post["blocks"], "static_select")}
    assert chosen == {"pick_item": "(オ)相談支援", "pick_date": "平成29年6月（2017年6月）", "pick_territory": "山口県"}


def test_a_menu_in_direct_messages_is_gone_on_from(way: Way) -> None:
    """The next message outside of threads goes on from what the menu was set to."""
    post = posted(way, way.slack.direct(CARD), DIRECT)
    way.interaction(way.slack.pick(post, "pick_item", "(カ)", DIRECT))
    changed(way, post, TRAINING)
    assert "(カ)研修が未実施の町は" in posted(way, way.slack.direct("町だけだと？"), DIRECT, after=1)["text"]


def test_a_menu_of_a_private_answer_replaces_it(way: Way) -> None:
    """Nothing is posted; what is shown to everyone afterwards is what it says now."""
    told = way.command(way.slack.command(CARD))
    way.interaction(way.slack.pick(told, "pick_item", "(カ)", ephemeral=True))
    now = way.slack.wait(lambda: way.slack.ephemerals)[0]
    assert now["replace_original"] is True
    assert TRAINING in now["text"]
    assert way.slack.posts() == []
    way.interaction(way.slack.press(now, button(now["blocks"], "みんなに表示"), ephemeral=True))
    post = way.slack.wait(lambda: way.slack.posts(GENERAL))[0]
    assert TRAINING in post["text"]
    assert elements(post["blocks"], "static_select") == []


def test_an_english_answer_stays_english(web: Way) -> None:
    """Whatever its menus are set to."""
    post = posted(web, web.slack.mention("which towns haven't done (オ)?"))
    web.interaction(web.slack.pick(post, "pick_date", "31 March 2018"))
    changed(web, post, "expected by 31 March 2018")
    web.interaction(web.slack.pick(post, "pick_item", "(キ)"))
    changed(web, post, "(キ) public awareness")
    assert "towns" in post["text"]


def test_the_last_choice_stands_when_changes_arrive_out_of_order(web: Way) -> None:
    """The first change is throttled; the second must not be overwritten by it."""
    post = posted(web, web.slack.mention(CARD))
    web.slack.fault("chat.update", "500")
    web.interaction(web.slack.pick(post, "pick_item", "(ア)"))
    web.slack.wait(lambda: web.slack.called("chat.update"))
    web.interaction(web.slack.pick(post, "pick_item", "(カ)"))
    changed(web, post, TRAINING)
    web.slack.wait(lambda: web.kept("SELECT 1 FROM outbox_post WHERE kind = 'change' AND stage = 'cancelled'"), 12)
    assert TRAINING in post["text"]


@pytest.mark.parametrize("kind", ["lost", "reset", "500", "429", "internal_error"])
def test_a_change_arrives_whatever_happens(web: Way, kind: str) -> None:
    """As often as it takes: the second time changes nothing."""
    post = posted(web, web.slack.mention(CARD))
    web.slack.fault("chat.update", kind)
    web.interaction(web.slack.pick(post, "pick_item", "(カ)"))
    changed(web, post, TRAINING)
    assert len(web.slack.posts()) == 1


def test_a_message_that_is_gone_is_answered_below(web: Way) -> None:
    """Whoever clicked still gets the answer."""
    post = posted(web, web.slack.mention(CARD))
    web.slack.fault("chat.update", "message_not_found")
    web.interaction(web.slack.pick(post, "pick_item", "(カ)"))
    assert TRAINING in web.slack.wait(lambda: web.slack.ephemerals)[0]["text"]


def test_a_used_up_response_url_becomes_an_ephemeral_message(web: Way) -> None:
    """Evidence is told all the same."""
    post = posted(web, web.slack.mention(CARD))
    web.slack.fault("response_url", "404")
    web.interaction(web.slack.press(post, button(post["blocks"], "根拠")))
    told = web.slack.wait(lambda: web.slack.ephemerals)[0]
    assert (told["user"], told["thread_ts"]) == (TANAKA, post["thread_ts"])
    assert "根拠" in told["text"]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_long_table_is_turned_page_by_page(way: Way) -> None:
    """In place, there and back; the text alternative of the first message has every row."""
    post = posted(way, way.slack.mention(LONG))
    assert "23行のうち1〜20行" in str(post["blocks"])
    assert "暴力・ハラスメント対策事業" in post["text"]
    verdict = elements(post["blocks"], "feedback_buttons")[0]["positive_button"]["value"]
    way.interaction(way.slack.press(post, button(post["blocks"], "次へ")))
    changed(way, post, "23行のうち21〜23行")
    assert [len(block["rows"]) for block in post["blocks"] if block["type"] == "table"] == [1 + 3]
    assert elements(post["blocks"], "feedback_buttons")[0]["positive_button"]["value"] == verdict
    way.interaction(way.slack.press(post, button(post["blocks"], "前へ")))
    way.slack.wait(lambda: "23行のうち1〜20行" in str(post["blocks"]))
    assert len(way.slack.posts()) == 1


def test_pages_of_a_private_answer_and_of_one_shown_to_everyone(web: Way) -> None:
    """Each stays what it is; who asked stays above it."""
    slack = web.slack
    told = web.command(slack.command(LONG))
    web.interaction(slack.press(told, button(told["blocks"], "次へ"), ephemeral=True))
    now = slack.wait(lambda: slack.ephemerals)[0]
    assert now["replace_original"] is True
    assert "21〜23行" in now["text"]
    web.interaction(slack.press(told, button(told["blocks"], "みんなに表示"), ephemeral=True))
    post = slack.wait(lambda: slack.posts(GENERAL))[0]
    web.interaction(slack.press(post, button(post["blocks"], "次へ"), user=SUZUKI))
    changed(web, post, "21〜23行")
    assert post["text"].startswith(f"<@{TANAKA}>さんの質問")
    assert {"type": "user", "user_id": TANAKA} in post["blocks"][0]["elements"][0]["elements"]


# --- files ------------------------------------------------------------------------------------------------------------


def workbook(way: Way, post: dict[str, Any]) -> Any:
    (file,) = post["files"]
    return openpyxl.load_workbook(io.BytesIO(way.slack.files[file["id"]]))


def files(way: Way, channel: str = GENERAL) -> list[dict[str, Any]]:
    return [post for post in way.slack.posts(channel) if post.get("files")]


def test_a_table_comes_as_a_workbook_in_the_thread(way: Way) -> None:
    """All of it, in the three steps that Slack wants."""
    post = posted(way, way.slack.mention("市町別の一覧"))
    way.interaction(way.slack.press(post, button(post["blocks"], "Excel")))
    (file,) = way.slack.wait(lambda: files(way))
    assert file["thread_ts"] == post["thread_ts"]
    rows = list(workbook(way, file).worksheets[0].iter_rows(values_only=True))
    assert rows[0][:3] == ("市区町村", "団体コード", "(ア)")
    assert rows[2][:3] == ("宇部市", "35202", "実施済み")
    assert len(rows) == 1 + 19


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        *(("files.completeUploadExternal", kind) for kind in ("lost", "reset", "500", "429", "file_update_failed")),
        *(("upload", kind) for kind in ("500", "reset")),
        *(("files.getUploadURLExternal", kind) for kind in ("lost", "503", "429")),
    ],
)
def test_a_file_arrives_once(web: Way, method: str, kind: str) -> None:
    """Whatever step goes wrong, and whether or not Slack had done it."""
    post = posted(web, web.slack.mention("集計"))
    web.slack.fault(method, kind)
    web.interaction(web.slack.press(post, button(post["blocks"], "Excel")))
    web.slack.wait(lambda: files(web))
    web.slack.wait(lambda: web.kept("SELECT 1 FROM outbox_post WHERE kind = 'file' AND stage IN ('sending', 'planned', 'unknown')") == [])
    assert len(files(web)) == 1


def test_the_table_of_a_private_answer_goes_to_direct_messages(way: Way) -> None:
    """The channel does not see it, and the asker is told where it is."""
    told = way.command(way.slack.command("tally by item"))
    way.interaction(way.slack.press(told, button(told["blocks"], "Excel"), ephemeral=True))
    (file,) = way.slack.wait(lambda: files(way, DIRECT))
    assert workbook(way, file).worksheets[0]["A1"].value == "Item"
    assert "direct messages" in way.slack.wait(lambda: way.slack.ephemerals)[0]["text"]
    assert way.slack.posts(GENERAL) == []


@pytest.mark.parametrize("error", ["missing_scope", "restricted_action"])
def test_a_file_that_cannot_be_sent_is_owned_up_to(web: Way, error: str) -> None:
    """With an id that is in the log."""
    post = posted(web, web.slack.mention("集計"))
    web.slack.fault("files.getUploadURLExternal", error)
    web.interaction(web.slack.press(post, button(post["blocks"], "Excel")))
    told = web.slack.wait(lambda: web.slack.ephemerals)[0]["text"]
    assert "お送りできませんでした" in told
    assert told.split("番号 ")[1][:8] in web.running.log


def test_a_private_file_of_unknown_fate_is_not_sent_twice(web: Way) -> None:
    """Direct messages whose channel is not known cannot be read; the asker is told to look."""
    told = web.command(web.slack.command("集計"))
    web.slack.fault("files.completeUploadExternal", "lost")
    web.interaction(web.slack.press(told, button(told["blocks"], "Excel"), ephemeral=True))
    assert "確かめられませんでした" in web.slack.wait(lambda: web.slack.ephemerals)[0]["text"]
    assert len(files(web, DIRECT)) == 1
    web.slack.problems.clear()  # that the channel was not known is what this is about


# --- seen -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["集計", "tally by item", "推移", "(オ)の推移", "trend of (ク)", "東京都の集計"])
def test_a_tally_and_a_trend_are_drawn(web: Way, question: str) -> None:
    """As a chart that Slack takes, above the table with the same figures."""
    told = web.command(web.slack.command(question))
    assert kinds(told["blocks"]).index("data_visualization") < kinds(told["blocks"]).index("table")
    chart = next(block["chart"] for block in told["blocks"] if block["type"] == "data_visualization")
    cells = {cell["text"] for block in told["blocks"] if block["type"] == "table" for row in block["rows"] for cell in row}
    assert {str(point["value"]) for series in chart["series"] for point in series["data"]} <= cells


def test_a_slack_without_charts_gets_the_rest(web: Way) -> None:
    """And one that refuses the table too gets the words, which have everything."""
    web.slack.unknown_blocks.add("data_visualization")
    post = posted(web, web.slack.mention("集計"))
    assert "data_visualization" not in kinds(post["blocks"])
    assert "table" in kinds(post["blocks"])
    web.slack.unknown_blocks.add("table")
    post = posted(web, web.slack.mention("集計"), after=1)
    assert "blocks" not in post
    assert "(オ)相談支援" in post["text"]


def test_the_matrix_has_marks_and_a_legend(web: Way) -> None:
    """✓ ○ – for municipality × item."""
    told = web.command(web.slack.command("市町別の一覧"))
    cells = {cell["text"] for block in told["blocks"] if block["type"] == "table" for row in block["rows"] for cell in row}
    assert {"✓", "○", "–", "宇部市", "(オ)"} <= cells
    assert "凡例：✓ 実施済み　○ 予定　– 予定なし" in told["text"]


# --- direct messages --------------------------------------------------------------------------------------------------


def test_a_lost_answer_to_a_button_of_home_is_found(web: Way) -> None:
    """Home knows the channel of its direct messages, so that it can be read."""
    web.event(web.slack.event({"type": "app_home_opened", "user": TANAKA, "channel": DIRECT, "tab": "home", "event_ts": "1.2"}))
    view = web.slack.wait(lambda: web.slack.homes.get(TANAKA))
    web.slack.fault("chat.postMessage", "lost")
    web.interaction(web.slack.press_home(elements(view["blocks"], "button")[0]))
    web.slack.wait(lambda: web.kept("SELECT 1 FROM outbox_post WHERE channel = 'D0TANAKA0' AND doubts > 0 AND stage = 'sent'"))
    assert len(web.slack.posts(DIRECT)) == 1
    assert "(カ)研修が未実施" in posted(web, web.slack.direct("じゃあ(カ)は？"), DIRECT, after=1)["text"]


__all__ = ["ALIEN"]
