"""The server's half of a WebSocket, as much of RFC 6455 as Socket Mode needs: text, ping, pong, close."""

from __future__ import annotations

import base64
import hashlib
import struct
import threading
from typing import BinaryIO

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def accept_key(key: str) -> str:
    """The answer to Sec-WebSocket-Key."""
    return base64.b64encode(hashlib.sha1(key.encode() + MAGIC).digest()).decode()


class WebSocket:
    """One connection; `send` may be called from any thread."""

    def __init__(self, read: BinaryIO, write: BinaryIO) -> None:
        self.read, self.write = read, write
        self.lock = threading.Lock()
        self.open = True

    def send(self, text: str) -> None:
        self.frame(TEXT, text.encode())

    def frame(self, kind: int, data: bytes) -> None:
        size = len(data)
        head = bytes([0x80 | kind])
        if size < 126:
            head += bytes([size])
        else:
            head += b"\x7e" + struct.pack("!H", size) if size < 65536 else b"\x7f" + struct.pack("!Q", size)
        with self.lock:
            self.write.write(head + data)
            self.write.flush()

    def receive(self) -> str | None:
        """The next text; None when the connection has ended. Pings are answered."""
        while True:
            kind, data = self._frame()
            if kind == TEXT:
                return data.decode()
            if kind == PING:
                self.frame(PONG, data)
            if kind == CLOSE:
                self.open = False
                return None

    def _frame(self) -> tuple[int, bytes]:
        head = self.read.read(2)
        if len(head) < 2:
            return CLOSE, b""
        size = head[1] & 0x7F
        if size >= 126:
            size = struct.unpack("!H" if size == 126 else "!Q", self.read.read(2 if size == 126 else 8))[0]
        mask = self.read.read(4) if head[1] & 0x80 else b"\0\0\0\0"
        data = self.read.read(size)
        return head[0] & 0x0F, bytes(byte ^ mask[n % 4] for n, byte in enumerate(data))
