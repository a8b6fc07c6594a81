"""Names in kanji, standing in a text: whole (宇部市), bare (宇部), broken by a blank (周防 大島町)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from knowledge.names import words
from knowledge.names.scene import Scene, fit_bare, fit_full, scene_of
from knowledge.names.values import KIND_LETTERS, Find, Name
from knowledge.pattern import Pattern

_BROKEN = Pattern(" (?:(?<=[漢〇] )(?=[漢〇])|(?<=[ぁ-ゖ] )(?=[ぁ-ゖ])|(?<=[ァ-ヺー] )(?=[ァ-ヺ]))")


def finds(scene: Scene) -> Iterator[Find]:
    """Every name in kanji, overlaps included."""
    text, names = scene.folded, scene.gazetteer.kanji
    ends = {end for start, end, _ in scene.prefectures if scene.is_whole(start, end)}
    short = {end: code for _, end, code in scene.prefectures if end not in ends}  # 山口下関市, but not 山口津市
    for start in names.places(text):
        for end in names.ends(text, start):
            found = names.called(text[start:end])
            after_place = start in ends or any(name.code[:2] == short.get(start) for name in found)
            read = _full if text[end : end + 1] in KIND_LETTERS else _bare
            find = read(scene, start, end, found, after_place)
            if find:
                ends.update((find.end,) if find.suffix else ())
                yield find


def _full(scene: Scene, start: int, end: int, found: tuple[Name, ...], after_place: bool) -> Find | None:
    """With 市, 町, 村 or 区 behind it."""
    fitting = tuple(name for name in found if name.kind == scene.folded[end])
    fit = fit_full(scene, start, end + 1, after_place)
    if not fitting or not fit:
        return None
    return Find(start, end + 1, fitting, "kanji", True, fit, stray=fit == "suggest" or lacks_no(fitting))


def _bare(scene: Scene, start: int, end: int, found: tuple[Name, ...], after_place: bool) -> Find | None:
    if any(begin <= start and end < stop for begin, stop, _ in scene.prefectures):
        return None
    plain = end - start == 1 or scene.folded[start:end] in words.EVERYDAY_KANJI or scene.folded[start:end] in scene.gazetteer.prefecture_words
    fit = fit_bare(scene, start, end, after_place)
    if not fit or _far_fetched(scene, start, end, found, fit):
        return None
    # Two kanji that run on into others (最上位, 下関医師会) can only be meant if they are no word.
    if fit == "suggest" and plain:
        return None
    fit = "weak" if fit == "suggest" else fit
    return Find(start, end, found, "kanji", False, fit, plain, stray=fit == "weak" and scene.is_kanji(end))


def _far_fetched(scene: Scene, start: int, end: int, found: tuple[Name, ...], fit: str) -> bool:
    """Places elsewhere are only seen where they stand well, as they are written."""
    if scene.is_ours(found):
        return False
    return fit == "suggest" or found[0].form == "no" or (end - start == 1 and is_broken(scene, start - 1))


def lacks_no(names: tuple[Name, ...]) -> bool:
    """上国町 for 上ノ国町: a form with the の left out is as far from the name as a slip is from another."""
    return names[0].form == "no" and "の" not in names[0].bare


# --- names with a blank in the middle ---------------------------------------------------------------------------------


def is_broken(scene: Scene, at: int) -> bool:
    """Whether a blank stands here between two letters of one script."""
    return at >= 0 and bool(_BROKEN.match(scene.masked, at))


def broken(scene: Scene, readers: Iterable[Callable[[Scene], Iterator[Find]]]) -> Iterator[Find]:
    """What `readers` find where such blanks are left out (周防 大島町, しも のせき): to be announced."""
    if not _BROKEN.search(scene.masked):
        return
    places = [place for place in range(len(scene.text)) if not is_broken(scene, place)]
    joined = scene_of("".join(scene.text[place] for place in places), scene.local, None, scene.gazetteer)
    for find in (find for read in readers for find in read(joined)):
        start, end = places[find.start], places[find.end - 1] + 1
        blank = scene.text.find(" ", start, end)
        enough = find.suffix or find.script == "kana" or find.end - find.start > 3
        if start < blank < end - 1 and enough and find.fit == "strong":
            yield find._replace(start=start, end=end, how="fuzzy")
