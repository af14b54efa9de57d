"""How to reach a broker."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Host, port and the account to use; the password never shows in a log."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
