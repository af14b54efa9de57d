"""Fields of the programme's files, read strictly: whatever is missing, odd or too much is named."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

from lumbar_server.errors import ProgrammeError

_Word = TypeVar("_Word", bound=enum.StrEnum)


def table_of(file_name: str, text: str) -> Fields:
    """Return the outermost table of a TOML file."""
    try:
        return Fields(file_name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise ProgrammeError(f"{file_name} is not TOML: {problem}; correct that place") from None


class Fields:
    """A table whose fields are taken one by one; ``end`` refuses what nobody took.

    Parameters
    ----------
    where
        What to call the table in an error, such as ``movements.toml, glute_bridge``.
    table
        As TOML gives it.
    """

    def __init__(self, where: str, table: Mapping[str, Any]) -> None:
        self.where = where
        self._left = dict(table)

    def error(self, name: str, problem: str) -> ProgrammeError:
        """Return an error that names the field and what to do."""
        return ProgrammeError(f"{self.where}: {name} {problem}")

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not taken."""
        return name in self._left

    def text(self, name: str, most: int, *, may_be_empty: bool = False) -> str:
        """Take a text of at most ``most`` characters."""
        found = self._take(name, "a text")
        if not isinstance(found, str) or not (found.strip() or may_be_empty):
            raise self.error(name, "is no text; write some words in quotes")
        return self._short(name, found, most)

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """Take a list of texts, none of them twice; where the field is missing it is empty."""
        found = self._left.pop(name, [])
        if not isinstance(found, list) or not all(
            isinstance(one, str) and one.strip() for one in found
        ):
            raise self.error(name, 'is no list of texts; write it as ["one", "two"]')
        if twice := {one for one in found if found.count(one) > 1}:
            raise self.error(name, f"says {min(twice)!r} twice; take one of them out")
        return tuple(self._short(name, one, most) for one in found)

    def number(self, name: str, least: float, most: float) -> float:
        """Take a number within limits."""
        found = self._take(name, "a number")
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self.error(name, f"is no number; write one from {least:g} to {most:g}")
        if not least <= found <= most:
            raise self.error(name, f"is {found:g}; write a number from {least:g} to {most:g}")
        return float(found)

    def whole(self, name: str, least: int, most: int) -> int:
        """Take a whole number within limits."""
        found = self.number(name, least, most)
        if not found.is_integer():
            raise self.error(name, f"is {found:g}; write a whole number")
        return int(found)

    def flag(self, name: str) -> bool:
        """Take true or false."""
        found = self._take(name, "true or false")
        if not isinstance(found, bool):
            raise self.error(name, "is neither true nor false; write one of them, without quotes")
        return found

    def word(self, name: str, words: type[_Word]) -> _Word:
        """Take one of a list of words."""
        return self._known(name, self._take(name, _choice(words)), words)

    def words(self, name: str, words: type[_Word]) -> tuple[_Word, ...]:
        """Take several of a list of words, which may be none."""
        if not self.has(name):
            raise self.error(name, "is missing; write [] for none")
        return tuple(self._known(name, one, words) for one in self.texts(name, 60))

    def table(self, name: str) -> Fields:
        """Take a table within this one."""
        found = self._take(name, "a table")
        if not isinstance(found, dict):
            raise self.error(name, "is no table; write it as { name = value }")
        return Fields(f"{self.where}, {name}", found)

    def tables(self) -> dict[str, Fields]:
        """Take all that is left, each of which is a table."""
        return {name: self.table(name) for name in list(self._left)}

    def names(self) -> tuple[str, ...]:
        """Return the fields that nobody took."""
        return tuple(self._left)

    def end(self) -> None:
        """Refuse what nobody took."""
        if self._left:
            raise self.error(min(self._left), "is not known here; take it out, or see its spelling")

    def _take(self, name: str, kind: str) -> Any:
        if name not in self._left:
            raise self.error(name, f"is missing; write {kind}")
        return self._left.pop(name)

    def _short(self, name: str, text: str, most: int) -> str:
        if len(text) > most:
            raise self.error(name, f"has {len(text)} characters; say it in {most}")
        return text

    def _known(self, name: str, found: Any, words: type[_Word]) -> _Word:
        try:
            return words(found)
        except ValueError:
            raise self.error(name, f"says {found!r}; write {_choice(words)}") from None


def _choice(words: type[enum.StrEnum]) -> str:
    return f"one of {', '.join(words)}"
