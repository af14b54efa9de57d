"""Child process: simulated sensors on a virtual radio, for gateways in other processes.

Arguments: how many, and a seed, from which their stream ids come. Prints the radio's port and works
until its input ends.
"""

import asyncio
import sys
import time
from collections.abc import Callable

import numpy as np

from lumbar_gateway.profiles.lumbar import NOTIFICATION_INTERVAL_S
from lumbar_sim.firmware import Firmware
from lumbar_sim.measurement import Measurement
from lumbar_sim.radio import VirtualRadio

RATE_HZ = 100.0
SECONDS = 600.0  # longer than anybody listens
NOISE_COUNTS = 8.0


def worn_sensor(
    number: int,
    *,
    seed: int = 0,
    seconds: float = SECONDS,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> Firmware:
    """Return a sensor that waits for a gateway, on somebody who lies still."""
    rng = np.random.default_rng([seed, number])
    return Firmware(
        f"SIM-{number:08X}",
        _lying_still(round(seconds * RATE_HZ), rng),
        monotonic_s=monotonic_s,
        rng=rng,
    )


def _lying_still(n: int, rng: np.random.Generator) -> Measurement:
    counts = (np.array([0.0, 0.0, 4096.0]) + rng.normal(0.0, NOISE_COUNTS, (n, 3))).astype(np.int16)
    return Measurement(np.arange(n), counts, RATE_HZ, 1 / 4096, 0.0, 8)


def _ahead(share: float) -> Callable[[], float]:
    """Return a clock by which notifications are sent a ``share`` of their interval earlier."""
    return lambda: time.monotonic() + share * NOTIFICATION_INTERVAL_S


async def _main(sensors: int, seed: int) -> None:
    async with VirtualRadio() as radio:
        for number in range(sensors):
            await radio.add_sensor(
                worn_sensor(number, seed=seed, monotonic_s=_ahead(number / sensors))
            )
        print(await radio.listen(), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main(*map(int, sys.argv[1:])))
