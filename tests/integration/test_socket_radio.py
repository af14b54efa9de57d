"""A central in another process: it finds, pairs and hears as one in the same process does."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lumbar_sim.firmware import Firmware
from lumbar_sim.radio import VirtualRadio
from simulated_sensor import firmware, measurement

PATIENCE_S = 30.0
CENTRAL = """
import asyncio, sys
from pathlib import Path
from bleak import BleakClient, BleakScanner
from lumbar_gateway.profiles.lumbar import CONTROL_UUID, SAMPLES_UUID, Command, Opcode
from lumbar_sim.radio import remote_central

async def main(port, bonds, address):
    async with remote_central(int(port), "C4:4C:42:00:00:77", Path(bonds)) as central:
        scanner, backend = central.scanner_backend, central.client_backend
        device = await BleakScanner.find_device_by_address(address, 20, backend=scanner)
        told = asyncio.Queue()
        gone = lambda _: told.put_nowait("gone")
        async with BleakClient(device, gone, backend=backend, pair=True) as client:
            await client.start_notify(SAMPLES_UUID, lambda *_: told.put_nowait("heard"))
            await client.start_notify(CONTROL_UUID, lambda *_: None)
            await client.write_gatt_char(CONTROL_UUID, bytes(Command(Opcode.START)), response=True)
            while True:
                print(await told.get(), flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


@asynccontextmanager
async def central_process(port: int, bonds: Path, sensor: Firmware) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CENTRAL, str(port), str(bonds), sensor.address, stdout=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_of(process: Process) -> bytes:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        return await process.stdout.readline()


async def until_free(sensor: Firmware) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while sensor.device.connections:  # noqa: ASYNC110 (bumble's own dictionary)
            await asyncio.sleep(0.05)


async def test_a_killed_central_is_missed_and_its_successor_finds_the_bond(tmp_path: Path) -> None:
    bonds = tmp_path / "bonds.json"
    async with VirtualRadio() as radio:
        port = await radio.listen()
        sensor = await radio.add_sensor(firmware(measurement(100_000), speed=1.0))
        async with central_process(port, bonds, sensor) as process:
            assert await line_of(process) == b"heard\n"
            bond = dict(sensor.bonds.all_keys)
            process.kill()
            await process.wait()
            assert sensor.device.connections  # nobody said goodbye
            await until_free(sensor)
        async with central_process(port, bonds, sensor) as process:
            assert await line_of(process) == b"heard\n"
        assert bond
        assert sensor.bonds.all_keys == bond  # encrypted by the key, not paired anew


async def test_a_sensor_taken_out_is_missed_by_a_central_in_another_process(tmp_path: Path) -> None:
    async with VirtualRadio() as radio:
        port = await radio.listen()
        sensor = await radio.add_sensor(firmware(measurement(100_000), speed=1.0))
        async with central_process(port, tmp_path / "bonds.json", sensor) as process:
            assert await line_of(process) == b"heard\n"
            radio.lose(sensor)
            await until_free(sensor)
            while await line_of(process) != b"gone\n":  # after what had arrived before
                pass
