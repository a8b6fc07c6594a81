"""@Renkei … in a channel: answered in the thread."""

from __future__ import annotations

from typing import Any

from slack_bolt import App

from bot.counter import Counter
from bot.listeners.direct import is_new_from_person
from bot.question import from_mention


def register(app: App, counter: Counter) -> None:
    @app.event("app_mention")
    def mention(body: dict[str, Any]) -> None:
        if is_new_from_person(body["event"]):
            counter.answer(from_mention(body))
