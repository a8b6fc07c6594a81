"""The command line as a person or a program uses it: real processes, what they print, and how they end."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.ask import Asker
from bot.chat import converse
from bot.check import checked
from bot.explain import explained
from bot.render.terminal import cells
from bot.settings import ROOT
from knowledge.understand import Setting

NOT_DONE = ["萩市", "防府市", "下松市", "岩国市", "長門市", "美祢市", "周防大島町", "和木町", "田布施町", "平生町", "阿武町"]
KEYS = [
    *("question", "lang", "intent", "reading", "status", "reason", "territory", "as_of", "municipalities", "value", "denominator"),
    *("rows", "choices", "sources", "text", "blocks"),
]
VERBS = ("ask", "chat", "explain", "build", "check")


@dataclass(frozen=True, slots=True)
class Done:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Renkei:
    """Runs `python -m bot` over one knowledge base."""

    knowledge: Path

    def environ(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RENKEI_", "COLUMNS", "PYTHONIOENCODING"))}
        return kept | {"RENKEI_KNOWLEDGE": str(self.knowledge), "PYTHONUTF8": "1"} | more

    def __call__(self, *arguments: str | bytes, typed: str | bytes = "", **environ: str) -> Done:
        given = typed.encode() if isinstance(typed, str) else typed
        command = [sys.executable, "-W", "error", "-m", "bot", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environ(**environ), input=given, capture_output=True, timeout=60)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def renkei(tmp_path_factory: pytest.TempPathFactory) -> Renkei:
    """The command line, with a knowledge base that is built."""
    found = Renkei(tmp_path_factory.mktemp("knowledge") / "knowledge.db")
    assert found("build").code == 0
    return found


def one_sentence(done: Done) -> str:
    """The sentence of an error: exit code 2, nothing on standard output, one line on standard error, no traceback."""
    assert (done.code, done.out) == (2, ""), done
    assert "Traceback" not in done.err
    lines = done.err.splitlines()
    assert len(lines) == 1, done.err
    return lines[0]


# --- ask --------------------------------------------------------------------------------------------------------------


def test_ask_prints_the_answer_and_nothing_else(renkei: Renkei) -> None:
    """The answer of issue A, in both languages, on standard output."""
    for question in ("(オ)がまだの市町は？", "which towns haven't done (オ)?"):
        done = renkei("ask", question)
        assert (done.code, done.err) == (0, "")
        assert [name for name in NOT_DONE if name not in done.out] == []
        assert "11 / 19" in done.out
    assert done.out.startswith("〔")
    assert not done.out.endswith("\n\n")


def test_ask_joins_the_words_of_the_command_line(renkei: Renkei) -> None:
    """An unquoted question is still one question."""
    assert "11 / 19" in renkei("ask", "who", "has", "not", "done", "(オ)").out


def test_ask_json_has_every_key(renkei: Renkei) -> None:
    """One object on one line, with the keys of the rules' §8 in their order."""
    done = renkei("ask", "--json", "(オ)がまだの市町は？")
    assert done.out.count("\n") == 1
    found = done.objects[0]
    assert list(found) == KEYS
    assert (found["value"], found["denominator"], found["as_of"], found["municipalities"]) == (11, 19, "2017-06", NOT_DONE)
    assert (found["status"], found["reason"], found["lang"]) == ("answered", None, "ja")


def test_ask_json_takes_a_question_a_line(renkei: Renkei) -> None:
    """An empty line is an empty question; a byte order mark and Windows line ends are nothing."""
    done = renkei("ask", "--json", "-", typed="\ufeff(オ)の集計\r\n\nwhat is the weather?\n(カ)は？")
    assert [found["question"] for found in done.objects] == ["(オ)の集計", "", "what is the weather?", "(カ)は？"]
    assert [found["status"] for found in done.objects] == ["answered", "unknown", "unknown", "answered"]
    assert [found["reason"] for found in done.objects] == [None, "empty", "out_of_scope", None]


def test_lines_are_questions_of_their_own(renkei: Renkei) -> None:
    """Without --thread nothing is carried over."""
    alone = renkei("ask", "--json", "-", typed="(オ)がまだの市町は？\nじゃあ(カ)は？\n").objects[1]
    assert alone["municipalities"] == []


def test_lines_are_turns_of_a_thread(renkei: Renkei) -> None:
    """With --thread they go on from the line before, and an empty line starts the next thread and prints nothing."""
    done = renkei("ask", "--json", "--thread", "-", typed="(オ)がまだの市町は？\nじゃあ(カ)は？\n町だけだと？\n\nじゃあ(カ)は？\n")
    assert [(found["value"], found["denominator"]) for found in done.objects[:3]] == [(11, 19), (4, 19), (3, 6)]
    assert len(done.objects) == 4
    assert done.objects[3]["municipalities"] == []


def test_a_thread_outlives_a_turn_that_was_not_understood(renkei: Renkei) -> None:
    """What was understood last is what the next turn goes on from."""
    done = renkei("ask", "--json", "--thread", "-", typed="(オ)がまだの市町は？\nどんな天気？\nじゃあ(カ)は？\n")
    assert done.objects[1]["status"] != "answered"
    assert done.objects[2]["value"] == 4


def test_answers_of_lines_are_set_apart(renkei: Renkei) -> None:
    """As text, an empty line follows each answer."""
    done = renkei("ask", "-", typed="(ア)とは\n(イ)とは\n")
    assert done.out.endswith("\n\n")
    assert "\n\n〔" in done.out


def test_every_answer_is_flushed(renkei: Renkei) -> None:
    """A program that asks and waits gets its answer before it asks again."""
    command = [sys.executable, "-m", "bot", "ask", "--json", "-"]
    with subprocess.Popen(command, cwd=ROOT, env=renkei.environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for question, value in (("(オ)がまだの市町は？", 11), ("(カ)がまだの市町は？", 4)):
            process.stdin.write(f"{question}\n".encode())
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 30)[0], "no answer came while the input stayed open"
            assert json.loads(process.stdout.readline())["value"] == value
        process.stdin.close()
        assert process.wait(30) == 0


def test_the_clock_the_language_and_the_home(renkei: Renkei) -> None:
    """--today, --lang and --home (or RENKEI_HOME) change what is answered, and how."""
    days = [renkei("ask", "--json", "--today", today, "(オ)の期限まであと何日？").objects[0]["value"] for today in ("2018-03-01", "2018-03-21")]
    assert days == [30, 10]
    assert renkei("ask", "--json", "--lang", "en", "(オ)の集計").objects[0]["lang"] == "en"
    assert renkei("ask", "--json", "--home", "Tokyo Metropolis", "(オ)の集計").objects[0]["territory"] == "東京都"
    assert renkei("ask", "--json", "(オ)の集計", RENKEI_HOME="東京都").objects[0]["territory"] == "東京都"


def test_what_is_not_utf8_is_still_answered(renkei: Renkei) -> None:
    """Broken bytes become replacement signs, in the input and on the command line; the next line is none the worse."""
    done = renkei("ask", "--json", "-", typed=b"\xff\xfe(\x83I)\n" + "(オ)の集計\n".encode())
    assert done.code == 0
    assert "\ufffd" in str(done.objects[0]["question"])
    assert done.objects[1]["status"] == "answered"
    assert renkei("ask", b"\xff\xfe").code == 0


def test_a_terminal_without_japanese_is_told_so(renkei: Renkei) -> None:
    """Signs that it lacks become ?, with a sentence that says what to set; JSON is UTF-8 all the same."""
    poor = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = renkei("ask", "(オ)の集計", **poor)
    assert done.code == 0
    assert "PYTHONUTF8" in done.err
    assert "19" in done.out
    assert renkei("ask", "--json", "(オ)がまだの市町は？", **poor).objects[0]["municipalities"] == NOT_DONE


def test_a_reader_that_leaves_is_no_error(renkei: Renkei) -> None:
    """`… | head -1` ends quietly, however much is left to say."""
    for verb in ("ask --json -", "chat", "explain '(オ)がまだの市町は？'"):
        line = f"yes '(オ)がまだの市町は？' | head -200 | {shlex.quote(sys.executable)} -m bot {verb} | head -1"
        done = subprocess.run(["bash", "-c", line], cwd=ROOT, env=renkei.environ(), capture_output=True, timeout=60)
        assert done.stdout.decode().count("\n") == 1
        assert done.stderr == b"", verb


# --- chat -------------------------------------------------------------------------------------------------------------


def test_chat_that_is_piped_into_prints_answers_alone(renkei: Renkei) -> None:
    """No greeting, no prompt; a thread, numbers, a new topic and the end work as at a terminal."""
    done = renkei("chat", typed="(オ)がまだの市町は？\n1\n町だけだと？\n99\n\nじゃあ(カ)は？\n終了\n(ア)とは\n")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("〔(オ)")
    assert "> " not in done.out
    answers = re.findall(r"^〔.*", done.out, re.M)
    assert len(answers) == 4, done.out
    assert "(カ)" in answers[1]
    assert "3 / 6 町" in done.out
    assert "99" in done.out
    assert "未実施" not in answers[3]
    assert "資源" not in done.out


@pytest.mark.parametrize("columns", ["80", "40", "200"])
def test_chat_fits_the_terminal(columns: str, asker: Asker, setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal, nor than 100 cells."""
    monkeypatch.setenv("COLUMNS", columns)
    typed = "市町別\n集計\n(ク)の推移\n拠点の要件は？\nwhich towns haven't done (オ)?\nhelp\n99\n" + "長" * 300 + "\n"
    shown = io.StringIO()
    converse(asker, setting, io.TextIOWrapper(io.BytesIO(typed.encode())), shown)
    assert max(cells(line) for line in shown.getvalue().splitlines()) <= min(int(columns), 100)


def test_chat_asks_the_choice_of_a_number(renkei: Renkei) -> None:
    """An unclear question is asked back with numbers, wide ones too, and each is answered."""
    done = renkei("chat", typed="山口の状況は？\n２\n")
    assert "\n1. 山口市" in done.out
    assert "\n2. 山口県" in done.out
    assert done.out.count("〔") == 1
    assert "19市町" in done.out


def test_chat_at_a_terminal(renkei: Renkei) -> None:
    """A person gets a greeting in both languages with two questions to try, a prompt, line editing and an end by Ctrl-D."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "bot", "chat"]
    with subprocess.Popen(command, cwd=ROOT, env=renkei.environ(TERM="dumb", COLUMNS="80"), stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        screen = _until(master, "> ")
        assert "Renkei：" in screen
        assert "Renkei answers" in screen
        assert "1. (オ)がまだの市町は？" in screen
        assert "2. which towns haven't done (オ)?" in screen
        os.write(master, b"2\n")
        screen = _until(master, "> ", beyond="Next:")
        assert "> which towns haven't done (オ)?" in screen
        assert "11 / 19" in screen
        os.write(master, b"\n")
        assert "(new topic)" in _until(master, "> ")
        os.write(master, b"\x04")
        assert process.wait(30) == 0
    os.close(master)


def _until(master: int, sign: str, beyond: str = "") -> str:
    """What the terminal shows until it ends in a sign, after something else has been seen."""
    screen, end = b"", time.monotonic() + 30
    while time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            screen += os.read(master, 65536)
        text = screen.decode(errors="ignore")
        if text.endswith(sign) and beyond in text:
            return text
    raise AssertionError(f"no {sign!r} came: {screen.decode(errors='replace')}")


# --- explain, build, check --------------------------------------------------------------------------------------------


def test_explain_shows_every_stage(renkei: Renkei) -> None:
    """Normalised text, mentions with how and score, rivals, query, SQL, answer, reply."""
    done = renkei("explain", "下末市は(オ)を実施した？")
    assert (done.code, done.err) == (0, "")
    for stage in ("Question", "Normalised", "Mentions", "Rival readings", "Query", "SQL", "Answer", "Reply"):
        assert f"{stage}\n  " in done.out
    assert re.search(r"0–3 +下末市 +name +fuzzy +\d", done.out)
    assert "山口県下松市 35207" in done.out
    assert "SELECT municipality FROM status WHERE survey = :survey AND item = 'オ' AND state IN ('done')" in done.out
    assert ":survey = 'yamaguchi-2017-06'" in done.out


ANY = ("", "？", "{{ 7*7 }}", "山口の状況は？", "年度末に(ア)か(イ)がまだの市は？", "三郷市は？", "H28.8に7項目以上の市町は", "東京都の(オ)は？", "x" * 5000)


@pytest.mark.parametrize("question", ANY)
def test_explain_takes_any_question(question: str, asker: Asker, setting: Setting) -> None:
    """Whatever is asked, the stages are printed."""
    assert "\nReply\n  " in explained(asker, question, setting)


def test_build_says_what_it_did(renkei: Renkei) -> None:
    """Built where there is none or with --force, otherwise up to date."""
    assert renkei("build").out == f"{renkei.knowledge}: up to date\n"
    assert renkei("build", "--force").out == f"{renkei.knowledge}: built\n"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program, as it is installed: nothing is compiled and no knowledge base is built."""
    folder = tmp_path_factory.mktemp("program")
    for package in ("bot", "db", "knowledge", "templates"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def bytecode(program: Path) -> dict[Path, int]:
    """The compiled modules and templates of a copy, with the time of their making."""
    return {path: path.stat().st_mtime_ns for path in program.rglob("__pycache__/*")}


def run(program: Path, *arguments: str, **environ: str) -> str:
    """What a copy of the program prints where Python is told to keep no bytecode."""
    environment = Renkei(program / "var" / "knowledge.db").environ(PYTHONDONTWRITEBYTECODE="1", **environ)
    environment.pop("PYTHONPYCACHEPREFIX", None)
    done = subprocess.run([sys.executable, "-m", "bot", *arguments], cwd=program, env=environment, capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_only_build_compiles(program: Path) -> None:
    """`build` compiles modules and templates once, even where Python keeps no bytecode by itself; a question never does there."""
    assert "11 / 19" in run(program, "ask", "(オ)がまだの市町は？")
    assert bytecode(program) == {}
    run(program, "build")
    made = bytecode(program)
    modules = [path for package in ("bot", "db", "knowledge") for path in (program / package).rglob("*.py")]
    assert len([path for path in made if path.suffix == ".pyc"]) == len(modules)
    assert len([path for path in made if path.suffix == ".j2c"]) == len(list((program / "templates").glob("*.j2")))
    assert "11 / 19" in run(program, "ask", "(オ)がまだの市町は？")
    assert made == bytecode(program)


@pytest.mark.parametrize("spoil", [lambda whole: whole[: len(whole) // 2], lambda _: b"", lambda whole: bytes(len(whole))], ids=["half", "empty", "zeros"])
def test_damaged_bytecode_of_a_template_is_not_used(spoil: Callable[[bytes], bytes], program: Path) -> None:
    """A template whose bytecode is not whole is compiled anew."""
    run(program, "build")
    kept = {path: path.read_bytes() for path in program.rglob("*.j2c")}
    for path, whole in kept.items():
        path.write_bytes(spoil(whole))
    assert "11 / 19" in run(program, "ask", "(オ)がまだの市町は？")
    for path, whole in kept.items():
        path.write_bytes(whole)


def test_a_changed_template_is_seen(program: Path) -> None:
    """The next answer is in the new words, whatever was compiled before."""
    run(program, "build")
    template = program / "templates" / "which.ja.j2"
    before = template.read_text(encoding="utf-8")
    template.write_text(before.replace("{% block headline %}", "{% block headline %}（新しい文）"), encoding="utf-8")
    assert "（新しい文）" in run(program, "ask", "(オ)がまだの市町は？")
    template.write_text(before, encoding="utf-8")
    assert "（新しい文）" not in run(program, "ask", "(オ)がまだの市町は？")


def test_no_place_for_bytecode_is_no_error(program: Path, tmp_path: Path) -> None:
    """Where nothing can be kept beside the templates, answers come all the same."""
    (tmp_path / "file").write_text("")
    done = Renkei(program / "var" / "knowledge.db")("ask", "(オ)がまだの市町は？", PYTHONDONTWRITEBYTECODE="", PYTHONPYCACHEPREFIX=str(tmp_path / "file"))
    assert (done.code, done.err) == (0, "")
    assert "11 / 19" in done.out


def test_a_question_needs_little(program: Path) -> None:
    """What a single answer in words does not need is not imported for it: a cold start counts."""
    code = "import sys; from bot.__main__ import main; main(['ask', '(オ)がまだの市町は？']); print(*sorted(sys.modules), file=sys.stderr)"
    environment = Renkei(program / "var" / "knowledge.db").environ()
    run(program, "build")
    done = subprocess.run([sys.executable, "-c", code], cwd=program, env=environment, capture_output=True, encoding="utf-8", timeout=60)
    loaded = set(done.stderr.split())
    assert "bot.ask" in loaded
    assert loaded & {"sqlite_utils", "slack_sdk", "slack_bolt", "sqlalchemy", "openpyxl"} == set()
    assert loaded & {"bot.render.slack", "bot.render.blockkit", "db.build", "db.state"} == set()


FACTS = """
[source]
id = "made-up"
document = { ja = "架空の調査", en = "An invented survey" }
publisher = { ja = "富山県", en = "Toyama Prefecture" }
date = ""

[[territory]]
id = "toyama"
name = "富山県"
en = "Toyama Prefecture"
kind = "prefecture"
prefecture = "富山県"

[[survey]]
id = "made-up-2020"
territory = "toyama"
place = "表1"
as_of = "2020-06"
kind = "actual"
n = 15
plan_by = "2021-03-31"

[survey.done]
"ア" = ["富山市", "朝日町"]

[survey.planned]
"イ" = ["立山町"]
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A folder of the user's own with one good file of facts."""
    folder = tmp_path / "own facts"
    folder.mkdir()
    (folder / "toyama.toml").write_text(FACTS, encoding="utf-8")
    return folder


def test_check_says_what_a_good_file_holds(renkei: Renkei, facts: Path) -> None:
    """One line: territory, date, n, how many are done and planned."""
    done = renkei("check", str(facts / "toyama.toml"))
    assert (done.code, done.err) == (0, "")
    assert done.out == "toyama.toml: good. 富山県 2020-06 (actual, n = 15: 2 done, 1 planned).\n"


def test_check_reads_everything_when_no_file_is_named(renkei: Renkei, facts: Path) -> None:
    """The shipped files and the user's own, each with its line."""
    done = renkei("check", RENKEI_FACTS=str(facts))
    assert done.code == 0
    assert [line.split(":")[1][:5] for line in done.out.splitlines()] == [" good"] * 6
    assert re.search(r"山口県 2017-06 \(actual, n = 19: \d+ done, \d+ planned\)", done.out)
    assert re.search(r"\d+ topics, \d+ points, \d+ events?\.", done.out)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("朝日町", "旭町", ["toyama.toml", "made-up-2020", "done ア", "'旭町'", "not an official municipality name"]),
        ('"イ"', '"ケ"', ["toyama.toml", "planned", "'ケ'", "ア, イ"]),
        ("n = 15", "n = 14", ["toyama.toml", "n: is 14", "15"]),
        ('id = "made-up"', 'id = "tokyo-2015"', ["tokyo-2015", "already"]),
        ('id = "made-up-2020"', 'id = "yamaguchi-2017-06"', ["yamaguchi-2017-06", "already"]),
        ("[source]", "[source", ["toyama.toml", "not TOML", "line 2"]),
        ("[[survey]]", "[survey]", ["toyama.toml"]),
    ],
)
def test_check_says_what_is_wrong(old: str, new: str, said: list[str], facts: Path) -> None:
    """File, place, value; a duplicate of something shipped too."""
    path = facts / "toyama.toml"
    path.write_text(FACTS.replace(old, new, 1), encoding="utf-8")
    good, sentence = checked(path)
    assert not good
    assert "\n" not in sentence
    assert [part for part in said if part not in sentence] == [], sentence


def test_check_helps_with_what_is_no_file_of_facts(renkei: Renkei, tmp_path: Path) -> None:
    """Missing, a folder, another kind of file, another encoding: a sentence that says what to do."""
    (tmp_path / "sjis.toml").write_bytes(FACTS.encode("cp932"))
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04\x00\xff")
    (tmp_path / "empty.toml").write_bytes(b"")
    names = {"none.toml": "does not exist", "": "is a folder", "book.xlsx": ".toml", "sjis.toml": "UTF-8", "empty.toml": "source"}
    done = renkei("check", *(str(tmp_path / name) for name in names))
    assert (done.code, done.out) == (2, "")
    sentences = done.err.splitlines()
    assert [said for said, sentence in zip(names.values(), sentences, strict=True) if said not in sentence] == []


def test_check_goes_on_after_a_bad_file(renkei: Renkei, facts: Path) -> None:
    """Each file has its say; the exit code tells that one was bad."""
    done = renkei("check", "none.toml", str(facts / "toyama.toml"))
    assert done.code == 2
    assert "none.toml does not exist" in done.err
    assert "toyama.toml: good" in done.out


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_an_example(verb: str, renkei: Renkei) -> None:
    """--help of each verb says what it does and shows a command that can be copied."""
    done = renkei(verb, "--help")
    assert done.code == 0
    assert re.search(rf"examples?:\n  (.* \| )?python -m bot {verb}", done.out)


@pytest.mark.parametrize("arguments", [(), ("ask",), ("explain",), ("sing",), ("ask", "--today", "tomorrow", "集計"), ("ask", "--lang", "fr", "集計")])
def test_a_wrong_command_shows_the_usage(arguments: tuple[str, ...], renkei: Renkei) -> None:
    """Usage and one line of what is wrong on standard error, exit code 2."""
    done = renkei(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("usage: python -m bot")
    assert "error: " in done.err.splitlines()[-1]


def test_help_of_all_names_every_verb_and_variable(renkei: Renkei) -> None:
    """`python -m bot --help` is where a newcomer starts."""
    out = renkei("--help").out
    for word in (*VERBS, "RENKEI_HOME", "RENKEI_FACTS", "RENKEI_KNOWLEDGE"):
        assert word in out


def test_an_unknown_home_lists_those_there_are(renkei: Renkei) -> None:
    """大阪府 is not in the data; 山口県 and 東京都 are."""
    sentence = one_sentence(renkei("ask", "--home", "大阪府", "集計"))
    assert "'大阪府'" in sentence
    assert "山口県" in sentence
    assert "東京都" in sentence


def test_a_missing_folder_of_facts(renkei: Renkei, tmp_path: Path) -> None:
    """It says which variable to change."""
    assert "RENKEI_FACTS" in one_sentence(renkei("ask", "集計", RENKEI_FACTS=str(tmp_path / "none")))


@pytest.mark.parametrize("place", ["/proc/none/knowledge.db", "{tmp}", "{tmp}/file/knowledge.db", "{tmp}/file"])
def test_no_place_for_the_knowledge_base(place: str, renkei: Renkei, tmp_path: Path) -> None:
    """A folder that cannot be written to, a folder or somebody's file in its place: say which variable to set, and harm nothing."""
    (tmp_path / "file").write_text("somebody's")
    for arguments in (("ask", "集計"), ("build",)):
        assert "RENKEI_KNOWLEDGE" in one_sentence(renkei(*arguments, RENKEI_KNOWLEDGE=place.format(tmp=tmp_path)))
    assert (tmp_path / "file").read_text() == "somebody's"


def test_a_bad_file_of_facts_leaves_the_last_good_answers(renkei: Renkei, facts: Path, tmp_path: Path) -> None:
    """The answer comes from the last good knowledge base, with a sentence about the file; `build` says so and fails."""
    own = {"RENKEI_FACTS": str(facts), "RENKEI_KNOWLEDGE": str(tmp_path / "knowledge.db")}
    assert renkei("ask", "--json", "富山県で(ア)を実施した市町村は？", **own).objects[0]["value"] == 2
    (facts / "toyama.toml").write_text(FACTS.replace("朝日町", "旭町"), encoding="utf-8")
    done = renkei("ask", "--json", "富山県で(ア)を実施した市町村は？", **own)
    assert done.code == 0
    assert done.objects[0]["value"] == 2
    assert "旭町" in done.err
    assert done.err.count("\n") == 1
    assert "the last good one stays" in one_sentence(renkei("build", **own))


def test_our_own_failure_has_an_id_that_the_log_has_too(renkei: Renkei, facts: Path, tmp_path: Path) -> None:
    """A failure inside is an answer that says so; the traceback is in renkei.log beside the knowledge base, and the next line goes on."""
    broken = "import bot.ask, sys; from bot.__main__ import main; true = bot.ask.answer\n"
    broken += "def answer(text, *rest):\n    if 'boom' in text: raise RuntimeError('inside')\n    return true(text, *rest)\n"
    broken += "bot.ask.answer = answer; sys.exit(main())"
    command = [sys.executable, "-c", broken, "ask", "--json", "-"]
    done = subprocess.run(command, cwd=ROOT, env=renkei.environ(), input="boom\n(オ)の集計\n".encode(), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    failed, next_ = [json.loads(line) for line in done.stdout.splitlines()]
    assert (failed["status"], failed["reason"], next_["status"]) == ("unknown", "failure", "answered")
    named = re.search(r"id ([0-9a-f]{8})", failed["text"])
    assert named
    log = renkei.knowledge.with_name("renkei.log").read_text(encoding="utf-8")
    assert f"failure {named[1]}, question 'boom'" in log
    assert "RuntimeError: inside" in log
