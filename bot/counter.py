"""What the listeners call: a question comes in, the desk answers it, the sender brings the answer to where it belongs.

An answer that is posted is kept first, in one transaction with the event that asked for it: whatever crashes afterwards, the
event is answered once. What only the asker sees goes out at once and is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.ask import FAILED, LOG, failure_id
from bot.desk import Desk, Told, name_of
from bot.question import Asked, Question, words_of
from bot.render.furniture import THANKS, attributed, furnished, modal
from bot.render.slack import escape
from bot.reply import Elsewhere, Sender
from db.state import StateFailure, StateUnusable
from knowledge.model import Lang, Pair

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
        self._post(question, told, told.payload())

    def tell(self, question: Question) -> dict[str, Any]:
        """The answer as an ack takes it; the log is written afterwards."""
        told = self.desk.answer(question)
        self.sender.soon(self.desk.log, question, told)
        return told.payload(share=True)

    def ask(self, question: Question, url: str) -> None:
        """A button's question, answered under its message."""
        told = self.desk.answer(question)
        if question.thread:
            self._post(question, told, told.payload())
        elif self._keep(question, told):
            self.sender.respond(url, told.payload(share=True) | {"replace_original": False})

    def choose(self, question: Question, url: str, message: str) -> None:
        """A choice of the message that asked back (its ts, "" if only the asker sees it), answered in its place."""
        told = self.desk.answer(question)
        if not self._keep(question, told):
            return
        if message:
            self.sender.update(question.channel, message, told.payload(text_limit=UPDATE_MOST))
        else:
            self.sender.respond(url, told.payload(share=True) | {"replace_original": True})

    # what else is under an answer

    def evidence(self, question: Question, asked: Asked, url: str) -> None:
        """Where the answer stands, told to the one who wants to know."""
        self.privately(question, self.desk.evidence(asked), url)

    def share(self, question: Question, asked: Asked, url: str) -> None:
        """The answer for the whole channel, naming who asked. Where the bot is no member, the click itself allows it to be shown."""
        message, name = self.desk.again(asked).message, name_of(question.key)
        payload = attributed(furnished(message, carried=asked.carried()), question.user, asked.turns[-1], message.lang)
        otherwise = Elsewhere(url=url, payload=payload | {"response_type": "in_channel", "replace_original": False})
        try:
            self.sender.post(name, question.team, question.channel, "", payload, otherwise)
            self.sender.wake()
        except (StateFailure, StateUnusable) as error:
            LOG.error("state: %s", error)
            self.sender.respond(otherwise.url, otherwise.payload)

    def judge(self, question: Question, good: bool, lang: Lang, name: str, trigger: str, url: str) -> None:
        """A verdict on an answer; whoever thinks it wrong is asked what is."""
        self.desk.judge(name, question.team, question.user, good=good)
        if good:
            thanks = THANKS[lang]
            self.privately(question, {"text": thanks}, url)
        else:
            self.sender.open_view(trigger, modal(name, lang))

    def note(self, name: str, team: str, user: str, words: str) -> None:
        """What somebody wrote about an answer that they think wrong."""
        self.desk.judge(name, team, user, good=False, note=words)

    def privately(self, question: Question, payload: dict[str, Any], url: str = "") -> None:
        """To the asker alone, where they asked."""
        if url:
            self.sender.respond(url, payload | {"replace_original": False} | ({"thread_ts": question.thread} if question.thread else {}))
        else:
            self.sender.whisper(question.channel, question.user, question.thread, payload)

    # the Home tab

    def show_home(self, team: str, user: str) -> None:
        self.sender.publish(user, self.desk.home_of(team, user))

    def prefer(self, team: str, user: str, **chosen: str) -> None:
        """Keeps a choice and shows the tab as it is then."""
        try:
            self.desk.prefer(team, user, **chosen)
        except (StateFailure, StateUnusable):
            failure = failure_id()
            LOG.exception("failure %s, a choice of the Home tab", failure)
            self.sender.whisper(user, user, "", {"text": NOT_KEPT["ja"].format(id=failure)})
        self.show_home(team, user)

    # our own failure

    def apologise(self, body: Mapping[str, Any], error: Exception) -> str:
        """One sentence with an id that is in the log, to whoever asked; gives it for those who are still waiting for an ack."""
        failure = failure_id()
        LOG.error("failure %s", failure, exc_info=error)
        event = body.get("event") or {}
        typed = words_of(event.get("text") or body.get("text") or "")
        lang: Lang = "en" if typed and typed.isascii() else "ja"
        words = FAILED[lang].format(id=failure)
        if event.get("channel"):
            self.sender.post_once(event["channel"], event.get("thread_ts") or event.get("ts") or "", {"text": escape(words)})
        elif body.get("type") == "block_actions" and body.get("response_url"):
            self.sender.respond(body["response_url"], {"text": escape(words), "replace_original": False})
        return escape(words)

    # keeping

    def _post(self, question: Question, told: Told, payload: dict[str, Any]) -> None:
        """Keeps event, memory, log and post as one; the post goes out from there. Without a store it goes out all the same, once."""
        name = name_of(question.key)
        try:
            if self.desk.keep(question, told, lambda: self.sender.post(name, question.team, question.channel, question.thread, payload)):
                self.sender.wake()
        except (StateFailure, StateUnusable) as error:
            LOG.error("state: %s", error)
            if self.sender.first_here(name):
                self.sender.post_once(question.channel, question.thread, payload)

    def _keep(self, question: Question, told: Told) -> bool:
        try:
            return self.desk.keep(question, told)
        except (StateFailure, StateUnusable) as error:
            LOG.error("state: %s", error)
            return self.sender.first_here(name_of(question.key))
