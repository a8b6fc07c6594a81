"""The Home tab: shown when opened, asked from and set by its buttons and menus."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import Ack, App

from bot.counter import Counter
from bot.question import Question, click
from bot.render.slack import unescape

BUTTONS = re.compile(r"home_\d+")
MENUS = re.compile(r"set_(home|lang)")


def register(app: App, counter: Counter) -> None:
    @app.event("app_home_opened")
    def opened(body: dict[str, Any]) -> None:
        event = body["event"]
        if event.get("tab") == "home":
            counter.show_home(body.get("team_id") or "", event["user"], event.get("channel") or "")

    @app.action(BUTTONS)
    def ask(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        user = body["user"]["id"]
        text = unescape(body["actions"][0]["value"])
        counter.answer(Question(text=text, key=click(body), door="home", team=_team(body), user=user, channel=_direct(body) or user))

    @app.action(MENUS)
    def choose(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        pressed = body["actions"][0]
        what = pressed["action_id"].removeprefix("set_")
        counter.prefer(_team(body), body["user"]["id"], _direct(body), **{what: pressed["selected_option"]["value"]})


def _team(body: dict[str, Any]) -> str:
    return (body.get("team") or {}).get("id") or ""


def _direct(body: dict[str, Any]) -> str:
    """The channel of the bot's messages with the person whose tab it is, as it was when the tab was opened."""
    return (body.get("view") or {}).get("private_metadata") or ""
