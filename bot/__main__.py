"""The command line: ask, chat, explain, build, check. Each verb does little; what it calls is elsewhere."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

from bot.ask import Asker, Reply, as_json
from bot.open import UnknownTerritory, ensure, folders, home_id, open_asker
from bot.render.plain import plain
from bot.settings import Settings, SettingsError, from_environment
from knowledge.load import DataError
from knowledge.query import Query
from knowledge.understand import Setting


def main(arguments: list[str] | None = None) -> int:
    """Run one verb. Errors are one sentence on standard error and exit code 2."""
    given = parser().parse_args(arguments)
    try:
        return int(given.run(given, from_environment(os.environ)) or 0)
    except (DataError, SettingsError, UnknownTerritory) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except OSError as error:
        print(f"{error.filename or 'A file'} cannot be used: {error.strerror}. Check that it exists and that you may write there.", file=sys.stderr)
    return 2


# --- verbs ------------------------------------------------------------------------------------------------------------


def ask(given: argparse.Namespace, settings: Settings) -> None:
    asker = open_asker(settings)
    setting = setting_of(given, settings, asker)
    from_input = given.question == ["-"]
    turns = read_lines(sys.stdin) if from_input else iter([" ".join(given.question)])
    for line, reply in replies(turns, asker, setting, thread=given.thread):
        if reply is None:
            continue
        if given.json:
            print(json.dumps(as_json(reply, asker.speaker), ensure_ascii=False), flush=True)
        else:
            print(plain(reply.message), flush=True)
            if from_input:
                print(flush=True)


def replies(lines: Iterator[str], asker: Asker, setting: Setting, *, thread: bool) -> Iterator[tuple[str, Reply | None]]:
    """One reply a line. In a thread each line goes on from the one before, and an empty line starts the next thread."""
    before: Query | None = None
    for line in lines:
        if thread and not line.strip():
            before = None
            yield line, None
            continue
        reply = asker.ask(line, setting, before)
        before = next_context(reply, before) if thread else None
        yield line, reply


def next_context(reply: Reply, before: Query | None) -> Query | None:
    """What the next turn goes on from: the last question that was understood."""
    return reply.query if reply.message.status == "answered" or before is None else before


def chat(given: argparse.Namespace, settings: Settings) -> None:
    from bot.chat import converse

    asker = open_asker(settings)
    converse(asker, setting_of(given, settings, asker), sys.stdin, sys.stdout)


def explain(given: argparse.Namespace, settings: Settings) -> None:
    from bot.explain import explained

    asker = open_asker(settings)
    print(explained(asker, " ".join(given.question), setting_of(given, settings, asker)))


def build(given: argparse.Namespace, settings: Settings) -> int:
    built = ensure(settings, force=given.force)
    if built.problem:
        print(f"Not built, the last good one stays: {built.problem}", file=sys.stderr)
        return 2
    print(f"{built.path}: {'built' if built.made else 'up to date'}")
    return 0


def check(given: argparse.Namespace, settings: Settings) -> int:
    from bot.check import checked

    paths = [Path(name) for name in given.file] or [path for folder in folders(settings) for path in sorted(folder.glob("*.toml"))]
    problems = 0
    for path in paths:
        good, text = checked(path)
        problems += not good
        print(text, file=sys.stdout if good else sys.stderr)
    return 2 if problems else 0


# --- arguments --------------------------------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """The arguments of every verb."""
    top = argparse.ArgumentParser(prog="python -m bot", description="Renkei answers questions about 在宅医療・介護連携推進事業 from sourced facts, exactly or not at all.")
    verbs = top.add_subparsers(title="verbs", required=True, metavar="VERB")
    how = argparse.ArgumentParser(add_help=False)
    how.add_argument("--home", metavar="TERRITORY", help="the territory meant when none is named (default: 山口県, or RENKEI_HOME)")
    how.add_argument("--lang", choices=("ja", "en"), help="the reply's language (default: the question's)")
    how.add_argument("--today", type=day, metavar="DATE", help="the clock, as 2018-02-01 (default: today)")

    one = verbs.add_parser("ask", parents=[how], help="answer one question, or each line of standard input")
    one.add_argument("question", nargs="+", help="the question; - reads one question a line from standard input")
    one.add_argument("--json", action="store_true", help="print one JSON object an answer")
    one.add_argument("--thread", action="store_true", help="the lines are turns of one thread; an empty line starts the next")
    one.set_defaults(run=ask)

    talk = verbs.add_parser("chat", parents=[how], help="a conversation in the terminal")
    talk.set_defaults(run=chat)

    why = verbs.add_parser("explain", parents=[how], help="every stage from the question to the answer")
    why.add_argument("question", nargs="+")
    why.set_defaults(run=explain)

    make = verbs.add_parser("build", help="make knowledge.db from the files of facts")
    make.add_argument("--force", action="store_true", help="even if it is up to date")
    make.set_defaults(run=build)

    test = verbs.add_parser("check", help="read files of facts as the bot would and say what is wrong with them")
    test.add_argument("file", nargs="*", help="default: all of them")
    test.set_defaults(run=check)
    return top


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it like 2018-02-01") from None


def setting_of(given: argparse.Namespace, settings: Settings, asker: Asker) -> Setting:
    return Setting(home=home_id(asker, given.home or settings.home), today=given.today or date.today(), lang=given.lang)


def read_lines(stream: TextIO) -> Iterator[str]:
    """Lines of any encoding trouble: what is not UTF-8 becomes a replacement sign, never an error."""
    for raw in stream.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n")


if __name__ == "__main__":
    sys.exit(main())
