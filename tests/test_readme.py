"""README.md says what is true: its commands are run as it shows them, in a copy of the tree, and its table is held against the facts.

A block of kind `console` holds commands (`$ …`) and what they print; a line … stands for any lines. A block of another kind whose
first line names a path is that file (`>>`: is added to it). `python -m tests.test_readme` writes today's output into README.md.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.load import Facts

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COPIED = ("bot", "db", "docs", "knowledge", "templates", "tests", "Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
FILE = re.compile(r"^(?:#|\{#) (>> )?([\w./-]+/[\w.-]+\.\w+)(?: #\})?$")
ANYTHING = "…"


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a console block and the lines that the README shows below it."""

    command: str
    shown: tuple[str, ...]


def steps(body: str) -> Iterator[Step]:
    for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
        command, *shown = part.rstrip("\n").split("\n")
        yield Step(command, tuple(shown))


def fits(shown: tuple[str, ...], printed: list[str]) -> bool:
    """Whether the printed lines are the shown ones, … standing for any."""
    pattern = "\n".join("(?:.*\n)*?.*" if line == ANYTHING else re.escape(line) for line in shown)
    return re.fullmatch(pattern, "\n".join(printed)) is not None


def renewed(shown: tuple[str, ...], printed: list[str]) -> list[str]:
    """What the README should show: as before if that still fits, else the printed lines, with as many before and after … as it had."""
    if fits(shown, printed):
        return list(shown)
    if ANYTHING not in shown:
        return printed
    before, after = shown.index(ANYTHING), shown[::-1].index(ANYTHING)
    return [*printed[:before], ANYTHING, *printed[len(printed) - after :]]


# --- a copy of the tree -----------------------------------------------------------------------------------------------


def copy(folder: Path) -> Path:
    """The parts of the tree that the commands need, with a .venv/bin/python that is this one."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    for stamp in (".renkei", ".renkei-dev"):
        (folder / ".venv" / stamp).touch()
    return folder


def printed(command: str, folder: Path) -> list[str]:
    """What a person at a terminal would see."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RENKEI_", "MAKE", "MFLAGS", "COLUMNS"))}
    environ = kept | {"PATH": f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.stdout.decode().rstrip("\n").split("\n")


def write(body: str, folder: Path) -> bool:
    """Write the file that a block is; False if it is none."""
    first, _, rest = body.partition("\n")
    named = FILE.match(first)
    if named is None:
        return False
    path = folder / named[2]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if named[1] else "w", encoding="utf-8") as file:
        file.write(f"\n{rest}" if named[1] else body)
    return True


# --- the tests --------------------------------------------------------------------------------------------------------


def blocks(kind: str = "") -> list[tuple[str, str]]:
    return [found.groups() for found in FENCE.finditer(README.read_text(encoding="utf-8")) if kind in ("", found[1])]


def test_every_command_prints_what_is_shown(tmp_path: Path) -> None:
    """From the first block to the last, in one copy of the tree."""
    folder = copy(tmp_path)
    run = 0
    for kind, body in blocks():
        if kind != "console":
            write(body, folder)
            continue
        for step in steps(body):
            lines = printed(step.command, folder)
            assert fits(step.shown, lines), f"README.md shows something else for\n$ {step.command}\n" + "\n".join(lines) + "\n(`make readme` writes it there)"
            run += 1
    assert run >= 8


def test_the_make_targets_exist() -> None:
    """`make chat`, `make test`: what the README tells to type can be made."""
    for _, body in blocks("sh"):
        for line in body.splitlines():
            subprocess.run([*shlex.split(line, comments=True), "--dry-run"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=_without_make())


def _without_make() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def test_every_document_and_date_is_in_the_table(facts: Facts) -> None:
    """The table of what is known names every document and territory and the date of every survey."""
    text = README.read_text(encoding="utf-8")
    table = text[text.index("## What it knows") : text.index("## How a question is read")]
    wanted = [territory.name for territory in facts.territories] + [survey.as_of for survey in facts.surveys]
    wanted += [re.split(r"[ 　]", source.document.ja)[0] for source in facts.sources] + [source.date for source in facts.sources]
    assert [each for each in wanted if each not in table] == []


# --- renewing ---------------------------------------------------------------------------------------------------------


def renew() -> None:
    """Write what the commands print today into README.md."""
    with tempfile.TemporaryDirectory() as name:
        folder = copy(Path(name))

        def block(found: re.Match[str]) -> str:
            kind, body = found.groups()
            if kind != "console":
                write(body, folder)
                return found[0]
            lines = [line for step in steps(body) for line in (f"$ {step.command}", *renewed(step.shown, printed(step.command, folder)))]
            return "```console\n" + "\n".join(lines) + "\n```"

        text = README.read_text(encoding="utf-8")
        README.write_text(FENCE.sub(block, text), encoding="utf-8")


if __name__ == "__main__":
    renew()
