"""Only Slack gets in: everything else is 401, and nothing of it is logged."""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

import pytest

from bot.wsgi import LIFE, Replays
from tests.slack.conftest import CARD, Way
from tests.slack.local import SECRET, sign

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
OTHERS = [("GET", "/", 404), ("GET", "/slack/events", 405), ("POST", "/healthz", 405), ("GET", "/slack/install", 404)]
SECRET_WORDS = "極秘の質問"


def test_unsigned_stale_and_garbage_are_refused(web: Way) -> None:
    """Bad signature, old and future timestamps, garbage headers, no headers."""
    door, body = web.running.door, json.dumps(web.slack.mention(SECRET_WORDS))
    stamp = str(int(time.time()))
    right = sign(SECRET, stamp, body)
    garbage = [
        {},
        {"X-Slack-Request-Timestamp": stamp},
        {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": right[:-1]},
        {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "ü" * 67},
        {"X-Slack-Request-Timestamp": "abc", "X-Slack-Signature": right},
        {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": right},
        {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": right},
        {"X-Slack-Request-Timestamp": "²", "X-Slack-Signature": right},
        {"X-Slack-Request-Timestamp": "-1", "X-Slack-Signature": right},
    ]
    for headers in garbage:
        encoded = {name: value.encode("utf-8").decode("latin-1") for name, value in headers.items()}
        assert door.send("POST", "/slack/events", body, {"Content-Type": "application/json"} | encoded).status == 401, headers
    assert door.signed(body, "application/json", at=time.time() - 301).status == 401
    assert door.signed(body, "application/json", at=time.time() + 400).status == 401
    assert door.send("POST", "/slack/events", "ssl_check=1", {"Content-Type": "application/x-www-form-urlencoded"}).status == 401
    assert web.slack.posts() == []
    assert SECRET_WORDS not in web.running.log
    assert "Traceback" not in web.running.log


def test_a_replay_is_refused(web: Way) -> None:
    """The very same signed request a second time."""
    door, body = web.running.door, urlencode(web.slack.command(CARD))
    at = time.time()
    assert door.signed(body, "application/x-www-form-urlencoded", at=at).status == 200
    assert door.signed(body, "application/x-www-form-urlencoded", at=at).status == 401


def test_signatures_are_remembered_as_long_as_they_are_good() -> None:
    """Each once, also of one second; what is too old to be let in is forgotten, so that memory does not grow."""
    replays, now = Replays(), int(time.time())
    signatures = [sign(SECRET, str(now), str(n)) for n in range(500)]
    assert [replays.is_new(now, signature) for signature in signatures * 2] == [True] * 500 + [False] * 500
    assert replays.is_new(now + 1, signatures[0])
    replays.is_new(now - LIFE - 2, signatures[0])
    replays.is_new(now + 2, signatures[0])
    assert set(replays.seen) == {now, now + 1, now + 2}


def test_signed_nonsense_does_no_harm(web: Way) -> None:
    """What Slack would never send is not answered and not fatal."""
    for body, kind in (("", JSON), ("[]", JSON), ("{", JSON), ("\x00", "text/plain"), ("payload=%7B", FORM)):
        assert web.running.door.signed(body, kind).status < 600
    assert web.running.door.send("GET", "/healthz").status == 200


@pytest.mark.parametrize(("method", "path", "status"), OTHERS)
def test_other_doors_are_shut(web: Way, method: str, path: str, status: int) -> None:
    assert web.running.door.send(method, path).status == status


def test_health_tells_the_knowledge_base(web: Way) -> None:
    """Liveness, the hash of the facts, and whether the store answers."""
    told = web.running.door.send("GET", "/healthz").json
    assert told["status"] == "ok"
    assert told["state"] == "ok"
    assert len(told["knowledge"]) >= 32


def test_url_verification(web: Way) -> None:
    """Slack's first question when the address is entered."""
    answered = web.running.door.signed(json.dumps({"type": "url_verification", "challenge": "c4a11e", "token": "x"}), "application/json")
    assert answered.status == 200
    assert "c4a11e" in answered.body
