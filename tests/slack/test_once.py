"""Each question is answered once, whatever Slack, the network and the processes do; nobody waits for somebody else."""

from __future__ import annotations

import re
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.slack.conftest import CARD, CARD_ANSWER, Way
from tests.slack.local import DIRECT, GENERAL, OTHER, LocalSlack
from tests.slack.processes import Running


def quiet(way: Way, posts: int, seconds: float = 1.0) -> None:
    """That many posts, and no more coming."""
    way.slack.wait(lambda: len(way.slack.posts()) >= posts)
    time.sleep(seconds)
    assert len(way.slack.posts()) == posts


def test_the_same_event_twice_is_answered_once(way: Way) -> None:
    """With retry headers, over another connection, at the same time."""
    body = way.slack.mention(CARD)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: way.event(body, attempt=n + 1, connection=n), range(4)))
    quiet(way, 1)


def test_both_ways_in_and_a_deploy_answer_once(base: Path) -> None:
    """web and worker on one store. SIGTERM finishes what was accepted, and after a restart the event is known and the thread remembered."""
    with LocalSlack() as slack, Running("web", slack, base / "both") as web:
        body, last = slack.mention(CARD), slack.direct(CARD)
        with Running("worker", slack, base / "both") as worker:
            web.door.event(body)
            slack.envelope("events_api", body, attempt=1)
            slack.wait(lambda: slack.posts(GENERAL))
            slack.fault("chat.postMessage", "slow", times=2, seconds=1)
            slack.envelope("events_api", last)
            assert worker.stop() == 0
            assert len(slack.posts(DIRECT)) == 1
        web.door.event(slack.mention(CARD, channel=OTHER))
        assert web.stop() == 0
        assert len(slack.posts(OTHER)) == 1
        with Running("web", slack, base / "both") as again:
            again.door.event(body, attempt=2)
            again.door.event(last, attempt=1)
            again.door.event(slack.mention("じゃあ(カ)は？", thread=body["event"]["ts"]))
            slack.wait(lambda: slack.posts(GENERAL, text="(カ)研修が未実施"))
            assert len(slack.posts()) == 4
            assert slack.problems == []


@pytest.mark.parametrize(("kind", "posts"), [("lost", 1), ("reset", 1), ("500", 1), ("503", 1), ("429", 1), ("internal_error", 1), ("slow", 1)])
def test_a_post_arrives_once(web: Way, kind: str, posts: int) -> None:
    """Whether Slack had taken it or not when its answer was lost."""
    web.slack.fault("chat.postMessage", kind)
    web.event(web.slack.mention(CARD))
    quiet(web, posts)
    assert CARD_ANSWER in web.slack.posts()[0]["text"]


def test_a_lost_direct_post_is_looked_for(web: Way) -> None:
    """Also where reading fails at first."""
    web.slack.fault("chat.postMessage", "lost")
    web.event(web.slack.direct(CARD))
    quiet(web, 1)


def test_retry_after_is_kept_and_others_do_not_wait(web: Way) -> None:
    """A throttled channel gets nothing before its time; another is served at once."""
    slack = web.slack
    slack.fault("chat.postMessage", "429", seconds=2, channel=GENERAL)
    web.event(slack.mention(CARD))
    slack.wait(lambda: slack.called("chat.postMessage"))
    web.event(slack.mention(CARD, channel=OTHER))
    slack.wait(lambda: slack.posts(OTHER))
    assert not slack.posts(GENERAL)
    slack.wait(lambda: slack.posts(GENERAL))
    first, second = (call.at for call in slack.called("chat.postMessage") if call.given["channel"] == GENERAL)
    assert second - first >= 2


def test_fifty_at_once_with_a_slow_slack_are_acknowledged_in_time(web: Way) -> None:
    """Nobody's ack waits for Slack, and everybody gets an answer."""
    slack = web.slack
    slack.fault("chat.postMessage", "slow", times=50, seconds=0.3)
    bodies = [slack.mention(CARD, channel=(GENERAL, OTHER)[n % 2]) for n in range(8)] + [slack.direct(CARD)]
    commands = [slack.command(f"({'アイウエオカキク'[n % 8]})がまだの市町は？") for n in range(41)]
    with ThreadPoolExecutor(50) as pool:
        events = [pool.submit(web.running.door.event, body) for body in bodies]
        asked = [pool.submit(web.running.door.command, body) for body in commands]
        answered = [future.result() for future in events + asked]
    assert {one.status for one in answered} == {200}
    assert max(one.seconds for one in answered) < 3
    slack.wait(lambda: len(slack.posts()) == len(bodies), 20)


def test_what_was_accepted_survives_a_kill(base: Path) -> None:
    """The answer is kept before the acknowledgement: the next process sends it, whichever it is."""
    with LocalSlack() as slack:
        with Running("worker", slack, base / "kill") as running:
            slack.fault("chat.postMessage", "429", seconds=3)
            slack.envelope("events_api", slack.mention(CARD))
            slack.wait(lambda: slack.called("chat.postMessage"))
            time.sleep(0.5)  # else the post is under way, and looked for in Slack only when its lease is over
            running.stop(signal.SIGKILL)
        slack.hang_up()
        with Running("web", slack, base / "kill"):
            slack.wait(lambda: slack.posts(), 15)
            time.sleep(0.5)
            assert len(slack.posts()) == 1


def test_an_internal_failure_is_a_sentence_with_an_id_of_the_log(base: Path) -> None:
    """Never silence. Here the statuses vanish from under the bot."""
    folder = base / "broken" / "one"
    with LocalSlack() as slack, Running("web", slack, folder) as running:
        path = folder.parent / "knowledge.db"
        broken = folder.parent / "copy.db"
        broken.write_bytes(path.read_bytes())
        with sqlite3.connect(broken) as connection:
            connection.execute("DROP TABLE status")
        connection.close()
        path.write_bytes(broken.read_bytes())
        running.door.event(slack.mention(CARD))
        post = slack.wait(lambda: slack.posts())[0]
        told = running.door.command(slack.command(CARD)).json["text"]
        for text in (post["text"], told):
            found = re.search("番号 ([0-9a-f]{8})", text)
            assert found
            assert f"failure {found[1]}" in running.log
        assert slack.problems == []


def test_a_store_that_is_gone_does_not_keep_from_answering(base: Path) -> None:
    """The question is answered by itself, once, and the log says what is wrong."""
    folder = base / "gone"
    with LocalSlack() as slack, Running("web", slack, folder) as running:
        (folder / "state.db").unlink()
        body = slack.direct(CARD)
        running.door.event(body)
        running.door.event(body, attempt=1)
        slack.wait(lambda: slack.posts(DIRECT))
        time.sleep(0.5)
        assert len(slack.posts()) == 1
        assert "state.db was deleted" in running.log
        assert CARD_ANSWER in running.door.command(slack.command(CARD)).json["text"]
