# ruff: noqa: ARG002, N802 (the methods are named as Slack's are, and all take what was given)
"""A Slack of our own, on this machine: the Web API, response_urls, Socket Mode and signed deliveries, as strict as the real one or stricter.

It keeps channels and their messages, records every call, and has faults to switch on. What it refuses it also writes to
`problems`, which a test expects to be empty: a block that Slack would not take, an unknown channel, user, message or trigger.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import itertools
import json
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.render.blockkit import check
from tests.slack.websocket import WebSocket, accept_key

TEAM, BOT, BOT_ID, APP = "T0RENKEI0", "U0RENKEI0", "B0RENKEI0", "A0RENKEI0"
TOKEN, APP_TOKEN, SECRET = "xoxb-local-token", "xapp-local-token", "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e"
SCOPES = "app_mentions:read,assistant:write,channels:history,chat:write,commands,files:write,groups:history,im:history"
USERS = {"U0TANAKA0": "tanaka", "U0SUZUKI0": "suzuki", BOT: "renkei"}
TANAKA, SUZUKI = "U0TANAKA0", "U0SUZUKI0"
GENERAL, OTHER, ALIEN, DIRECT = "C0GENERAL", "C0OTHER00", "C0ALIEN00", "D0TANAKA0"
USES, LIFE, TRIGGER_LIFE = 5, 30 * 60, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to the Web API or to a response_url, with what was answered."""

    method: str
    given: dict[str, Any]
    answer: dict[str, Any]
    at: float


@dataclass(slots=True, kw_only=True)
class Fault:
    """What goes wrong with the next `times` calls of a method (of `channel` alone if it is named).

    kind  "429" (with `seconds` as Retry-After), "500", "503", "reset" (dropped, nothing done), "lost" (done, then dropped),
          "slow" (answered after `seconds`), or an error name of Slack's
    """

    method: str
    kind: str
    times: int = 1
    seconds: float = 1
    channel: str = ""


@dataclass
class LocalSlack:
    """Start it with `with LocalSlack() as slack`."""

    channels: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in (GENERAL, OTHER, ALIEN, DIRECT)})
    calls: list[Call] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    modals: list[dict[str, Any]] = field(default_factory=list)
    ephemerals: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    unknown_blocks: set[str] = field(default_factory=set)
    """Block types that this workspace does not take (yet): its answer is invalid_blocks."""
    scopes: str = SCOPES
    mark: str = "0"

    def __enter__(self) -> LocalSlack:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.counter = itertools.count(1)
        self.triggers: dict[str, float] = {}
        self.urls: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.sockets: list[WebSocket] = []
        self.acks: dict[str, queue.Queue[dict[str, Any]]] = {}
        slack = self

        class Handler(_Handler):
            local = slack

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        self.server.shutdown()
        self.server.server_close()

    @property
    def api(self) -> str:
        return f"{self.base}/api/"

    # what tests look at

    def posts(self, channel: str = "", *, text: str = "") -> list[dict[str, Any]]:
        """The bot's messages that stand now, in a channel or anywhere."""
        with self.lock:
            found = [m for name, messages in self.channels.items() if channel in ("", name) for m in messages]
        return [m for m in found if m.get("user") == BOT and text in m["text"] and float(m["ts"]) > float(self.mark)]

    def called(self, method: str) -> list[Call]:
        with self.lock:
            return [call for call in self.calls if call.method == method]

    def wait(self, what: Callable[[], Any], seconds: float = 8) -> Any:
        """What `what` gives once it gives something; fails loudly when it does not in time."""
        until = time.monotonic() + seconds
        with self.changed:
            while not (found := what()):
                left = until - time.monotonic()
                if left <= 0:
                    calls = [(call.method, call.answer.get("error")) for call in self.calls]
                    raise AssertionError(f"nothing after {seconds} s; calls: {calls}; problems: {self.problems}")
                self.changed.wait(min(left, 0.05))
            return found

    def fault(self, method: str, kind: str, times: int = 1, seconds: float = 1, channel: str = "") -> None:
        with self.lock:
            self.faults.append(Fault(method=method, kind=kind, times=times, seconds=seconds, channel=channel))

    def empty(self) -> None:
        """As if nothing had been said and nothing gone wrong. What stood before is still there to be read, but no longer told of."""
        with self.lock:
            self.mark = self.stamp()
            for kept in (self.calls, self.problems, self.faults, self.modals, self.ephemerals):
                kept.clear()
            self.homes.clear()
            self.unknown_blocks.clear()

    # ids

    def stamp(self) -> str:
        """A message's ts: later than all before it."""
        return f"{int(time.time())}.{next(self.counter):06d}"

    def trigger(self) -> str:
        name = f"{next(self.counter)}.{TEAM}.{hashlib.md5(str(time.time()).encode()).hexdigest()}"
        self.triggers[name] = time.monotonic()
        return name

    def response_url(self, **about: Any) -> str:
        path = f"/commands/{TEAM}/{next(self.counter)}/secret"
        self.urls[path] = {"uses": 0, "until": time.monotonic() + LIFE, **about}
        return self.base + path

    # what people do, as Slack's bodies

    def write(self, channel: str, text: str, user: str = TANAKA, thread: str = "") -> dict[str, Any]:
        """A person's message, kept in its channel."""
        message = {"type": "message", "user": user, "text": text, "ts": self.stamp(), "team": TEAM}
        if thread:
            message["thread_ts"] = thread
        with self.changed:
            self.channels[channel].append(message)
        return message

    def event(self, event: dict[str, Any], event_id: str = "") -> dict[str, Any]:
        return {
            "token": "unused",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or f"Ev{next(self.counter):08d}",
            "event_time": int(time.time()),
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }

    def mention(self, text: str, channel: str = GENERAL, user: str = TANAKA, thread: str = "", event_id: str = "") -> dict[str, Any]:
        message = self.write(channel, f"<@{BOT}> {text}", user, thread)
        return self.event(message | {"type": "app_mention", "channel": channel, "event_ts": message["ts"]}, event_id)

    def direct(self, text: str, user: str = TANAKA, thread: str = "", event_id: str = "", **more: Any) -> dict[str, Any]:
        message = self.write(DIRECT, text, user, thread)
        return self.event(message | {"channel": DIRECT, "channel_type": "im", "event_ts": message["ts"]} | more, event_id)

    def command(self, text: str, channel: str = GENERAL, user: str = TANAKA) -> dict[str, str]:
        return {
            "token": "unused",
            "team_id": TEAM,
            "team_domain": "local",
            "channel_id": channel,
            "channel_name": "general",
            "user_id": user,
            "user_name": USERS[user],
            "command": "/renkei",
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self.response_url(channel=channel, user=user),
            "trigger_id": self.trigger(),
        }

    def press(
        self, message: dict[str, Any], element: dict[str, Any], channel: str = GENERAL, user: str = TANAKA, *, ephemeral: bool = False, **more: Any
    ) -> dict[str, Any]:
        """A button of a message clicked, or a menu set; Slack gives its value back with & < > escaped (bolt-python #513)."""
        block = next((block["block_id"] for block in message.get("blocks", []) if element in block.get("elements", []) and "block_id" in block), "b")
        action = {"type": element["type"], "action_id": element["action_id"], "block_id": block, "action_ts": self.stamp()} | more
        if "value" in element:
            action["value"] = escaped(element["value"])
        container = {"type": "message", "message_ts": message.get("ts", "0.0"), "channel_id": channel, "is_ephemeral": ephemeral}
        body = self._interaction("block_actions", user) | {
            "container": container | ({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}),
            "channel": {"id": channel, "name": "general"},
            "response_url": self.response_url(channel=channel, user=user),
            "actions": [action],
        }
        return body if ephemeral else body | {"message": message}

    def pick(
        self, message: dict[str, Any], action_id: str, words: str, channel: str = GENERAL, user: str = TANAKA, *, ephemeral: bool = False
    ) -> dict[str, Any]:
        """The option whose label holds these words, chosen in a menu of a message."""
        menu = next(element for element in elements(message["blocks"], "static_select") if element["action_id"] == action_id)
        option = next(option for option in menu["options"] if words in option["text"]["text"])
        return self.press(message, menu, channel, user, ephemeral=ephemeral, selected_option=option | {"value": escaped(option["value"])})

    def press_home(self, element: dict[str, Any], user: str = TANAKA, **more: Any) -> dict[str, Any]:
        action = {"type": element["type"], "action_id": element["action_id"], "block_id": "b", "action_ts": self.stamp()} | more
        if "value" in element:
            action["value"] = element["value"]
        view = self.homes.get(user, {}) | {"id": "V1", "type": "home", "hash": "1"}
        return self._interaction("block_actions", user) | {"container": {"type": "view", "view_id": "V1"}, "view": view, "actions": [action]}

    def submit(self, view: dict[str, Any], values: dict[str, Any], user: str = TANAKA) -> dict[str, Any]:
        state = {"values": values}
        return self._interaction("view_submission", user) | {"view": view | {"id": "V2", "state": state, "hash": "1", "team_id": TEAM}, "response_urls": []}

    def _interaction(self, kind: str, user: str) -> dict[str, Any]:
        return {
            "type": kind,
            "token": "unused",
            "api_app_id": APP,
            "team": {"id": TEAM, "domain": "local"},
            "user": {"id": user, "username": USERS[user], "name": USERS[user], "team_id": TEAM},
            "trigger_id": self.trigger(),
            "is_enterprise_install": False,
            "enterprise": None,
        }

    # Socket Mode

    def envelope(self, kind: str, payload: dict[str, Any], connection: int = 0, seconds: float = 5, attempt: int = 0) -> dict[str, Any]:
        """Delivers over a WebSocket and gives the acknowledgement. A payload may go to any connection."""
        self.wait(lambda: self.sockets, 10)
        name = f"envelope-{next(self.counter)}"
        self.acks[name] = queue.Queue()
        sent = {"envelope_id": name, "type": kind, "payload": payload, "accepts_response_payload": kind != "events_api"}
        if kind == "events_api":
            sent |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        self.sockets[connection % len(self.sockets)].send(json.dumps(sent))
        return self.acks[name].get(timeout=seconds)

    def hang_up(self) -> None:
        for socket in list(self.sockets):
            with contextlib.suppress(OSError):
                socket.frame(8, b"")
        self.sockets.clear()

    def refuse(self, why: str) -> None:
        with self.changed:
            self.problems.append(why)


# --- the Web API ------------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """An error name of Slack's."""


class _Handler(BaseHTTPRequestHandler):
    local: LocalSlack
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.startswith("/link"):
            self._socket()
        else:
            self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path.startswith("/upload/"):
            return self._upload(path.rpartition("/")[2], body)
        given = self._given(body)
        method = path.removeprefix("/api/") if path.startswith("/api/") else "response_url"
        fault = self._fault(method, given)
        if fault is not None and self._failed(fault):
            self._record(method, given, {"ok": False, "error": fault.kind})
            return None
        try:
            answer = self._respond(path, given) if method == "response_url" else self._method(method, given)
        except _Refused as error:
            answer = {"ok": False, "error": str(error)}
        self._record(method, given, answer)
        if fault is not None and fault.kind == "lost":
            return self._drop()
        if method == "response_url":
            return self._answer(200 if answer["ok"] else 404, "ok" if answer["ok"] else answer["error"])
        return self._answer(200, json.dumps(answer), {"Content-Type": "application/json", "x-oauth-scopes": self.local.scopes})

    def _upload(self, name: str, body: bytes) -> None:
        """The bytes of a file, to the address that was given for them; as many as were announced."""
        fault = self._fault("upload", {})
        if fault is not None and self._failed(fault):
            return None
        with self.local.changed:
            announced = self.local.uploads.get(name)
            if announced is None or len(body) != announced["length"]:
                self.local.refuse(f"upload of {len(body)} bytes to {name}, announced: {announced}")
                return self._answer(400, "no such upload")
            self.local.files[name] = body
        return self._answer(200, f"OK - {len(body)}")

    def _given(self, body: bytes) -> dict[str, Any]:
        if (self.headers.get("Content-Type") or "").startswith("application/json"):
            return json.loads(body or b"{}")
        given: dict[str, Any] = dict(parse_qsl(body.decode()))
        return given | {key: json.loads(given[key]) for key in ("blocks", "view", "metadata", "files") if key in given}

    def _record(self, method: str, given: dict[str, Any], answer: dict[str, Any]) -> None:
        with self.local.changed:
            self.local.calls.append(Call(method=method, given=given, answer=answer, at=time.monotonic()))
            self.local.changed.notify_all()

    # faults

    def _fault(self, method: str, given: dict[str, Any]) -> Fault | None:
        with self.local.lock:
            for fault in self.local.faults:
                if fault.method == method and fault.times > 0 and fault.channel in ("", given.get("channel")):
                    fault.times -= 1
                    return fault
        return None

    def _failed(self, fault: Fault) -> bool:
        """Whether the call ends here."""
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            return False
        if fault.kind == "lost":
            return False
        if fault.kind == "reset":
            self._drop()
        elif fault.kind == "429":
            self._answer(429, json.dumps({"ok": False, "error": "ratelimited"}), {"Retry-After": str(int(fault.seconds)), "Content-Type": "application/json"})
        elif fault.kind.isdecimal():
            self._answer(int(fault.kind), "<html>oops</html>", {"Content-Type": "text/html"})
        else:
            self._answer(200, json.dumps({"ok": False, "error": fault.kind}), {"Content-Type": "application/json"})
        return True

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        data = body.encode()
        try:
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass

    # methods

    def _method(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or given.get("token")
        if token != (APP_TOKEN if method == "apps.connections.open" else TOKEN):
            raise _Refused("invalid_auth")
        run = getattr(self, "_" + method.replace(".", "_"), None)
        if run is None:
            self._refuse("unknown_method", method)
        with self.local.changed:
            return {"ok": True, **run(given)}

    def _refuse(self, error: str, why: str) -> None:
        self.local.refuse(f"{error}: {why}")
        raise _Refused(error)

    def _auth_test(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.local.base, "team": "local", "user": "renkei", "team_id": TEAM, "user_id": BOT, "bot_id": BOT_ID}

    def _apps_connections_open(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.local.base.replace("http", "ws") + "/link?ticket=1"}

    def _chat_postMessage(self, given: dict[str, Any]) -> dict[str, Any]:
        self._sendable(given)
        channel = DIRECT if given["channel"] in USERS else given["channel"]  # a person's id opens their direct messages
        thread = given.get("thread_ts")
        if thread and not any(m["ts"] == thread for m in self.local.channels[channel]):
            self._refuse("thread_not_found", f"{channel} has no message {thread}")
        message = {"type": "message", "user": BOT, "bot_id": BOT_ID, "app_id": APP, "team": TEAM, "ts": self.local.stamp()}
        message |= {key: given[key] for key in ("text", "blocks", "thread_ts", "metadata") if given.get(key)}
        self.local.channels[channel].append(message)
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _chat_postEphemeral(self, given: dict[str, Any]) -> dict[str, Any]:
        self._sendable(given)
        if given.get("user") not in USERS:
            self._refuse("user_not_in_channel", str(given.get("user")))
        self.local.ephemerals.append(given)
        return {"message_ts": self.local.stamp()}

    def _chat_update(self, given: dict[str, Any]) -> dict[str, Any]:
        self._sendable(given, text_limit=4_000)
        found = [m for m in self.local.channels[given["channel"]] if m["ts"] == given.get("ts")]
        if not found:
            self._refuse("message_not_found", str(given.get("ts")))
        if found[0].get("user") != BOT:
            self._refuse("cant_update_message", str(given.get("ts")))
        found[0].update(text=given["text"], blocks=given.get("blocks", []), edited={"user": BOT, "ts": self.local.stamp()})
        return {"channel": given["channel"], "ts": given["ts"], "text": given["text"]}

    def _sendable(self, given: dict[str, Any], text_limit: int = 40_000) -> None:
        channel = given.get("channel")
        if channel not in self.local.channels and channel not in USERS:
            self._refuse("channel_not_found", str(channel))
        if channel == ALIEN:
            raise _Refused("not_in_channel")
        self._blocks({key: given[key] for key in given if key != "metadata"}, "message", text_limit=text_limit)
        metadata = given.get("metadata")
        if metadata is not None and (set(metadata) != {"event_type", "event_payload"} or not isinstance(metadata["event_payload"], dict)):
            self._refuse("invalid_metadata_format", json.dumps(metadata))

    def _blocks(self, payload: dict[str, Any], surface: Any, **options: Any) -> None:
        if self.local.unknown_blocks & {block["type"] for block in payload.get("blocks") or []}:
            raise _Refused("invalid_blocks")
        problems = check(payload, surface, allowed={f"<@{user}>" for user in USERS}, **options)
        if problems:
            self._refuse("invalid_blocks", "; ".join(f"{p.pointer}: {p.message}" for p in problems))

    def _chat_delete(self, given: dict[str, Any]) -> dict[str, Any]:
        messages = self._channel(given)
        found = [m for m in messages if m["ts"] == given.get("ts") and m.get("user") == BOT]
        if not found:
            self._refuse("message_not_found", str(given.get("ts")))
        messages.remove(found[0])
        return {"channel": given["channel"], "ts": given["ts"]}

    def _conversations_history(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._page(given, [m for m in self._channel(given) if "thread_ts" not in m or m["thread_ts"] == m["ts"]], newest_first=True)

    def _conversations_replies(self, given: dict[str, Any]) -> dict[str, Any]:
        root = given.get("ts")
        found = [m for m in self._channel(given) if root in (m["ts"], m.get("thread_ts"))]
        if not found:
            self._refuse("thread_not_found", str(root))
        return self._page(given, found)

    def _channel(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        if given.get("channel") not in self.local.channels:
            self._refuse("channel_not_found", str(given.get("channel")))
        return self.local.channels[given["channel"]]

    def _page(self, given: dict[str, Any], found: list[dict[str, Any]], *, newest_first: bool = False) -> dict[str, Any]:
        oldest = float(given.get("oldest") or 0)
        kept = [m for m in found if float(m["ts"]) >= oldest]
        with_metadata = str(given.get("include_all_metadata", "")).lower() in ("true", "1")
        kept = kept if with_metadata else [{key: m[key] for key in m if key != "metadata"} for m in kept]
        return {"messages": kept[::-1] if newest_first else kept, "has_more": False}

    def _conversations_info(self, given: dict[str, Any]) -> dict[str, Any]:
        self._channel(given)
        return {"channel": {"id": given["channel"], "name": "general", "is_im": given["channel"].startswith("D"), "is_member": given["channel"] != ALIEN}}

    def _conversations_open(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": DIRECT}}

    def _users_conversations(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"channels": [{"id": name, "name": name.lower()} for name in (GENERAL, OTHER)], "response_metadata": {"next_cursor": ""}}

    def _users_info(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("user") not in USERS:
            self._refuse("user_not_found", str(given.get("user")))
        return {"user": {"id": given["user"], "name": USERS[given["user"]], "locale": "ja-JP", "tz": "Asia/Tokyo"}}

    def _views_open(self, given: dict[str, Any]) -> dict[str, Any]:
        made = self.local.triggers.pop(given.get("trigger_id", ""), None)
        if made is None:
            self._refuse("invalid_trigger_id", str(given.get("trigger_id")))
        elif time.monotonic() - made > TRIGGER_LIFE:
            self._refuse("expired_trigger_id", str(given.get("trigger_id")))
        self._blocks(given["view"], "modal")
        self.local.modals.append(given["view"])
        return {"view": given["view"] | {"id": "V2"}}

    def _views_publish(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("user_id") not in USERS:
            self._refuse("user_not_found", str(given.get("user_id")))
        self._blocks(given["view"], "home")
        self.local.homes[given["user_id"]] = given["view"]
        return {"view": given["view"] | {"id": "V1", "hash": "1"}}

    def _views_update(self, given: dict[str, Any]) -> dict[str, Any]:
        self._blocks(given["view"], given["view"].get("type"))
        return {"view": given["view"]}

    def _files_getUploadURLExternal(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("filename") or not str(given.get("length", "")).isdecimal() or not int(given["length"]):
            self._refuse("invalid_arguments", str(given))
        name = f"F{next(self.local.counter):06d}"
        self.local.uploads[name] = {"filename": given["filename"], "length": int(given["length"])}
        return {"upload_url": f"{self.local.base}/upload/{name}", "file_id": name}

    def _files_completeUploadExternal(self, given: dict[str, Any]) -> dict[str, Any]:
        """The files become a message of the bot's: in a channel and thread, or in the direct messages of a person."""
        for file in given["files"]:
            if file["id"] not in self.local.files or self.local.uploads.pop(file["id"], None) is None:
                self._refuse("file_not_found", file["id"])
        to = given.get("channel_id") or given.get("channels")
        channel = DIRECT if to in USERS and "channels" in given else to
        if channel not in self.local.channels:
            self._refuse("channel_not_found", str(to))
        if channel == ALIEN:
            raise _Refused("not_in_channel")
        if given.get("thread_ts") and not any(m["ts"] == given["thread_ts"] for m in self.local.channels[channel]):
            self._refuse("thread_not_found", str(given["thread_ts"]))
        message = {"type": "message", "subtype": "file_share", "user": BOT, "bot_id": BOT_ID, "ts": self.local.stamp()}
        message |= {"text": given.get("initial_comment") or "", "files": given["files"], "blocks": []}
        message |= {"thread_ts": given["thread_ts"]} if given.get("thread_ts") else {}
        self.local.channels[channel].append(message)
        return {"files": given["files"]}

    # response_url

    def _respond(self, path: str, given: dict[str, Any]) -> dict[str, Any]:
        with self.local.changed:
            url = self.local.urls.get(path)
            if url is None or time.monotonic() > url["until"]:
                self._refuse("expired_url", path)
            url["uses"] += 1
            if url["uses"] > USES:
                self._refuse("used_url", path)
            if not given.get("delete_original"):
                self._blocks(given, "message")
            message = {"type": "message", "user": BOT, "bot_id": BOT_ID, "ts": self.local.stamp()}
            message |= {"text": given.get("text", ""), "blocks": given.get("blocks", [])}
            if given.get("response_type") == "in_channel":
                self.local.channels[url["channel"]].append(message)
            else:
                self.local.ephemerals.append(given | {"channel": url["channel"], "user": url["user"]})
        return {"ok": True}

    # Socket Mode

    def _socket(self) -> None:
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept_key(self.headers["Sec-WebSocket-Key"]))):
            self.send_header(name, value)
        self.end_headers()
        socket = WebSocket(self.rfile, self.wfile)
        socket.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}}))
        with self.local.changed:
            self.local.sockets.append(socket)
            self.local.changed.notify_all()
        try:
            while (text := socket.receive()) is not None:
                given = json.loads(text)
                waiting = self.local.acks.get(given.get("envelope_id", ""))
                if waiting is None:
                    self.local.refuse(f"acknowledged what was not sent: {text}")
                else:
                    self._acknowledged(given)
                    waiting.put(given)
        except (OSError, ValueError):
            pass
        finally:
            self.close_connection = True
            with self.local.changed:
                if socket in self.local.sockets:
                    self.local.sockets.remove(socket)

    def _acknowledged(self, given: dict[str, Any]) -> None:
        payload = given.get("payload") or {}
        if "text" in payload or "blocks" in payload:
            self._ack_checked(payload)

    def _ack_checked(self, payload: dict[str, Any]) -> None:
        for problem in check(payload, "message", allowed={f"<@{user}>" for user in USERS}):
            self.local.refuse(f"ack: {problem.pointer}: {problem.message}")


# --- deliveries over HTTP ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    status: int
    body: str
    seconds: float

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body) if self.body else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the bot listens over HTTP: what Slack sends there, signed."""

    slack: LocalSlack
    port: int
    secret: str = SECRET

    def event(self, body: dict[str, Any], attempt: int = 0) -> Answered:
        more = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_timeout"} if attempt else {}
        return self.signed(json.dumps(body), "application/json", more)

    def command(self, body: dict[str, str]) -> Answered:
        answered = self.signed(urlencode(body), "application/x-www-form-urlencoded")
        if answered.status == 200 and answered.body.startswith("{"):
            for problem in check(answered.json, "message"):
                self.slack.refuse(f"ack: {problem.pointer}: {problem.message}")
        return answered

    def interaction(self, body: dict[str, Any]) -> Answered:
        return self.signed(urlencode({"payload": json.dumps(body)}), "application/x-www-form-urlencoded")

    def signed(self, body: str, kind: str, more: dict[str, str] | None = None, at: float | None = None) -> Answered:
        stamp = str(int(time.time() if at is None else at))
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign(self.secret, stamp, body)}
        return self.send("POST", "/slack/events", body, headers | (more or {}))

    def send(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> Answered:
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body.encode() if body else None, headers or {})
            response = connection.getresponse()
            text = response.read().decode()
            return Answered(status=response.status, body=text, seconds=time.monotonic() - begun)
        finally:
            connection.close()


def sign(secret: str, stamp: str, body: str) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()


def escaped(text: str) -> str:
    """As Slack gives a value back."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def elements(blocks: list[dict[str, Any]], kind: str = "") -> list[dict[str, Any]]:
    """Every button, menu and the like of some blocks, in order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for block in blocks:
        for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
            if "action_id" in element:
                found[""].append(element)
                found[element["type"]].append(element)
    return found[kind]


def button(blocks: list[dict[str, Any]], words: str) -> dict[str, Any]:
    """The button whose label holds these words."""
    for element in elements(blocks, "button"):
        if words in element["text"]["text"]:
            return element
    raise AssertionError(f"no button {words!r} among {[e['text']['text'] for e in elements(blocks, 'button')]}")
