"""What a subject says, to JSON text and back: nested frozen dataclasses of knowledge.model, and nothing else."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

from knowledge import model

TYPES = {name: getattr(model, name) for name in ("Pair", "Base", "Row", "Table", "Size", "Programme", "Topic", "Point", "Event")}


def encode(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def decode(told: str) -> Any:
    return json.loads(told, object_hook=_value)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__} | {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _value(given: dict[str, Any]) -> Any:
    kind = TYPES[given.pop("is")]
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()})
