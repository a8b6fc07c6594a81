"""How gunicorn serves bot.wsgi: one process, sixteen threads; a bot fits in one, and threads share its knowledge base."""

from __future__ import annotations

import os
import sys
from typing import Any

from bot.settings import SettingsError, from_environment, slack_from_environment

wsgi_app = "bot.wsgi:make()"
bind = f"0.0.0.0:{os.environ.get('PORT') or 3000}"
worker_class = "gthread"
workers = 1
threads = 16
keepalive = 75  # longer than the proxies in front keep theirs
graceful_timeout = 30
timeout = 60
preload_app = False  # the store must be opened after the fork
loglevel = "warning"
control_socket_disable = True


def on_starting(server: Any) -> None:  # noqa: ARG001 (gunicorn's signature)
    """What is missing is said in one sentence, before anything is started."""
    try:
        slack_from_environment(os.environ, from_environment(os.environ), "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
    except SettingsError as error:
        sys.exit(str(error))


def worker_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 (gunicorn's signature)
    """After SIGTERM the last requests are answered; then what they promised is posted."""
    close = getattr(worker.wsgi, "close", None)
    if close is not None:
        close()
