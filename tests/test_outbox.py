"""Every post stands in Slack once: whatever fails, whoever dies, however many send. On both engines, against a model and against real processes."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from postgres import ENGINES, fresh_store, memory_folder, process
from sqlalchemy import delete, event, select

from db.outbox import ALLOWED, FINISHED, TABLES, Claim, Outbox, Plan, Stage, Timing, backoff, post_id, post_table
from db.state import State

NOW = datetime(2018, 2, 1, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
TIMING = Timing()


@pytest.fixture(scope="module", params=ENGINES)
def shared(request: pytest.FixtureRequest) -> Iterator[Outbox]:
    with memory_folder() as folder:
        state = State.open(fresh_store(request.param, folder))
        yield Outbox(state)
        state.close()


@pytest.fixture
def outbox(shared: Outbox) -> Outbox:
    """An empty ledger."""
    return emptied(shared)


def emptied(outbox: Outbox) -> Outbox:
    with outbox.state.writing() as connection:
        for each in reversed(TABLES.sorted_tables):
            connection.execute(delete(each))
    return outbox


def plan(id_: str = "P1", channel: str = "C1", *, at: datetime = NOW, **given: Any) -> Plan:
    return Plan(id=id_, team="T1", channel=channel, at=at, body=given.pop("body", f"<{id_}>"), **given)


def claimed(outbox: Outbox, now: datetime = NOW, only: str = "") -> Claim:
    claim = outbox.claim(now, only)
    assert claim is not None
    return claim


def looked(outbox: Outbox, now: datetime) -> Claim:
    claim = outbox.inspect(now)
    assert claim is not None
    return claim


def stage(outbox: Outbox, id_: str = "P1") -> str:
    post = outbox.post(id_)
    assert post is not None
    return post.stage


def acts(outbox: Outbox, id_: str = "P1") -> str:
    return " ".join(each.act for each in outbox.trail(id_))


# --- the ordinary way -------------------------------------------------------------------------------------------------


def test_a_post_goes_out_once(outbox: Outbox) -> None:
    """Planned twice, claimed twice, settled twice: one of each counts, and the trail tells it."""
    assert [outbox.plan(plan(), NOW), outbox.plan(plan(body="another"), NOW)] == [True, False]
    claim = claimed(outbox)
    assert (claim.purpose, claim.post.body, claim.post.epoch, claim.until) == ("send", "<P1>", 1, NOW + TIMING.lease)
    assert outbox.claim(NOW + DAY) is None
    assert outbox.sent(claim, "1.5", NOW + SECOND)
    assert not outbox.sent(claim, "1.6", NOW + SECOND)
    post = outbox.post("P1")
    assert post is not None and (post.stage, post.ts, post.due, post.touched) == (Stage.SENT, "1.5", None, NOW + SECOND)
    assert acts(outbox) == "plan claim sent"
    assert outbox.inspect(NOW + DAY) is None and outbox.next_due() is None
    assert not outbox.plan(plan(), NOW + DAY)


def test_an_id_is_made_of_names() -> None:
    """The same in every process and for ever, and another for other names, however they are cut."""
    assert post_id("T1", "C1", "rule 7", "2018-03-30T00:00Z") == "5b4c9b67-e5f9-5a18-a13d-052c7b981fc9"
    assert post_id("T1", "C1", "a") == post_id("T1", "C1", "a")
    assert len({post_id("T1", "C1", "a", "b"), post_id("T1", "C1", "ab"), post_id("T1C1", "a", "b"), post_id("T2", "C1", "a", "b")}) == 4


def test_a_reply_is_planned_and_claimed_with_its_event(outbox: Outbox) -> None:
    """One transaction: after a crash the event is new again, and nothing was planned."""

    def answer() -> Claim | None:
        with outbox.state.together():
            if not outbox.state.first_time("E1", NOW):
                return None
            outbox.plan(plan(), NOW)
            return outbox.claim(NOW, only="P1")

    with cut_at(outbox, 5), pytest.raises(Cut):
        answer()
    assert outbox.post("P1") is None
    claim = answer()
    assert claim is not None and claim.id == "P1"
    assert answer() is None
    outbox.state.purge_events(NOW + DAY)


def test_the_first_body_stands(outbox: Outbox) -> None:
    """A body that is made at sending is made once: who sends again sends the same bytes, and a void claim fixes nothing."""
    outbox.plan(plan(body=None), NOW)
    first = claimed(outbox)
    assert first.post.body is None
    frozen = outbox.freeze(first, "19 市町のうち 8", NOW)
    assert frozen is not None and frozen.post.body == "19 市町のうち 8"
    assert outbox.again(frozen, NOW, "connection refused", NOW)
    second = claimed(outbox, NOW + MINUTE)
    assert second.post.body == "19 市町のうち 8"
    again = outbox.freeze(second, "19 市町のうち 9", NOW)
    assert again is not None and again.post.body == "19 市町のうち 8"
    assert outbox.freeze(first, "late", NOW) is None


def test_what_has_become_known_is_kept_while_it_is_sent(outbox: Outbox) -> None:
    """An amended body is what the next sending has; a void claim amends nothing."""
    outbox.plan(plan(), NOW)
    first = claimed(outbox)
    known = outbox.amend(first, "<P1, uploaded as F1>", NOW)
    assert known is not None and known.post.body == "<P1, uploaded as F1>"
    assert outbox.again(known, NOW, "connection refused", NOW)
    second = claimed(outbox, NOW + MINUTE)
    assert second.post.body == "<P1, uploaded as F1>"
    assert outbox.amend(first, "late", NOW + MINUTE) is None


def test_a_change_that_a_later_one_follows_is_left_out(outbox: Outbox) -> None:
    """Of the same message in the same channel only, and of the same kind; the channel is free for the next."""
    for n, (id_, thread, kind) in enumerate((("P1", "1.0", "change"), ("P2", "2.0", "change"), ("P3", "1.0", "reply"), ("P4", "1.0", "change"))):
        outbox.plan(plan(id_, at=NOW + n * SECOND, thread=thread, kind=kind), NOW)
    first = claimed(outbox)
    assert first.id == "P1" and outbox.has_later(first.post)
    assert outbox.overtaken(first, NOW) and not outbox.overtaken(first, NOW)
    assert (stage(outbox), acts(outbox)) == (Stage.CANCELLED, "plan claim overtaken")
    now = NOW + MINUTE
    for id_, wanted in (("P2", False), ("P3", False), ("P4", False)):
        claim = claimed(outbox, now, only=id_)
        assert outbox.has_later(claim.post) is wanted
        assert outbox.sent(claim, "1.5", now)
        now += MINUTE


def test_of_two_changes_at_one_instant_one_is_the_later(outbox: Outbox) -> None:
    """By id, so that one of them stands."""
    for id_ in ("P1", "P2"):
        outbox.plan(plan(id_, thread="1.0", kind="change"), NOW)
    posts = [outbox.post(id_) for id_ in ("P1", "P2")]
    assert [outbox.has_later(post) for post in posts if post] == [True, False]


def test_not_before_its_time_and_not_after(outbox: Outbox) -> None:
    outbox.plan(plan("later", at=NOW + MINUTE), NOW)
    outbox.plan(plan("late", "C2", expires=NOW + SECOND), NOW)
    assert outbox.claim(NOW + SECOND) is None
    assert stage(outbox, "late") == Stage.EXPIRED
    assert outbox.next_due() == NOW + MINUTE
    assert claimed(outbox, NOW + MINUTE).id == "later"


# --- pacing and fairness ----------------------------------------------------------------------------------------------


def test_a_channel_gets_one_post_a_second(outbox: Outbox) -> None:
    """Nothing goes into a channel while something is under way to it, nor for a second after; other channels do not wait."""
    for n in range(3):
        outbox.plan(plan(f"A{n}", "A", at=NOW + n * timedelta(microseconds=1)), NOW)
    outbox.plan(plan("B0", "B"), NOW)
    now = NOW + SECOND
    first = claimed(outbox, now)
    assert {first.id, claimed(outbox, now).id} == {"A0", "B0"}
    assert outbox.claim(now + 30 * SECOND) is None
    assert outbox.sent(first if first.id == "A0" else claimed(outbox, now), "1", now + 2 * SECOND)
    assert outbox.next_due() == now + 3 * SECOND
    assert outbox.claim(now + 2.9 * SECOND) is None
    assert outbox.claim(now + 3 * SECOND, only="A2") is None
    assert claimed(outbox, now + 3 * SECOND, only="A1").id == "A1"


def test_a_throttled_channel_waits_alone_and_keeps_its_order(outbox: Outbox) -> None:
    """429: nothing into the channel before Retry-After, then what waited for longest first."""
    for n in range(2):
        outbox.plan(plan(f"A{n}", "A", at=NOW + n * SECOND), NOW)
    now = NOW + 5 * SECOND
    assert outbox.throttled(claimed(outbox, now), now + 30 * SECOND, "429", now)
    outbox.plan(plan("B0", "B", at=now), now)
    assert claimed(outbox, now).id == "B0"
    assert outbox.claim(now + 29 * SECOND) is None
    assert outbox.next_due() == now + 30 * SECOND
    assert claimed(outbox, now + 30 * SECOND).id == "A0"


def test_channels_take_turns(outbox: Outbox) -> None:
    """A channel with a hundred posts waiting does not keep one with a single post waiting."""
    with outbox.state.together():
        for n in range(50):
            outbox.plan(plan(f"A{n}", "A"), NOW - MINUTE)
        for n in range(50):
            outbox.plan(plan(f"B{n}", "B"), NOW - MINUTE)
        outbox.plan(plan("C0", "C", at=NOW), NOW)
    served = []
    for n in range(4):
        now = NOW + 2 * n * SECOND
        claim = claimed(outbox, now)
        served.append(claim.post.channel)
        outbox.sent(claim, "1", now)
    assert sorted(served[:3]) == ["A", "B", "C"] and served[3] == served[0]


def test_a_post_without_connection_waits_longer_each_time_and_lets_others_pass(outbox: Outbox) -> None:
    assert [backoff(n).total_seconds() for n in (0, 1, 2, 3, 9, 10, 5000)] == [1, 1, 2, 4, 256, 300, 300]
    outbox.plan(plan("A0", "A"), NOW)
    outbox.plan(plan("A1", "A", at=NOW + SECOND), NOW)
    claim = claimed(outbox)
    assert outbox.again(claim, NOW + backoff(claim.post.sends) + MINUTE, "connection refused", NOW)
    assert claimed(outbox, NOW + SECOND).id == "A1"


# --- doubt ------------------------------------------------------------------------------------------------------------


def test_an_unsure_post_is_looked_for_and_never_sent_blindly(outbox: Outbox) -> None:
    """Not before Slack has settled; then as it was found."""
    for id_ in ("there", "not there"):
        outbox.plan(plan(id_, id_, expires=NOW + DAY), NOW)
    for _ in range(2):
        assert outbox.unsure(claimed(outbox, NOW + SECOND), "time-out", NOW + SECOND)
    assert outbox.inspect(NOW + TIMING.settle) is None and outbox.claim(NOW + TIMING.settle) is None
    now = NOW + SECOND + TIMING.settle
    for _ in range(2):
        claim = looked(outbox, now)
        assert claim.purpose == "look" and claim.since == NOW + SECOND
        assert outbox.found(claim, "7.7", now) if claim.id == "there" else outbox.absent(claim, now)
    assert (stage(outbox, "there"), stage(outbox, "not there")) == (Stage.SENT, Stage.PLANNED)
    assert claimed(outbox, now).post.epoch == 3


def test_what_is_absent_and_too_late_is_not_sent_again(outbox: Outbox) -> None:
    outbox.plan(plan(expires=NOW + MINUTE), NOW)
    outbox.unsure(claimed(outbox), "time-out", NOW)
    assert outbox.absent(looked(outbox, NOW + 2 * MINUTE), NOW + 2 * MINUTE)
    assert stage(outbox) == Stage.EXPIRED


def test_a_lease_that_runs_out_is_a_doubt(outbox: Outbox) -> None:
    """The sender died. Its channel is free when the lease ends; whether it had posted is looked up."""
    outbox.plan(plan(), NOW)
    outbox.plan(plan("P2", at=NOW + SECOND), NOW)
    dead = claimed(outbox)
    assert outbox.claim(NOW + TIMING.lease - SECOND) is None
    end = NOW + TIMING.lease
    assert outbox.next_due() == end
    assert outbox.inspect(end) is None and stage(outbox) == Stage.UNKNOWN
    assert claimed(outbox, end).id == "P2"
    claim = looked(outbox, end + TIMING.settle)
    assert claim.id == dead.id
    for late in (outbox.sent(dead, "1", end), outbox.failed(dead, "", end), outbox.unsure(dead, "", end), outbox.again(dead, end, "", end)):
        assert not late


def test_a_late_answer_is_believed_until_somebody_has_looked(outbox: Outbox) -> None:
    """The sender was stopped and goes on: what Slack told it is true. That channel's next post keeps its turn."""
    outbox.plan(plan(), NOW)
    late = claimed(outbox)
    now = NOW + TIMING.lease
    outbox.inspect(now)
    outbox.plan(plan("P2", at=now), now)
    outbox.plan(plan("P3", at=now + SECOND), now)
    assert claimed(outbox, now).id == "P2"
    assert outbox.sent(late, "1.1", now + SECOND)
    assert stage(outbox) == Stage.SENT
    assert outbox.claim(now + 10 * SECOND) is None


def test_one_looks_at_a_time_and_another_after_a_crash(outbox: Outbox) -> None:
    outbox.plan(plan(verify=True), NOW)
    first = looked(outbox, NOW)
    assert outbox.inspect(NOW) is None and outbox.next_due() == NOW + TIMING.lease
    second = looked(outbox, NOW + TIMING.lease)
    assert not outbox.absent(first, NOW + TIMING.lease)
    assert outbox.found(second, "1", NOW + TIMING.lease)


def test_verify_first(outbox: Outbox) -> None:
    """What a store that was rolled back may have posted is looked for before the first sending, from its time on."""
    outbox.plan(plan("P1", "C1", at=NOW - DAY, verify=True), NOW)
    outbox.plan(plan("P2", "C2"), NOW)
    outbox.plan(plan("P3", "C3", at=NOW + DAY), NOW)
    assert outbox.distrust("restored", NOW + SECOND) == 1
    assert outbox.claim(NOW + SECOND) is None
    looks = [looked(outbox, NOW + SECOND) for _ in range(2)]
    assert [(each.id, each.since) for each in looks] == [("P1", NOW - DAY), ("P2", NOW)]
    assert outbox.found(looks[0], "1", NOW) and outbox.absent(looks[1], NOW)
    assert outbox.inspect(NOW + DAY) is None, "a copy that was found is the only one"
    outbox.sent(claimed(outbox, NOW + MINUTE, only="P2"), "2", NOW + MINUTE)
    assert looked(outbox, NOW + DAY).purpose == "sweep"


def test_two_sendings_are_looked_over(outbox: Outbox) -> None:
    """Sent after a doubt: a copy may have come in after the look. The sweep keeps the earliest."""
    outbox.plan(plan(), NOW)
    outbox.unsure(claimed(outbox), "time-out", NOW)
    now = NOW + TIMING.settle
    outbox.absent(looked(outbox, now), now)
    outbox.sent(claimed(outbox, now), "5.0", now)
    assert outbox.next_due() == now + 2 * TIMING.settle
    sweep = looked(outbox, now + 2 * TIMING.settle)
    assert sweep.purpose == "sweep" and sweep.post.ts == "5.0"
    assert outbox.purge(NOW + DAY) == 0, "what is still to be looked over is not over"
    assert outbox.swept(sweep, "4.9", "deleted 5.0", now + 3 * TIMING.settle)
    post = outbox.post("P1")
    assert post is not None and (post.stage, post.ts, post.due) == (Stage.CONFIRMED, "4.9", None)
    assert acts(outbox) == "plan claim unsure inspect absent claim sent inspect swept"


def test_a_person_settles_what_slack_does_not_show(outbox: Outbox) -> None:
    """After fifteen minutes without reading, or at once where it can never be read: nothing is sent without a person's word."""
    for id_ in ("A", "B", "C"):
        outbox.plan(plan(id_, id_, expires=NOW + MINUTE), NOW)
        outbox.unsure(claimed(outbox, NOW + SECOND, only=id_), "time-out", NOW)
    now = NOW + TIMING.settle
    while (claim := outbox.inspect(now)) is not None or now < NOW + TIMING.patience + 2 * MINUTE:
        if claim is None:
            now += 5 * SECOND
        elif claim.id == "A":
            assert outbox.hand_over(claim, "missing_scope", now)
        else:
            assert outbox.unread(claim, now + MINUTE, "429", now)
    assert [each.id for each in outbox.posts(Stage.NEEDS_HUMAN)] in (["B", "C", "A"], ["C", "B", "A"])
    assert outbox.claim(now + DAY) is None and outbox.next_due() is None
    assert outbox.accept("A", "U1", now) and outbox.resend("B", "U1", now) and outbox.cancel("C", "U1", now)
    assert [stage(outbox, id_) for id_ in "ABC"] == [Stage.SENT, Stage.PLANNED, Stage.CANCELLED]
    assert outbox.sent(claimed(outbox, now), "9", now), "a person's word counts for more than the time it was for"
    assert outbox.trail("C")[-1].why == "U1"


def test_a_sweep_that_cannot_be_read_ends_by_itself(outbox: Outbox) -> None:
    outbox.plan(plan(verify=True), NOW)
    outbox.absent(looked(outbox, NOW), NOW)
    outbox.sent(claimed(outbox), "1", NOW)
    now = NOW + 2 * TIMING.settle
    while (due := outbox.next_due()) is not None:
        now = max(now, due)
        assert outbox.unread(looked(outbox, now), now + MINUTE, "missing_scope", now)
    assert stage(outbox) == Stage.SENT and now - NOW <= TIMING.patience + MINUTE


def test_cancelled_while_planned_only(outbox: Outbox) -> None:
    outbox.plan(plan(), NOW)
    outbox.plan(plan("P2", "C2"), NOW)
    assert outbox.cancel("P1", "rule deleted", NOW) and not outbox.cancel("P1", "again", NOW)
    claimed(outbox)
    assert not outbox.cancel("P2", "rule deleted", NOW)
    assert outbox.claim(NOW) is None and not outbox.cancel("nothing", "", NOW)


# --- clocks, counts, retention ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=365)])
def test_a_clock_set_back_stops_nothing(outbox: Outbox, ahead: timedelta) -> None:
    """What was touched while the clock was ahead would wait for that time to come."""
    for id_ in ("sending", "unknown", "waiting"):
        outbox.plan(plan(id_, id_), NOW)
    wrong = NOW + ahead
    claims = [claimed(outbox, wrong) for _ in range(3)]
    by_id = {claim.id: claim for claim in claims}
    assert outbox.unsure(by_id["unknown"], "", wrong) and outbox.throttled(by_id["waiting"], wrong + DAY, "429", wrong)
    outbox.plan(plan("later", "later", at=NOW + DAY), wrong)
    assert outbox.inspect(NOW) is not None
    due = [outbox.post(id_).due for id_ in ("sending", "unknown", "waiting", "later")]  # type: ignore[union-attr]
    assert all(each is not None and each <= NOW + TIMING.settle for each in due[:3]) and due[3] == NOW + DAY
    assert claimed(outbox).post.stage is Stage.SENDING


def test_counts_and_retention(outbox: Outbox) -> None:
    """What is over goes, with its trail; what is not stays, however old."""
    for n, settle in enumerate((outbox.failed, outbox.unsure, None)):
        outbox.plan(plan(f"P{n}", f"C{n}"), NOW)
        claim = claimed(outbox)
        if settle:
            settle(claim, "reason", NOW)
    outbox.plan(plan("P3", "C3"), NOW)
    wanted = {Stage.FAILED: 1, Stage.UNKNOWN: 1, Stage.SENDING: 1, Stage.PLANNED: 1}
    assert outbox.counts() == dict.fromkeys(Stage, 0) | wanted
    assert [outbox.purge(NOW), outbox.purge(NOW + DAY)] == [0, 1]
    assert outbox.counts() == dict.fromkeys(Stage, 0) | wanted | {Stage.FAILED: 0}
    assert outbox.trail("P0") == () and outbox.post("P0") is None


def test_what_is_over_is_never_due_again() -> None:
    """No act leads out of an end but a person's, and the look over what was sent."""
    assert {act for act, stages in ALLOWED.items() for stage in stages if stage in FINISHED} == {"inspect", "unread", "swept", "mend"}


# --- cut at every statement -------------------------------------------------------------------------------------------


class Cut(Exception):
    """The power is cut."""


class cut_at:  # noqa: N801
    """Inside, the n-th statement of any connection raises Cut before it is done."""

    def __init__(self, outbox: Outbox, n: int) -> None:
        self.engine, self.left = outbox.state.engine, n

    def __enter__(self) -> None:
        event.listen(self.engine, "before_cursor_execute", self.count)

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self.count)

    def count(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise Cut


STEPS: tuple[Callable[[Outbox], object], ...] = (
    lambda outbox: outbox.plan(plan(body=None), NOW),
    lambda outbox: outbox.freeze(claimed(outbox), "body", NOW),
    lambda outbox: outbox.inspect(NOW + MINUTE),
    lambda outbox: outbox.absent(looked(outbox, NOW + 5 * MINUTE), NOW + 5 * MINUTE),
    lambda outbox: outbox.sent(claimed(outbox, NOW + 6 * MINUTE), "1", NOW + 6 * MINUTE),
    lambda outbox: outbox.swept(looked(outbox, NOW + DAY), "1", "", NOW + DAY),
)


def test_cut_at_every_statement_it_is_before_or_after(outbox: Outbox) -> None:
    """A whole life of a post, cut at its k-th statement and taken up by somebody else a day later, ends the same for every k."""
    cut, k, step = True, 0, 1 if outbox.state.engine.dialect.name == "sqlite" else 4
    while cut:
        emptied(outbox)
        k, cut = k + step, False
        with cut_at(outbox, k):
            try:
                for do in STEPS:
                    do(outbox)
            except Cut:
                cut = True
        post = outbox.post("P1")
        trail = outbox.trail("P1")
        assert (post is None) == (trail == ())
        assert post is None or (post.stage, post.epoch, post.why) == (trail[-1].stage, trail[-1].epoch, trail[-1].why)
        outbox.plan(plan(body=None), NOW)
        carry_on(outbox, NOW + 2 * DAY)
        assert stage(outbox) in (Stage.SENT, Stage.CONFIRMED)
    assert k > 30


def carry_on(outbox: Outbox, now: datetime) -> None:
    """Does whatever is due until nothing is: nothing was ever posted before."""
    while (due := outbox.next_due()) is not None:
        now = max(now, due)
        claim = outbox.claim(now) or outbox.inspect(now)
        if claim is None:
            continue
        {"send": lambda: outbox.sent(claim, "1", now), "look": lambda: outbox.absent(claim, now), "sweep": lambda: outbox.swept(claim, "1", "", now)}[
            claim.purpose
        ]()


# --- against a model --------------------------------------------------------------------------------------------------


class Model:
    """What the ledger should do, in twenty lines: stages, epochs and due times of posts, and when channels are free."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        self.free: dict[str, datetime] = {}

    def head(self, now: datetime) -> str | None:
        for p in self.posts.values():
            if p["stage"] == "planned" and p["expires"] and p["expires"] <= now:
                p.update(stage="expired", due=None)
        ready = [i for i, p in self.posts.items() if p["stage"] == "planned" and p["due"] <= now and self.free[p["channel"]] <= now]
        return min(ready, key=lambda i: (self.free[self.posts[i]["channel"]], self.posts[i]["channel"], self.posts[i]["at"], i), default=None)

    def doubtful(self, now: datetime) -> str | None:
        for p in self.posts.values():
            if p["stage"] == "sending" and p["due"] <= now:
                p.update(stage="unknown", due=now + TIMING.settle, doubts=p["doubts"] + 1, doubted=now)
        ready = [i for i, p in self.posts.items() if p["stage"] in ("unknown", "sent") and p["due"] and p["due"] <= now]
        return min(ready, key=lambda i: (self.posts[i]["due"], i), default=None)


CHANNELS = ("A", "B", "C")


class Ledger(RuleBasedStateMachine):
    """Senders and lookers that tell the truth about a Slack that keeps what it was sent, and that may die at any moment."""

    outbox: Outbox

    def __init__(self) -> None:
        super().__init__()
        emptied(self.outbox)
        self.now, self.model, self.slack = NOW, Model(), Counter[str]()
        self.sends: list[tuple[Claim, bool]] = []  # a claim, and whether its post has arrived
        self.looks: list[Claim] = []

    def expect(self, done: bool, claim: Claim, stages: tuple[str, ...], changed: Callable[[dict[str, Any]], dict[str, Any]], free: datetime | None) -> None:
        """The claim counts if nobody came after it and its post is where it left it."""
        post = self.model.posts[claim.id]
        assert done == (post["epoch"] == claim.post.epoch and post["stage"] in stages)
        if done:
            post.update(changed(post))
            if free and post["holds"]:
                self.model.free[post["channel"]] = free
                post["holds"] = False

    @rule(channel=st.sampled_from(CHANNELS), after=st.integers(0, 90), life=st.sampled_from([0, 0, 60, 600]), verify=st.integers(0, 5))
    def plan(self, channel: str, after: int, life: int, verify: int) -> None:
        id_, at = f"P{len(self.model.posts):02}", self.now + after * SECOND
        expires = at + life * SECOND if life else None
        assert self.outbox.plan(plan(id_, channel, at=at, expires=expires, verify=not verify), self.now)
        assert not self.outbox.plan(plan(id_, channel, at=at), self.now)
        doubt: dict[str, Any] = {"stage": "planned", "doubts": 0, "doubted": None} if verify else {"stage": "unknown", "doubts": 1, "doubted": self.now}
        self.model.posts[id_] = doubt | {"channel": channel, "epoch": 0, "at": at, "due": at, "expires": expires, "holds": False}
        self.model.free.setdefault(channel, self.now)

    @rule(seconds=st.sampled_from([0.5, 1, 5, 30, 60, 90, 200, 600]))
    def wait(self, seconds: float) -> None:
        self.now += seconds * SECOND

    @rule(arrives=st.booleans())
    def send(self, arrives: bool) -> None:
        """Claims, and posts at once, as long as the lease holds."""
        claim, id_ = self.outbox.claim(self.now), self.model.head(self.now)
        assert (claim and claim.id) == id_
        if claim and id_:
            for post in self.model.posts.values():
                post["holds"] = post["holds"] and post["channel"] != claim.post.channel
            post = self.model.posts[id_]
            post.update(stage="sending", epoch=post["epoch"] + 1, due=self.now + TIMING.lease, holds=True)
            self.model.free[post["channel"]] = self.now + TIMING.lease
            self.slack[id_] += arrives
            self.sends.append((claim, arrives))

    @precondition(lambda self: self.sends)
    @rule(data=st.data(), sure=st.booleans(), how=st.sampled_from(["again", "throttled", "failed", "overtaken"]))
    def settle(self, data: st.DataObject, sure: bool, how: str) -> None:
        """A sender says what it knows, perhaps long after others have taken over. One that died never does."""
        claim, arrived = self.sends.pop(data.draw(st.integers(0, len(self.sends) - 1)))
        free, now, wait = self.now + TIMING.pace, self.now, 20 * SECOND
        if not sure:
            look = {"stage": "unknown", "due": now + TIMING.settle, "doubted": now}
            self.expect(self.outbox.unsure(claim, "", now), claim, ("sending",), lambda post: look | {"doubts": post["doubts"] + 1}, free)
        elif arrived:
            self.expect(self.outbox.sent(claim, "1", now), claim, ("sending", "unknown"), self.delivered, free)
        elif how == "failed":
            self.expect(self.outbox.failed(claim, "", now), claim, ("sending",), lambda _: {"stage": "failed", "due": None}, free)
        elif how == "overtaken":
            self.expect(self.outbox.overtaken(claim, now), claim, ("sending",), lambda _: {"stage": "cancelled", "due": None}, free)
        elif how == "throttled":
            self.expect(self.outbox.throttled(claim, now + wait, "", now), claim, ("sending",), lambda post: self.retried(post, now + wait), now + wait)
        else:
            self.expect(self.outbox.again(claim, now + wait, "", now), claim, ("sending",), lambda post: self.retried(post, now + wait), free)

    @rule()
    def inspect(self) -> None:
        claim, id_ = self.outbox.inspect(self.now), self.model.doubtful(self.now)
        assert (claim and claim.id) == id_
        if claim and id_:
            post = self.model.posts[id_]
            assert claim.purpose == ("look" if post["stage"] == "unknown" else "sweep")
            post.update(epoch=post["epoch"] + 1, due=self.now + TIMING.lease)
            self.looks.append(claim)

    @precondition(lambda self: self.looks)
    @rule(data=st.data(), readable=st.integers(0, 4))
    def look(self, data: st.DataObject, readable: int) -> None:
        claim = self.looks.pop(data.draw(st.integers(0, len(self.looks) - 1)))
        there, now = self.slack[claim.id], self.now
        if not readable:
            self.expect(self.outbox.unread(claim, now + MINUTE, "", now), claim, ("unknown", "sent"), self.unread, None)
        elif claim.purpose == "sweep":
            self.expect(self.outbox.swept(claim, "1", "", now), claim, ("sent",), lambda _: {"stage": "confirmed", "due": None}, None)
        elif there:
            self.expect(self.outbox.found(claim, "1", now), claim, ("unknown",), self.delivered, None)
        else:
            self.expect(self.outbox.absent(claim, now), claim, ("unknown",), lambda post: self.retried(post, now), None)

    @precondition(lambda self: self.model.posts)
    @rule(data=st.data(), cancel=st.booleans())
    def person(self, data: st.DataObject, cancel: bool) -> None:
        """Cancels, or says of what needs a person whether it is there."""
        id_ = data.draw(st.sampled_from(sorted(self.model.posts)))
        post, there = self.model.posts[id_], self.slack[id_]
        if cancel and not there:
            assert self.outbox.cancel(id_, "", self.now) == (post["stage"] in ("planned", "needs_human"))
            post.update({"stage": "cancelled", "due": None} if post["stage"] in ("planned", "needs_human") else {})
        elif there:
            assert self.outbox.accept(id_, "U1", self.now) == (post["stage"] == "needs_human")
            post.update({"stage": "sent", "due": None} if post["stage"] == "needs_human" else {})
        else:
            assert self.outbox.resend(id_, "U1", self.now) == (post["stage"] == "needs_human")
            post.update({"stage": "planned", "due": self.now, "expires": None} if post["stage"] == "needs_human" else {})

    def delivered(self, post: dict[str, Any]) -> dict[str, Any]:
        copies = post["doubts"] + (post["stage"] == "sending")
        return {"stage": "sent", "due": self.now + 2 * TIMING.settle if copies > 1 else None, "doubted": self.now}

    def retried(self, post: dict[str, Any], when: datetime) -> dict[str, Any]:
        return {"stage": "expired", "due": None} if post["expires"] and post["expires"] <= self.now else {"stage": "planned", "due": when}

    def unread(self, post: dict[str, Any]) -> dict[str, Any]:
        if self.now - post["doubted"] < TIMING.patience:
            return {"due": self.now + MINUTE}
        return {"due": None} | ({"stage": "needs_human"} if post["stage"] == "unknown" else {})

    @invariant()
    def agrees_with_the_model(self) -> None:
        with self.outbox.state.reading() as connection:
            c = post_table.c
            found = {id_: tuple(row) for id_, *row in connection.execute(select(c.id, c.stage, c.epoch, c.due))}
        assert found == {id_: (post["stage"], post["epoch"], post["due"]) for id_, post in self.model.posts.items()}
        due = [max(p["due"], self.model.free[p["channel"]]) if p["stage"] == "planned" else p["due"] for p in self.model.posts.values() if p["due"]]
        assert self.outbox.next_due() == min(due, default=None)

    @invariant()
    def never_more_than_once(self) -> None:
        for id_, post in self.model.posts.items():
            assert self.slack[id_] <= 1
            if post["stage"] in ("sent", "confirmed"):
                assert self.slack[id_] == 1
            if post["stage"] in ("planned", "failed", "expired", "cancelled"):
                assert self.slack[id_] == 0

    def teardown(self) -> None:
        """Everybody dies, and others carry on: whatever may still be posted is, once."""
        while (due := self.outbox.next_due()) is not None:
            self.now = max(self.now, due)
            claim = self.outbox.claim(self.now) or self.outbox.inspect(self.now)
            if claim and claim.purpose == "send":
                self.slack[claim.id] += 1
                assert self.outbox.sent(claim, "1", self.now)
            elif claim and claim.purpose == "sweep":
                assert self.outbox.swept(claim, "1", "", self.now)
            elif claim:
                assert self.outbox.found(claim, "1", self.now) if self.slack[claim.id] else self.outbox.absent(claim, self.now)
        for id_ in self.model.posts:
            wanted = {"sent": {1}, "confirmed": {1}, "needs_human": {0, 1}}.get(stage(self.outbox, id_), {0})
            assert self.slack[id_] in wanted


def test_the_ledger_does_what_its_model_does(shared: Outbox) -> None:
    """Any order of planning, sending, dying, settling late, looking, waiting and people: the model's stages, and never two copies."""
    machine = type("Ledger", (Ledger,), {"outbox": shared})
    examples = 30 if shared.state.engine.dialect.name == "sqlite" else 8  # the same rules; a server takes longer for each
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=examples, stateful_step_count=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)),
    )


# --- real processes ---------------------------------------------------------------------------------------------------

SENDER = """
import os, random, signal, sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from db.outbox import Outbox, Timing
from db.state import State

outbox = Outbox(State.open(sys.argv[1]), Timing(lease=timedelta(seconds=1.5), settle=timedelta(seconds=0.3), pace=timedelta(0)))
slack, chance = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT), random.Random(int(sys.argv[3]))
now = lambda: datetime.now(UTC)

def maybe_die(share):
    if chance.random() < share:
        os.kill(os.getpid(), signal.SIGKILL)

def send(claim, since):
    maybe_die(0.015)
    if time.monotonic() - since > 0.7:
        return outbox.again(claim, now(), "too slow", now())
    if (fate := chance.random()) < 0.8:
        os.write(slack, f"{claim.id}\\n".encode())
    maybe_die(0.015)
    outbox.unsure(claim, "time-out", now()) if not 0.1 < fate < 0.7 else outbox.sent(claim, "1", now())

def look(claim):
    if claim.id in Path(sys.argv[2]).read_text().split():
        outbox.found(claim, "1", now()) if claim.purpose == "look" else outbox.swept(claim, "1", "", now())
    else:
        outbox.absent(claim, now())

while outbox.next_due() is not None:
    since = time.monotonic()
    if (claim := outbox.claim(now())) is not None:
        send(claim, since)
    elif (claim := outbox.inspect(now())) is not None:
        look(claim)
    else:
        time.sleep(0.1)
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_senders_that_are_killed_leave_each_post_once(engine: str, tmp_path: Path) -> None:
    """Three processes send 40 posts, lose answers, and are killed with SIGKILL by themselves and from outside; Slack is a file. Each post stands there once."""
    url, slack = fresh_store(engine, tmp_path), tmp_path / "slack"
    slack.touch()
    state = State.open(url)
    outbox, ids = Outbox(state), [f"P{n}" for n in range(40)]
    with state.together():
        for n, id_ in enumerate(ids):
            outbox.plan(plan(id_, f"C{n % 8}"), NOW)
    chance, started, killed = random.Random(engine), 3, False
    senders = [process(SENDER, url, slack, n) for n in range(3)]
    end = time.monotonic() + 60
    while senders and time.monotonic() < end:
        time.sleep(0.1)
        if not killed and len(slack.read_text().split()) > chance.randint(5, 30):
            senders[0].send_signal(signal.SIGKILL)
            killed = True
        for sender in [each for each in senders if each.poll() is not None]:
            senders.remove(sender)
            sender.communicate()
            assert sender.returncode in (0, -signal.SIGKILL)
            if sender.returncode:
                senders.append(process(SENDER, url, slack, started))
                started += 1
    assert not senders, "the senders did not come to an end"
    assert Counter(slack.read_text().split()) == Counter(ids)
    assert {stage(outbox, id_) for id_ in ids} <= {Stage.SENT, Stage.CONFIRMED}
    assert started > 3, "nobody was killed"
    state.close()
