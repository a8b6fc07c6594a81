"""Socket Mode: the same bot for workspaces that cannot be reached from outside. It connects to Slack, and Slack speaks through that."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.app import THREADS, Bot, build, log_to_stderr
from bot.ask import LOG
from bot.settings import Settings, slack_from_environment

CONNECTIONS = 2  # while one is being renewed the other listens
SILENCE_MOST = 120  # seconds without any connection before we give up and let the host start us anew


def run(settings: Settings) -> int:
    """Answers until SIGTERM, then finishes what was accepted. 1 if the connections are lost for good."""
    log_to_stderr()
    slack = slack_from_environment(os.environ, settings, "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bot = build(settings, slack)
    handlers = [handler_of(bot, slack.app_token, slack.api) for _ in range(CONNECTIONS)]
    try:
        for handler in handlers:
            connect(handler, stop)
        LOG.info("socket: connected")
        return watch(handlers, stop)
    finally:
        for handler in handlers:
            finish(handler)
        bot.close()


def handler_of(bot: Bot, token: str, api: str) -> SocketModeHandler:
    logger = logging.getLogger("renkei.socket")
    logger.setLevel(logging.CRITICAL)
    return SocketModeHandler(bot.app, token, logger=logger, web_client=WebClient(base_url=api, retry_handlers=[]), concurrency=THREADS)


def connect(handler: SocketModeHandler, stop: threading.Event) -> None:
    """Tries until Slack answers, ever more patiently; a refused token is an error at once."""
    for attempt in range(100):
        try:
            handler.client.connect()
            return
        except Exception as error:
            if "invalid_auth" in str(error) or "not_allowed_token_type" in str(error):
                raise
            LOG.error("socket: no connection (%s)", type(error).__name__)
            if stop.wait(min(2**attempt, 30)):
                return


def finish(handler: SocketModeHandler) -> None:
    """Takes nothing more, answers and acknowledges what was taken, hangs up. What is not acknowledged Slack gives to another connection."""
    client = handler.client
    client.auto_reconnect_enabled, client.closed = False, True
    client.message_workers.shutdown(wait=True)
    client.current_session_state.terminated = True
    threading.Thread(target=client.disconnect, daemon=True).start()  # it waits for its own reader, for seconds


def watch(handlers: list[SocketModeHandler], stop: threading.Event) -> int:
    """Waits for the end. Reconnecting is the client's own; if it fails for too long, a new process is surer."""
    last = time.monotonic()
    while not stop.wait(1):
        if any(handler.client.is_connected() for handler in handlers):
            last = time.monotonic()
        elif time.monotonic() - last > SILENCE_MOST:
            LOG.error("socket: no connection for %s s; ending so that the host starts me anew", SILENCE_MOST)
            return 1
    return 0
