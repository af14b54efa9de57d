"""What a message says it is about, where the rest of it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import cbor, fields


@dataclass(frozen=True, slots=True)
class Claim:
    """The samples that a refused message is about; none where it does not say."""

    stream_id: int
    first_index: int
    end_index: int


def claim_of(payload: bytes) -> Claim | None:
    """Return what an undamaged message of our version claims to be about, where it says so.

    A damaged message will come again, and one of another version may be read some day: of those
    nothing is claimed, so that nobody refuses them.
    """
    try:
        message = cbor.loads(payload)
        stream_id = fields.integer(message, "stream", 2**64)
    except MessageError:
        return None
    first, end = _extent(message)
    return Claim(stream_id, first, end)


def _extent(message: dict[str, Any]) -> tuple[int, int]:
    try:
        first = fields.integer(message, "first", 2**48)
        if message.get("kind") == "samples":
            end = first + len(cbor.read_typed_array(message.get("samples"), (3, 6)))
        else:
            end = fields.integer(message, "end", 2**48)
    except MessageError:
        return 0, 0
    return (first, end) if first < end else (0, 0)
