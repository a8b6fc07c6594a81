"""What Python would compile at the first start, compiled beforehand: a host may forbid it to keep bytecode later on."""

from __future__ import annotations

import compileall
import sys

from bot.ask import Asker
from bot.settings import ROOT


def compile_all(asker: Asker) -> None:
    """Keeps the bytecode of our modules and templates where Python looks for it. Folders that may only be read stay as they are."""
    sys.dont_write_bytecode = False  # it is asked for here, in so many words
    for package in ("bot", "db", "knowledge"):
        compileall.compile_dir(ROOT / package, quiet=2)
    for lang, environment in asker.speaker.environments.items():
        for path in asker.speaker.folder.glob(f"*.{lang}.j2"):
            environment.get_template(path.name)
