"""Ten years of reminders: every due post once, on its day, naming exactly who is open; whatever crashes, however many clocks run, whatever they show.

The outside is a list of messages (Slack as the bot sees it). What should stand there is worked out by an oracle of its own,
a day at a time, from the almanac and a diary of what people did. Everything else is real: store, ledger, outbox, wording.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from almanac import is_open, nth
from postgres import ENGINES, fresh_store, memory_folder, server
from sqlalchemy import event, text

from bot.ask import Asker
from bot.calendar import LADDER
from bot.clock import CURSOR, Clock
from bot.due import instant
from bot.remind import Book, Untrusted, Wording
from bot.ways import sending_of
from db.outbox import Claim, Outbox, Timing
from db.schedule import Deadline, Mark, Rule, Schedule, Subscription
from db.state import State, StateFailure

DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
BEGIN = date(2018, 1, 4)
TEAM, HOME, JST = "T1", "yamaguchi", "Asia/Tokyo"

# By hand from the source: who had not done (オ) in June 2017, and who had any item not done.
NOT_O = "萩市 防府市 下松市 岩国市 長門市 美祢市 周防大島町 和木町 田布施町 平生町 阿武町".split()
ALL = "下関市 宇部市 山口市 萩市 防府市 下松市 岩国市 光市 長門市 柳井市 美祢市 周南市 山陽小野田市 周防大島町 和木町 上関町 田布施町 平生町 阿武町".split()
NOT_ALL = [name for name in ALL if name != "宇部市"]
OF_DATA = "全市町村が8つの事業項目すべてに取り組む期限（平成29年度末まで）"
NAMES = re.compile("|".join(sorted(ALL, key=len, reverse=True)))


def at(day: date, minute: int) -> datetime:
    return instant(day, minute, JST)


# --- what people do ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that somebody does in the night before a day's first reminder."""

    day: date
    kind: str
    id: str
    who: str = ""
    value: Any = None


@dataclass
class Diary:
    """Deadlines, rules and what is done to them, with the days on which nothing runs."""

    deadlines: dict[str, Deadline] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    entries: dict[date, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    down: set[date] = field(default_factory=set)
    end: date = BEGIN

    def days(self) -> Iterator[date]:
        day = BEGIN
        while day <= self.end:
            yield day
            day += DAY


def written(chance: random.Random, years: int, deadlines: int, rules: int, channels: int) -> Diary:
    """A diary of some years: reports of every kind, marks taken back, deadlines moved and cancelled, rules stopped and started, outages."""
    diary = Diary(end=BEGIN + timedelta(days=365 * years))
    for n in range(deadlines):
        day = BEGIN + timedelta(days=chance.randint(60, 365 * years))
        items = chance.choice([(), (), ("オ",)])
        diary.deadlines[f"D{n:02}"] = Deadline(id=f"D{n:02}", team=TEAM, name=f"締切{n:02}", day=day, territory=HOME, home=HOME, items=items)
        marks(diary, chance, f"D{n:02}", day)
    for n in range(rules):
        whole = n < rules // 5
        diary.rules[f"R{n:02}"] = Rule(
            id=f"R{n:02}",
            team=TEAM,
            channel=f"C{n if whole else chance.randrange(channels):02}",
            owner="U1",
            territory=HOME,
            deadline="" if whole else chance.choice(sorted(diary.deadlines)),
            ladder=LADDER if chance.random() < 0.3 else tuple(sorted(chance.sample(range(-25, 8), 4))),
            minute=chance.choice([540, 540, 570, 780]),
        )
    changes(diary, chance, years)
    return diary


def marks(diary: Diary, chance: random.Random, id_: str, day: date) -> None:
    """Municipalities become done over the two months around the deadline; now and then one is taken back. Some deadlines are never met."""
    if chance.random() < 0.2:
        return
    for name in ALL:
        done = day + timedelta(days=chance.randint(-45, 2))
        diary.entries[done].append(Entry(day=done, kind="done", id=id_, who=name))
        if chance.random() < 0.05:
            back = done + timedelta(days=chance.randint(1, 10))
            diary.entries[back].append(Entry(day=back, kind="undone", id=id_, who=name))


def changes(diary: Diary, chance: random.Random, years: int) -> None:
    for id_, deadline in diary.deadlines.items():
        when = deadline.day - timedelta(days=chance.randint(1, 40))
        if chance.random() < 0.2:
            diary.entries[when].append(Entry(day=when, kind="move", id=id_, value=deadline.day + timedelta(days=chance.randint(-5, 30))))
        elif chance.random() < 0.1:
            diary.entries[when].append(Entry(day=when, kind="cancel", id=id_))
    for id_ in chance.sample(sorted(diary.rules), len(diary.rules) // 3):
        when = BEGIN + timedelta(days=chance.randint(30, 365 * years - 200))
        diary.entries[when].append(Entry(day=when, kind="stop", id=id_))
        diary.entries[when + 60 * DAY].append(Entry(day=when + 60 * DAY, kind="start", id=id_))
    for _ in range(2 * years):
        first = BEGIN + timedelta(days=chance.randint(20, 365 * years))
        diary.down |= {first + n * DAY for n in range(chance.choice([1, 2, 3, 5, 14]))}


# --- the oracle -------------------------------------------------------------------------------------------------------


@dataclass
class Wanted:
    """What one channel should be told on one day: (title, mood) -> names; and the days it speaks of too late.

    At the time of the earliest rule that has a part in it; one that lost its part in the night may have set the time before.
    """

    said: dict[tuple[str, str], frozenset[str]]
    missed: frozenset[date]
    earliest: datetime
    latest: datetime


@dataclass
class Oracle:
    """A day at a time: who is open, what the ladder says of today, what is pending since the system was last up."""

    diary: Diary
    days: dict[str, date] = field(default_factory=dict)
    since: dict[str, date] = field(default_factory=dict)
    stopped: dict[str, bool] = field(default_factory=dict)
    done: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    mood: dict[tuple[str, str], str] = field(default_factory=dict)
    steps: dict[date, list[tuple[str, str, int]]] = field(default_factory=dict)
    wanted: dict[tuple[str, date], Wanted] = field(default_factory=dict)
    busy: dict[date, set[int]] = field(default_factory=lambda: defaultdict(set))

    def run(self) -> Oracle:
        self.days = {id_: each.day for id_, each in self.diary.deadlines.items()} | {"data": date(2018, 3, 31)}
        self.stopped = dict.fromkeys(self.diary.rules, False)
        self.since = dict.fromkeys([*self.days, *self.diary.rules], BEGIN)
        self.lay_out()
        pending: dict[str, list[tuple[date, str, str, int]]] = defaultdict(list)
        for day in self.diary.days():
            if any([self.happens(entry) for entry in self.diary.entries.get(day, [])]):  # noqa: C419 - every entry happens, whatever the first brings
                self.lay_out()
            for rule, goal, step in self.steps.get(day, []):
                if day >= max(self.since[rule], self.since[goal]):
                    pending[self.diary.rules[rule].channel].append((day, rule, goal, step))
                    self.busy[day].add(self.diary.rules[rule].minute)
            if is_open(day) and day not in self.diary.down:
                for channel in [each for each in pending if pending[each]]:
                    self.busy[day] |= {self.diary.rules[part[1]].minute for part in pending[channel]}
                    self.speak(channel, day, pending.pop(channel))
        return self

    def happens(self, entry: Entry) -> bool:
        """True if the ladders are other ones now."""
        match entry.kind:
            case "done":
                self.done[entry.id].add(entry.who)
                return False
            case "undone":
                self.done[entry.id].discard(entry.who)
                return False
            case "move" if entry.id in self.days:
                self.days[entry.id] = entry.value
            case "cancel":
                self.days.pop(entry.id, None)
            case "stop" | "start":
                self.stopped[entry.id] = entry.kind == "stop"
        self.since[entry.id] = entry.day
        return True

    def lay_out(self) -> None:
        self.steps = defaultdict(list)
        for rule in self.diary.rules.values():
            for goal in self.goals_of(rule):
                for step in rule.ladder:
                    self.steps[nth(self.days[goal], step)].append((rule.id, goal, step))

    def goals_of(self, rule: Rule) -> list[str]:
        if self.stopped[rule.id]:
            return []
        return [goal for goal in self.days if rule.deadline in ("", goal)]

    def speak(self, channel: str, day: date, parts: list[tuple[date, str, str, int]]) -> None:
        said: dict[tuple[str, str], frozenset[str]] = {}
        live = [part for part in parts if self.is_meant(*part)]
        for due, _, goal, step in live:
            if due == day or day <= self.days[goal] or step > 0:
                names = self.open(goal)
                mood = "open" if names else "done"
                if mood == "open" or self.mood.get((channel, goal)) != "done" or (self.title(goal), "done") in said:
                    said[self.title(goal), mood] = names
                    self.mood[channel, goal] = mood
        if said:
            earliest, latest = (min(at(day, self.diary.rules[rule].minute) for _, rule, *_ in some) for some in (parts, live))
            self.wanted[channel, day] = Wanted(said, frozenset(due for due, *_ in live if due < day), earliest, latest)

    def is_meant(self, due: date, rule: str, goal: str, step: int) -> bool:
        """Still: nobody has stopped the rule, or moved or cancelled the deadline, since it fell due."""
        return goal in self.goals_of(self.diary.rules[rule]) and nth(self.days[goal], step) == due

    def title(self, goal: str) -> str:
        return OF_DATA if goal == "data" else self.diary.deadlines[goal].name

    def open(self, goal: str) -> frozenset[str]:
        among = NOT_ALL if goal == "data" else NOT_O if self.diary.deadlines[goal].items else ALL
        return frozenset(among) - self.done[goal]


# --- the machines -----------------------------------------------------------------------------------------------------


class Crash(Exception):
    """A process ends here."""


@dataclass
class Machine:
    """One process: a clock and a sender over its own connection to the store, with a clock that may be wrong."""

    world: World
    off: timedelta = timedelta()
    clock: Clock = field(init=False)
    wording: Wording = field(init=False)
    work: Iterator[None] = field(init=False)
    busy: bool = False

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Anew, with nothing remembered but what the store holds."""
        book = Book(self.world.asker.kb, self.world.schedule)
        self.clock = Clock(book, self.world.outbox, self.now, self.world.time)
        self.wording = Wording(self.world.asker, book, self.world.outbox, self.now, self.world.time)
        self.work, self.busy = self.live(), False

    def now(self) -> datetime:
        return self.world.now + self.off

    def live(self) -> Iterator[None]:
        while True:
            if self.world.chance.random() < 0.25:
                self.clock.tick()
                yield
            outbox, moment = self.world.outbox, self.now()
            claim = outbox.claim(moment) or outbox.inspect(moment)
            self.busy = claim is not None
            if claim is not None:
                yield from self.send(claim) if claim.purpose == "send" else self.look(claim)
            else:
                yield

    def send(self, claim: Claim) -> Iterator[None]:
        """As the sender does, stopping between any two steps; now and then the answer is lost, or never comes."""
        outbox, world, began = self.world.outbox, self.world, self.world.now
        yield
        try:
            ready = self.wording.worded(claim) if claim.post.kind == "reminder" else claim
        except Untrusted:
            outbox.again(claim, self.now() + 30 * SECOND, "clock", self.now())
            return
        yield
        if ready is None:
            outbox.overtaken(claim, self.now())
        elif world.now - began > 40 * SECOND:
            outbox.again(claim, self.now(), "too slow", self.now())
        elif (why := world.refused(ready.post.channel)) is not None:
            outbox.failed(claim, why, self.now())
        else:
            fate = world.chance.random()
            ts = world.post(ready) if fate > 0.03 else ""
            yield
            outbox.sent(claim, ts, self.now()) if fate > 0.06 else outbox.unsure(claim, "time-out", self.now())

    def look(self, claim: Claim) -> Iterator[None]:
        yield
        copies = sorted(message.ts for message in self.world.messages if message.id == claim.id)
        if claim.purpose == "sweep":
            self.world.messages = [message for message in self.world.messages if message.ts not in copies[1:]]
            self.world.outbox.swept(claim, copies[0] if copies else "", "", self.now())
        elif copies:
            self.world.outbox.found(claim, copies[0], self.now())
        else:
            self.world.outbox.absent(claim, self.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What stands in the outside."""

    id: str
    ts: str
    at: datetime
    channel: str
    text: str


@dataclass
class World:
    """The store, the outside, true time, and machines that stop anywhere."""

    asker: Asker
    state: State
    chance: random.Random
    machines: int = 2
    trouble: float = 0.03
    now: datetime = at(BEGIN, 0) - DAY
    messages: list[Message] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    crashes: int = 0
    jumps: int = 0
    left: int = 0  # statements until the power is cut; 0: it is not
    crew: list[Machine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.state)
        self.outbox = Outbox(self.state, Timing(lease=MINUTE, settle=90 * SECOND, pace=SECOND))
        event.listen(self.state.engine, "before_cursor_execute", self._count)
        self.crew = [Machine(self) for _ in range(self.machines)]

    def time(self) -> datetime | None:
        """The time by the outside's clock."""
        return self.now

    def _count(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise Crash

    def refused(self, channel: str) -> str | None:
        return self.gone.get(channel)

    def post(self, claim: Claim) -> str:
        ts = f"{len(self.messages):09}"
        payload = sending_of(claim.post).payload
        self.messages.append(Message(id=claim.id, ts=ts, at=self.now, channel=claim.post.channel, text=payload["text"]))
        return ts

    def step(self, machine: Machine) -> None:
        """One step of a machine, which may be its last."""
        self.left = self.chance.randint(1, 30) if self.chance.random() < self.trouble else 0
        try:
            next(machine.work)
            if self.chance.random() < self.trouble:
                raise Crash
        except (Crash, StateFailure):
            self.crashes += 1
            machine.start()
        finally:
            self.left = 0

    def settle_down(self) -> None:
        """Lets all machines work until nothing is left to do, time passing as it does."""
        calm = 0
        while True:
            machine = self.chance.choice(self.crew)
            if self.chance.random() < self.trouble / 4:
                machine.off = self.chance.choice([-1, 1]) * self.chance.choice([3 * MINUTE, HOUR, DAY, 40 * DAY, 365 * DAY])
                self.jumps += 1
            elif self.chance.random() < 0.5:
                machine.off = timedelta()
            self.step(machine)
            self.now += self.chance.choice([0, 1, 1, 5]) * SECOND
            calm = 0 if any(each.off or each.busy for each in self.crew) else calm + 1
            if calm > len(self.crew):
                planned = self.crew[0].clock.tick()
                due = self.outbox.next_due()
                if due is not None and due <= self.now + 20 * MINUTE:
                    self.now = max(self.now, due)
                elif not planned:
                    return
                calm = 0

    # what people do

    def begin(self, diary: Diary) -> None:
        with self.state.together():
            for deadline in diary.deadlines.values():
                assert self.schedule.deadlines.add(deadline, "U1", self.now)
            for rule in diary.rules.values():
                assert self.schedule.rules.add(rule, "U1", self.now)
        self.crew[0].clock.tick()

    def do(self, entries: list[Entry], day: date) -> None:
        moment, codes = at(day, 0), {each.name: code for code, each in self.asker.kb.municipalities.items() if each.prefecture == "山口県"}
        with self.state.together():
            for entry in entries:
                if entry.kind in ("done", "undone"):
                    sign: Any = entry.kind
                    self.schedule.mark(Mark(sign=sign, team=TEAM, deadline=entry.id, about=codes[entry.who], who="U2", at=moment))
                elif entry.kind in ("move", "cancel"):
                    self.change_deadline(entry, moment)
                else:
                    rule = self.schedule.rules.get(entry.id)
                    assert rule is not None
                    stopped = "asked" if entry.kind == "stop" else ""
                    assert self.schedule.rules.change(rule, replace(rule.value, stopped=stopped), "U1", entry.kind, moment)

    def change_deadline(self, entry: Entry, moment: datetime) -> None:
        kept = self.schedule.deadlines.get(entry.id)
        assert kept is not None
        new = replace(kept.value, day=entry.value) if entry.kind == "move" else replace(kept.value, ended="cancelled")
        assert self.schedule.deadlines.change(kept, new, "U1", entry.kind, moment)


def lived(world: World, diary: Diary, oracle: Oracle, at_night: Mapping[date, Callable[[], None]] = MappingProxyType({})) -> None:
    """The diary, day by day, with the machines up whenever something might happen, and on some other days."""
    world.begin(diary)
    for day in diary.days():
        if day in at_night:
            at_night[day]()
        if entries := diary.entries.get(day):
            world.do(entries, day)
        now_and_then = {0, 540, 1200} if day - DAY in diary.down or world.chance.random() < 0.01 else set()
        for minute in sorted(oracle.busy.get(day, set()) | now_and_then) if day not in diary.down else ():
            world.now = max(world.now, at(day, minute) + world.chance.randint(0, 20) * SECOND)
            world.settle_down()


HEAD = re.compile("「([^」]+)」(?:の期限は|（期限 )")


def told(message: Message) -> dict[tuple[str, str], frozenset[str]]:
    """What a message says: of each deadline whether it is open, and every municipality that it names under it."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    body = message.text.split("\n出典：")[0].split("\n注：")[0]
    heads = list(HEAD.finditer(body))
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        part = body[head.end() : after.start() if after else len(body)]
        found[head[1], "done" if "すべてが完了しました" in part else "open"] = frozenset(NAMES.findall(part))
    return found


def compared(world: World, oracle: Oracle) -> None:
    """Every wanted post stands once and says what it should; nothing else stands."""
    stands: dict[tuple[str, date], list[Message]] = defaultdict(list)
    for message in world.messages:
        if message.channel.startswith("C"):
            stands[message.channel, (message.at + 9 * HOUR).date()].append(message)
    assert {key for key in stands if not is_open(key[1])} == set()
    assert sorted(set(oracle.wanted) - set(stands))[:5] == [], "posts that are missing"
    assert sorted(set(stands) - set(oracle.wanted))[:5] == [], "posts that nobody asked for"
    assert {key: len(found) for key, found in stands.items() if len(found) != 1} == {}
    for key, wanted in oracle.wanted.items():
        message = stands[key][0]
        assert told(message) == wanted.said, (key, message.text)
        assert ("予定の日（" in message.text) == bool(wanted.missed), (key, message.text)
        assert wanted.earliest - 2 * MINUTE <= message.at < wanted.latest + HOUR, (key, message.at)


@pytest.fixture
def make(asker: Asker) -> Iterator[Callable[..., World]]:
    opened: list[State] = []
    with memory_folder() as folder:

        def world(engine: str = "sqlite", seed: int = 1, **given: Any) -> World:
            state = State.open(fresh_store(engine, folder / str(len(opened))))
            opened.append(state)
            return World(asker, state, random.Random(seed), **given)

        yield world
        for state in opened:
            state.close()


def test_ten_years_of_fifty_rules(make: Callable[..., World]) -> None:
    """Two machines that crash at any statement and between any two steps, with clocks that jump both ways, and outages of days."""
    diary = written(random.Random(7), years=10, deadlines=16, rules=50, channels=14)
    oracle = Oracle(diary).run()
    world = make()
    lived(world, diary, oracle)
    compared(world, oracle)
    assert len(oracle.wanted) > 600 and world.crashes > 300 and world.jumps > 50
    assert sum(bool(wanted.missed) for wanted in oracle.wanted.values()) > 10
    assert sum(mood == "done" for wanted in oracle.wanted.values() for _, mood in wanted.said) > 50


@pytest.mark.parametrize("engine", ENGINES)
def test_three_machines_for_a_year(engine: str, make: Callable[..., World]) -> None:
    """The same, small, on both engines; PostgreSQL is killed and started again now and then."""
    diary = written(random.Random(5), years=1, deadlines=4, rules=10, channels=4)
    oracle = Oracle(diary).run()
    world = make(engine, machines=3)
    nights = [day for n, day in enumerate(sorted(oracle.busy)) if n % 12 == 6] if engine == "postgres" else []
    lived(world, diary, oracle, at_night=dict.fromkeys(nights, restart))
    compared(world, oracle)
    assert len(oracle.wanted) > 30 and world.crashes > 10


def restart() -> None:
    server().crash()
    server().start()


# --- one post, cut everywhere -----------------------------------------------------------------------------------------


def one_rule(world: World, name: str = "", **given: Any) -> Rule:
    """A deadline on Friday 2 March 2018 with a reminder on the day before, set on 1 February."""
    deadline = Deadline(id=f"D{name}", team=TEAM, name=f"締切{name}", day=date(2018, 3, 2), territory=HOME, home=HOME, items=("オ",))
    rule = Rule(id=f"R{name}", team=TEAM, channel=f"C{name}", owner="U1", territory=HOME, deadline=deadline.id, ladder=(-1,), **given)
    with world.state.together():
        world.schedule.deadlines.add(deadline, "U1", at(date(2018, 2, 1), 0))
        world.schedule.rules.add(rule, "U1", at(date(2018, 2, 1), 0))
    return rule


DUE = date(2018, 3, 1)


def life(world: World) -> Iterator[object]:
    """A post from its time to the ledger's knowing that it stands, without a fault."""
    machine = Machine(world)
    yield machine.clock.tick()
    claim = world.outbox.claim(world.now)
    assert claim is not None
    ready = machine.wording.worded(claim)
    assert ready is not None
    yield ready
    yield world.outbox.sent(ready, world.post(ready), world.now)
    yield machine.clock.tick()


@pytest.mark.parametrize("engine", ENGINES)
def test_cut_at_every_statement_it_stands_once(engine: str, make: Callable[..., World]) -> None:
    """Whatever the k-th statement is: a machine that comes after finds out, and the post stands once."""
    world, k, cut = make(engine, trouble=0.0), 0, True
    world.now = at(date(2018, 2, 1), 0)
    world.crew[0].clock.tick()
    while cut:
        k, cut = k + (1 if engine == "sqlite" else 3), False
        world.now = at(date(2018, 2, 1), 0)
        rule = one_rule(world, f"{k:03}")
        world.now = at(DUE, 540) + 5 * SECOND
        world.left = k
        try:
            for _ in life(world):
                pass
        except Crash:
            cut = True
        world.left = 0
        world.crew = [Machine(world)]
        world.settle_down()
        assert [message.channel for message in world.messages if message.channel == rule.channel] == [rule.channel], k
        world.state.set_fact(CURSOR, at(date(2018, 2, 1), 0).isoformat(), world.now)
    assert k > 40


# --- what stops it, and what does not ---------------------------------------------------------------------------------


def at_nine(world: World, *days: date) -> None:
    for day in days:
        world.now = at(day, 540) + 5 * SECOND
        world.settle_down()


@pytest.fixture
def calm(make: Callable[..., World]) -> World:
    """Two machines without a fault, started on 1 February 2018."""
    world = make(trouble=0.0)
    world.now = at(date(2018, 2, 1), 0)
    world.crew[0].clock.tick()
    return world


def test_a_channel_that_is_gone_stops_its_rules_and_tells_their_owner_once(calm: World) -> None:
    gone, other = one_rule(calm, "1"), one_rule(calm, "2")
    calm.gone[gone.channel] = "is_archived"
    at_nine(calm, DUE, DUE + DAY)
    assert [message.channel for message in calm.messages] in ([other.channel, "U1"], ["U1", other.channel])
    told_owner = next(message for message in calm.messages if message.channel == "U1")
    assert "C1" in told_owner.text and "is_archived" in told_owner.text and "/invite" in told_owner.text
    trail = calm.schedule.rules.trail(gone.id)
    assert [(kept.act, kept.who, kept.value.stopped) for kept in trail] == [("added", "U1", ""), ("stopped", "renkei", "is_archived")]
    assert calm.schedule.rules.trail(other.id)[-1].act == "added"


def test_what_slack_refused_for_another_reason_is_tried_on_the_next_business_day(calm: World) -> None:
    """A token was revoked for a day: the next post says that it is late, while it is of use."""
    rule = one_rule(calm, "1")
    calm.gone[rule.channel] = "token_revoked"
    at_nine(calm, DUE)
    assert calm.messages == []
    calm.gone.clear()
    at_nine(calm, DUE + DAY)
    assert [message.channel for message in calm.messages] == [rule.channel]
    assert "本日です" in calm.messages[0].text and "予定の日（平成30年3月1日（2018年3月1日）（木））" in calm.messages[0].text


def test_a_warning_that_came_too_late_goes_to_the_owner(calm: World) -> None:
    """Nothing ran until the Monday after: the channel is not told of a day that has passed, whoever answers for it is."""
    one_rule(calm, "1")
    at_nine(calm, date(2018, 3, 5))
    assert [message.channel for message in calm.messages] == ["U1"]
    assert "11" in calm.messages[0].text and "2018年3月2日" in calm.messages[0].text


def test_a_clock_that_is_ahead_plans_nothing(calm: World) -> None:
    """Neither does one that cannot ask; and a ledger from a machine that was ahead does not lose what falls due."""
    one_rule(calm, "1")
    machine = calm.crew[0]
    for machine.off in (30 * DAY, 365 * DAY, -DAY):
        assert machine.clock.tick() == 0
    machine.off = timedelta()
    calm.state.set_fact(CURSOR, at(date(2019, 1, 1), 0).isoformat(), calm.now)
    machine.clock.tick()
    calm.now = at(DUE, 540) + 5 * SECOND
    assert replace(machine.clock, witness=lambda: None).tick() == 0
    at_nine(calm, DUE)
    assert [message.channel for message in calm.messages] == ["C1"]


def test_a_rule_that_is_stopped_while_its_post_waits_says_nothing(calm: World) -> None:
    rule = one_rule(calm, "1")
    calm.now = at(DUE, 540)
    assert calm.crew[0].clock.tick() == 1
    kept = calm.schedule.rules.get(rule.id)
    assert kept is not None
    assert calm.schedule.rules.change(kept, replace(rule, stopped="asked"), "U1", "stopped", calm.now)
    calm.settle_down()
    assert calm.messages == []


def test_an_hour_that_is_changed_after_the_post_does_not_post_again(calm: World) -> None:
    rule = one_rule(calm, "1")
    at_nine(calm, DUE)
    kept = calm.schedule.rules.get(rule.id)
    assert kept is not None
    assert calm.schedule.rules.change(kept, replace(rule, minute=15 * 60), "U1", "changed", calm.now)
    calm.now = at(DUE, 15 * 60 + 1)
    calm.settle_down()
    at_nine(calm, DUE + DAY)
    assert len(calm.messages) == 1


def test_put_off_until_tomorrow(calm: World) -> None:
    """明日また: the same deadline again on the next business day, once."""
    rule = one_rule(calm, "1")
    at_nine(calm, DUE)
    calm.schedule.mark(Mark(sign="snoozed", team=TEAM, deadline="D1", about=rule.id, value="2018-03-02", who="U2", at=calm.now))
    at_nine(calm, date(2018, 3, 2), date(2018, 3, 5))
    assert [message.at.date() for message in calm.messages] == [DUE, date(2018, 3, 2)]
    assert "変わりありません" in calm.messages[1].text


def test_a_weekly_digest_comes_when_something_has_changed(calm: World) -> None:
    """First as it stands, then not at all, then with what somebody has reported and set. Monday 12 February is a holiday: the Friday before."""
    weekly = Subscription(id="S1", team=TEAM, channel="C1", owner="U1", territory=HOME)
    calm.schedule.subscriptions.add(weekly, "U1", calm.now)
    at_nine(calm, date(2018, 2, 5), date(2018, 2, 9), date(2018, 2, 12), date(2018, 2, 19))
    assert [message.at.date() for message in calm.messages] == [date(2018, 2, 5)]
    assert "(オ) 8" in calm.messages[0].text and "あと54日" in calm.messages[0].text
    one_rule(calm, "1")
    calm.do([Entry(day=DUE, kind="done", id="D1", who="萩市")], date(2018, 2, 20))
    at_nine(calm, date(2018, 2, 26), DUE, date(2018, 3, 5))
    assert [message.at.date() for message in calm.messages[1:]] == [date(2018, 2, 26), DUE]
    assert "締切1：新たに完了 1（萩市）" in calm.messages[1].text and "期限が加わりました：締切1" in calm.messages[1].text


# --- what people have set ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_set_is_never_overwritten(engine: str, make: Callable[..., World]) -> None:
    """Not by a statement either; and of two people who change the same version the second is told."""
    world = make(engine)
    rule = one_rule(world, "1")
    first = world.schedule.rules.get(rule.id)
    assert first is not None and first.value == rule
    assert not world.schedule.rules.add(rule, "U2", world.now)
    assert world.schedule.rules.change(first, replace(rule, lang="en"), "U2", "changed", world.now)
    assert not world.schedule.rules.change(first, replace(rule, minute=600), "U3", "changed", world.now)
    world.schedule.mark(Mark(sign="done", team=TEAM, deadline="D1", about="35204", who="U2", at=world.now))
    for table in ("rule_version", "deadline_version", "reminder_mark"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET who = 'nobody'"):
            with pytest.raises(StateFailure, match="never overwritten"), world.state.writing() as connection:
                connection.execute(text(statement))
    assert [(kept.version, kept.who, kept.act, kept.value.lang) for kept in world.schedule.rules.trail(rule.id)] == [
        (1, "U1", "added", "ja"),
        (2, "U2", "changed", "en"),
    ]
    assert [kept.value for kept in world.schedule.deadlines.all()] == [
        Deadline(id="D1", team=TEAM, name="締切1", day=date(2018, 3, 2), territory=HOME, home=HOME, items=("オ",))
    ]
