"""What the worker detected, for whoever looks on live (QoS 0, JSON)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

from lumbar_gateway.errors import MessageError


@dataclass(frozen=True, slots=True)
class LiveEvents:
    """New events of a stream, and the state of the workout after them."""

    stream_id: int
    end_index: int  # samples below this one have been looked at
    events: list[dict[str, Any]]
    state: dict[str, Any]

    def __bytes__(self) -> bytes:
        return json.dumps(
            {
                "v": 1,
                "stream": f"{self.stream_id:016x}",
                "end": self.end_index,
                "events": self.events,
                "state": self.state,
            }
        ).encode()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Decode; raises ``MessageError``."""
        try:
            fields = json.loads(payload)
            if fields["v"] != 1:
                raise ValueError
            stream_id = int(fields["stream"], 16)
            return cls(stream_id, int(fields["end"]), fields["events"], fields["state"])
        except (ValueError, TypeError, KeyError):
            raise MessageError("events are not the JSON that docs/mqtt.md describes") from None
