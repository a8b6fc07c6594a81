"""What the listeners call: a question comes in, the desk answers it, the sender brings the answer to where it belongs.

An answer that is posted is kept first, in one transaction with the event that asked for it: whatever crashes afterwards, the
event is answered once. What only the asker sees goes out at once and is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.ask import FAILED, LOG, failure_id
from bot.desk import Desk, Told, name_of
from bot.question import Asked, Question, asked_in
from bot.render.furniture import THANKS, attributed, headed, modal
from bot.render.slack import escape
from bot.reply import Sender
from bot.ways import Sending
from db.state import StateFailure, StateUnusable
from knowledge.model import Lang, Pair

LOG_EVERY = 0.3  # seconds
UPDATE_MOST = 4_000  # characters of `text` that chat.update takes
NOT_KEPT = Pair("選んだ内容を保存できませんでした（番号 {id}）。もう一度お試しください。", "Your choice could not be kept (id {id}). Please try again.")


@dataclass(frozen=True, slots=True)
class Counter:
    """The desk and the sender together."""

    desk: Desk
    sender: Sender

    # questions

    def answer(self, question: Question) -> None:
        """Answers with a post: in the thread of the question, or to the asker where there is none."""
        told = self.desk.answer(question)
        self._keep(question, told, _reply(question, told.payload()))

    def tell(self, question: Question) -> dict[str, Any]:
        """The answer as an ack takes it; the log is written afterwards, with what others have asked meanwhile."""
        told = self.desk.answer(question)
        if self.desk.log(question, told):
            self.sender.later(LOG_EVERY, self.desk.write_log)
        return told.payload(share=True)

    def ask(self, question: Question) -> None:
        """A button's question, answered under its message."""
        told = self.desk.answer(question)
        below = _reply(question, told.payload()) if question.thread else _private(question, told.payload(share=True))
        self._keep(question, told, below)

    def choose(self, question: Question) -> None:
        """A choice of the message that asked back, answered in its place."""
        told = self.desk.answer(question)
        self._keep(question, told, _in_place(question, told.payload(share=question.private, text_limit=UPDATE_MOST)))

    def pick(self, question: Question, asked: Asked) -> None:
        """What the menus of an answer are set to: the answer is another from now on, and so is the memory of its thread."""
        told = self.desk.change(question, asked)
        self._keep(question, told, _in_place(question, told.payload(share=question.private, text_limit=UPDATE_MOST)))

    def turn(self, question: Question, asked: Asked, page: int, name: str, message: Mapping[str, Any]) -> None:
        """Another page of the table of an answer, the one that is in the log as `name` ("" for one shown to everyone).

        Whose question it was still stands above the `message`, if it did.
        """
        told = self.desk.told(asked, name)
        turned = _in_place(question, told.payload(public=not name, share=question.private, page=page, text_limit=UPDATE_MOST))
        self._send(question, replace(turned, payload=headed(turned.payload, message)))

    # what else is under an answer

    def evidence(self, question: Question, asked: Asked) -> None:
        """Where the answer stands, told to the one who wants to know."""
        self._send(question, _private(question, self.desk.evidence(asked)))

    def sheet(self, question: Question, asked: Asked) -> None:
        """The table as a workbook: in the thread of the answer, or for an answer that one person sees, in their direct messages."""
        lang, here = self.desk.again(asked).message.lang, bool(question.thread)
        about = {"asked": asked.carried(), "lang": lang, "url": question.url, "user": question.user, "at": question.channel, "elsewhere": not here}
        channel = question.channel if here else question.user
        self._send(question, Sending(kind="file", team=question.team, channel=channel, thread=question.thread, about=about))

    def share(self, question: Question, asked: Asked) -> None:
        """The answer for the whole channel, naming who asked. Where the bot is no member, the click itself allows it to be shown."""
        told = self.desk.told(asked, "")
        said = " → ".join(turn for turn in (asked.turns[-1], asked.picked) if turn)
        payload = attributed(told.payload(public=True), question.user, said, told.reply.message.lang)
        self._send(question, _reply(question, payload, shown="in_channel"))

    def judge(self, question: Question, good: bool, lang: Lang, name: str, trigger: str) -> None:
        """A verdict on an answer; whoever thinks it wrong is asked what is."""
        self.desk.judge(name, question.team, question.user, good=good)
        if good:
            self.sender.respond(question.url, _below(question, {"text": THANKS[lang]}))
        else:
            self.sender.open_view(trigger, modal(name, lang))

    def note(self, name: str, team: str, user: str, words: str) -> None:
        """What somebody wrote about an answer that they think wrong."""
        self.desk.judge(name, team, user, good=False, note=words)

    # the Home tab

    def show_home(self, team: str, user: str, direct: str) -> None:
        """Shows the tab. `direct` is the channel of the bot's messages with this person: the tab's buttons are answered there."""
        self.sender.publish(user, self.desk.home_of(team, user) | {"private_metadata": direct})

    def prefer(self, team: str, user: str, direct: str, **chosen: str) -> None:
        """Keeps a choice and shows the tab as it is then."""
        try:
            self.desk.prefer(team, user, **chosen)
        except (StateFailure, StateUnusable):
            failure = failure_id()
            LOG.exception("failure %s, a choice of the Home tab", failure)
            self.sender.whisper(user, user, "", {"text": NOT_KEPT["ja"].format(id=failure)})
        self.show_home(team, user, direct)

    # our own failure

    def apologise(self, body: Mapping[str, Any], error: Exception) -> str:
        """One sentence with an id that is in the log, to whoever asked; gives it for those who are still waiting for an ack."""
        failure, question = failure_id(), asked_in(body)
        LOG.error("failure %s", failure, exc_info=error)
        lang: Lang = "en" if question and question.text and question.text.isascii() else "ja"
        if question:
            self.desk.log_failure(question, lang, failure)
        words = escape(FAILED[lang].format(id=failure))
        if question and question.door != "command":
            self.sender.post_once(question.channel, question.thread, {"text": words})
        elif body.get("type") == "block_actions" and body.get("response_url"):
            self.sender.respond(body["response_url"], {"text": words, "replace_original": False})
        return words

    # keeping

    def _keep(self, question: Question, told: Told, sending: Sending) -> None:
        """Keeps event, memory, log and what goes out as one; it goes out from there. Without a store it goes out all the same, once."""
        name = name_of(question.key)
        try:
            if self.desk.keep(question, told, lambda: self.sender.plan(name, sending)):
                self.sender.wake()
        except (StateFailure, StateUnusable) as error:
            self._without_store(name, sending, error)

    def _send(self, question: Question, sending: Sending) -> None:
        """The same for what is no question: a click is known by its name."""
        name = name_of(question.key)
        try:
            if self.sender.plan(name, sending):
                self.sender.wake()
        except (StateFailure, StateUnusable) as error:
            self._without_store(name, sending, error)

    def _without_store(self, name: str, sending: Sending, error: Exception) -> None:
        LOG.error("state: %s", error)
        if self.sender.first_here(name):
            self.sender.at_once(sending)


# --- where it goes ----------------------------------------------------------------------------------------------------


def _reply(question: Question, payload: dict[str, Any], shown: str = "ephemeral") -> Sending:
    """A message in the thread of the question. If its channel does not take it, whoever clicked still gets to see it."""
    about = {"url": question.url, "user": question.user, "shown": shown} if question.url else {}
    return Sending(kind="reply", team=question.team, channel=question.channel, thread=question.thread, payload=payload, about=about)


def _in_place(question: Question, payload: dict[str, Any]) -> Sending:
    """The message that was clicked on says this from now on."""
    if question.private:
        return _private(question, payload | {"replace_original": True})
    about = {"url": question.url, "user": question.user}
    return Sending(kind="change", team=question.team, channel=question.channel, thread=question.original, payload=payload, about=about)


def _private(question: Question, payload: dict[str, Any]) -> Sending:
    """To the one who clicked, below the message or in its place."""
    about = {"url": question.url, "thread": question.thread}
    in_place = payload.get("replace_original") is True
    return Sending(
        kind="answer",
        team=question.team,
        channel=f"{question.channel}/{question.user}",
        thread=question.original if in_place else "",
        payload=payload if in_place else _below(question, payload),
        about=about,
    )


def _below(question: Question, payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"replace_original": False} | ({"thread_ts": question.thread} if question.thread else {})
