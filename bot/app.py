"""The composition root: settings -> everything that a process needs to answer in Slack, put together once."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.ask import LOG
from bot.counter import Counter
from bot.desk import Desk, now
from bot.listeners import action, command, direct, home, mention
from bot.open import home_id, open_asker
from bot.question import Asked
from bot.reply import THREADS, Sender
from bot.settings import Settings, SettingsError, SlackSettings
from bot.ways import TIMEOUT
from db.outbox import Outbox, Timing
from db.state import State, StateUnusable
from knowledge.intents import discover
from knowledge.model import LANGS

PACE = timedelta(milliseconds=250)  # between two posts in one channel: Slack takes bursts, and says so when it does not
LEASE = timedelta(seconds=30)  # longer than a post can take; after a crash it is the shortest delay
REPEATED = timedelta(days=7)  # an event that is older than this is not sent again
TIDY = 3_600.0  # seconds between two rounds of forgetting
PATIENT = 1_000  # times that Slack is asked who we are


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A bot that answers: the Bolt app with all that stands behind it."""

    app: App
    counter: Counter
    state: State
    hash: str

    def close(self) -> None:
        """Finishes what was accepted, then lets go of the store."""
        self.counter.sender.close()
        self.state.close()


def build(settings: Settings, slack: SlackSettings, clock: Callable[[], datetime] | None = None) -> Bot:
    """Opens the knowledge base and the store and registers every listener. No call to Slack is made here. Open it after a fork."""
    asker = open_asker(settings, warn=LOG.warning)
    try:
        state = State.open(slack.database)
    except StateUnusable as error:
        raise SettingsError(str(error)) from None
    # Machines that share a ledger go by the clock that they have in common; an answer must not wait for it.
    shared = clock or (state.clock if state.engine.dialect.name == "postgresql" else now)
    client = client_of(slack)
    outbox = Outbox(state, Timing(lease=LEASE, settle=timedelta(seconds=slack.settle), pace=PACE))
    desk = Desk(asker, state, home_id(asker, settings.home), clock or now)
    sender = Sender(client, outbox, shared, desk.book)
    counter = Counter(desk, sender)
    warm(desk)
    sender.every(TIDY, lambda: tidy(state, outbox, shared(), timedelta(days=slack.keep)))
    app = bolt(slack, counter)
    return Bot(app=app, counter=counter, state=state, hash=desk.hash)


def tidy(state: State, outbox: Outbox, now: datetime, keep: timedelta) -> None:
    """Forgets what need not be known any longer: old questions, threads, events and posts."""
    state.purge_questions(now - keep)
    state.purge_threads(now)
    state.purge_events(now - REPEATED)
    outbox.purge(now - min(REPEATED, keep))


def warm(desk: Desk) -> None:
    """Asks once in each language before anybody does: what is made on first use is made now."""
    for lang in LANGS:
        desk.again(Asked(turns=(discover()["which"].examples[0][lang],), home=desk.home, lang=None))


def client_of(slack: SlackSettings) -> WebClient:
    """A client that never sends twice by itself: the SDK's own retries have doubled posts."""
    return WebClient(token=slack.token, base_url=slack.api, timeout=TIMEOUT, retry_handlers=[])


def bolt(slack: SlackSettings, counter: Counter) -> App:
    """The Bolt app. It is handed a client without a token and told by `Who` on whose behalf it runs, so that a start needs no Slack."""
    logger = logging.getLogger("renkei.bolt")
    logger.setLevel(logging.CRITICAL)  # it warns of the token in the environment that it is not to use
    who = Who(counter.sender.client)
    app = App(
        name="renkei",
        logger=logger,
        client=WebClient(base_url=slack.api, timeout=TIMEOUT, retry_handlers=[]),
        signing_secret=slack.signing_secret,
        authorize=lambda: who.result(),
        process_before_response=True,
        request_verification_enabled=False,  # bot/wsgi.py lets in only what it has looked at; in Socket Mode Slack is the other end
        listener_executor=counter.sender.pool,
        attaching_conversation_kwargs_enabled=False,
    )
    logger.setLevel(logging.ERROR)
    for listeners in (command, mention, direct, action, home):
        listeners.register(app, counter)

    @app.error
    def failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
        words = counter.apologise(body, error)
        return BoltResponse(status=200, body=words if "command" in body else "")

    counter.sender.insist(who.ask, tries=PATIENT)
    return app


@dataclass
class Who:
    """Who the bot is in Slack, asked for in the background and again until Slack answers; not known yet is no reason not to answer."""

    client: WebClient
    known: dict[str, Any] = field(default_factory=dict)

    def result(self) -> AuthorizeResult:
        found = self.known
        return AuthorizeResult(
            enterprise_id=found.get("enterprise_id"),
            team_id=found.get("team_id"),
            bot_user_id=found.get("user_id"),
            bot_id=found.get("bot_id"),
            bot_token=self.client.token,
        )

    def ask(self) -> None:
        found: Any = self.client.auth_test().data
        self.known = dict(found)


def log_to_stderr() -> None:
    """For processes: one line a thing, to where the host collects it."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.handlers[:] = [*(h for h in LOG.handlers if isinstance(h, logging.FileHandler)), handler]
    LOG.setLevel(os.environ.get("RENKEI_LOG", "INFO"))
    LOG.propagate = False


__all__ = ["THREADS", "Bot", "build", "client_of"]
