"""The command line: ask, chat, explain, build, check. Each verb does little; what it calls is elsewhere."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bot.ask import LOG, Asker, as_json, failure_id, read_lines, replies
from bot.open import UnknownTerritory, Unusable, ensure, folders, home_id, open_asker
from bot.render.plain import plain
from bot.settings import Settings, SettingsError, from_environment, slack_from_environment
from knowledge.load import DataError
from knowledge.understand import Setting


def main(arguments: list[str] | None = None) -> int:
    """Run one verb. Errors are one sentence on standard error and exit code 2."""
    _any_terminal()
    log = None
    try:
        given = parser().parse_args(arguments)
        settings = from_environment(os.environ)
        log = _log_to(settings.knowledge.with_name("renkei.log"))
        code = int(given.run(given, settings) or 0)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except (DataError, SettingsError, UnknownTerritory, Unusable) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:  # whoever read the answers has gone; what is still in the buffer must not complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except OSError as error:
        what = error.filename or "Standard input or output"
        print(f"{what} cannot be used: {(error.strerror or str(error)).lower()}. Check that it is there and that you may use it.", file=sys.stderr)
    except Exception:
        failure = failure_id()
        LOG.exception("failure %s", failure)
        print(f"Something went wrong inside Renkei (id {failure}). The details are in {log} under that id; please report it with them.", file=sys.stderr)
    return 2


def _any_terminal() -> None:
    """A terminal that lacks a character shows ? for it instead of ending the program; one that lacks Japanese is told of."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if sys.stdout is not None and "？".encode(sys.stdout.encoding, errors="replace") == b"?":
        print(f"Standard output is {sys.stdout.encoding}, which has no Japanese: it becomes ?. Set PYTHONUTF8=1, or a UTF-8 locale.", file=sys.stderr)


def _log_to(path: Path) -> Path:
    """Where failures are written; the file is made when there is one."""
    logging.raiseExceptions = False
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    LOG.addHandler(handler)
    LOG.propagate = False
    return path


# --- verbs ------------------------------------------------------------------------------------------------------------


def ask(given: argparse.Namespace, settings: Settings) -> None:
    asker = open_asker(settings)
    setting = setting_of(given, settings, asker)
    from_input = given.question == ["-"]
    lines = read_lines(sys.stdin) if from_input else [question(given)]
    if given.json and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is, whatever the terminal is
    for reply in replies(lines, asker, setting, thread=given.thread):
        if given.json:
            print(json.dumps(as_json(reply), ensure_ascii=False), flush=True)
        else:
            print(plain(reply.message), end="\n\n" if from_input else "\n", flush=True)


def chat(given: argparse.Namespace, settings: Settings) -> None:
    from bot.chat import converse

    asker = open_asker(settings)
    converse(asker, setting_of(given, settings, asker), sys.stdin, sys.stdout)


def explain(given: argparse.Namespace, settings: Settings) -> None:
    from bot.explain import explained

    asker = open_asker(settings)
    print(explained(asker, question(given), setting_of(given, settings, asker)))


def build(given: argparse.Namespace, settings: Settings) -> int:
    from bot.prepare import compile_all

    built = ensure(settings, force=given.force)
    if built.problem:
        print(f"Not built, the last good one stays: {built.problem}", file=sys.stderr)
        return 2
    compile_all(open_asker(settings))
    print(f"{built.path}: {'built' if built.made else 'up to date'}")
    return 0


def check(given: argparse.Namespace, settings: Settings) -> int:
    from bot.check import all_files, checked

    paths = [Path(name) for name in given.file] or all_files(folders(settings))
    problems = 0
    for path in paths:
        good, text = checked(path, folders(settings))
        problems += not good
        print(text, file=sys.stdout if good else sys.stderr, flush=True)
    return 2 if problems else 0


def serve(given: argparse.Namespace, settings: Settings) -> None:  # noqa: ARG001
    """Becomes gunicorn, as the Procfile's web, so that whoever stops us stops it."""
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "python:bot.server"])


def socket(given: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    slack_from_environment(os.environ, settings, "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    from bot.socket import run

    return run(settings)


def doctor(given: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    from bot.doctor import examined

    good, text = examined(settings, os.environ)
    print(text)
    return 0 if good else 2


def unanswered(given: argparse.Namespace, settings: Settings) -> None:
    from bot.unanswered import listed

    print(listed(slack_from_environment(os.environ, settings).database, given.days, given.most))


# --- arguments --------------------------------------------------------------------------------------------------------

TOP = """examples:
  python -m bot chat
  python -m bot ask "(オ)がまだの市町は？"
  python -m bot ask "which towns haven't done (オ)?"
  python -m bot VERB --help      more about one verb

environment:
  RENKEI_HOME        the territory meant when none is named (default: 山口県)
  RENKEI_FACTS       a folder of your own files of facts, read beside the shipped ones
  RENKEI_KNOWLEDGE   where knowledge.db is built (default: var/knowledge.db)"""

EXAMPLES = {
    "ask": """examples:
  python -m bot ask "(オ)がまだの市町は？"
  python -m bot ask --json "which towns haven't done (オ)?"
  printf '(オ)がまだの市町は？\\nじゃあ(カ)は？\\n' | python -m bot ask --json --thread -""",
    "chat": """In the conversation: the number of a next step asks it, an empty line or 新しい話題 (new) starts a new topic,
終了 (quit) or Ctrl-D ends it.

examples:
  python -m bot chat
  printf '(オ)がまだの市町は？\\nじゃあ(カ)は？\\n' | python -m bot chat""",
    "explain": """example:
  python -m bot explain 下末市は(オ)を実施した？""",
    "build": """It is also built by itself, on first use and whenever a file has changed. Asked for outright, the code and the
templates are compiled as well, so that the next start is a quick one.

example:
  python -m bot build""",
    "check": """The format is described in docs/facts.md.

examples:
  python -m bot check
  python -m bot check facts/toyama_2024.toml""",
    "serve": """SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET are needed; docs/slack.md says where to find them.

example:
  PORT=3000 python -m bot serve""",
    "socket": """SLACK_BOT_TOKEN and SLACK_APP_TOKEN are needed; docs/slack.md says where to find them.

example:
  python -m bot socket""",
    "doctor": """example:
  python -m bot doctor""",
    "unanswered": """example:
  python -m bot unanswered --days 30""",
}


def parser() -> argparse.ArgumentParser:
    """The arguments of every verb."""
    plain_text = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser(
        prog="python -m bot",
        description="Renkei answers questions about 在宅医療・介護連携推進事業 from sourced facts, exactly or not at all.",
        epilog=TOP,
        formatter_class=plain_text,
    )
    verbs = top.add_subparsers(title="verbs", required=True, metavar="VERB")
    how = argparse.ArgumentParser(add_help=False)
    how.add_argument("--home", metavar="TERRITORY", help="the territory meant when none is named (default: 山口県, or RENKEI_HOME)")
    how.add_argument("--lang", choices=("ja", "en"), help="the reply's language (default: the question's)")
    how.add_argument("--today", type=day, metavar="DATE", help="the clock, as 2018-02-01 (default: today)")

    def verb(name: str, does: str, run: Callable[[argparse.Namespace, Settings], int | None], *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        sentence = f"{does[0].upper()}{does[1:]}."
        made = verbs.add_parser(name, parents=parents, help=does, description=sentence, epilog=EXAMPLES[name], formatter_class=plain_text)
        made.set_defaults(run=run)
        return made

    one = verb("ask", "answer one question, or each line of standard input", ask, how)
    one.add_argument("question", nargs="+", help="the question; - reads one question a line from standard input")
    one.add_argument("--json", action="store_true", help="print one JSON object an answer")
    one.add_argument("--thread", action="store_true", help="the lines are turns of one thread; an empty line starts the next")

    verb("chat", "a conversation in the terminal", chat, how)

    why = verb("explain", "every stage from the question to the answer", explain, how)
    why.add_argument("question", nargs="+", help="the question")

    make = verb("build", "make knowledge.db from the files of facts", build)
    make.add_argument("--force", action="store_true", help="even if it is up to date")

    test = verb("check", "read files of facts as the bot would and say what is wrong with them", check)
    test.add_argument("file", nargs="*", help="a file of facts (default: all that the bot reads)")

    verb("serve", "answer in Slack over HTTP, on PORT", serve)
    verb("socket", "answer in Slack over Socket Mode", socket)
    verb("doctor", "check tokens, scopes, clock and databases, and say what to do about each", doctor)
    log = verb("unanswered", "what could not be answered, most asked first", unanswered)
    log.add_argument("--days", type=int, default=90, help="how far back (default: 90 days)")
    log.add_argument("--most", type=int, default=50, help="how many (default: 50)")
    return top


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it like 2018-02-01") from None


def question(given: argparse.Namespace) -> str:
    """The words of the command line; what is not UTF-8 in them becomes a replacement sign."""
    return " ".join(given.question).encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")


def setting_of(given: argparse.Namespace, settings: Settings, asker: Asker) -> Setting:
    return Setting(home=home_id(asker, given.home or settings.home), today=given.today or date.today(), lang=given.lang)


if __name__ == "__main__":
    sys.exit(main())
