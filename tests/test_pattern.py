"""A Pattern is what `re.compile` gives, only later."""

import re

import pytest

from knowledge.pattern import METHODS, Pattern

TEXT = "H29.6 and H30.3, not S63"


@pytest.mark.parametrize("method", METHODS)
def test_it_does_what_the_compiled_one_does(method: str) -> None:
    ours, theirs = Pattern("h([0-9]+)", re.IGNORECASE), re.compile("h([0-9]+)", re.IGNORECASE)
    given = ("x", TEXT) if method == "sub" else (TEXT,)
    for _ in range(2):  # when it is compiled, and after
        assert told(getattr(ours, method)(*given)) == told(getattr(theirs, method)(*given))


def told(found: object) -> object:
    """Matches as their spans."""
    if isinstance(found, re.Match):
        return found.span()
    return found if found is None or isinstance(found, str | list) else [each.span() for each in found]  # type: ignore[attr-defined]


def test_it_is_compiled_when_it_is_first_used() -> None:
    """A pattern that nobody uses costs nothing, not even an error."""
    unused = Pattern("(")
    with pytest.raises(re.error):
        unused.search(TEXT)


def test_it_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Pattern("a").split  # noqa: B018
