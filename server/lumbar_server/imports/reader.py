"""Reads one large JSON object item by item, so that its size does not matter."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

from lumbar_server.errors import BadRequestError

_BLOCK_BYTES = 2**16
_LONGEST_ITEM = 2**25
"""Letters of one item (chosen: the postures of a year of one stream are less)."""
_SPACE = " \t\r\n"
_AFTER = frozenset(",:]} \t\r\n")  # a value; of a number anything else may be a part


def read_items(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield each value of the object with its name; of a value that is a list each of its items.

    What is yielded is JSON itself. Raises ``BadRequestError`` where the file is something else,
    or damaged, or cut off.
    """
    file.seek(0)
    try:
        yield from _Text(file).entries()
    except UnicodeDecodeError:
        raise BadRequestError("not UTF-8 text: choose a lumbar.record/1 JSON file") from None


class _Text:
    """The letters from where the reading stands to some way ahead."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._before = 0  # letters that are let go of
        self._is_whole = False
        self._decoder = json.JSONDecoder(parse_constant=_refuse)

    def entries(self) -> Iterator[tuple[str, str]]:
        self._take("{")
        while True:
            name = json.loads(self._value())
            if not isinstance(name, str):
                raise self._complaint("needs a name in quotes")
            self._take(":")
            if self._next() == "[":
                for item in self._items():
                    yield name, item
            else:
                yield name, self._value()
            if self._take(",}") == "}":
                break
        if self._next():
            raise self._complaint("nothing may follow the end")

    def _items(self) -> Iterator[str]:
        self._take("[")
        if self._next() == "]":
            self._take("]")
            return
        while True:
            yield self._value()
            if self._take(",]") == "]":
                return

    def _value(self) -> str:
        """Return the JSON of the value that comes next."""
        self._next()
        while True:
            try:
                _, end = self._decoder.raw_decode(self._text, self._at)
            except (ValueError, RecursionError):
                end = 0
            if end and (self._is_whole or self._text[end : end + 1] in _AFTER):
                found, self._at = self._text[self._at : end], end
                return found
            if self._is_whole or len(self._text) - self._at > _LONGEST_ITEM:
                raise self._complaint("not JSON, or cut off")
            self._read_on(max(_BLOCK_BYTES, len(self._text) - self._at))

    def _take(self, letters: str) -> str:
        """Go past one of ``letters``."""
        letter = self._next()
        if not letter or letter not in letters:
            raise self._complaint(f"needs {' or '.join(letters)}")
        self._at += 1
        return letter

    def _next(self) -> str:
        """Go past blanks; return the letter that comes next, nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or self._is_whole:
                return self._text[self._at : self._at + 1]
            self._read_on(_BLOCK_BYTES)

    def _read_on(self, size: int) -> None:
        block = self._file.read(size)
        self._is_whole = not block
        self._before += self._at
        self._text = self._text[self._at :] + self._utf8.decode(block, final=self._is_whole)
        self._at = 0

    def _complaint(self, what: str) -> BadRequestError:
        at = self._before + self._at
        return BadRequestError(f"letter {at}: {what}: download it again")


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
