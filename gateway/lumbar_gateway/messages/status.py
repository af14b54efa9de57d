"""A sensor's status as its gateway sees it (retained, JSON; the last will says offline)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

from lumbar_gateway.errors import MessageError

LINKS = ("connected", "searching", "gateway offline")


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """Link, battery and how much still waits in the gateway's spool."""

    link: str  # one of LINKS
    battery_percent: int | None = None
    spooled_samples: int = 0
    at_s: float = 0.0  # wall time

    def __bytes__(self) -> bytes:
        return json.dumps({"v": 1, **asdict(self)}).encode()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Decode a status; raises ``MessageError``."""
        try:
            fields = json.loads(payload)
            if fields.pop("v") != 1 or fields["link"] not in LINKS:
                raise ValueError
            return cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise MessageError("status is not the JSON that docs/mqtt.md describes") from None
