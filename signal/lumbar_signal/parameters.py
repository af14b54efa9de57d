"""One fingerprint of every number that the detector's results depend on."""

from __future__ import annotations

import hashlib
from importlib import import_module
from types import ModuleType

import numpy as np

_MODULES = (
    "constants",
    "emission",
    "emission_table",
    "exercises",
    "filters",
    "hold_track",
    "movement",
    "recogniser",
    "repetition_track",
    "rising",
    "sets",
)


def _numbers(module: ModuleType) -> list[str]:
    """Return every constant and every table of a module, by name."""
    told = []
    for name, value in sorted(vars(module).items()):
        if isinstance(value, np.ndarray):
            told.append(f"{name}={value.tobytes().hex()}")
        elif name.isupper() and isinstance(value, int | float | tuple):
            told.append(f"{name}={value!r}")
    return told


def _sha256() -> str:
    digest = hashlib.sha256()
    for name in _MODULES:
        module = import_module(f"lumbar_signal.{name}")
        digest.update(";".join([module.__name__, *_numbers(module)]).encode())
    return digest.hexdigest()


PARAMETERS_SHA256 = _sha256()
