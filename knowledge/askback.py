"""What is said instead of an answer: which reading is meant, which part was not understood, what is not held."""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.base import KnowledgeBase
from knowledge.conditions import Has, leaves
from knowledge.intents import Intent
from knowledge.intents._scope import Missing, choice, places, starters, surveyed
from knowledge.intents.which import STATE_WORDS
from knowledge.lexicon import UNREAD
from knowledge.model import DONE, Answer, Choice, Found, NoData, OutOfScope, Pair, States, WhichOne
from knowledge.query import Query
from knowledge.setting import Setting, Understanding
from knowledge.thread import opens_on
from knowledge.understand import Heard, hear
from knowledge.unread import is_slight

MOST_CHOICES = 4
# More of a message than this unread, and the rest is no question.
MOST_UNREAD = 0.6
SENTENCE_END = re.compile(r"[?？。！!\n]+|(?<=[a-z)])\.\s|\s+and\s+(?=how many|how much|when|which|what|who)", re.I)


# --- something unread -------------------------------------------------------------------------------------------------


def ask_about(unread: tuple[str, ...], query: Query, heard: Heard, intent: Intent, kb: KnowledgeBase, setting: Setting) -> Answer:
    """Something was not understood: offer the reading without it if the rest is a whole question, refuse otherwise."""
    mentions = [m for m in heard.mentions if heard.said.quote(*m.span).strip() in unread]
    if intent.topical and any(m.kind == "name" and m.value for m in mentions):
        return NoData(query=query, why="not_held", facts=Missing(places=places(query.places, kb), territories=surveyed(kb)), next=starters(kb, setting))
    unheld = tuple(heard.said.quote(*m.span).strip() for m in mentions if m.has("ask", "unheld"))
    if unheld and not intent.topical:
        return NoData(query=query, why="not_held", facts=Missing(names=unheld, territories=surveyed(kb)), next=starters(kb, setting))
    whole = bool(query.condition or (query.items and (query.places or query.subject or query.asks)) or query.subjects and intent.topical)
    if not whole or len("".join(unread)) > MOST_UNREAD * sum(char.isalnum() for char in heard.said.text):
        return not_understood(heard, query.but(unread=unread), kb, setting)
    told = intent.answer(query.but(unread=()), kb, setting)
    if not isinstance(told, Found):
        return told
    if all(m.kind == "number" and m.value == told.value for m in mentions):
        return told  # "the three municipalities that …": there are three
    rest = _without(heard, unread)
    choices = (Choice(label=Pair("この読みで答える", "Answer it so"), question=Pair(rest, rest)),)
    return WhichOne(query=query, why="unread", word="、".join(unread), choices=choices, facts=told)


def _without(heard: Heard, unread: tuple[str, ...]) -> str:
    text = heard.said.cased
    for mention in reversed(heard.mentions):
        if heard.said.quote(*mention.span).strip() in unread:
            text = text[: mention.span[0]] + text[mention.span[1] :]
    return " ".join(text.split())


def not_understood(heard: Heard, query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    """Nothing that the bot knows of fits. A bad item, another prefecture or a municipality still gets its own sentence."""
    next_ = starters(kb, setting)
    if "bad_item" in query.asks:
        return NoData(query=query, why="no_such_item", facts=Missing(), next=next_)
    if query.elsewhere:
        return NoData(query=query, why="elsewhere_prefecture", facts=Missing(names=query.elsewhere, territories=surveyed(kb)), next=next_)
    elsewhere = tuple(m for m in places(query.places, kb) if not any(m.code in t.members for t in surveyed(kb)))
    if elsewhere:
        return NoData(query=query, why="elsewhere", facts=Missing(places=elsewhere, territories=surveyed(kb)), next=next_)
    unknown = [m for m in heard.mentions if m.kind == UNREAD]
    if not query.unread and all(map(is_slight, unknown)) and (query.states is not None or query.also_states) and not query.places:
        return _which_item(query)
    words = query.unread or tuple(heard.said.quote(*m.span).strip() for m in unknown)
    if query.places or (query.territories and (query.subject or query.items)) or query.items:
        facts = Missing(places=places(query.places, kb), names=words, territories=surveyed(kb))
        return NoData(query=query, why="not_held", facts=facts, next=next_)
    return OutOfScope(query=query, reason="out_of_scope", heard=words, next=next_)


def _which_item(query: Query) -> WhichOne:
    """A state was asked for and no item: offer the whole picture, and how to name one."""
    choices = (
        choice("項目ごとの集計", "集計", "tally by item", "tally by item"),
        choice("市町別の一覧", "市町別", "matrix by municipality", "matrix by municipality"),
        choice("未実施の項目が多い市町", "未実施の項目が最も多い市町は？", "who has done fewest items", "which municipality has done the fewest items?"),
        choice("8項目すべて実施済みの市町", "8項目すべて実施済みの市町は？", "who has done all eight", "which municipalities have done all eight items?"),
    )
    return WhichOne(query=query, why="which_item", word="", choices=choices)


# --- several questions, several readings ------------------------------------------------------------------------------


def sentences(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in SENTENCE_END.split(text) if part.strip())


def two_questions(heard: Heard, parts: Iterable[str], base: Understanding, setting: Setting) -> WhichOne | None:
    """Two whole questions in one message are asked back about: which one first."""
    whole = []
    for part in tuple(parts)[:6]:
        one = hear(part, base, setting)
        if isinstance(one, Heard) and one.unclear is None and _is_whole(one.query):
            whole.append(part)
    if len(whole) < 2:
        return None
    choices = tuple(Choice(label=Pair(part, part), question=Pair(part, part)) for part in whole[:MOST_CHOICES])
    return WhichOne(query=heard.query, why="two_questions", word="", choices=choices)


def goes_on_within(parts: tuple[str, ...], base: Understanding, setting: Setting) -> bool:
    """Whether the last sentence of a message is a follow-up of those before it: "… and (カ)?"."""
    last = hear(parts[-1], base, setting)
    return isinstance(last, Heard) and last.unclear is None and opens_on(last.query) and not (last.query.items and last.query.condition)


def _is_whole(query: Query) -> bool:
    asks_something = bool(query.subject or query.measure != "list" or query.asks - {"programme", "meaning"} or query.places)
    return asks_something and bool(
        query.condition or query.subjects or (query.items and (query.asks or query.places)) or query.asks & {"amount", "deadline", "help", "programme"}
    )


def one_by_one(query: Query, why: str) -> WhichOne:
    """Each item with its state as a question of its own: two numbers asked for at once, or a sentence that does not come apart."""
    said = leaves(query.condition) if query.condition is not None else ()
    singles = dict.fromkeys((leaf.item, leaf.states) for leaf in said if isinstance(leaf, Has) and leaf.item in query.items)
    counted = why == "two_questions"
    return WhichOne(query=query, why=why, word="", choices=tuple(_single(item, states, counted) for item, states in list(singles)[:MOST_CHOICES]))


def _single(item: str, states: States, counted: bool) -> Choice:
    ja, en = STATE_WORDS.get(states, STATE_WORDS[DONE])
    if counted:
        return choice(f"({item})が{ja}の数", f"({item})が{ja}の市町の数は？", f"({item}) {en}", f"how many municipalities have ({item}) {en}?")
    return choice(f"({item})が{ja}の市町", f"({item})が{ja}の市町は？", f"({item}) {en}", f"which municipalities have ({item}) {en}?")


def of_scope(query: Query) -> tuple[Choice, ...]:
    """The two readings of a negation over "both" or "all", each as a question of its own."""
    return _none_or_not_all() if query.all_items else _none_or_not_both(query.items)


def _none_or_not_all() -> tuple[Choice, ...]:
    return (
        choice("1項目も実施していない市町", "1項目も実施していない市町は？", "done none of the items", "which municipalities have done nothing?"),
        choice("全項目がそろってはいない市町", "未実施が1項目以上の市町は？", "not all items done", "which municipalities have at least 1 item not done?"),
    )


def _none_or_not_both(items: tuple[str, ...]) -> tuple[Choice, ...]:
    said = [f"({letter})" for letter in items]
    every, nor, some = " and ".join(said), " nor ".join(said), " or ".join(said)
    return (
        choice(
            f"{''.join(said)}がどれも未実施",
            f"{'と'.join(said)}がどちらも未実施の市町は？",
            f"none of {every} done",
            f"which municipalities have neither {nor} done?",
        ),
        choice(
            f"{''.join(said)}のいずれかが未実施",
            f"{'か'.join(said)}のいずれかが未実施の市町は？",
            f"at least one of {every} not done",
            f"{some} outstanding, which municipalities?",
        ),
    )
