"""Regular expressions that are compiled when they are first used: a cold start counts, and one question needs few of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

METHODS = ("match", "search", "fullmatch", "finditer", "findall", "sub")


class Pattern:
    """What `re.compile` gives, put off until one of its methods is called.

    From then on those methods are the compiled pattern's own, so that nothing is lost by it.

    >>> Pattern("[0-9]+").findall("H29.6")
    ['29', '6']
    """

    match: Callable[..., re.Match[str] | None]
    search: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[[str], list[str]]
    sub: Callable[..., str]

    def __init__(self, source: str, flags: int = 0) -> None:
        self.source, self.flags = source, flags

    def __getattr__(self, name: str) -> Any:
        if name not in METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.source, self.flags)
        for method in METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
