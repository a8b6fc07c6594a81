"""What somebody asked in Slack, as a value: made from Slack's bodies here and nowhere else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.render.slack import unescape
from knowledge.model import Lang

Door = Literal["mention", "direct", "command", "button", "home"]
LONGEST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question and where it was asked.

    key     names this very delivery: the same event, command or click always has the same one
    thread  the ts that replies go under, "" outside of threads; `follows` is the thread whose memory it goes on from
    url     the click's response_url, "" if it is no click
    original the ts of the message that was clicked on; `private` if only the clicker sees it
    """

    text: str
    key: str
    door: Door
    team: str
    user: str
    channel: str = ""
    thread: str = ""
    follows: str = ""
    url: str = ""
    original: str = ""
    private: bool = False

    @property
    def shown(self) -> str:
        """The ts of the message that was clicked on, if it can be changed for all who see it; else ""."""
        return "" if self.private else self.original

    @property
    def main_line(self) -> bool:
        """Whether the next direct message outside of threads goes on from it."""
        return self.door == "direct" or self.channel.startswith("D")


def from_mention(body: Mapping[str, Any]) -> Question:
    event = body["event"]
    thread = event.get("thread_ts") or event["ts"]
    return _from_event(body, "mention", thread, thread)


def from_direct(body: Mapping[str, Any]) -> Question:
    """A direct message. One outside of any thread goes on from the one before it outside of any thread."""
    event = body["event"]
    return _from_event(body, "direct", event.get("thread_ts") or event["ts"], event.get("thread_ts") or "")


def _from_event(body: Mapping[str, Any], door: Door, thread: str, follows: str) -> Question:
    event = body["event"]
    return Question(
        text=words_of(event.get("text") or ""),
        key=str(body.get("event_id") or f"{event['channel']}/{event['ts']}"),
        door=door,
        team=body.get("team_id") or "",
        user=event["user"],
        channel=event["channel"],
        thread=thread,
        follows=follows,
    )


def from_command(body: Mapping[str, Any]) -> Question:
    """A slash command; its words are a question like any other, no words ask for help."""
    return Question(
        text=words_of(body.get("text") or ""),
        key=str(body.get("trigger_id") or ""),
        door="command",
        team=body.get("team_id") or "",
        user=body["user_id"],
        channel=body["channel_id"],
    )


def asked_in(body: Mapping[str, Any]) -> Question | None:
    """The question that Slack brought, if it brought one in words."""
    event = body.get("event") or {}
    try:
        if "command" in body:
            return from_command(body)
        if event.get("type") == "app_mention":
            return from_mention(body)
        return from_direct(body) if event.get("type") == "message" else None
    except (KeyError, TypeError):
        return None


def from_button(body: Mapping[str, Any], text: str) -> Question:
    """A click on a button or a menu of a message: asked in the message's thread."""
    message, container = body.get("message") or {}, body.get("container") or {}
    private = container.get("is_ephemeral", False)
    thread = "" if private else message.get("thread_ts") or container.get("thread_ts") or message.get("ts") or container.get("message_ts") or ""
    return Question(
        text=text,
        key=click(body),
        door="button",
        team=(body.get("team") or {}).get("id") or "",
        user=body["user"]["id"],
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id") or "",
        thread=thread,
        follows=thread,
        url=body.get("response_url") or "",
        original=container.get("message_ts") or message.get("ts") or "",
        private=private,
    )


def click(body: Mapping[str, Any]) -> str:
    """What one click is called: who, which button, when. Slack gives the moment."""
    action = body["actions"][0]
    return "/".join(str(part) for part in (body["user"]["id"], action["action_id"], action.get("action_ts") or body.get("trigger_id")))


# --- words ------------------------------------------------------------------------------------------------------------

MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
LABELLED = re.compile(r"<[^<>|]*\|([^<>]*)>")  # <#C1|general>, <https://…|words>, <!subteam^S1|@team>: what people see
BARE = re.compile(r"<[!#@]?([^<>|]*)>")


def words_of(text: str) -> str:
    """The words that were typed, without mentions and without Slack's markup; at most 1,000 characters.

    >>> words_of("<@U0RENKEI0> A &amp; B は <https://example.jp|example.jp> ？")
    'A & B は example.jp ？'
    """
    seen = BARE.sub(r"\1", LABELLED.sub(r"\1", MENTION.sub(" ", text)))
    return unescape(" ".join(seen.split(" "))).strip()[:LONGEST]


# --- what buttons and menus carry -------------------------------------------------------------------------------------

VALUE_MOST = 600  # up to five buttons of a message carry it


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with all that its answer depends on, so that a button can have it answered again: never the data.

    `picked` is what the menus under the answer were last set to, as a question that goes on from `turns`; "" if they were not.
    """

    turns: tuple[str, ...]
    home: str
    lang: Lang | None
    picked: str = ""

    @property
    def all_turns(self) -> tuple[str, ...]:
        return (*self.turns, self.picked) if self.picked else self.turns

    def carried(self) -> str:
        """As the value of a button, or the id of a block of menus; "" if it is too long for one: half a question is another question."""
        parts: list[object] = [self.home, self.lang or "", *self.turns, *([[self.picked]] if self.picked else [])]
        value = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return value if len(value) <= VALUE_MOST else ""


def asked_from(value: str) -> Asked:
    """The question that a button carries. Raises ValueError for what no button of ours holds."""
    home, lang, *turns = json.loads(unescape(value))
    picked = turns.pop()[0] if isinstance(turns[-1], list) else ""
    return Asked(turns=tuple(map(str, turns)), home=str(home), lang=lang if lang in ("ja", "en") else None, picked=str(picked))


def picked_from(body: Mapping[str, Any]) -> Asked:
    """What a menu was set to, with the question that it stands under. Raises ValueError or KeyError for a menu that is not ours."""
    pressed = body["actions"][0]
    return replace(asked_from(pressed["block_id"]), picked=unescape(pressed["selected_option"]["value"]))
