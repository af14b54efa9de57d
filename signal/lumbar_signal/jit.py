"""The one place where numba compiles: a stage keeps its type, and divides as numpy does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def stage(function: F) -> F:
    """Compile one stage into the loop that calls it; calls would take a quarter of all time.

    No fastmath, so that every machine gets the same bits.
    """
    return cast(F, njit(error_model="numpy", forceinline=True)(function))


def rare(function: F) -> F:
    """Compile a stage that few ticks reach, apart from the loop: copies would crowd it."""
    return cast(F, njit(error_model="numpy")(function))


def entry(function: F) -> F:
    """Compile the loop itself, free of the interpreter lock, and keep the code on disk."""
    return cast(F, njit(error_model="numpy", cache=True, nogil=True)(function))
