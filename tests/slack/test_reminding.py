"""A reminder through the real sender into the local Slack: once, worded at the moment, whatever becomes of the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.ask import Asker
from bot.clock import Clock
from bot.due import instant
from bot.remind import Book, Reminding, Wording, slack_time
from bot.reply import Sender
from db.outbox import Outbox, Timing
from db.schedule import Deadline, Rule, Schedule
from db.state import State
from tests.slack.local import ALIEN, DIRECT, GENERAL, TANAKA, TEAM, TOKEN, LocalSlack

BEGIN = instant(date(2018, 3, 1), 9 * 60 - 1, "Asia/Tokyo")


@dataclass
class House:
    """Slack, store, sender and clock; its day is the first of March 2018, a minute before nine."""

    slack: LocalSlack
    sender: Sender
    schedule: Schedule
    clock: Clock
    began: float
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=time.monotonic() - self.began) + self.ahead

    def rule(self, channel: str) -> None:
        """A reminder of a deadline on the next day, due at nine."""
        deadline = Deadline(id=f"D{channel}", team=TEAM, name="実績報告の提出", day=date(2018, 3, 2), territory="yamaguchi", home="yamaguchi", items=("オ",))
        rule = Rule(id=f"R{channel}", team=TEAM, channel=channel, owner=TANAKA, territory="yamaguchi", deadline=deadline.id, ladder=(-1,))
        assert self.schedule.deadlines.add(deadline, TANAKA, self.now()) and self.schedule.rules.add(rule, TANAKA, self.now())
        self.clock.tick()

    def nine(self) -> int:
        self.ahead = timedelta(minutes=1)
        return self.clock.tick()


@pytest.fixture
def house(asker: Asker, tmp_path: Path) -> Iterator[House]:
    with LocalSlack() as slack:
        state = State.open(f"sqlite:///{tmp_path / 'state.db'}")
        outbox = Outbox(state, Timing(lease=timedelta(seconds=30), settle=timedelta(seconds=0.5), pace=timedelta(seconds=0.1)))
        client = WebClient(token=TOKEN, base_url=slack.api, timeout=10, retry_handlers=[])
        made = House(slack, None, Schedule(state), None, time.monotonic())  # type: ignore[arg-type]
        book = Book(asker.kb, made.schedule)
        made.sender = Sender(client, outbox, made.now, lambda _: None)  # type: ignore[arg-type, return-value]
        made.sender.ways["reply"] = Reminding(client, Wording(asker, book, outbox, made.now, made.now))
        made.clock = Clock(book, outbox, made.now, made.now, made.sender.wake)
        yield made
        made.sender.close()
        state.close()


def test_it_is_posted_once_in_words(house: House) -> None:
    house.rule(GENERAL)
    assert [house.nine(), house.clock.tick(), house.clock.tick()] == [1, 0, 0]
    (post,) = house.slack.wait(lambda: house.slack.posts(GENERAL))
    assert "「実績報告の提出」の期限は平成30年3月2日（2018年3月2日）（金）で、あと1日" in post["text"] and "：11 / 19" in post["text"]
    assert post["metadata"]["event_payload"]["id"] and post["blocks"] and house.slack.problems == []


@pytest.mark.parametrize("kind", ["lost", "reset", "500", "429"])
def test_whatever_becomes_of_the_answer_it_stands_once(kind: str, house: House) -> None:
    house.rule(GENERAL)
    house.slack.fault("chat.postMessage", kind, seconds=1)
    assert house.nine() == 1
    house.slack.wait(lambda: house.slack.posts(GENERAL) and not house.schedule.unsettled() or (house.clock.tick() and None))
    time.sleep(1.5)
    assert len(house.slack.posts(GENERAL)) == 1 and house.slack.problems == []


def test_a_channel_it_is_not_in_tells_the_owner(house: House) -> None:
    house.rule(ALIEN)
    assert house.nine() == 1
    house.slack.wait(lambda: house.clock.tick() or house.slack.posts(DIRECT))
    (told,) = house.slack.posts(DIRECT)
    assert ALIEN in told["text"] and "not_in_channel" in told["text"]
    assert [kept.value.stopped for kept in house.schedule.rules.all()] == ["not_in_channel"]


def test_slacks_time(house: House) -> None:
    """The Date of its answers; None where there is no answer."""
    seen = slack_time(house.sender.client)
    assert seen is not None and abs(seen - datetime.now(UTC)) < timedelta(seconds=5)
    assert slack_time(WebClient(token=TOKEN, base_url="http://127.0.0.1:1/api/", retry_handlers=[])) is None
