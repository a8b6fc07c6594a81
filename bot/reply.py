"""The only sender. What is promised is kept in the outbox and sent from there, once; what follows from nothing kept is sent at once.

Nobody waits for somebody else's channel: a throttled channel's posts lie in the outbox until Slack's Retry-After is over, and
no thread sleeps for them. What may or may not have arrived (a lost answer, a reset connection, a 5xx) is looked for in Slack
before it is sent again, see bot/ways.py.
"""

from __future__ import annotations

import heapq
import http.client
import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.error import HTTPError, URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.ask import LOG, failure_id
from bot.ways import QUIET, TIMEOUT, Answering, Changing, Delivering, Payload, Replying, Sending, Unposted, Void, Way, checked, sending_of, taken, to_url
from bot.workbook import Book
from db.outbox import Claim, Outbox, Plan, Post, backoff
from db.state import StateFailure, StateUnusable

THREADS = 32
TRIES = 5
SENDS_MOST = 12  # of what may be sent again blindly
POLL, SHORTEST = 2.0, 0.02  # seconds between two looks into the outbox when nobody wakes us, at most and at least
SEEN_MOST = 10_000

# Slack may have done it and said otherwise: some part may have succeeded before the error was raised.
AMBIGUOUS = frozenset(
    """fatal_error internal_error request_timeout service_unavailable file_update_failed duplicate_message_not_found
    duplicate_channel_not_found""".split()
)
THROTTLED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

Fate = Literal["later", "unknown", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What became of a call that did not succeed. `after` is how many seconds to wait before the next try."""

    fate: Fate
    error: str
    after: float = 1.0


def trouble(error: Exception) -> Trouble:
    """What an exception of a call means for what was sent with it."""
    if isinstance(error, Unposted):
        found = trouble(error.__cause__) if isinstance(error.__cause__, Exception) else Trouble(fate="later", error=str(error))
        return found if found.fate == "failed" else replace(found, fate="later")
    if isinstance(error, SlackApiError):
        return _answered(error)
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(error, HTTPError):
        fate: Fate = "later" if error.code == 429 else "unknown" if error.code >= 500 else "failed"
        return Trouble(fate=fate, error=f"HTTP {error.code}", after=_seconds(error.headers))
    if isinstance(cause, ConnectionRefusedError) or type(cause).__name__ in ("gaierror", "SSLCertVerificationError"):
        return Trouble(fate="later", error=str(cause), after=2)
    if isinstance(error, (OSError, http.client.HTTPException, ValueError)):
        return Trouble(fate="unknown", error=f"{type(error).__name__}: {cause}")
    raise error


def _answered(error: SlackApiError) -> Trouble:
    response: Any = error.response
    status = getattr(response, "status_code", None) or (response.get("status") if isinstance(response, dict) else 200) or 200
    headers = getattr(response, "headers", None) or (response.get("headers") if isinstance(response, dict) else {}) or {}
    try:
        name = str(response.get("error") or "")
    except (ValueError, TypeError):  # a body that is no JSON
        name = ""
    if status == 429 or name in THROTTLED:
        return Trouble(fate="later", error="ratelimited", after=_seconds(headers))
    if status >= 500 or name in AMBIGUOUS or not name:
        return Trouble(fate="unknown", error=name or f"HTTP {status}")
    return Trouble(fate="failed", error=name)


def _seconds(headers: Any) -> float:
    found = {str(key).lower(): value for key, value in dict(headers or {}).items()}.get("retry-after", 1)
    try:
        return max(float(found), 0.1)
    except (TypeError, ValueError):
        return 1.0


# --- sending ----------------------------------------------------------------------------------------------------------


class Sender:
    """Sends what the outbox holds, and what needs no outbox. `books` makes the workbook of a question that a button carries."""

    def __init__(self, client: WebClient, outbox: Outbox, clock: Callable[[], datetime], books: Callable[[str], Book]) -> None:
        self.client, self.outbox, self.clock = client, outbox, clock
        self.ways: dict[str, Way] = {
            "reply": Replying(client),
            "change": Changing(client, outbox),
            "answer": Answering(client, outbox),
            "file": Delivering(client, outbox, books, clock),
        }
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="renkei")
        self.free = threading.Semaphore(THREADS)
        self.seen: OrderedDict[str, None] = OrderedDict()
        self.lock = threading.Lock()
        self.due: list[tuple[float, int, Callable[[], object]]] = []
        self.count = itertools.count()
        self.busy = 0
        self.bell = threading.Event()
        self.until = float("inf")
        self.thread = threading.Thread(target=self._run, name="renkei-sender", daemon=True)
        self.thread.start()

    # what others call

    def soon(self, work: Callable[..., object], *given: Any) -> None:
        """Runs it on one of the threads; what it raises is in the log."""
        with self.lock:
            self.busy += 1
        self.pool.submit(self._guarded, work, *given)

    def plan(self, name: str, sending: Sending) -> bool:
        """Puts it into the outbox; False if one of this name is there. Raises StateFailure. `wake` sends it, once it is committed."""
        sending.checked()
        moment = self.clock()
        expires = moment + sending.lasts if sending.lasts else None
        given = Plan(
            id=name, team=sending.team, channel=sending.channel, thread=sending.thread, kind=sending.kind, body=sending.body(), at=moment, expires=expires
        )
        return self.outbox.plan(given, moment)

    def at_once(self, sending: Sending) -> None:
        """Sends what no store keeps, as long as it is right to try. A file is made of what is kept, so it is not sent."""
        sending.checked()
        if sending.kind == "reply":
            self.post_once(sending.channel, sending.thread, sending.payload)
        elif sending.kind == "change":
            self.insist(lambda: taken(lambda payload: self.client.chat_update(channel=sending.channel, ts=sending.thread, **payload), sending.payload))
        elif sending.kind == "answer":
            self.respond(sending.about["url"], sending.payload)
        elif (other := self.ways["file"].instead(sending, self._failed(sending, "no store"), sure=True)) is not None:
            self.at_once(other)

    def wake(self) -> None:
        self.bell.set()

    def first_here(self, name: str) -> bool:
        """True once for each name, in this process: for when there is no store to ask."""
        with self.lock:
            known = name in self.seen
            self.seen[name] = None
            while len(self.seen) > SEEN_MOST:
                self.seen.popitem(last=False)
        return not known

    def post_once(self, channel: str, thread: str, payload: Payload) -> None:
        """A post that is not kept: tried again only while Slack surely has not taken it."""
        self.insist(lambda: self.client.chat_postMessage(channel=channel, thread_ts=thread or None, **payload, **QUIET), again=("later",))

    def whisper(self, channel: str, user: str, thread: str, payload: dict[str, Any]) -> None:
        """A message that only one person in the channel sees; in their own direct messages simply a message."""
        if channel == user or channel.startswith("D"):
            self.post_once(channel, thread, payload)
        else:
            self.insist(lambda: self.client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread or None, **payload))

    def publish(self, user: str, view: dict[str, Any]) -> None:
        self.insist(lambda: self.client.views_publish(user_id=user, view=view))

    def open_view(self, trigger: str, view: dict[str, Any]) -> None:
        """Opens a modal; a trigger works once and for three seconds, so there is one try."""
        self.insist(lambda: self.client.views_open(trigger_id=trigger, view=view), again=())

    def respond(self, url: str, payload: Payload) -> None:
        """To the response_url of a command or a click, without the outbox."""
        checked({key: payload[key] for key in payload if key in ("text", "blocks")})
        self.insist(lambda: to_url(url, payload))

    def every(self, seconds: float, work: Callable[[], object]) -> None:
        """Runs it now and again and again."""

        def once() -> None:
            self.later(seconds, once)
            work()

        self.soon(once)

    def close(self) -> None:
        """Finishes what was accepted: what runs, what is due, what is to be tried again within seconds. The outbox keeps the rest."""
        self.until = time.monotonic() + TIMEOUT
        self.wake()
        self.thread.join(TIMEOUT * 2)
        self.pool.shutdown(wait=True)

    # trying again

    def insist(self, call: Callable[[], object], again: tuple[Fate, ...] = ("later", "unknown"), tries: int = TRIES) -> None:
        """Calls it until it succeeds, as long as what became of it is in `again`, ever more patiently."""
        self.soon(self._try, call, again, tries)

    def _try(self, call: Callable[[], object], again: tuple[Fate, ...], left: int) -> None:
        try:
            call()
        except Exception as error:
            found = trouble(error)
            if found.fate in again and left > 1:
                self.later(max(found.after, 0.2 * 2 ** max(TRIES - left, 0)), lambda: self._try(call, again, left - 1))
            else:
                LOG.error("failure %s, not sent: %s", failure_id(), found.error)

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Runs it after so many seconds; when we are told to end, what is due within seconds still is."""
        with self.lock:
            heapq.heappush(self.due, (time.monotonic() + seconds, next(self.count), work))
        self.wake()

    def _guarded(self, work: Callable[..., object], *given: Any) -> None:
        try:
            _logged(work, *given)
        finally:
            with self.lock:
                self.busy -= 1
            if self.until < float("inf"):
                self.wake()

    # the loop: what is due, and what the outbox has

    def _run(self) -> None:
        while True:
            self.bell.clear()
            _logged(self._start_due)
            _logged(self._empty)
            if self._is_over():
                return
            self.bell.wait(self._pause())

    def _is_over(self) -> bool:
        """Closing, and nothing left that would go out before the deadline; a call under way may still ask for another try."""
        if self.until == float("inf"):
            return False
        with self.lock:
            done = not self.busy and not (self.due and self.due[0][0] < self.until)
        return done or time.monotonic() > self.until

    def _pause(self) -> float:
        """Seconds until something is due."""
        with self.lock:
            first = self.due[0][0] - time.monotonic() if self.due else POLL
        return min(max(min(first, self._outbox_pause()), SHORTEST), POLL if self.until == float("inf") else SHORTEST)

    def _outbox_pause(self) -> float:
        try:
            due = self.outbox.next_due()
            return (due - self.clock()).total_seconds() if due is not None else POLL
        except (StateFailure, StateUnusable):
            return POLL

    def _start_due(self) -> None:
        with self.lock:
            ready = []
            while self.due and self.due[0][0] <= time.monotonic():
                ready.append(heapq.heappop(self.due)[2])
        for work in ready:
            self.soon(work)

    def _empty(self) -> None:
        """Claims all that may be sent or looked up now, as far as there are threads."""
        try:
            for claims, work in ((self.outbox.claim, self._send), (self.outbox.inspect, self._look)):
                while (claim := self._claimed(claims)) is not None:
                    self.soon(self._held, work, claim, time.monotonic())
        except (StateFailure, StateUnusable) as error:
            LOG.error("state: %s", error)

    def _claimed(self, claims: Callable[[datetime], Claim | None]) -> Claim | None:
        """The next claim, if there is a thread for it and anything to claim."""
        claim = None
        if self.free.acquire(blocking=False):
            try:
                claim = claims(self.clock())
            finally:
                if claim is None:
                    self.free.release()
        return claim

    def _held(self, work: Callable[[Claim], None], claim: Claim, since: float) -> None:
        try:
            if time.monotonic() - since < self.outbox.timing.lease.total_seconds() - TIMEOUT - 5:  # else it is no longer surely ours
                work(claim)
        finally:
            self.free.release()
            self.wake()

    def _send(self, claim: Claim) -> None:
        sending = sending_of(claim.post)
        way = self.ways[sending.kind]
        try:
            ts = way.send(claim, sending)
        except Void:
            self.outbox.overtaken(claim, self.clock())
        except StateFailure:
            raise
        except Exception as error:
            self._not_sent(claim, sending, trouble(error))
        else:
            self._settled(claim.post, lambda: self.outbox.sent(claim, ts, self.clock()), way.after(sending))

    def _not_sent(self, claim: Claim, sending: Sending, found: Trouble) -> None:
        moment, way = self.clock(), self.ways[sending.kind]
        again = found.fate == "later" or (found.fate == "unknown" and not way.looked_for and claim.post.sends < SENDS_MOST)
        if again and found.error == "ratelimited":
            self.outbox.throttled(claim, moment + timedelta(seconds=found.after), found.error, moment)
        elif again:
            self.outbox.again(claim, moment + backoff(claim.post.sends), found.error, moment)
        elif found.fate == "unknown" and way.looked_for:
            self.outbox.unsure(claim, found.error, moment)
        else:
            failure = self._failed(sending, found.error, claim.id)
            self._settled(claim.post, lambda: self.outbox.failed(claim, found.error, moment), way.instead(sending, failure, sure=True))

    def _failed(self, sending: Sending, error: str, name: str = "") -> str:
        """In the log, under the id that it gives."""
        failure = failure_id()
        LOG.error("failure %s, %s %s not taken: %s", failure, sending.kind, name, error)
        return failure

    def _settled(self, post: Post, settle: Callable[[], bool], then: Sending | None) -> None:
        """Settles a claim, and in the same transaction puts into the outbox what follows; nothing follows of a void claim."""
        with self.outbox.state.together():
            if settle() and then is not None:
                self.plan(f"{post.id}+", then)

    # looking something up in Slack

    def _look(self, claim: Claim) -> None:
        sending = sending_of(claim.post)
        way = self.ways[sending.kind]
        if not way.looked_for:
            self._again(claim)
            return
        try:
            copies = self._copies(claim.post, claim.since, sending, way)
        except Exception as error:
            self._unread(claim, sending, trouble(error))
            return
        if claim.purpose == "sweep":
            self._sweep(claim, copies)
        elif copies:
            self._settled(claim.post, lambda: self.outbox.found(claim, copies[0], self.clock()), way.after(sending))
        else:
            self.outbox.absent(claim, self.clock())

    def _again(self, claim: Claim) -> None:
        """What does no harm when it comes twice needs no looking for."""
        if claim.purpose == "look":
            self.outbox.absent(claim, self.clock())
        else:
            self.outbox.swept(claim, claim.post.ts, "", self.clock())

    def _unread(self, claim: Claim, sending: Sending, found: Trouble) -> None:
        moment = self.clock()
        if found.fate == "failed" and claim.purpose == "look":
            failure = self._failed(sending, f"may or may not be in Slack, which cannot be read: {found.error}", claim.id)
            other = self.ways[sending.kind].instead(sending, failure, sure=False)
            self._settled(claim.post, lambda: self.outbox.hand_over(claim, found.error, moment), other)
        else:
            self.outbox.unread(claim, moment + timedelta(seconds=max(found.after, 5)), found.error, moment)

    def _copies(self, post: Post, since: datetime, sending: Sending, way: Way) -> list[str]:
        """The ts of every message of ours that is this one, earliest first."""
        cursor, found = "", []
        oldest = f"{since.timestamp() - 120:.6f}"
        while True:
            given: dict[str, Any] = {"channel": post.channel, "oldest": oldest, "limit": 200, "include_all_metadata": True, "cursor": cursor or None}
            page: Any = self.client.conversations_replies(ts=post.thread, **given) if post.thread else self.client.conversations_history(**given)
            found += [m["ts"] for m in page["messages"] if way.bears(m, post, sending)]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return sorted(found, key=float)

    def _sweep(self, claim: Claim, copies: list[str]) -> None:
        for ts in copies[1:]:
            self.client.chat_delete(channel=claim.post.channel, ts=ts)
        self.outbox.swept(claim, copies[0] if copies else claim.post.ts, f"deleted {len(copies[1:])}", self.clock())


def _logged(work: Callable[..., object], *given: Any) -> None:
    try:
        work(*given)
    except Exception:
        LOG.exception("failure %s", failure_id())
