"""Where in a text a name with a slip may stand: the windows that `slips` compares with names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from knowledge.names import words
from knowledge.names.kana import LONGEST, starts
from knowledge.names.latin import JOINTS, Phrase, latin_words
from knowledge.names.scene import KANJI_RUN, Scene, is_other
from knowledge.names.values import KINDS, Find, Script, Span, overlap
from knowledge.pattern import Pattern
from knowledge.reading import kana_key, shorten

_KIND = Pattern(f"[{KINDS}]")
_LONGEST_KANJI = 7


class Window(NamedTuple):
    """A stretch of text that may be a name with a slip."""

    start: int
    end: int
    script: Script
    surface: str
    bare: str
    key: str
    kinds: str
    """What its suffix allows, "" if it has none."""
    least: int
    """Letters that a name and the window must have."""
    anywhere: bool
    """Whether it is worth a guess even if no name of ours is near."""


def windows(scene: Scene, taken: Collection[Span]) -> Iterator[Window]:
    """Every window that touches no span of `taken`."""
    for read in (_in_kanji, _in_kana, _in_latin):
        for window in read(scene):
            if not any(overlap((window.start, window.end), span) for span in taken):
                yield window


# --- kanji ------------------------------------------------------------------------------------------------------------


def _in_kanji(scene: Scene) -> Iterator[Window]:
    """Runs of kanji, up to 市, 町, 村 or 区 if they have one."""
    text = scene.folded
    for run in KANJI_RUN.finditer(scene.masked):
        start = _after_own_words(scene, *run.span())
        ended = _KIND.search(text, start + 1, run.end())
        end = ended.end() if ended else run.end()
        bare = text[start : end - bool(ended)]
        if _may_be_misspelt(scene, bare, end, bool(ended)):
            yield Window(start, end, "kanji", text[start:end], bare, bare, ended[0] if ended else "", 1, bool(ended))


def _may_be_misspelt(scene: Scene, bare: str, end: int, ended: bool) -> bool:
    if not (0 if ended else 1) < len(bare) <= _LONGEST_KANJI or bare in words.NOT_NAMES or bare[-1:] in KINDS:
        return False
    return scene.ends_well(end) and not _names_a_thing(scene, bare)


def _names_a_thing(scene: Scene, run: str) -> bool:
    """宇部駅, 山口県, 防府課長: a name and what makes it another thing."""
    return any(is_other(run, cut) for cut in scene.gazetteer.kanji.ends(run) if cut < len(run))


def _after_own_words(scene: Scene, start: int, end: int) -> int:
    """Where in a run of kanji a name may begin: after a prefecture, a 郡, a date."""
    beside = [stop for begin, stop, _ in scene.prefectures if begin >= start and stop < end and scene.folded[stop - 1] in "県府都道"]
    last = max(start, end - 2)
    own = [at + len(word) for word in words.BEFORE_SLIP if (at := scene.folded.rfind(word, start, last)) >= 0]
    return max([start, *beside, *own])


def whole_run(scene: Scene, find: Find) -> Window:
    """All that a doubtful name stands in: the run of kanji up to 市, 町, 村 or 区, or the run of kana up to its end."""
    return _whole_kana(scene, find) if find.script == "kana" else _whole_kanji(scene, find)


def _whole_kanji(scene: Scene, find: Find) -> Window:
    start, end, text = find.start, find.end, scene.folded
    while scene.is_kanji(start - 1):
        start -= 1
    start = _after_own_words(scene, start, find.start + 2)
    run = None if find.suffix else KANJI_RUN.match(scene.masked, end)
    if run:
        ended = _KIND.search(text, end, run.end())
        end = (ended or run).end()
    kind = text[end - 1] if text[end - 1] in KINDS else ""
    bare = text[start : end - len(kind)]
    return Window(start, end, "kanji", text[start:end], bare, bare, kind, 1, True)


# --- kana -------------------------------------------------------------------------------------------------------------


def _in_kana(scene: Scene) -> Iterator[Window]:
    """From wherever a name may begin up to a border: the end of the run, or a particle."""
    for begin, stop in scene.kana_runs:
        for start, trusted in starts(scene, begin, stop):
            if trusted and not scene.touches(start, words.ENDS_BEFORE) and not words.GRAMMAR_BEGINS.at(scene.text, start):
                yield from _kana_from(scene, start, stop)


def _kana_from(scene: Scene, start: int, stop: int) -> Iterator[Window]:
    text = scene.text
    katakana = "ァ" <= text[start] <= "ヺ"
    for end in (stop,) if katakana else range(stop, start + 2, -1):
        kind = text[end : end + 1] if end == stop and text[end : end + 1] in KINDS else ""
        if (3 if kind else 4) <= end - start <= LONGEST and (kind or _closes(scene, end, stop)):
            yield from _kana_window(text[start:end], start, end, kind)


def _closes(scene: Scene, end: int, stop: int) -> bool:
    return not scene.is_kanji(end) if end == stop else words.PARTICLE.at(scene.text, end)


def _kana_window(bare: str, start: int, end: int, kind: str) -> Iterator[Window]:
    """The reading as it stands, and without し, まち … if it ends so."""
    key = kana_key(bare)
    yield Window(start, end + len(kind), "kana", bare + kind, bare, key, kind, 2 if kind else 4, bool(kind))
    for suffix, said in () if kind else words.KANA_SUFFIXES:
        if key.endswith(suffix):
            yield Window(start, end, "kana", bare, bare, key.removesuffix(suffix), said, 4, False)


def _whole_kana(scene: Scene, find: Find) -> Window:
    start = next(begin for begin, stop in scene.kana_runs if begin <= find.start < stop)
    said = {name.kind for name in find.names} if find.suffix else set()
    key = shorten(scene.sounds[start : find.end])
    suffixes = [suffix for suffix, kind in (*words.KANA_SUFFIXES, *zip(KINDS, KINDS, strict=True)) if kind in said]
    bare = next((key.removesuffix(suffix) for suffix in suffixes if key.endswith(suffix)), key)
    return Window(start, find.end, "kana", scene.folded[start : find.end], key, bare, "".join(said), 3, True)


# --- Latin letters ----------------------------------------------------------------------------------------------------

_MOST = 3  # words of one window


def _in_latin(scene: Scene) -> Iterator[Window]:
    every = latin_words(scene.text)
    for first in range(len(every)):
        for last in range(min(first + _MOST, len(every)) - 1, first - 1, -1):
            window = _latin_window(Phrase(scene, every, first, last))
            if window:
                yield window


def _latin_window(phrase: Phrase) -> Window | None:
    gaps = {phrase.gap(number) for number in range(phrase.first, phrase.last)}
    if not gaps <= JOINTS or (" " in gaps and not phrase.capitals) or phrase.word(phrase.last) in words.SUFFIX_WORDS:
        return None
    word, key, (kinds, end) = phrase.text, phrase.key, phrase.suffix()
    if word in words.EVERYDAY_LATIN or word in words.NEAR_LATIN or phrase.is_other or len(key) < (3 if kinds else 4):
        return None
    shown = phrase.shown
    least = 3 if kinds else 6 if " " in gaps else 4 if shown else 5
    return Window(phrase.start, end, "latin", word, word, key, kinds, least, bool(kinds) or (shown and len(key) > 4))
