"""What goes out, and the ways out: a post, a message changed in place, an answer to one person, a file.

Each way knows how it is sent, and what to do when nobody can say whether it arrived: a post and a file are looked for in
Slack by what only they bear; a change in place, and what one person alone sees, are simply sent again.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, Protocol, get_args
from urllib.error import HTTPError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.ask import LOG, failure_id
from bot.render.blockkit import check
from bot.render.slack import escape
from bot.workbook import KIND, Book
from db.outbox import Claim, Outbox, Post
from knowledge.model import Pair

TIMEOUT = 10  # seconds for one call
URL_LIFE = timedelta(minutes=29)  # a response_url works for thirty
EVENT_TYPE = "renkei_post"
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "link_names": False}

# What Slack says where it does not take our blocks: then it gets fewer, and at last the words alone.
REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "unsupported_block"})
NEW_BLOCKS = frozenset({"data_visualization"})

SENT = Pair("Excelファイルをダイレクトメッセージでお送りしました。", "The Excel file is in your direct messages.")
NOT_SENT = Pair(
    "Excelファイルをお送りできませんでした（番号 {id}）。詳細は同じ番号で記録しました。管理者に番号をお知らせください。",
    "The Excel file could not be sent (id {id}). The log has the details; please give the id to whoever runs Renkei.",
)
UNSURE = Pair(
    "Excelファイルが届いたかどうかを確かめられませんでした（番号 {id}）。見当たらないときは、もう一度お試しください。",
    "Whether the Excel file arrived could not be made sure (id {id}). If it is not there, please try again.",
)

Kind = Literal["reply", "change", "answer", "file"]
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Something that is to go out.

    channel  where, or who: a person's id opens their direct messages. Answers to one person queue by channel and person
    thread   of a reply the thread; of a change the message that is changed; of an answer the message that it replaces, or ""
    payload  text and blocks as Slack takes them
    about    url: the response_url of the click; user: who clicked, at: in which channel, if not this one, thread: in which thread
             shown: in_channel or ephemeral, for a reply that its channel does not take
             asked, lang: the question whose table a file holds; files: ids that it was uploaded under; elsewhere: not where it was asked for
    """

    kind: Kind
    team: str
    channel: str
    thread: str = ""
    payload: Payload = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def lasts(self) -> timedelta | None:
        """For how long it is worth sending; None for ever."""
        return URL_LIFE if self.kind == "answer" else None

    def body(self) -> str:
        return json.dumps({"payload": self.payload, "about": self.about}, ensure_ascii=False)

    def checked(self) -> Sending:
        """Raises ValueError for what Slack would refuse: our own mistake. The one mention that is allowed is an asker's."""
        if self.payload:
            checked({key: self.payload[key] for key in self.payload if key in ("text", "blocks")})
        return self


def sending_of(post: Post) -> Sending:
    """What lies in the outbox. A body that is a payload and nothing more, of whatever other kind, is a post."""
    found = json.loads(post.body or "{}")
    kind: Any = post.kind if post.kind in get_args(Kind) else "reply"
    given = {"payload": found["payload"], "about": found["about"]} if "payload" in found else {"payload": found}
    return Sending(kind=kind, team=post.team, channel=post.channel, thread=post.thread, **given)


def checked(payload: Payload) -> None:
    spans = (span for block in payload.get("blocks", []) for part in block.get("elements", []) for span in part.get("elements", []))
    users = {f"<@{span['user_id']}>" for span in spans if span.get("type") == "user"}
    problems = check(payload, allowed=users)
    if problems:
        raise ValueError("; ".join(f"{problem.pointer}: {problem.message}" for problem in problems))


class Unposted(Exception):
    """What went wrong before anybody could see anything: it may be tried again."""


class Void(Exception):
    """There is nothing left to send: the claim has passed to another, or a later change has come."""


class Way(Protocol):
    """How one kind goes out. `looked_for`: what may or may not have arrived is looked for in Slack; else it is sent again."""

    @property
    def looked_for(self) -> bool: ...

    def send(self, claim: Claim, sending: Sending) -> str:
        """Sends it; the ts of the message. Raises Void, Unposted, or what a call raises."""

    def bears(self, message: Mapping[str, Any], post: Post, sending: Sending) -> bool:
        """Whether a message in Slack is this one."""

    def after(self, sending: Sending) -> Sending | None:
        """What follows once it was sent."""

    def instead(self, sending: Sending, failure: str, *, sure: bool) -> Sending | None:
        """What goes out instead, if it cannot arrive, or (not `sure`) nobody can say whether it has."""


# --- messages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replying:
    """A message of the bot's. If its channel does not take it, the click that asked for it may have it shown all the same."""

    client: WebClient
    looked_for: bool = True

    def send(self, claim: Claim, sending: Sending) -> str:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": claim.id, "epoch": claim.post.epoch}}
        where: dict[str, Any] = {"channel": sending.channel, "thread_ts": sending.thread or None, "metadata": metadata, **QUIET}
        return str(taken(lambda payload: self.client.chat_postMessage(**where, **payload), sending.payload)["ts"])

    def bears(self, message: Mapping[str, Any], post: Post, sending: Sending) -> bool:  # noqa: ARG002
        return ((message.get("metadata") or {}).get("event_payload") or {}).get("id") == post.id

    def after(self, sending: Sending) -> Sending | None:  # noqa: ARG002
        return None

    def instead(self, sending: Sending, failure: str, *, sure: bool) -> Sending | None:  # noqa: ARG002
        if not sure or not sending.about.get("url"):
            return None
        shown = {"response_type": sending.about.get("shown") or "ephemeral", "replace_original": False}
        return answering(sending, sending.payload | shown)


@dataclass(frozen=True, slots=True)
class Changing:
    """A message that says something else from now on. A change that a later one follows is left out."""

    client: WebClient
    outbox: Outbox
    looked_for: bool = False

    def send(self, claim: Claim, sending: Sending) -> str:
        if self.outbox.has_later(claim.post):
            raise Void
        taken(lambda payload: self.client.chat_update(channel=sending.channel, ts=sending.thread, **payload), sending.payload)
        return sending.thread

    def bears(self, message: Mapping[str, Any], post: Post, sending: Sending) -> bool:  # noqa: ARG002
        return False

    def after(self, sending: Sending) -> Sending | None:  # noqa: ARG002
        return None

    def instead(self, sending: Sending, failure: str, *, sure: bool) -> Sending | None:  # noqa: ARG002
        """The message is gone, or is not ours any more: then below it, to the one who clicked."""
        return answering(sending, sending.payload | {"replace_original": False}) if sending.about.get("url") else None


@dataclass(frozen=True, slots=True)
class Answering:
    """What only the one who clicked sees, by the click's response_url; where that is used up, as an ephemeral message."""

    client: WebClient
    outbox: Outbox
    looked_for: bool = False

    def send(self, claim: Claim, sending: Sending) -> str:
        if sending.thread and self.outbox.has_later(claim.post):
            raise Void
        try:
            taken(lambda payload: to_url(sending.about["url"], payload), sending.payload)
        except HTTPError as error:
            if error.code >= 500 or error.code == 429 or sending.payload.get("response_type") == "in_channel":
                raise
            self._whisper(sending)
        return sending.thread

    def _whisper(self, sending: Sending) -> None:
        payload: Payload = {key: sending.payload[key] for key in ("text", "blocks") if key in sending.payload}
        channel, user = sending.channel.split("/")
        taken(lambda given: self.client.chat_postEphemeral(channel=channel, user=user, thread_ts=sending.about.get("thread") or None, **given), payload)

    def bears(self, message: Mapping[str, Any], post: Post, sending: Sending) -> bool:  # noqa: ARG002
        return False

    def after(self, sending: Sending) -> Sending | None:  # noqa: ARG002
        return None

    def instead(self, sending: Sending, failure: str, *, sure: bool) -> Sending | None:  # noqa: ARG002
        return None


def answering(sending: Sending, payload: Payload) -> Sending:
    """An answer to the one whose click a sending came of."""
    where, user = sending.about.get("at") or sending.channel, sending.about.get("user") or ""
    return Sending(kind="answer", team=sending.team, channel=f"{where}/{user}", payload=payload, about={"url": sending.about["url"]})


def taken(call: Callable[[Payload], Any], payload: Payload) -> Any:
    """The call with the payload; with less of it while Slack refuses its blocks."""
    for less in _lessening(payload):
        try:
            return call(less)
        except (SlackApiError, HTTPError) as error:
            name = _refusal(error)
            if name not in REFUSED or "blocks" not in less:
                raise
            LOG.error("failure %s, blocks refused (%s), sent with less", failure_id(), name)
    raise AssertionError("the words alone hold no blocks")


def _lessening(payload: Payload) -> Iterator[Payload]:
    """All of it, then without what Slack has had for the shortest time, then the words alone."""
    yield payload
    older = [block for block in payload.get("blocks", []) if block.get("type") not in NEW_BLOCKS]
    if older and len(older) < len(payload["blocks"]):
        yield payload | {"blocks": older}
    yield {key: value for key, value in payload.items() if key != "blocks"}


def _refusal(error: SlackApiError | HTTPError) -> str:
    """Slack's name of an error: of a method in its JSON, of a response_url as its body."""
    if isinstance(error, HTTPError):
        return error.read(100).decode("utf-8", "replace").strip() if 400 <= error.code < 500 else ""
    response: Any = error.response
    try:
        return str(response.get("error") or "")
    except (ValueError, TypeError):  # a body that is no JSON
        return ""


def to_url(url: str, payload: Payload) -> None:
    """To the response_url of a command or a click."""
    request = urllib.request.Request(url, json.dumps(payload).encode(), {"Content-Type": "application/json; charset=utf-8"})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        response.read()


# --- files ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivering:
    """A workbook: an address to upload to, the bytes, and only with the third call does anybody see it. It is made when it is sent.

    The file's id is kept before that call, so that a file of unknown fate is known when it is seen.
    """

    client: WebClient
    outbox: Outbox
    books: Callable[[str], Book]
    clock: Callable[[], Any]
    looked_for: bool = True

    def send(self, claim: Claim, sending: Sending) -> str:
        made = self.books(sending.about["asked"])
        try:
            file = self._uploaded(made)
        except (SlackApiError, OSError) as error:
            raise Unposted from error
        known = sending.about | {"files": [*sending.about.get("files", []), file]}
        body = Sending(kind="file", team=sending.team, channel=sending.channel, about=known).body()
        if self.outbox.amend(claim, body, self.clock()) is None:
            raise Void
        if self.clock() > claim.until - timedelta(seconds=TIMEOUT + 5):  # before this one has arrived, another would be sent
            raise Unposted("the upload took too long")
        where: dict[str, Any] = {"channels": [sending.channel]} if sending.channel.startswith(("U", "W")) else {"channel_id": sending.channel}
        files: list[dict[str, str | None]] = [{"id": file, "title": made.title}]
        self.client.files_completeUploadExternal(files=files, thread_ts=sending.thread or None, initial_comment=escape(made.comment), **where)
        return file

    def _uploaded(self, made: Book) -> str:
        address = self.client.files_getUploadURLExternal(filename=made.name, length=len(made.data))
        request = urllib.request.Request(str(address["upload_url"]), made.data, {"Content-Type": KIND})
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            response.read()
        return str(address["file_id"])

    def bears(self, message: Mapping[str, Any], post: Post, sending: Sending) -> bool:  # noqa: ARG002
        return any(file.get("id") in sending.about.get("files", []) for file in message.get("files") or [])

    def after(self, sending: Sending) -> Sending | None:
        """Whoever asked elsewhere is told where it is."""
        return self._told(sending, SENT, "") if sending.about.get("elsewhere") else None

    def instead(self, sending: Sending, failure: str, *, sure: bool) -> Sending | None:
        return self._told(sending, NOT_SENT if sure else UNSURE, failure)

    def _told(self, sending: Sending, words: Pair, failure: str) -> Sending | None:
        text = escape(words[sending.about["lang"]].format(id=failure))
        return answering(sending, {"text": text, "replace_original": False}) if sending.about.get("url") else None
