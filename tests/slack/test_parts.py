"""The parts of the Slack side that need no Slack: words, values of buttons, what is under an answer, the Home tab, what an error means."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError

from bot.ask import Asker
from bot.desk import Desk, Told, name_of
from bot.message import Action, Message
from bot.question import Asked, Question, asked_from, asked_in, from_direct, words_of
from bot.render.blockkit import check
from bot.render.furniture import HEADING_MOST, Furniture, attributed, furnished, modal
from bot.render.home import bar
from bot.reply import trouble
from bot.ways import Sending, Unposted, sending_of
from db.outbox import Outbox, Plan
from db.state import State
from knowledge.model import LANGS

WORDS = [
    ("<@U0RENKEI0> (オ)がまだの市町は？", "(オ)がまだの市町は？"),
    ("<@U0RENKEI0|renkei>　集計", "集計"),
    ("A &amp; B は &lt;い&gt;", "A & B は <い>"),
    ("<#C1|general> と <!subteam^S1|@課> と <https://a.jp|ここ> と <https://a.jp>", "general と @課 と ここ と https://a.jp"),
    ("<!here> 締切", "here 締切"),
    ("&lt;!channel&gt;", "<!channel>"),
    ("", ""),
    ("あ" * 5_000, "あ" * 1_000),
]


@pytest.mark.parametrize(("text", "said"), WORDS)
def test_the_words_that_were_typed(text: str, said: str) -> None:
    assert words_of(text) == said


@pytest.mark.parametrize("turns", [("(オ)がまだの市町は？",), ("a & <b>", '"引用"と\\'), ("集計", "じゃあ(カ)は？", "町だけだと？")])
def test_a_button_carries_a_whole_question_or_none(turns: tuple[str, ...]) -> None:
    """Through Slack, which escapes & < >; what is too long to be carried whole gets no button."""
    asked = Asked(turns=turns, home="yamaguchi", lang=None)
    value = asked.carried().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert asked_from(value) == asked
    assert asked_from(replace(asked, picked="(カ)は？").carried()) == replace(asked, picked="(カ)は？")
    assert Asked(turns=(*turns, "長" * 600), home="yamaguchi", lang="ja").carried() == ""


@pytest.mark.parametrize(("done", "of", "full"), [(0, 19, 0), (1, 1_741, 1), (8, 19, 4), (18, 19, 9), (19, 19, 10)])
def test_a_bar_is_empty_or_full_only_when_it_is(done: int, of: int, full: int) -> None:
    assert bar(done, of) == "■" * full + "□" * (10 - full)


def test_what_is_under_an_answer_never_makes_it_too_much() -> None:
    """A monstrous message with all its buttons is still what Slack takes; so it is when shown to everyone."""
    steps = tuple(Action(label="次" * 100, question="問" * 1_900) for _ in range(5))
    message = Message(lang="ja", status="answered", headline="答" * 3_000, reading="読" * 3_000, body=("本" * 400,) * 80, notes=("注" * 900,), actions=steps)
    payload = furnished(message, Furniture(carried="値" * 600, feedback="f" * 36, share=True, sheet=True))
    assert check(payload) == ()
    assert [e["action_id"] for block in payload["blocks"] for e in block.get("elements", []) if "action_id" in e][-4:] == [
        *("evidence", "sheet", "share", "feedback")
    ]
    public = attributed(furnished(message, Furniture(carried="値" * 600, above=HEADING_MOST)), "U1", "<!channel> " * 50, "ja")
    assert [p.code for p in check(public, allowed={"<@U1>"})] == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_modal_is_what_slack_takes(lang: str) -> None:
    assert check(modal("name", lang), "modal") == ()


@pytest.fixture
def desk(asker: Asker, tmp_path: Path) -> Iterator[Desk]:
    state = State.open(f"sqlite:///{tmp_path / 'state.db'}")
    yield Desk(asker, state, "yamaguchi")
    state.close()


def test_home_of_everybody_is_what_slack_takes(desk: Desk) -> None:
    """Every territory that may be somebody's home, in every language."""
    for territory in desk.territories():
        for lang in ("auto", *LANGS):
            desk.prefer("T1", "U1", home=territory.id, lang=lang)
            view = desk.home_of("T1", "U1")
            assert check(view, "home") == ()
            assert (territory.en if lang == "en" else territory.name) in str(view)


def test_evidence_of_every_kind_of_answer_is_what_slack_takes(desk: Desk) -> None:
    """Each kind of question that there is."""
    from knowledge.intents import discover

    for intent in discover().values():
        for example in intent.examples:
            for lang in LANGS:
                assert check(desk.evidence(Asked(turns=(example[lang],), home="yamaguchi", lang=None))) == ()


def test_evidence_in_english_has_the_readings_of_names(desk: Desk) -> None:
    """Those that were counted, and those that were left out."""
    told = desk.evidence(Asked(turns=("which municipalities haven't done (オ)?",), home="yamaguchi", lang=None))["text"]
    assert "萩市 (Hagi)" in told and "宇部市 (Ube)" in told


def test_a_follow_up_is_carried_with_what_it_goes_on_from_and_no_more(desk: Desk) -> None:
    """Its button asks the same again, whatever else was said in the thread before or since."""
    turns = ("締切はいつ？", "(オ)がまだの市町は？", "じゃあ(カ)は？")
    for number, text in enumerate(turns):
        question = Question(text=text, key=str(number), door="mention", team="T", user="U", channel="C", thread="1.0", follows="1.0")
        told = desk.answer(question)
        assert desk.keep(question, told)
        assert not desk.keep(question, told)
    assert told.asked.turns == turns[1:]
    assert desk.again(told.asked).message == told.reply.message


def test_a_direct_message_outside_of_threads_opens_one() -> None:
    event = {"type": "message", "channel": "D1", "user": "U1", "text": "集計", "ts": "5.0"}
    question = from_direct({"team_id": "T1", "event_id": "Ev1", "event": event})
    assert (question.thread, question.follows) == ("5.0", "")


class Broken(Desk):
    """A desk over which nothing can be said: a fault of ours after the answer was found."""

    def _told(self, *_: object) -> Told:
        raise RuntimeError("broken")


def test_a_failure_outside_the_engine_is_logged_with_its_question(asker: Asker, tmp_path: Path) -> None:
    """Under the id that the asker is given; a body of no question is none."""
    desk = Broken(asker, State.open(f"sqlite:///{tmp_path / 'state.db'}"), "yamaguchi")
    question = asked_in({"command": "/renkei", "text": "集計", "trigger_id": "t1", "team_id": "T", "user_id": "U", "channel_id": "C"})
    assert question is not None
    with pytest.raises(RuntimeError):
        desk.answer(question)
    desk.log_failure(question, "ja", "1a2b3c4d")
    logged = desk.state.question(name_of("t1"))
    assert logged is not None
    assert (logged.question, logged.outcome, logged.error_id) == ("集計", "failed", "1a2b3c4d")
    assert [asked_in(body) for body in ({}, {"event": {"type": "app_mention"}}, {"type": "block_actions"})] == [None] * 3


# --- what goes out ----------------------------------------------------------------------------------------------------


def planned(tmp_path: Path, kind: str, body: str) -> Sending:
    state = State.open(f"sqlite:///{tmp_path / 'state.db'}")
    outbox, now = Outbox(state), datetime(2018, 2, 1, tzinfo=UTC)
    outbox.plan(Plan(id="P1", team="T", channel="C", thread="1.0", at=now, kind=kind, body=body), now)
    post = outbox.post("P1")
    assert post is not None
    state.close()
    return sending_of(post)


@pytest.mark.parametrize("kind", ["reply", "change", "answer", "file"])
def test_what_is_kept_is_what_goes_out(tmp_path: Path, kind: Any) -> None:
    """Through the outbox and back."""
    sending = Sending(kind=kind, team="T", channel="C", thread="1.0", payload={"text": "集計"}, about={"url": "https://hooks.example"})
    assert planned(tmp_path, kind, sending.body()) == sending


def test_whatever_else_lies_in_the_outbox_is_a_post(tmp_path: Path) -> None:
    """Of any kind, its body the payload."""
    found = planned(tmp_path, "reminder", '{"text": "期限です。"}')
    assert (found.kind, found.payload, found.about) == ("reply", {"text": "期限です。"}, {})


# --- what an error means ----------------------------------------------------------------------------------------------


def answered(error: str, status: int = 200, **headers: str) -> SlackApiError:
    return SlackApiError("no", {"ok": False, "error": error, "status": status, "headers": headers})


FATES = [
    (answered("channel_not_found"), "failed"),
    (answered("invalid_blocks"), "failed"),
    (answered("internal_error"), "unknown"),
    (answered("", 500), "unknown"),
    (answered("ratelimited", 429, **{"Retry-After": "7"}), "later"),
    (URLError(ConnectionRefusedError(111, "refused")), "later"),
    (URLError(ConnectionResetError(104, "reset")), "unknown"),
    (URLError(TimeoutError()), "unknown"),
    (TimeoutError(), "unknown"),
    (http.client.RemoteDisconnected("gone"), "unknown"),
]


@pytest.mark.parametrize(("error", "fate"), FATES)
def test_what_becomes_of_a_post(error: Exception, fate: str) -> None:
    """Tried again only if it surely was not taken; looked for if that is not known; given up if Slack said no."""
    assert trouble(error).fate == fate


@pytest.mark.parametrize(("cause", "fate"), [(answered("", 500), "later"), (answered("missing_scope"), "failed"), (TimeoutError(), "later")])
def test_what_nobody_can_have_seen_is_tried_again(cause: Exception, fate: str) -> None:
    """An upload that broke before the file was shown, unless Slack said no."""
    with pytest.raises(Unposted) as caught:
        raise Unposted from cause
    assert trouble(caught.value).fate == fate


def test_retry_after_is_what_slack_says() -> None:
    assert trouble(answered("ratelimited", 429, **{"Retry-After": "7"})).after == 7


def test_our_own_mistakes_are_not_slacks() -> None:
    with pytest.raises(KeyError):
        trouble(KeyError("x"))
