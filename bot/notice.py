"""Post -> Message: what a reminder and a weekly digest say. The templates give the sentences, this file their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.calendar import day_words
from bot.due import Post, Section, Week
from bot.message import Message
from bot.speak import Page, Speaker
from knowledge.model import Citation, Lang, Pair

SEVERAL = Pair("期限のお知らせが{n}件あります。", "{n} deadlines:")
MISSED = Pair("予定の日（{days}）にお送りできなかった分を含みます。", "Includes what could not be posted on its day ({days}).")
WORDED = Pair(
    "この期限は出典によって書き方が違い、翌月を挙げて「○月まで」とするものも同じ期限として扱っています。",
    "The sources word this deadline differently; those that say “by” the following month are taken as the same deadline.",
)
SET_HERE = Pair("職場で登録された期限", "deadline set by the office")
LOST = Pair(
    "「{title}」のお知らせを予定の日にお送りできないまま、期限（{day}）を過ぎました。まだの市町村は{n}です。必要でしたら直接ご連絡ください。",
    "The reminder of “{title}” could not be posted on its day, and the deadline ({day}) has passed with {n} still open."
    " Please contact them directly if needed.",
)
LOST_UNNAMED = Pair(
    "「{title}」のお知らせを予定の日にお送りできないまま、期限（{day}）を過ぎました。",
    "The reminder of “{title}” could not be posted on its day, and the deadline ({day}) has passed.",
)
GONE = Pair(
    "お知らせの投稿先のチャンネル（{channel}）に投稿できなくなったため、このチャンネルへのお知らせを止めました（Slackの応答：{why}）。"
    "チャンネルがあれば /invite で Renkei を招待し、お知らせを再開してください。",
    "Reminders to the channel {channel} were stopped: it cannot be posted to any more (Slack says {why})."
    " If the channel is there, /invite Renkei into it and start the reminders again.",
)


@dataclass(frozen=True, slots=True)
class Notices:
    """The words of posts, by the templates of a Speaker."""

    speaker: Speaker

    def message(self, post: Post) -> Message:
        """All that a post says; it must have something to say."""
        parts = [self._section(section, post.lang) for section in post.sections] + [self._week(week, post.lang) for week in post.weeks]
        heads = [page.line("headline") for page in parts]
        bodies = [page.lines("body") for page in parts]
        one = len(parts) == 1
        several = SEVERAL[post.lang].format(n=len(post.sections)) if len(post.sections) > 1 else heads[0]
        return Message(
            lang=post.lang,
            status="answered",
            headline=heads[0] if one else several,
            body=bodies[0] if one else self._together(heads, bodies, several),
            notes=self._notes(post),
            sources=self._sources(post),
        )

    def lost(self, section: Section, lang: Lang) -> str:
        """To the owner of a rule: what is of no use in the channel any more."""
        words = LOST if section.standing.named else LOST_UNNAMED
        return words[lang].format(title=section.goal.title[lang], day=day_words(section.goal.day)[lang], n=len(section.standing.open))

    def _together(self, heads: list[str], bodies: list[tuple[str, ...]], headline: str) -> tuple[str, ...]:
        """Part after part; the first one's headline is left out where it is the whole message's."""
        return tuple(line for head, body in zip(heads, bodies, strict=True) for line in (*((head,) if head != headline else ()), *body))

    def _section(self, section: Section, lang: Lang) -> Page:
        before = section.before.isoformat() if section.before else ""
        return self._page("_reminder", lang, s=section, due=day_words(section.goal.day), before=before)

    def _week(self, week: Week, lang: Lang) -> Page:
        return self._page("_digest", lang, k=week)

    def _page(self, name: str, lang: Lang, **given: object) -> Page:
        template = self.speaker.environments[lang].get_template(f"{name}.{lang}.j2")
        return Page(template, template.new_context(given), lang)

    def _notes(self, post: Post) -> tuple[str, ...]:
        missed = (MISSED[post.lang].format(days=listed(post.missed, post.lang)),) if post.missed else ()
        worded = (WORDED[post.lang],) if any(len(section.goal.ids) > 1 for section in post.sections) else ()
        return (*missed, *worded)

    def _sources(self, post: Post) -> tuple[str, ...]:
        words = self.speaker.words[post.lang]
        own = (SET_HERE[post.lang] for section in post.sections if not section.goal.sources)
        return tuple(dict.fromkeys((*own, *(words.cite(citation) for citation in _citations(post)))))


def _citations(post: Post) -> Iterable[Citation]:
    for section in post.sections:
        yield from (*section.goal.sources, *section.standing.sources)
    for week in post.weeks:
        yield from week.sources


def listed(days: Iterable[date], lang: Lang) -> str:
    return ("、" if lang == "ja" else ", ").join(day_words(day)[lang] for day in days)
