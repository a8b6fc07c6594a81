"""Each question is answered once, whatever Slack, the network and the processes do; nobody waits for somebody else."""

from __future__ import annotations

import re
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import postgres
from tests.slack.conftest import CARD, CARD_ANSWER, Way
from tests.slack.local import ALIEN, DIRECT, GENERAL, OTHER, LocalSlack, button
from tests.slack.processes import Running


def quiet(way: Way, posts: int, seconds: float = 1.0) -> None:
    """That many posts, and no more coming."""
    way.slack.wait(lambda: len(way.slack.posts()) >= posts)
    time.sleep(seconds)
    assert len(way.slack.posts()) == posts


def test_the_same_event_twice_is_answered_once(each: Way) -> None:
    """With retry headers, over another connection, at the same time."""
    body = each.slack.mention(CARD)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: each.event(body, attempt=n + 1, connection=n), range(4)))
    quiet(each, 1)


def test_both_ways_in_and_a_deploy_answer_once(base: Path, store: dict[str, str]) -> None:
    """web and worker on one store. SIGTERM finishes what was accepted, and after a restart the event is known and the thread remembered."""
    folder = base / f"both-{len(store)}"
    with LocalSlack() as slack, Running("web", slack, folder, store) as web:
        body, last = slack.mention(CARD), slack.direct(CARD)
        with Running("worker", slack, folder, store) as worker:
            web.door.event(body)
            slack.envelope("events_api", body, attempt=1)
            slack.wait(lambda: slack.posts(GENERAL))
            slack.fault("chat.postMessage", "slow", times=2, seconds=1)
            slack.envelope("events_api", last)
            assert worker.stop() == 0
            assert len(slack.posts(DIRECT)) == 1
        web.door.event(slack.mention(CARD, channel=OTHER))
        web.door.command(slack.command("(キ)がまだの市町は？"))
        assert web.stop() == 0
        assert len(slack.posts(OTHER)) == 1
        assert ("(キ)がまだの市町は？",) in Way("web", slack, web).kept("SELECT question FROM question_log")
        with Running("web", slack, folder, store) as again:
            again.door.event(body, attempt=2)
            again.door.event(last, attempt=1)
            again.door.event(slack.mention("じゃあ(カ)は？", thread=body["event"]["ts"]))
            slack.wait(lambda: slack.posts(GENERAL, text="(カ)研修が未実施"))
            assert len(slack.posts()) == 4
            assert slack.problems == []


@pytest.mark.parametrize(("kind", "posts"), [("lost", 1), ("reset", 1), ("500", 1), ("503", 1), ("429", 1), ("internal_error", 1), ("slow", 1)])
def test_a_post_arrives_once(either: Way, kind: str, posts: int) -> None:
    """Whether Slack had taken it or not when its answer was lost."""
    either.slack.fault("chat.postMessage", kind)
    either.event(either.slack.mention(CARD))
    quiet(either, posts)
    assert CARD_ANSWER in either.slack.posts()[0]["text"]


def test_a_lost_direct_post_is_looked_for(web: Way) -> None:
    """Also where reading fails at first."""
    web.slack.fault("chat.postMessage", "lost")
    web.event(web.slack.direct(CARD))
    quiet(web, 1)


def test_retry_after_is_kept_and_others_do_not_wait(either: Way) -> None:
    """A throttled channel gets nothing before its time; another is served at once."""
    slack = either.slack
    slack.fault("chat.postMessage", "429", seconds=2, channel=GENERAL)
    either.event(slack.mention(CARD))
    slack.wait(lambda: slack.called("chat.postMessage"))
    either.event(slack.mention(CARD, channel=OTHER))
    slack.wait(lambda: slack.posts(OTHER))
    assert not slack.posts(GENERAL)
    slack.wait(lambda: slack.posts(GENERAL))
    first, second = (call.at for call in slack.called("chat.postMessage") if call.given["channel"] == GENERAL)
    assert second - first >= 2


def test_a_slow_slack_holds_up_its_own_channel_only(web: Way) -> None:
    """Two answers that take three seconds each do not keep a third from another channel."""
    slack = web.slack
    slack.fault("chat.postMessage", "slow", times=2, seconds=3, channel=GENERAL)
    begun = time.monotonic()
    for channel in (GENERAL, GENERAL, OTHER):
        web.event(slack.mention(CARD, channel=channel))
    slack.wait(lambda: slack.posts(OTHER))
    assert time.monotonic() - begun < 2.5
    slack.wait(lambda: len(slack.posts(GENERAL)) == 2, 12)


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


def test_what_was_accepted_survives_a_kill(base: Path, store: dict[str, str]) -> None:
    """Answers, changes in place and what is shown by a click are kept before the acknowledgement: the next process sends them."""
    folder = base / f"kill-{len(store)}"
    with LocalSlack() as slack:
        with Running("worker", slack, folder, store) as running:
            slack.envelope("events_api", slack.mention(CARD, OTHER))
            post = slack.wait(lambda: slack.posts(OTHER))[0]
            told = slack.envelope("slash_commands", slack.command(CARD, ALIEN))["payload"]
            for method, channel in (("chat.postMessage", GENERAL), ("chat.postMessage", ALIEN), ("chat.update", OTHER)):
                slack.fault(method, "429", seconds=3, channel=channel)
            slack.envelope("events_api", slack.mention(CARD))
            slack.envelope("interactive", slack.pick(post, "pick_item", "(カ)", OTHER))
            slack.envelope("interactive", slack.press(told, button(told["blocks"], "みんなに表示"), ALIEN, ephemeral=True))
            slack.wait(lambda: [call for call in slack.calls if call.answer.get("error") == "429"][2:])
            time.sleep(0.5)  # else they are under way, and looked for in Slack only when their lease is over
            running.stop(signal.SIGKILL)
        slack.hang_up()
        assert [len(slack.posts(channel)) for channel in (GENERAL, ALIEN)] == [0, 0]
        with Running("web", slack, folder, store):
            slack.wait(lambda: slack.posts(GENERAL) and slack.posts(ALIEN) and "(カ)研修が未実施" in post["text"], 15)
            time.sleep(0.5)
            assert [len(slack.posts(channel)) for channel in (GENERAL, OTHER, ALIEN)] == [1, 1, 1]
            assert CARD_ANSWER in slack.posts(ALIEN)[0]["text"]
            assert slack.problems == []


def test_a_database_that_stops_and_comes_back(base: Path) -> None:
    """While PostgreSQL is down each question is answered by itself, once; afterwards everything is as before."""
    server = postgres.server()
    with LocalSlack() as slack, Running("web", slack, base / "outage", {"DATABASE_URL": server.fresh()}) as running:
        server.crash()
        try:
            body = slack.direct(CARD)
            running.door.event(body)
            running.door.event(body, attempt=1)
            slack.wait(lambda: slack.posts(DIRECT), 15)
            assert CARD_ANSWER in running.door.command(slack.command(CARD)).json["text"]
        finally:
            server.start()
        first = slack.mention(CARD)
        running.door.event(first)
        slack.wait(lambda: slack.posts(GENERAL), 15)
        running.door.event(slack.mention("じゃあ(カ)は？", thread=first["event"]["ts"]))
        slack.wait(lambda: slack.posts(GENERAL, text="(カ)研修が未実施"), 15)
        assert len(slack.posts(DIRECT)) == 1
        assert slack.problems == []


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
        running.door.event(slack.mention("(エ)がまだの市町は？"))
        post = slack.wait(lambda: slack.posts())[0]
        told = running.door.command(slack.command("(キ)がまだの市町は？")).json["text"]
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
