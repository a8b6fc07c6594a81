"""Names that are one slip away from what stands in a text (two from eight letters): only ever a suggestion."""

from __future__ import annotations

from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from knowledge.names import words
from knowledge.names.latin import latin_key
from knowledge.names.scene import Scene
from knowledge.names.values import Name, NameHit
from knowledge.names.windows import Window
from knowledge.reading import hepburn

_LONG = 8
"""Letters from which two slips are forgiven."""
# 上関市 is nearer to 上関町 than to 下関市, but not so much that one need not ask.
_WRONG_KIND = 0.6
_MOST_RIVALS = 9


def nearest(scene: Scene, window: Window) -> NameHit | None:
    """The name that a window is a slip from, with its rivals, nearest and local ones first; None if none is near."""
    near = _near(scene, window)
    if not near:
        return None
    order = sorted(near.items(), key=lambda item: (item[1], item[0] not in scene.local, -_likeness(scene, item[0], window)))
    (code, distance), *others = order
    if code not in scene.local and window.script != "kanji" and len(window.key) < 4:
        return None
    size = max(len(window.key), 1) + bool(window.kinds)
    return NameHit(
        span=(window.start, window.end),
        surface=scene.original[window.start : window.end],
        codes=(code,),
        how="fuzzy",
        strength="suggest",
        score=round(100 * max(0.0, 1 - distance / size)),
        rivals=tuple(other for other, far in others if far - distance <= _margin(scene, code, other))[:_MOST_RIVALS],
    )


def _margin(scene: Scene, best: str, other: str) -> float:
    """How much further away another place may be and still be a rival; one elsewhere must be much nearer than ours."""
    if other not in scene.local:
        return 0.3
    return 0.4 if best in scene.local else 1.0


def _likeness(scene: Scene, code: str, window: Window) -> float:
    names = scene.gazetteer
    if window.script == "kanji":
        return JaroWinkler.similarity(window.key, names.spelt[code][:-1])
    reading = names.readings.get(code, "")
    return JaroWinkler.similarity(window.key, reading if window.script == "kana" else latin_key(hepburn(reading)))


# --- who is within reach ----------------------------------------------------------------------------------------------


def _near(scene: Scene, window: Window) -> dict[str, float]:
    """Codes within reach of a window, with their distance: letters, plus one for a wrong suffix."""
    names = scene.gazetteer.of(window.script)
    same = (name for name in names.called(window.key) if name.form != "no")
    if any(not window.kinds or name.kind in window.kinds for name in same):
        return {}  # the name itself, which did not stand as one: no slip either
    reach = 2 if len(window.key) >= _LONG else 1
    ours = scene.gazetteer.keys_of(window.script, scene.local)
    if not window.anywhere and not _within(window.key, ours, reach):
        return {}
    found = _within(window.key, names.keys, reach)
    # One of ours that is a letter further away than a place elsewhere may still be what was meant.
    further = len(window.key) > 4
    found += _within(window.key, ours, reach + 1) if further else []
    near: dict[str, float] = {}
    for key, letters in found:
        for name in names.called(key):
            ours_too = name.code in scene.local
            distance = _distance(window, name, letters, ours_too)
            limit = reach + (further and ours_too and bool(near))
            if distance is not None and distance <= limit and distance < near.get(name.code, 9):
                near[name.code] = distance
    return _in_prefecture(scene, window, near)


def _in_prefecture(scene: Scene, window: Window, near: dict[str, float]) -> dict[str, float]:
    """Those in the prefecture that is said before it, if there are any; else all, if they are worth a guess."""
    before = (code for _, end, code in scene.prefectures if end <= window.start and scene.is_in_it(end, window.start))
    prefecture = next(before, "")
    inside = {code: distance for code, distance in near.items() if code[:2] == prefecture}
    return inside or (near if window.anywhere or any(code in scene.local for code in near) else {})


def _within(key: str, names: Collection[str], reach: int) -> list[tuple[str, int]]:
    """The names within `reach` letters of a key, with their distance (OSA: two swapped letters are one slip)."""
    found = process.extract(key, names, scorer=OSA.distance, score_cutoff=reach, limit=None)
    return [(name, int(letters)) for name, letters, _ in found]


# --- how far a name is ------------------------------------------------------------------------------------------------


def _distance(window: Window, name: Name, letters: int, ours: bool) -> float | None:
    """The distance of a name that differs in so many letters; None if it does not come into question."""
    wrong_kind = bool(window.kinds) and name.kind not in window.kinds
    distance = letters - _half_slips(window.key, name.bare) + _WRONG_KIND * wrong_kind
    if window.script == "kanji" and distance >= _WRONG_KIND and not _plausible(window, name, ours):
        return None
    if len(window.key) < window.least or len(name.bare) < window.least - 1:
        return None
    if name.form == "no" or (name.form == "former" and len(name.bare) < (3 if window.script == "kanji" else 6)):
        return None
    return distance


def _plausible(window: Window, name: Name, ours: bool) -> bool:
    """A kanji name that lost or changed a letter is still known by the rest: by two of three, or one and its suffix."""
    if min(len(window.key), len(name.bare)) < 2:
        return ours and window.key == name.bare  # 光町
    return bool(window.kinds) or len(name.bare) > 2 or (window.anywhere and len(window.key) > 2)


def _half_slips(one: str, other: str) -> float:
    """Half a slip back for each kanji that is written for another by ear or eye."""
    if len(one) != len(other):
        return 0.0
    return 0.5 * sum(pair in words.ALIKE for pair in zip(one, other, strict=True))
