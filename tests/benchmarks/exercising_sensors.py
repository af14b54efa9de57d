"""Child process: sensors on wearers who exercise, for a household in another process.

Arguments: how many. Prints the radio's port and works until its input ends. The sensors' crystals
are this machine's monotonic clock, so the ticks in a packet say when its first sample was taken.
"""

import asyncio
import sys

import numpy as np

from lumbar_sim.firmware import Firmware
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import demo_programme
from lumbar_sim.radio import VirtualRadio
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate

RATE_HZ = 100.0


def _exercising(number: int) -> Firmware:
    rng = np.random.default_rng(number)
    workout = simulate(
        demo_programme(150.0),
        wearer=Wearer(),
        placement=Placement(),
        imu=Imu(),
        sampling_rate_hz=RATE_HZ,
        rng=rng,
    )
    return Firmware(f"SIM-{number:08X}", workout.measurement, rng=rng)


async def _main(sensors: int) -> None:
    worn = [_exercising(number) for number in range(sensors)]
    async with VirtualRadio() as radio:
        for sensor in worn:
            await radio.add_sensor(sensor)
        print(await radio.listen(), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
