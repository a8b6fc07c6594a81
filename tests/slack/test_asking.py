"""Asking in Slack, through the real processes of the Procfile and both ways in."""

from __future__ import annotations

from tests.slack.conftest import CARD, CARD_ANSWER, Way
from tests.slack.local import ALIEN, BOT, DIRECT, GENERAL, SUZUKI, TANAKA, button, elements

SUBCOMMANDS = """集計 オ|tally o|未実施 オ|missing o|状況 宇部市|status Ube|推移|trend o|比較 宇部市 萩市|compare Ube Hagi|予算|budget|手引き ク|guide ku
|締切|deadlines|ヘルプ|help|""".replace("\n", "").split("|")


def answer_to(way: Way, body: dict, channel: str = GENERAL, after: int = 0) -> dict:
    """The post that an event leads to."""
    way.event(body)
    return way.slack.wait(lambda: way.slack.posts(channel)[after:])[0]


def test_a_mention_is_answered_in_its_thread(way: Way) -> None:
    """The card's question, asked with @Renkei in a channel."""
    body = way.slack.mention(CARD)
    post = answer_to(way, body)
    assert CARD_ANSWER in post["text"]
    assert "萩市、長門市、周防大島町、和木町" in post["text"]
    assert post["thread_ts"] == body["event"]["ts"]


def test_a_direct_message_is_answered_without_a_mention(way: Way) -> None:
    """The card's question, asked in the bot's own messages."""
    post = answer_to(way, way.slack.direct(CARD), DIRECT)
    assert CARD_ANSWER in post["text"]


def test_the_command_answers_the_asker_alone(way: Way) -> None:
    """The card's question, asked with /renkei."""
    told = way.command(way.slack.command(CARD))
    assert CARD_ANSWER in told["text"]
    assert told["response_type"] == "ephemeral"
    assert way.slack.posts() == []


def test_subcommands_are_words_of_the_one_engine(web: Way) -> None:
    """Japanese and English subcommands, and no words at all."""
    told = {words: web.command(web.slack.command(words))["text"] for words in SUBCOMMANDS}
    assert "実施済み 8" in told["集計 オ"]
    assert "11 / 19 municipalities" in told["missing o"]
    assert "8 / 8" in told["状況 宇部市"]
    assert told[""] == told["ヘルプ"]
    assert not any("お答えできる質問ではない" in text or "something I can answer" in text for text in told.values())


def test_a_follow_up_goes_on_from_the_thread(way: Way) -> None:
    """じゃあ(カ)は？ needs a mention in a channel, and the reading line shows what was carried over."""
    first = way.slack.mention(CARD)
    answer_to(way, first)
    second = way.slack.mention("じゃあ(カ)は？", thread=first["event"]["ts"])
    post = answer_to(way, second, after=1)
    assert post["thread_ts"] == first["event"]["ts"]
    assert "(カ)研修が未実施" in post["text"]


def test_a_direct_follow_up_needs_no_thread(way: Way) -> None:
    """In direct messages the question before is the context, in a thread or outside."""
    first = way.slack.direct(CARD)
    answer_to(way, first, DIRECT)
    assert "(カ)研修が未実施" in answer_to(way, way.slack.direct("じゃあ(カ)は？"), DIRECT, after=1)["text"]
    within = way.slack.direct("(キ)は？", thread=first["event"]["ts"])
    assert "(キ)普及啓発が未実施" in answer_to(way, within, DIRECT, after=2)["text"]


def test_edits_and_bots_are_not_answered(web: Way) -> None:
    """Nor is a message in a channel that does not mention the bot."""
    slack = web.slack
    message = slack.direct(CARD)["event"]
    silent = [
        {"type": "message", "subtype": "message_changed", "channel": DIRECT, "channel_type": "im", "message": message, "ts": "1.2", "event_ts": "1.2"},
        message | {"bot_id": "B0OTHER00"},
        message | {"user": BOT},
        message | {"channel": GENERAL, "channel_type": "channel"},
        slack.mention(CARD)["event"] | {"edited": {"user": TANAKA, "ts": "1.2"}},
    ]
    for event in silent:
        web.event(slack.event(event))
    answer_to(web, slack.mention("締切"))
    assert len(slack.posts()) == 1


def test_the_language_of_the_question_is_that_of_the_answer(web: Way) -> None:
    """English in, English out."""
    post = answer_to(web, web.slack.mention("which towns haven't done (オ)?"))
    assert "(オ) consultation support not done" in post["text"]


def test_words_cannot_ping_or_link(way: Way) -> None:
    """What people write comes back as words: no channel is called, no link is made."""
    hostile = "<!channel> <@U0SUZUKI0> <https://evil.example|ここ> @channel https://evil.example (オ)がまだの市町は？ &lt;!here&gt;"
    post = answer_to(way, way.slack.mention(hostile))
    told = way.command(way.slack.command("<!everyone> @here http://evil.example"))
    for shown in (post, told):
        whole = str(shown)
        assert "<!" not in whole
        assert "<@" not in whole
        assert "<http" not in whole
        assert "@channel" not in shown["text"]
        assert "://" not in shown["text"]
    call = way.slack.called("chat.postMessage")[0].given
    assert (call["parse"], call["link_names"], call["unfurl_links"]) == ("none", False, False)


# --- buttons ----------------------------------------------------------------------------------------------------------


def test_a_next_step_is_answered_in_the_thread(way: Way) -> None:
    """The buttons under an answer ask on."""
    first = way.slack.mention(CARD)
    post = answer_to(way, first)
    way.interaction(way.slack.press(post, button(post["blocks"], "(カ)も見る"), user=SUZUKI))
    more = way.slack.wait(lambda: way.slack.posts(GENERAL)[1:])[0]
    assert "(カ)研修が未実施" in more["text"]
    assert more["thread_ts"] == first["event"]["ts"]


def test_a_choice_is_answered_in_place(way: Way) -> None:
    """山口の状況 asks which; the click turns the question into the answer."""
    post = answer_to(way, way.slack.mention("山口の状況は？"))
    assert 2 <= len(elements(post["blocks"], "button")) <= 4
    way.interaction(way.slack.press(post, button(post["blocks"], "山口市")))
    way.slack.wait(lambda: "山口市は、8項目のうち" in way.slack.posts(GENERAL)[0]["text"])
    assert len(way.slack.posts(GENERAL)) == 1


def test_the_buttons_of_a_private_answer_stay_private(web: Way) -> None:
    """Steps come below, choices in place; nothing is posted."""
    slack = web.slack
    told = web.command(slack.command(CARD))
    web.interaction(slack.press(told, button(told["blocks"], "(カ)も見る"), ephemeral=True))
    below = slack.wait(lambda: slack.ephemerals)[0]
    assert "(カ)研修が未実施" in below["text"]
    assert below["replace_original"] is False
    asked = web.command(slack.command("山口の状況は？"))
    web.interaction(slack.press(asked, button(asked["blocks"], "山口市"), ephemeral=True))
    assert slack.wait(lambda: slack.ephemerals[1:])[0]["replace_original"] is True
    assert slack.posts() == []


def test_a_private_answer_can_be_shown_to_everyone(way: Way) -> None:
    """It goes to the channel, and says who asked what."""
    told = way.command(way.slack.command(CARD))
    way.interaction(way.slack.press(told, button(told["blocks"], "みんなに表示"), ephemeral=True))
    post = way.slack.wait(lambda: way.slack.posts(GENERAL))[0]
    assert post["text"].startswith(f"<@{TANAKA}>さんの質問：「{CARD}」")
    assert CARD_ANSWER in post["text"]
    assert {"type": "user", "user_id": TANAKA} in post["blocks"][0]["elements"][0]["elements"]
    assert CARD in str(post["blocks"][0])


def test_showing_works_where_the_bot_is_no_member(web: Way) -> None:
    """Then the click's own response_url carries it."""
    slack = web.slack
    told = web.command(slack.command(CARD, ALIEN))
    web.interaction(slack.press(told, button(told["blocks"], "みんなに表示"), ALIEN, ephemeral=True))
    assert CARD_ANSWER in slack.wait(lambda: slack.posts(ALIEN))[0]["text"]


def test_evidence_names_source_place_date_and_what_was_counted(way: Way) -> None:
    """Also for a follow-up, whose question is only whole with the one before."""
    first = way.slack.mention(CARD)
    answer_to(way, first)
    post = answer_to(way, way.slack.mention("じゃあ(カ)は？", thread=first["event"]["ts"]), after=1)
    way.interaction(way.slack.press(post, button(post["blocks"], "根拠")))
    told = way.slack.wait(lambda: way.slack.ephemerals)[0]
    for words in ("(カ)研修が未実施", "山口県 長寿社会課", "2(2) 事業項目別市町状況", "平成29年6月", "4 / 19", "数えなかった市区町村（15）", "知識ベース"):
        assert words in told["text"]


def test_feedback_is_kept_and_a_bad_one_is_asked_about(way: Way) -> None:
    """👍 is thanked for, 👎 opens a modal."""
    post = answer_to(way, way.slack.mention(CARD))
    thumbs = elements(post["blocks"], "feedback_buttons")[0]
    way.interaction(way.slack.press(post, thumbs, value=thumbs["positive_button"]["value"]))
    assert "ありがとう" in way.slack.wait(lambda: way.slack.ephemerals)[0]["text"]
    way.interaction(way.slack.press(post, thumbs, value=thumbs["negative_button"]["value"]))
    modal = way.slack.wait(lambda: way.slack.modals)[0]
    way.interaction(way.slack.submit(modal, {"wrong": {"wrong": {"type": "plain_text_input", "value": "岩国市は実施しています"}}}))
    way.slack.wait(lambda: ("down", "岩国市は実施しています") in way.kept("SELECT value, note FROM feedback"))


def test_the_log_knows_the_question_and_not_who_asked(way: Way) -> None:
    """Question, reading and outcome of mentions and commands alike, under a pseudonym."""
    way.command(way.slack.command("今日の天気は？"))
    answer_to(way, way.slack.mention("(エ)がまだの市町は？"))
    logged = "SELECT question, outcome, channel_kind FROM question_log"
    way.slack.wait(lambda: {("今日の天気は？", "refused", "command"), ("(エ)がまだの市町は？", "answered", "mention")} <= set(way.kept(logged)))
    assert TANAKA not in str(way.kept("SELECT * FROM question_log"))


# --- Home -------------------------------------------------------------------------------------------------------------


def opened(way: Way, user: str = TANAKA) -> dict:
    way.event(way.slack.event({"type": "app_home_opened", "user": user, "channel": DIRECT, "tab": "home", "event_ts": "1.2"}))
    return way.slack.wait(lambda: way.slack.homes.get(user))


def test_home_shows_the_home_territory_and_what_is_open(way: Way) -> None:
    """Tally with bars, as-of, deadlines, what to ask, and the choices."""
    view = str(opened(way))
    for words in ("山口県のいま", "(オ)相談支援", "8 / 19", "■", "平成29年6月", "平成30年3月31日", "出典"):
        assert words in view


def test_a_button_of_home_is_answered_in_direct_messages(way: Way) -> None:
    view = opened(way)
    way.interaction(way.slack.press_home(elements(view["blocks"], "button")[0]))
    assert way.slack.wait(lambda: way.slack.posts(DIRECT))


def test_choices_of_home_are_kept(way: Way) -> None:
    """Language and territory are each person's own."""
    view = opened(way, SUZUKI)
    menus = {menu["action_id"]: menu for menu in elements(view["blocks"], "static_select")}
    tokyo = next(option for option in menus["set_home"]["options"] if option["value"] == "tokyo")
    way.interaction(way.slack.press_home(menus["set_home"], SUZUKI, selected_option=tokyo))
    way.slack.wait(lambda: "東京都のいま" in str(way.slack.homes[SUZUKI]))
    english = next(option for option in menus["set_lang"]["options"] if option["value"] == "en")
    way.interaction(way.slack.press_home(menus["set_lang"], SUZUKI, selected_option=english))
    way.slack.wait(lambda: "Tokyo Metropolis at a glance" in str(way.slack.homes[SUZUKI]))
    assert "Tokyo" in way.command(way.slack.command("集計", user=SUZUKI))["text"]
    assert "山口県" in way.command(way.slack.command("集計"))["text"]
