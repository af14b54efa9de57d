"""What radio and wire do to bytes: drop, double, swap, cut short, flip a bit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf

import numpy as np

from scenario import Noise

LONGEST_HELD_S = 1.0  # what was on the air when a link ended never arrives by the next one


def noisy_air(noise: Noise, rng: np.random.Generator) -> Callable[[str, bytes], list[bytes]]:
    """Return what becomes of one notification of a characteristic."""
    held: dict[str, tuple[float, bytes]] = {}  # since when

    def pass_on(uuid: str, data: bytes) -> list[bytes]:
        now_s, data = asyncio.get_running_loop().time(), bytes(data)
        if rng.random() < noise.dropped:
            return []
        if rng.random() < noise.cut_short:
            data = data[: int(rng.integers(len(data)))]
        if rng.random() < noise.flipped:
            data = flipped(data, rng)
        came = [data, data] if rng.random() < noise.doubled else [data]
        if rng.random() < noise.swapped and uuid not in held:
            held[uuid] = now_s, came.pop()
            return came
        since_s, late = held.pop(uuid, (-inf, b""))
        return [*came, late] if now_s - since_s < LONGEST_HELD_S else came

    return pass_on


def noisy_wire(noise: Noise, rng: np.random.Generator) -> Callable[[bytes], bytes]:
    """Return what becomes of the payload of one message."""

    def pass_on(payload: bytes) -> bytes:
        if not payload or rng.random() >= noise.wire_damaged:
            return payload
        if rng.random() < 0.5:
            return payload[: int(rng.integers(len(payload)))]
        return flipped(payload, rng)

    return pass_on


def flipped(data: bytes, rng: np.random.Generator) -> bytes:
    """Return the data with one bit changed."""
    if not data:
        return data
    changed = bytearray(data)
    changed[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)
