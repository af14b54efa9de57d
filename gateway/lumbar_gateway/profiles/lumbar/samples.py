"""The live notification."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar.checksum import CRC_BYTES, opened, sealed

MAX_INDEX = 2**32 - 1
NOTIFICATION_INTERVAL_S = 0.1  # a samples notification at least this often


@dataclass(frozen=True, slots=True)
class SamplesPacket:
    """A samples notification: consecutive samples of the current stream."""

    first_index: int
    first_ticks: int  # device ticks (u32) at the first sample
    samples: NDArray[np.int16]  # (n, 3) or (n, 6): ax ay az [gx gy gz]

    _HEADER = struct.Struct("<BBII")
    _HAS_GYRO = 0x01

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a notification of the samples characteristic."""
        body = opened(data, "samples notification")
        if len(body) < cls._HEADER.size:
            raise ProfileError(f"samples notification of {len(data)} bytes is too short")
        flags, n, first_index, ticks = cls._HEADER.unpack_from(body)
        if flags & ~cls._HAS_GYRO:
            raise ProfileError(f"unknown flags {flags:#04x} in a samples notification")
        width = 6 if flags & cls._HAS_GYRO else 3
        if n == 0 or len(body) != cls._HEADER.size + n * width * 2:
            raise ProfileError(f"{n} samples of {width} values do not fill {len(data)} bytes")
        if first_index + n - 1 > MAX_INDEX:
            raise ProfileError(f"sample index {first_index} + {n} does not fit 32 bits")
        samples = np.frombuffer(body, "<i2", offset=cls._HEADER.size).reshape(n, width)
        return cls(first_index, ticks, samples.astype(np.int16, copy=False))

    def __bytes__(self) -> bytes:
        n, width = self.samples.shape
        if not 1 <= n <= 255:
            raise ProfileError(f"{n} samples do not fit one notification (1 to 255)")
        flags = self._HAS_GYRO if width == 6 else 0
        header = self._HEADER.pack(flags, n, self.first_index, self.first_ticks)
        return sealed(header + self.samples.astype("<i2", copy=False).tobytes())

    @staticmethod
    def capacity(payload_bytes: int, width: int) -> int:
        """How many samples of ``width`` values fit a notification of ``payload_bytes``."""
        overhead_bytes = SamplesPacket._HEADER.size + CRC_BYTES
        return max(0, min(255, (payload_bytes - overhead_bytes) // (2 * width)))
