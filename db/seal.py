"""Whether knowledge.db is as it was written: a checksum of every byte of it, kept in its own header.

SQLite notices a torn file only where a question happens to lead to, and a changed digit never. The header has two
numbers for whoever makes a file (https://www.sqlite.org/fileformat2.html, §1.3): `application_id` says that it is ours,
`user_version`, which is left out of the sum, holds the sum.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO

APPLICATION = int.from_bytes(b"Renk", "big")
MAGIC, SUM_AT, APPLICATION_AT = b"SQLite format 3\0", 60, 68
CHUNK = 1 << 20


def seal(path: Path) -> None:
    """Write the checksum into a finished file."""
    with path.open("r+b") as file:
        found = _sum(file)
        file.seek(SUM_AT)
        file.write(found)


def is_whole(path: Path) -> bool:
    """Whether the file is there and not a bit of it has changed since it was sealed."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return _sum(file) == _header(file)[SUM_AT : SUM_AT + 4] and is_ours(path)


def is_ours(path: Path) -> bool:
    """Whether the file, damaged or not, was begun as a knowledge base."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        header = _header(file)
    return header.startswith(MAGIC) and header[APPLICATION_AT : APPLICATION_AT + 4] == APPLICATION.to_bytes(4, "big")


def _header(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(100)


def _sum(file: BinaryIO) -> bytes:
    """CRC-32 of everything but the place of the sum itself."""
    header = _header(file)
    found = zlib.crc32(header[SUM_AT + 4 :], zlib.crc32(header[:SUM_AT]))
    while chunk := file.read(CHUNK):
        found = zlib.crc32(chunk, found)
    return found.to_bytes(4, "big")
