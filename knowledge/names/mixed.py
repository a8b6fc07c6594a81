"""Names half in kanji and half in kana: 山陽おのだ市, すおう大島町."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.names.kana import starts
from knowledge.names.scene import Scene, fit_bare, fit_full
from knowledge.names.values import Find, Name, Span
from knowledge.reading import kana_key, shorten

_MOST = 4  # kanji of one half


def finds(scene: Scene) -> Iterator[Find]:
    """Every name that a run of kana makes up together with the kanji before or behind it."""
    names, text = scene.gazetteer, scene.folded
    for run in scene.kana_runs:
        start, end = run
        after_front, before_back = text[start - 1 : start] in names.front_ends, text[end : end + 1] in names.back_starts
        if after_front or before_back:
            key = shorten(scene.sounds[start:end])
            if after_front:
                yield from _fronts(scene, run, key)
            if before_back:
                yield from _backs(scene, run, key)


def _fronts(scene: Scene, run: Span, key: str) -> Iterator[Find]:
    """Kanji, then kana."""
    start, names = run[0], scene.gazetteer
    for size in range(1, min(_MOST, start) + 1):
        for name in names.fronts.get(scene.folded[start - size : start], ()):
            if names.readings[name.code][-2:] in key:
                for length in _spelt_out(name, names.readings[name.code], size, scene.folded[slice(*run)]):
                    yield from _stands(scene, start - size, start + length, name, length)


def _spelt_out(name: Name, reading: str, size: int, kana: str) -> Iterator[int]:
    """How many letters of `kana` spell what follows the first `size` kanji of a name; mostly none do.

    The two halves are joined before they are compared: a long vowel may run across (さんよう・おのだ).
    """
    for length in range(len(name.bare) - size, min(len(kana), 2 * len(reading)) + 1):
        said = kana[:length]
        if reading.endswith(kana_key(said)[-1:]) and any(kana_key(reading[:cut] + said) == reading for cut in range(size, len(reading))):
            yield length


def _backs(scene: Scene, run: Span, key: str) -> Iterator[Find]:
    """Kana, then kanji."""
    end, names = run[1], scene.gazetteer
    for size in range(1, min(_MOST, len(scene.folded) - end) + 1):
        for name in names.backs.get(scene.folded[end : end + size], ()):
            if names.readings[name.code][:2] in key:
                yield from _begun(scene, run, name, size)


def _begun(scene: Scene, run: Span, name: Name, size: int) -> Iterator[Find]:
    """Where in the run of kana the reading of a name's first part begins."""
    reading = scene.gazetteer.readings[name.code]
    least = max(len(name.bare) - size, 2)
    for begin, trusted in starts(scene, *run):
        key = shorten(scene.sounds[begin : run[1]])
        if trusted and reading.startswith(key) and least <= len(key) < len(reading):
            yield from _stands(scene, begin, run[1] + size, name, len(key))


def _stands(scene: Scene, start: int, end: int, name: Name, heard: int) -> Iterator[Find]:
    """With its suffix anywhere; without (見つけ, 山陽おのだ) only of ours, and then weak."""
    full = scene.folded.startswith(name.kind, end)
    fit = (fit_full if full else fit_bare)(scene, start, end + full)
    if fit and (full or (heard > 1 and name.code in scene.local)):
        yield Find(start, end + full, (name,), "kana", full, fit, plain=not full)
