"""Records of the log cut into notifications, and put together again."""

from __future__ import annotations

from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar.log import (
    DirectoryRecord,
    LogBlock,
    LogEnd,
    LogGap,
    LogRecord,
)

_FIRST, _LAST = 0x40, 0x80
_RECORDS: dict[int, type[LogRecord]] = {
    record.KIND: record for record in (DirectoryRecord, LogBlock, LogEnd, LogGap)
}


def fragment(record: LogRecord, payload_bytes: int) -> list[bytes]:
    """Cut a record into log notifications of at most ``payload_bytes`` each.

    The first byte of each has 0x40 on the first and 0x80 on the last of the record.
    """
    body = bytes(record)
    step = payload_bytes - 1
    pieces = [body[at : at + step] for at in range(0, len(body), step)]
    return [
        bytes([(_FIRST if i == 0 else 0) | (_LAST if i == len(pieces) - 1 else 0)]) + piece
        for i, piece in enumerate(pieces)
    ]


class LogAssembler:
    """Puts log notifications together again; a lost fragment discards its record.

    Never holds more than the longest record has.
    """

    def __init__(self) -> None:
        self._body: bytearray | None = None

    def push(self, notification: bytes) -> LogRecord | None:
        """Take one notification; returns the record that it completes."""
        if not notification:
            raise ProfileError("empty log notification")
        flags = notification[0]
        if flags & ~(_FIRST | _LAST):
            raise ProfileError(f"unknown flags {flags:#04x} in a log notification")
        if flags & _FIRST:
            self._body = bytearray()
        if self._body is None:
            raise ProfileError("log fragment without its beginning")
        self._body += notification[1:]
        if len(self._body) > LogBlock.MAX_BYTES:
            self._body = None
            raise ProfileError(f"log record of more than {LogBlock.MAX_BYTES} bytes")
        if not flags & _LAST:
            return None
        body, self._body = bytes(self._body), None
        if not body or body[0] not in _RECORDS:
            raise ProfileError(f"unknown kind {body[:1].hex() or 'of no bytes'} of log record")
        return _RECORDS[body[0]].from_bytes(body)
