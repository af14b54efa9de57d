"""Some of a wearer's parameters, by the names of the fields of ``Wearer``."""

from __future__ import annotations

from typing import TypeAlias

Traits: TypeAlias = dict[str, float]
