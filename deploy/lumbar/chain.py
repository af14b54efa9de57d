"""The whole chain in one process: a simulated sensor on a virtual radio, and a household."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lumbar.clock import ScaledClock
from lumbar.household import Announce, Household, Places, Radio, running_household
from lumbar.verdict import StoredWorkout, count_stored, read_back
from lumbar_server.store.streams import StreamState
from lumbar_signal import warm_up
from lumbar_sim.firmware import Firmware
from lumbar_sim.measurement import Measurement
from lumbar_sim.radio import VirtualRadio

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Chain:
    """The running parts, from the sensor to the pages."""

    radio: VirtualRadio
    firmware: Firmware
    household: Household

    @property
    def sensor_id(self) -> str:
        """The worn sensor's id."""
        return self.firmware.sensor.sensor_id

    @property
    def stream_id(self) -> str:
        """The stream that it measures now, as the database names it."""
        return f"{self.firmware.sensor.description.stream_id:016x}"

    async def connection(self) -> None:
        """Wait until the gateway has found, paired and started the sensor."""
        while True:
            seen = self.household.gateway.status.get(self.sensor_id)
            if seen is not None and seen.link == "connected":
                return
            await asyncio.sleep(_POLL_S)

    def stored(self) -> StoredWorkout | None:
        """Return what the database has of this stream; it may have older ones of the sensor."""
        return read_back(self.household.places.url, self.sensor_id, self.stream_id)

    def stored_samples(self) -> int:
        """Return how many of them the database has."""
        return count_stored(self.household.places.url, self.sensor_id, self.stream_id)

    async def completion(self) -> StoredWorkout:
        """Wait until the database says that the session is complete."""
        while True:
            stored = await asyncio.to_thread(self.stored)
            if stored is not None and stored.state != StreamState.RECEIVING:
                return stored
            await asyncio.sleep(_POLL_S)


@asynccontextmanager
async def running_chain(
    measurement: Measurement,
    *,
    sensor_id: str,
    places: Places,
    clock: ScaledClock,
    announce: Announce,
    clock_ppm: float = 0.0,
) -> AsyncIterator[Chain]:
    """Start everything; the sensor begins to measure once the gateway has connected.

    Parameters
    ----------
    clock_ppm
        How much the sensor's crystal runs fast.
    """
    async with VirtualRadio() as radio:
        central = await radio.central()
        backends = Radio(central.scanner_backend, central.client_backend)
        async with running_household(
            places,
            radio=backends,
            now_s=clock.wall_s,
            monotonic_s=clock.monotonic_s,
            announce=announce,
        ) as household:
            await asyncio.to_thread(warm_up)
            announce("detector", "compiled")
            firmware = await radio.add_sensor(
                Firmware(
                    sensor_id,
                    measurement,
                    monotonic_s=clock.monotonic_s,
                    sleep=clock.sleep,
                    clock_ppm=clock_ppm,
                )
            )
            announce("sensor", f"{sensor_id} advertises, {measurement.sampling_rate_hz:g} Hz")
            chain = Chain(radio, firmware, household)
            await chain.connection()
            announce("link", "paired, encrypted, streaming")
            yield chain
