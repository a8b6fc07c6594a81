"""Names in kana, standing in a text: うべ市, ひらおまち, イワクニ.

Nothing parts a name in hiragana from the words beside it, so the fewer letters it has, the clearer must be its borders.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from knowledge.names import words
from knowledge.names.scene import KANA_RUN, Scene, fit_full, is_other
from knowledge.names.values import KIND_LETTERS, Find, Name, Strength
from knowledge.pattern import Pattern
from knowledge.reading import shorten_with_places

LONGEST = 16
"""Letters of the longest reading with its suffix."""

_WORD_END = Pattern("[漢〇ァ-ヺーa-z0-9)\\]」』]")
_PARTICLES_ONLY = Pattern("(?:[のはがをにへでともやかだなねよ]|から|まで|より|って|だけ|のみ|など|なら|です|とか|しか|ほど){0,3}")
_LONG = frozenset("うおー")


class _Heard(NamedTuple):
    """A reading that stands in a run of kana: `length` letters of `key`, which begins at `start` of the text."""

    start: int
    key: str
    places: tuple[int, ...]
    length: int
    names: tuple[Name, ...]
    trusted: bool
    """The border before it."""

    def place(self, letters: int) -> int:
        """Where in the text so many letters of the key end."""
        return self.start + self.places[letters]

    @property
    def end(self) -> int:
        return self.place(self.length)


def finds(scene: Scene) -> Iterator[Find]:
    """Names in kana, at most one from each place where one may begin."""
    names, sounds = scene.gazetteer.kana, scene.sounds
    ends: set[int] = set()
    for begin, stop in scene.kana_runs:
        for start, trusted in starts(scene, begin, stop):
            # The second letter tells that no name begins here, unless it may be a long vowel.
            if names.may_begin(sounds[start : start + 2]) or sounds[start + 1 : start + 2] in _LONG:
                find = _at(scene, start, min(stop, start + LONGEST), trusted or start in ends or start - 1 in ends)
                if find:
                    ends.add(find.end)
                    yield find


def starts(scene: Scene, begin: int, stop: int) -> list[tuple[int, bool]]:
    """Where in a run of kana a name may begin, and whether the border before it can be trusted.

    A particle is one if a word stands before it; after a word in kana and a blank (しも のせき) nothing is sure.
    """
    text = scene.text
    after_kana = begin > 1 and text[begin - 1] == " " and bool(KANA_RUN.match(text, begin - 2))
    found = [(begin, not after_kana)]
    if text[begin] <= "ゖ":
        attached = begin > 0 and bool(_WORD_END.match(scene.masked, begin - 1))
        found += [(n, n == begin + 1 and attached) for n in range(begin + 1, stop) if text[n - 1] in words.PARTICLE_BEFORE_KANA]
    return found


def _at(scene: Scene, start: int, stop: int, trusted: bool) -> Find | None:
    key, places = shorten_with_places(scene.sounds[start:stop])
    names = scene.gazetteer.kana
    for length in names.ends(key):
        find = _stands(scene, _Heard(start, key, places, length, names.called(key[:length]), trusted))
        if find:
            return find
    return None


def _stands(scene: Scene, heard: _Heard) -> Find | None:
    if heard.length == len(heard.key) and scene.folded[heard.end : heard.end + 1] in KIND_LETTERS:
        return _with_kind(scene, heard)
    if heard.length < 2:
        return None
    return _with_suffix(scene, heard) or _alone(scene, heard)


def _with_kind(scene: Scene, heard: _Heard) -> Find | None:
    """うべ市."""
    end = heard.end + 1
    fitting = tuple(name for name in heard.names if name.kind == scene.folded[end - 1])
    fit = fit_full(scene, heard.start, end)
    if fit and not heard.trusted:
        fit = "suggest" if heard.length > 2 and scene.is_ours(fitting) else None
    return Find(heard.start, end, fitting, "kana", True, fit, stray=not heard.trusted) if fitting and fit else None


def _with_suffix(scene: Scene, heard: _Heard) -> Find | None:
    """うべし, ひらおまち. The suffix may be a part of a word (かいし): short names elsewhere are left alone."""
    for suffix, kind in words.KANA_SUFFIXES:
        fitting = tuple(name for name in heard.names if name.kind == kind)
        if fitting and heard.key.startswith(suffix, heard.length):
            letters = heard.length + len(suffix)
            end, near = heard.place(letters), scene.is_ours(fitting)
            fit, everyday = _fit(scene, heard.start, end, heard.trusted), heard.key[:letters] in words.EVERYDAY_KANA
            if fit and (near or (heard.trusted and not everyday)):
                plain = everyday or (not near and heard.length < 3)
                return Find(heard.start, end, fitting, "kana", True, fit, plain, not heard.trusted)
    return None


def _alone(scene: Scene, heard: _Heard) -> Find | None:
    """うべ, イワクニ."""
    word, end = heard.key[: heard.length], heard.end
    run = KANA_RUN.match(scene.text, end)
    closed = bool(_PARTICLES_ONLY.fullmatch(run[0] if run else ""))
    near, letters, everyday = scene.is_ours(heard.names), end - heard.start, word in words.EVERYDAY_KANA
    fit = _fit(scene, heard.start, end, heard.trusted)
    # Readings elsewhere and old ones are too many to be taken from a few letters (オーダー is not おおだ).
    if not near or all(name.form == "former" for name in heard.names):
        fit = fit if heard.length > 3 and closed and not everyday else None
    if not fit or letters < _least(run[0] if run else "", closed, heard.trusted) or scene.text[heard.start : end] in words.GRAMMAR:
        return None
    plain = not near or everyday or word in scene.gazetteer.prefecture_words or letters < (3 if closed else 4)
    return Find(heard.start, end, heard.names, "kana", False, fit, plain, not heard.trusted)


def _least(rest: str, closed: bool, trusted: bool) -> int:
    """How many letters a bare name must have with this kana behind it."""
    if not trusted:
        return 4
    if closed:
        return 2
    return 3 if rest[0] in words.PARTICLE_AFTER_KANA else 4


def _fit(scene: Scene, start: int, end: int, trusted: bool) -> Strength | None:
    """A reading in kana: the whole katakana run, or hiragana between borders that a reader would see."""
    text = scene.folded
    katakana = "ァ" <= text[start] <= "ヺ"
    if scene.touches(start, words.ENDS_BEFORE) or is_other(text, end):
        return None
    if katakana and "ァ" <= text[end : end + 1] <= "ー":
        return None
    if scene.ends_well(end):
        return "strong" if trusted else "suggest"
    return "weak" if katakana and not scene.is_kanji(end) else None
