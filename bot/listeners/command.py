"""/renkei …: answered at once, to the asker alone."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot.counter import Counter
from bot.question import from_command

COMMAND = "/renkei"


def register(app: App, counter: Counter) -> None:
    @app.command(COMMAND)
    def command(ack: Ack, body: dict[str, Any]) -> None:
        ack(response_type="ephemeral", **counter.tell(from_command(body)))
