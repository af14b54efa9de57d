"""What the worker detected, for whoever looks on live (QoS 0, JSON)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import fields


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
        message = fields.from_json(payload)
        events, state = message.get("events"), message.get("state")
        if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
            raise MessageError("events needs a list of objects")
        if not isinstance(state, dict):
            raise MessageError("state needs an object")
        stream = fields.text(message, "stream", 16)
        try:
            stream_id = bytes.fromhex(stream)
        except ValueError:
            raise MessageError(f"stream {stream!r}: needs 16 hex digits") from None
        if len(stream_id) != 8:
            raise MessageError(f"stream {stream!r}: needs 16 hex digits")
        end_index = fields.integer(message, "end", 2**48)
        return cls(int.from_bytes(stream_id, "big"), end_index, events, state)
