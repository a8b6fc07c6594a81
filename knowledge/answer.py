"""Text -> (Query, Answer): hear the question, choose its kind, answer it. The whole of the bot's mind in one call."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from knowledge import subjects
from knowledge.base import KnowledgeBase
from knowledge.clauses import beside, counts_items
from knowledge.conditions import And, AtLeast, Has, both, leaves
from knowledge.dates import period_of
from knowledge.intents import Intent, discover
from knowledge.intents._scope import Missing, choice, places, starters, surveyed
from knowledge.intents.which import STATE_WORDS
from knowledge.lexicon import UNREAD
from knowledge.mentions import is_content
from knowledge.model import DONE, EXPECTED, NOT_DONE, PLANNED, Answer, Choice, Found, Mention, NoData, OutOfScope, Pair, States, Subject, WhichOne
from knowledge.query import Query
from knowledge.setting import Setting, Understanding
from knowledge.thread import carry, opens_on
from knowledge.understand import Heard, hear

LEAST_FIT, GOOD_FIT = 20, 45
MOST_FOUND = 12
MOST_CHOICES = 4
# A word that only a subject of the documents explains decides for the intents about subjects.
TOPICAL_BONUS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """How an answer came about: what `explain` prints."""

    heard: Heard | None
    query: Query
    fits: tuple[tuple[str, int], ...]
    answer: Answer


def answer(text: str, base: Understanding, setting: Setting, before: Query | None = None) -> Considered:
    """The answer to one question, `before` being the query of the turn before it in the thread."""
    heard = hear(text, base, setting)
    if isinstance(heard, OutOfScope):
        return _considered(None, replace(heard, next=starters(base.kb, setting)), ())
    if heard.unclear is not None and not _beside_the_point(heard):
        return _considered(heard, _with_choices(heard.unclear), ())
    parts = _sentences(heard.said.cased) if before is None else ()
    if len(parts) > 1:
        last = hear(parts[-1], base, setting)
        if isinstance(last, Heard) and last.unclear is None and opens_on(last.query):
            return replace_text(answer(parts[-1], base, setting, answer("。".join(parts[:-1]), base, setting).query), text)
        two = _two_questions(heard, parts, base, setting)
        if two is not None:
            return _considered(heard, two, ())
    query = carry(_same_subject(heard, before, base), before)
    return _decide(heard, query, base, setting)


def _same_subject(heard: Heard, before: Query | None, base: Understanding) -> Query:
    """A follow-up about the subject before it (ないのは？): a way of asking whose words the two questions hold together."""
    query = heard.query
    if before is None or not before.subjects or query.subjects or query.items or query.condition is not None:
        return query
    known = base.ways.matches(f"{heard.said.text} {' '.join(before.words)}", query.asks)
    families = {_family(base.kb.subjects[id_]) for id_ in before.subjects}
    fresh = [m for m in known if any(word in heard.said.text for word in m.words - set(before.words)) and _family(base.kb.subjects[m.subject]) in families]
    top = [match for match in fresh if match.weight == fresh[0].weight]
    return (
        query.but(subjects=tuple(m.subject for m in top), words=tuple(dict.fromkeys(w for m in top for w in m.words)), states=None, carried=("subjects",))
        if top
        else query
    )


def _family(subject: Subject) -> tuple[str, ...]:
    """What a subject has in common with its like: the topic that it stands under, else its kind and territory."""
    return (subject.parent,) if subject.parent else (subject.kind, subject.territory)


def _beside_the_point(heard: Heard) -> bool:
    """Whether asking back about a name would lead nowhere, since the rest is about something else (明日の山口の天気)."""
    about = heard.query.items or heard.query.states or heard.query.condition or heard.query.asks
    return not about and any(is_content(m) and not _is_slight(m) for m in heard.mentions)


def replace_text(considered: Considered, text: str) -> Considered:
    """The same answer under the whole message that was sent."""
    query = considered.query.but(text=text)
    return replace(considered, query=query, answer=replace(considered.answer, query=query))


def _considered(heard: Heard | None, given: Answer, fits: tuple[tuple[str, int], ...]) -> Considered:
    return Considered(heard=heard, query=given.query, fits=fits, answer=given)


def _decide(heard: Heard, query: Query, base: Understanding, setting: Setting) -> Considered:
    kb = base.kb
    if "bad_item" in query.asks:
        return _considered(heard, NoData(query=query, why="no_such_item", facts=Missing(), next=starters(kb, setting)), ())
    query = _still_open(_planned_by_then(query), kb)
    counts = sum(s.kind == "count" or s.value == "数" for m in heard.mentions for s in m.senses if s.kind == "count")
    if counts > 1 and isinstance(query.condition, And):
        return _considered(heard, _one_by_one(query, "two_questions"), ())
    topical = _is_topical(query, heard, kb)
    fitting = ((intent, name, intent.fits(query, kb)) for name, intent in discover().items())
    ranked = sorted(((fit + (TOPICAL_BONUS if topical and intent.topical and fit else 0), name) for intent, name, fit in fitting), reverse=True)
    fits = tuple((name, fit) for fit, name in ranked if fit > 0)
    if not fits or fits[0][1] < LEAST_FIT:
        return _considered(heard, _not_understood(heard, query, kb, setting), fits)
    name = _reading_all(query, heard, fits, kb)
    intent = discover()[name]
    if "bad_date" in query.asks and not intent.topical:
        return _considered(heard, NoData(query=query, why="no_such_date", facts=Missing(), next=starters(kb, setting)), fits)
    if "unclear" in query.asks and not intent.topical:
        return _considered(heard, _one_by_one(query, "logic"), fits)
    unread = _unread(query, heard, intent, kb)
    query = query.but(intent=name, unread=unread)
    searched = _searched(query, heard, kb) if unread else None
    if searched is not None:
        return _considered(heard, discover()[searched.intent].answer(searched, kb, setting), fits)
    if unread:
        return _considered(heard, _ask_about(unread, query, heard, intent, base, setting), fits)
    return _considered(heard, intent.answer(query, kb, setting), fits)


def _reading_all(query: Query, heard: Heard, fits: tuple[tuple[str, int], ...], kb: KnowledgeBase) -> str:
    """The best fitting kind of question that leaves nothing unread; the best fitting if all do."""
    good = [name for name, fit in fits if fit >= GOOD_FIT]
    return next((name for name in good if not _unread(query, heard, discover()[name], kb)), fits[0][0])


def _searched(query: Query, heard: Heard, kb: KnowledgeBase) -> Query | None:
    """The points that hold every word of the question that nothing else explains: a search, exact to the letter."""
    words = [m.surface for m in heard.mentions if is_content(m) and not _is_slight(m)]
    if query.condition is not None or query.places or query.wants_places or not words or any(len(word) < 2 for word in words):
        return None
    if not query.asks & {"guide"} and query.items:
        return None
    inside = {*query.territories, *(t.id for t in kb.territories.values() if t.kind == "nation")} if query.territories else set(kb.territories)
    found = [
        s.id
        for s in kb.subjects.values()
        if s.kind == "point"
        and s.territory in inside
        and all(subjects.holds(s, word) for word in words)
        and (not query.items or set(s.items) & set(query.items))
    ]
    return query.but(intent="points", subjects=tuple(found), unread=()) if 0 < len(found) <= MOST_FOUND else None


def _still_open(query: Query, kb: KnowledgeBase) -> Query:
    """Who is still open at the deadline: those that lack at least one item."""
    if "deadline" in query.asks and query.wants_places and query.states == NOT_DONE and not query.items:
        return query.but(asks=query.asks - {"deadline"}, states=None, condition=AtLeast(1, NOT_DONE, tuple(kb.items)))
    return query


def _one_by_one(query: Query, why: str) -> WhichOne:
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


def _planned_by_then(query: Query) -> Query:
    """Not done now, done by the end of the plan: the two states of one item meet in "planned"."""
    by_then = "fiscal_end" in query.relative or query.periods
    if query.condition is not None and by_then and isinstance(query.condition, And):
        said = {leaf.states for leaf in leaves(query.condition) if isinstance(leaf, Has)}
        if NOT_DONE in said and said & {DONE, EXPECTED, PLANNED} and len(query.items) == 1:
            return query.but(relative=(), periods=(), condition=Has(query.items[0], PLANNED))
    if set(query.also_states) == {NOT_DONE, DONE} and query.items and "fiscal_end" in query.relative:
        return query.but(also_states=(), relative=(), condition=both(Has(item, PLANNED) for item in query.items))
    return query


# --- what stays unread ------------------------------------------------------------------------------------------------


def _is_topical(query: Query, heard: Heard, kb: KnowledgeBase) -> bool:
    """Whether only a subject of the documents explains some word of the question."""
    if not query.subjects:
        return False
    first = kb.subjects[query.subjects[0]]
    return any(_only_topic(m) and (set(_topic_words(m)) & set(query.words) or subjects.explains(first, m.surface, kb)) for m in heard.mentions)


def _topic_words(mention: Mention) -> list[str]:
    return [s.value for s in mention.senses if s.kind == "topic"]


def _only_topic(mention: Mention) -> bool:
    return mention.kind != UNREAD and is_content(mention)


def _unread(query: Query, heard: Heard, intent: Intent, kb: KnowledgeBase) -> tuple[str, ...]:
    """The asker's words that this reading does not explain."""
    found = [heard.said.quote(*m.span).strip() for m in heard.mentions if not _is_read(m, query, heard, intent, kb)]
    return tuple(dict.fromkeys(found))


def _is_read(mention: Mention, query: Query, heard: Heard, intent: Intent, kb: KnowledgeBase) -> bool:
    """Whether a reading takes up this mention."""
    told = intent.topical and _explained(_about(query, intent, kb), mention, kb)
    if mention.kind == UNREAD:
        return told or _is_slight(mention) or intent.topical and _is_verb_stem(mention, heard)
    if mention.kind == "number":
        return (
            told
            or intent.topical
            or counts_items(query.mentions, query.mentions.index(mention))
            or mention.value == len(query.places)
            or _counts_everyone(mention, kb)
        )
    if intent.topical and mention.has("area"):
        return told or _is_their_area(mention, _about(query, intent, kb), kb)
    if _only_of_a_name(mention, heard) or not intent.topical and _lone_unit(mention, heard):
        return False
    if mention.kind == "name":
        return told or _is_read_name(mention, query, intent, kb)
    if mention.kind == "date":
        return told or not intent.topical or not query.subjects and bool(_about(query, intent, kb)) or _is_read_date(mention, query, _about(query, intent, kb))
    if is_content(mention):
        from_named = {subject.id for subject in _about(query, intent, kb)} & set(query.subjects)
        way = from_named and (set(_topic_words(mention)) & set(query.words) or any(word in mention.surface for word in query.words if not word.isascii()))
        return told or intent.topical and bool(way)
    return told or _is_read_cue(mention, query, intent, kb)


def _lone_unit(mention: Mention, heard: Heard) -> bool:
    """A unit with no number beside it (in which month, 何人): what is asked for, not how much."""
    if not any(s.kind == "unit" for s in mention.senses) or mention not in heard.mentions:
        return False
    at = heard.mentions.index(mention)
    return not any(m.kind in {"number", "date"} for m in heard.mentions[max(at - 1, 0) : at])


def _only_of_a_name(mention: Mention, heard: Heard) -> bool:
    """下関市だけ: that nobody else does is not among what can be asked of one municipality."""
    if not any(s.kind == "logic" and s.value in {"only", "shika"} for s in mention.senses) or mention not in heard.mentions:
        return False
    place = beside(heard.mentions, heard.mentions.index(mention), heard.said.lang)
    return place >= 0 and heard.mentions[place].kind == "name"


def _is_their_area(mention: Mention, about: list[Subject], kb: KnowledgeBase) -> bool:
    """Whether the area is the very territory that the subjects are of (飯伊圏域, a wide-area union)."""
    members = {code for number in mention.values("area") for code in kb.areas[int(number)].members}
    return any(members == set(kb.territories[subject.territory].members) for subject in about)


def _counts_everyone(mention: Mention, kb: KnowledgeBase) -> bool:
    """19市町のうち: a number of municipalities that is simply how many there are."""
    return any(mention.value in {len(territory.members), *(survey.n for survey in kb.surveys.values())} for territory in kb.territories.values())


def _is_read_name(mention: Mention, query: Query, intent: Intent, kb: KnowledgeBase) -> bool:
    if any(s.kind == "territory" for s in mention.senses) and not set(mention.value) & set(query.places):
        return True
    if not intent.topical:
        return bool(set(mention.value) & {*query.places, *query.excluded})
    about = _about(query, intent, kb)
    if any(kb.municipalities[mention.value[0]].name in subject.text for subject in about):
        return True
    inside = [kb.territories[subject.territory] for subject in about]
    return any(set(mention.value) & set(territory.members) and territory.kind in {"city", "union"} for territory in inside)


def _is_read_date(mention: Mention, query: Query, about: list[Subject]) -> bool:
    """Whether the subjects are of the asked date. "Now" and "latest" are whatever the newest document says."""
    if mention.value.value in {"latest", "first"}:
        return True
    if mention.value.value == "fiscal_end":
        return any(subject.kind == "event" and subject.of.kind == "deadline" for subject in about)
    dated = [date for subject in about for date in _dates_of(subject)]
    return any(period_of(iso).start <= asked.end and asked.start <= period_of(iso).end for iso in dated for asked in query.periods)


def _dates_of(subject: Subject) -> list[str]:
    told = subject.of
    found = [getattr(told, name, "") for name in ("as_of", "date", "since", "until", "fiscal_year")]
    return [iso for iso in found if iso]


NEUTRAL = frozenset({"list", "status", "source", "surveys", "table", "next_step", "rest"})


def _is_read_cue(mention: Mention, query: Query, intent: Intent, kb: KnowledgeBase) -> bool:
    """A cue is read if the intent takes it up, or the way of asking that led to the subject holds it."""
    cues = {s.value for s in mention.senses if s.kind == "ask"}
    if "when" in cues and intent.topical and any(_dates_of(kb.subjects[id_]) for id_ in query.subjects):
        return True
    other = {s.kind for s in mention.senses} - {"ask", "topic"}
    ways = {cue for word in query.words for cue in kb.lexicon.cues(word)}
    return not cues or bool(other) or bool(cues & (intent.uses | NEUTRAL | (ways if intent.topical else set())))


def _about(query: Query, intent: Intent, kb: KnowledgeBase) -> list[Subject]:
    """The subjects that an intent would answer from."""
    own = list(intent.about(query, kb)) if intent.about else []
    return own or [kb.subjects[id_] for id_ in query.subjects]


def _explained(about: list[Subject], mention: Mention, kb: KnowledgeBase) -> bool:
    return any(subjects.explains(subject, mention.surface, kb) for subject in about)


def _is_verb_stem(mention: Mention, heard: Heard) -> bool:
    """A single kanji with kana behind it (寄せられた, 挙がった): how something is told, not what."""
    before = heard.said.text[: mention.span[0]][-1:]
    after = heard.said.text[mention.span[1] : mention.span[1] + 1]
    if "一" <= before <= "龥":
        return False
    return len(mention.surface) == 1 and "一" <= mention.surface <= "龥" and "ぁ" <= after <= "ん" and after not in "はがをにのとも"


def _is_slight(mention: Mention) -> bool:
    """A stray hiragana or sign is the end of some polite form; it carries no content."""
    surface = mention.surface
    return all("ぁ" <= char <= "ゖ" or not char.isalnum() for char in surface) and len(surface) <= 3


def _ask_about(unread: tuple[str, ...], query: Query, heard: Heard, intent: Intent, base: Understanding, setting: Setting) -> Answer:
    """Something was not understood: offer the reading without it if the rest is a whole question, refuse otherwise."""
    kb = base.kb
    if any(m.kind == "name" and m.value and heard.said.quote(*m.span).strip() in unread for m in heard.mentions) and intent.topical:
        return NoData(query=query, why="not_held", facts=Missing(places=places(query.places, kb), territories=surveyed(kb)), next=starters(kb, setting))
    whole = bool(query.condition or (query.items and (query.places or query.subject or query.asks)) or query.subjects and intent.topical)
    if not whole or len("".join(unread)) > 0.6 * sum(char.isalnum() for char in heard.said.text):
        return _not_understood(heard, query.but(unread=unread), kb, setting)
    told = intent.answer(query.but(unread=()), kb, setting)
    if not isinstance(told, Found):
        return told
    rest = _without(heard, unread)
    return WhichOne(
        query=query,
        why="unread",
        word="、".join(unread),
        choices=(Choice(label=Pair("この読みで答える", "Answer it so"), question=Pair(rest, rest)),),
        facts=told,
    )


def _without(heard: Heard, unread: tuple[str, ...]) -> str:
    text = heard.said.cased
    for mention in reversed(heard.mentions):
        if heard.said.quote(*mention.span).strip() in unread:
            text = text[: mention.span[0]] + text[mention.span[1] :]
    return " ".join(text.split())


def _not_understood(heard: Heard, query: Query, kb: KnowledgeBase, setting: Setting) -> Answer:
    """Nothing that the bot knows of fits. A municipality, a bad item or a bad date still gets its own sentence."""
    if "bad_item" in query.asks:
        return NoData(query=query, why="no_such_item", facts=Missing(), next=starters(kb, setting))
    if query.elsewhere:
        return NoData(query=query, why="elsewhere_prefecture", facts=Missing(names=query.elsewhere, territories=surveyed(kb)), next=starters(kb, setting))
    elsewhere = tuple(m for m in places(query.places, kb) if not any(m.code in t.members for t in surveyed(kb)))
    if elsewhere:
        return NoData(query=query, why="elsewhere", facts=Missing(places=elsewhere, territories=surveyed(kb)), next=starters(kb, setting))
    unread = query.unread or tuple(heard.said.quote(*m.span).strip() for m in heard.mentions if m.kind == UNREAD and not _is_slight(m))
    if not unread and (query.states is not None or query.also_states) and not query.places:
        return _which_item(query)
    words = query.unread or tuple(heard.said.quote(*m.span).strip() for m in heard.mentions if m.kind == UNREAD)
    if query.places or (query.territories and (query.subject or query.items)) or query.items:
        return NoData(
            query=query, why="not_held", facts=Missing(places=places(query.places, kb), names=words, territories=surveyed(kb)), next=starters(kb, setting)
        )
    return OutOfScope(query=query, reason="out_of_scope", heard=words, next=starters(kb, setting))


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


SENTENCE_END = re.compile(r"[?？。！!\n]+|(?<=[a-z)])\.\s|\s+and\s+(?=how many|how much|when|which|what|who)", re.I)


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in SENTENCE_END.split(text) if part.strip())


def _two_questions(heard: Heard, parts: tuple[str, ...], base: Understanding, setting: Setting) -> WhichOne | None:
    """Two whole questions in one message are asked back about: which one first."""
    whole = []
    for part in parts[:6]:
        one = hear(part, base, setting)
        if isinstance(one, Heard) and one.unclear is None and _is_whole(one.query):
            whole.append(part)
    if len(whole) < 2:
        return None
    choices = tuple(Choice(label=Pair(part, part), question=Pair(part, part)) for part in whole[:4])
    return WhichOne(query=heard.query, why="two_questions", word="", choices=choices)


def _is_whole(query: Query) -> bool:
    asks_something = bool(query.subject or query.measure != "list" or query.asks or query.places)
    return asks_something and bool(
        query.condition or query.subjects or (query.items and (query.asks or query.places)) or query.asks & {"amount", "deadline", "help", "programme"}
    )


def _with_choices(unclear: WhichOne) -> WhichOne:
    """The two readings of a negation over "both" or "all", each as a question of its own."""
    if unclear.why != "scope":
        return unclear
    query = unclear.query
    letters = "".join(f"({letter})" for letter in (query.items if not query.all_items else ()))
    if query.all_items:
        choices = (
            choice("1項目も実施していない市町", "1項目も実施していない市町は？", "done none of the items", "which municipalities have done nothing?"),
            choice("全項目がそろってはいない市町", "未実施が1項目以上の市町は？", "not all items done", "which municipalities have at least 1 item not done?"),
        )
    else:
        listed = "と".join(f"({letter})" for letter in query.items)
        either_ = "か".join(f"({letter})" for letter in query.items)
        listed_en, either_en = " and ".join(f"({x})" for x in query.items), " or ".join(f"({x})" for x in query.items)
        choices = (
            choice(
                f"{letters}がどれも未実施",
                f"{listed}がどちらも未実施の市町は？",
                f"none of {listed_en} done",
                f"which municipalities have neither {listed_en.replace(' and ', ' nor ')} done?",
            ),
            choice(
                f"{letters}のいずれかが未実施",
                f"{either_}のいずれかが未実施の市町は？",
                f"at least one of {listed_en} not done",
                f"{either_en} outstanding, which municipalities?",
            ),
        )
    return replace(unclear, choices=choices)
