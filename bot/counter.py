"""What the listeners call: a question comes in, the desk answers it, the sender brings the answer to where it belongs.

An answer that is posted is kept first, in one transaction with the event that asked for it: whatever crashes afterwards, the
event is answered once. What only the asker sees goes out at once and is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.ask import FAILED, LOG, failure_id
from bot.desk import Desk, name_of
from bot.question import Asked, Question
from bot.render.furniture import MOVED, THANKS, attributed, furnished, modal
from bot.render.slack import escape
from bot.reply import Sender
from db.state import StateFailure, StateUnusable
from knowledge.model import Lang, Pair

NOT_KEPT = Pair("選んだ内容を保存できませんでした（番号 {id}）。", "Your choice could not be kept (id {id}).")
UPDATE_MOST = 4_000  # characters of `text` that chat.update takes


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

    def ask(self, question: Question, url: str, in_place: str = "") -> None:
        """A button's question: in place of the message that asked back, else below it; privately where the button was private."""
        told = self.desk.answer(question)
        if not question.thread:
            self.sender.soon(self.desk.log, question, told)
            self.sender.respond(url, told.payload(share=True) | {"replace_original": bool(in_place is None)})
        elif in_place:
            if self._keep(question, told):
                self.sender.update(question.channel, in_place, told.payload(text_limit=UPDATE_MOST))
        else:
            self._post(question, told, told.payload())
