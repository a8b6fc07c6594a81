"""HTTP: POST /slack/events for all that Slack sends, GET /healthz for who watches over us. Served by gunicorn, see bot/server.py."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from array import array
from collections.abc import Iterable
from typing import Any

from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.signature import SignatureVerifier

from bot.app import Bot, build, log_to_stderr
from bot.settings import from_environment, slack_from_environment

PATH = "/slack/events"
BODY_MOST = 1_000_000  # bytes; Slack's own are a tenth of that at most
LIFE = 300  # seconds that a signature is good for
STAMP = re.compile(r"\d{1,12}", re.ASCII)
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
STATUS = {200: "200 OK", 401: "401 Unauthorized", 404: "404 Not Found", 405: "405 Method Not Allowed", 413: "413 Content Too Large"}


class Guard:
    """Lets through to Bolt only what Slack has signed, in the last five minutes, and not seen before. Nothing of the rest is logged."""

    def __init__(self, bot: Bot, secret: str) -> None:
        self.bot = bot
        self.inner = SlackRequestHandler(bot.app, PATH)
        self.verifier = SignatureVerifier(secret)
        self.replays = Replays()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if path == "/healthz":
            return self._health(start_response) if method in ("GET", "HEAD") else answer(start_response, 405)
        if path != PATH:
            return answer(start_response, 404)
        if method != "POST":
            return answer(start_response, 405)
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > BODY_MOST:
            return answer(start_response, 413)
        body = environ["wsgi.input"].read(int(length))
        if not self._is_slack(environ, body):
            return answer(start_response, 401)
        environ["wsgi.input"] = Again(body)
        inner: Iterable[bytes] = self.inner(environ, start_response)
        return inner

    def _is_slack(self, environ: dict[str, Any], body: bytes) -> bool:
        """Signed, fresh, and no replay. A retry of Slack's is let through: an event that was answered is known by its id."""
        stamp, signature = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", ""), environ.get("HTTP_X_SLACK_SIGNATURE", "")
        if not STAMP.fullmatch(stamp) or not SIGNATURE.fullmatch(signature):
            return False
        try:
            if not self.verifier.is_valid(body, stamp, signature):
                return False
            body.decode()
        except (ValueError, UnicodeError):
            return False
        is_retried_event = "HTTP_X_SLACK_RETRY_NUM" in environ and environ.get("CONTENT_TYPE", "").startswith("application/json")
        return self.replays.is_new(int(stamp), signature) or is_retried_event

    def _health(self, start_response: Any) -> Iterable[bytes]:
        """Alive, with which knowledge base, and whether the store answers."""
        try:
            self.bot.state.fact("health")
            state = "ok"
        except Exception as error:
            state = type(error).__name__
        body = json.dumps({"status": "ok", "knowledge": self.bot.hash, "state": state})
        return answer(start_response, 200, body, "application/json")

    def close(self) -> None:
        self.bot.close()


class Replays:
    """The signatures that were seen, as long as they are good: eight bytes of each, by the second that they are signed for."""

    def __init__(self) -> None:
        self.seen: dict[int, array[int]] = {}
        self.lock = threading.Lock()

    def is_new(self, stamp: int, signature: str) -> bool:
        """True once for each."""
        mark = int(signature[3:19], 16)
        with self.lock:
            if stamp not in self.seen:
                self._forget(time.time() - LIFE)
            marks = self.seen.setdefault(stamp, array("Q"))
            if mark in marks:
                return False
            marks.append(mark)
        return True

    def _forget(self, before: float) -> None:
        for stamp in [stamp for stamp in self.seen if stamp < before - 1]:
            del self.seen[stamp]


class Again:
    """A body that was read, to be read once more."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def read(self, size: int = -1) -> bytes:
        found, self.body = (self.body, b"") if size < 0 else (self.body[:size], self.body[size:])
        return found


def answer(start_response: Any, status: int, body: str = "", kind: str = "text/plain") -> Iterable[bytes]:
    data = (body or STATUS[status]).encode()
    start_response(STATUS[status], [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(data)))])
    return [data]


def make() -> Guard:
    """The WSGI application, made in the process that serves."""
    log_to_stderr()
    settings = from_environment(os.environ)
    slack = slack_from_environment(os.environ, settings, "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
    return Guard(build(settings, slack), slack.signing_secret)
