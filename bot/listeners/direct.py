"""A direct message: answered in its thread, no mention needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import App

from bot.counter import Counter
from bot.question import from_direct

NEW = (None, "file_share", "thread_broadcast")  # other subtypes are edits, deletions, joins …


def register(app: App, counter: Counter) -> None:
    @app.event("message")
    def direct(body: dict[str, Any]) -> None:
        event = body["event"]
        if event.get("channel_type") == "im" and is_new_from_person(event):
            counter.answer(from_direct(body))


def is_new_from_person(event: Mapping[str, Any]) -> bool:
    """Not an edit, not a bot's message, not our own."""
    return event.get("subtype") in NEW and not event.get("bot_id") and not event.get("edited") and bool(event.get("user"))
