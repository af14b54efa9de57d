"""Child process: one way from the radio to the broker, its CPU time and the delays it adds.

Reads a job as one line of JSON and prints what it measured as another.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from lumbar_gateway.gateway import Gateway
from lumbar_gateway.messages import BrokerAddress, SampleBatch, Topic, decode_stream_message
from lumbar_gateway.mqtt_client import MqttClient
from lumbar_gateway.profiles.lumbar import (
    CONTROL_UUID,
    SAMPLES_UUID,
    SERVICE_UUID,
    Command,
    Opcode,
    SamplesPacket,
)
from lumbar_sim.advertisement import address as address_of
from lumbar_sim.bleak_backend import Central
from lumbar_sim.radio import remote_central

SETTLING_S = 3.0  # chosen: what was measured before the subscription has been fetched by then
PATIENCE_S = 60.0  # until all sensors send
ADDRESS = "C4:4C:42:00:02:00"  # chosen: any static random address

Extent = tuple[str, int, int]  # sensor's address, first index, end


@dataclass
class Watch:
    """Notes what comes in and what goes out; looks into neither before the end."""

    notified: list[tuple[float, str, bytes]] = field(default_factory=list)  # when, address, data
    published: list[tuple[float, str, bytes]] = field(default_factory=list)  # when, topic, payload

    def radio(self, backend: type[BaseBleakClient]) -> type[BaseBleakClient]:
        """Return a bleak backend whose samples are noted as they come in."""
        notified = self.notified

        class WatchedClient(backend):  # type: ignore[valid-type, misc]
            async def start_notify(
                self,
                characteristic: BleakGATTCharacteristic,
                callback: Callable[[bytearray], None],
                **options: Any,
            ) -> None:
                def noted(data: bytearray) -> None:
                    notified.append((time.monotonic(), self.address, data))
                    callback(data)

                chosen = noted if characteristic.uuid == SAMPLES_UUID else callback
                await super().start_notify(characteristic, chosen, **options)

        return WatchedClient

    def mqtt_client(self, client: type[mqtt.Client]) -> type[mqtt.Client]:
        """Return paho's client, whose publications are noted as they are handed over."""
        published = self.published

        class WatchedMqtt(client):  # type: ignore[valid-type, misc]
            def publish(
                self, topic: str, payload: Any = None, *args: Any, **options: Any
            ) -> mqtt.MQTTMessageInfo:
                info = super().publish(topic, payload, *args, **options)
                published.append((time.monotonic(), topic, payload))
                return info

        return WatchedMqtt

    def heard_of(self) -> int:
        """Return how many sensors have sent something."""
        return len({address for _, address, _ in self.notified})

    def samples(self, since_s: float, until_s: float) -> int:
        """Return how many samples came in between."""
        return sum(data[1] for at_s, _, data in self.notified if since_s <= at_s < until_s)

    def delays_s(self, read: Callable[[str, bytes], Extent | None], since_s: float) -> list[float]:
        """Return the delays of the notifications after ``since_s`` that were published."""
        came_s = {}
        for at_s, address, data in self.notified:
            if at_s >= since_s:
                came_s[address, SamplesPacket.from_bytes(data).first_index] = at_s
        delays_s = []
        for at_s, topic, payload in self.published:
            address, first, end = read(topic, payload) or ("", 0, 0)
            for index in range(first, end):
                begun_s = came_s.pop((address, index), None)
                if begun_s is not None:
                    delays_s.append(at_s - begun_s)
        return delays_s


async def lumbar(central: Central, broker: BrokerAddress, folder: Path, watch: Watch) -> None:
    """Run our gateway, spool and all."""
    gateway = Gateway(
        folder / "spool.db",
        broker,
        scanner_backend=central.scanner_backend,
        client_backend=watch.radio(central.client_backend),
        mqtt_client=watch.mqtt_client(MqttClient),
    )
    await gateway.run()


def read_ours(topic: str, payload: bytes) -> Extent | None:
    """Tell which samples a message of the gateway has."""
    where = Topic.parse(topic)
    if where.kind != "samples":
        return None
    message = decode_stream_message(payload)
    if not isinstance(message, SampleBatch):
        return None
    return address_of(where.sensor_id), message.first_index, message.end_index


async def bare(central: Central, broker: BrokerAddress, _folder: Path, watch: Watch) -> None:
    """Publish the bytes of each notification, and nothing else."""
    client = watch.mqtt_client(mqtt.Client)(CallbackAPIVersion.VERSION2, client_id="bare")
    client.username_pw_set(broker.username, broker.password)
    client.connect(broker.host, broker.port)
    client.loop_start()

    def on_samples(address: str, data: bytes) -> None:
        client.publish(f"bare/{address}", data, qos=1)

    try:
        await _listen(central, watch, on_samples)
    finally:
        client.disconnect()
        client.loop_stop()


def read_bare(topic: str, payload: bytes) -> Extent | None:
    """Tell which samples a message of the bare loop has."""
    packet = SamplesPacket.from_bytes(payload)
    first = packet.first_index
    return topic.removeprefix("bare/"), first, first + len(packet.samples)


async def deaf(central: Central, _broker: BrokerAddress, _folder: Path, watch: Watch) -> None:
    """Take notifications and publish nothing: what the simulated radio alone costs."""
    await _listen(central, watch, lambda _address, _data: None)


async def _listen(central: Central, watch: Watch, on_samples: Callable[[str, bytes], None]) -> None:
    backend = watch.radio(central.client_backend)
    heard: dict[str, asyncio.Task[None]] = {}

    async def stay(device: Any) -> None:
        async with BleakClient(device, backend=backend, pair=True, timeout=PATIENCE_S) as client:
            await client.start_notify(CONTROL_UUID, lambda *_: None)
            await client.write_gatt_char(CONTROL_UUID, bytes(Command(Opcode.START)), response=True)
            await client.start_notify(
                SAMPLES_UUID, lambda _, data: on_samples(device.address, bytes(data))
            )
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:

        def on_advertisement(device: Any, _data: Any) -> None:
            if device.address not in heard:
                heard[device.address] = group.create_task(stay(device))

        async with BleakScanner(on_advertisement, [SERVICE_UUID], backend=central.scanner_backend):
            await asyncio.Event().wait()


Contestant = Callable[[Central, BrokerAddress, Path, Watch], Coroutine[Any, Any, None]]
CONTESTANTS: dict[str, tuple[Contestant, Callable[[str, bytes], Extent | None]]] = {
    "lumbar": (lumbar, read_ours),
    "bare": (bare, read_bare),
    "deaf": (deaf, read_bare),
}


async def measure(
    name: str, sensors: int, seconds: float, radio_port: int, broker: BrokerAddress, folder: Path
) -> dict[str, Any]:
    """Let a contestant collect from all sensors; measure ``seconds`` of it."""
    run, read = CONTESTANTS[name]
    watch = Watch()
    async with remote_central(radio_port, ADDRESS, folder / "bonds.json") as central:
        task = asyncio.create_task(run(central, broker, folder, watch))
        async with asyncio.timeout(PATIENCE_S):
            while watch.heard_of() < sensors and not task.done():  # noqa: ASYNC110
                await asyncio.sleep(0.5)
        await asyncio.sleep(SETTLING_S)
        begun_s, begun_cpu_s = time.monotonic(), time.process_time()
        await asyncio.sleep(seconds)
        cpu_s, ended_s = time.process_time() - begun_cpu_s, time.monotonic()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    published = [at_s for at_s, _, _ in watch.published if begun_s <= at_s < ended_s]
    return {
        "cpu_s": cpu_s,
        "samples": watch.samples(begun_s, ended_s),
        "messages": len(published),
        "delays_s": watch.delays_s(read, begun_s),
    }


if __name__ == "__main__":
    job = json.loads(sys.stdin.readline())
    address = BrokerAddress(**job.pop("broker"))
    told = asyncio.run(measure(broker=address, folder=Path(job.pop("folder")), **job))
    print(json.dumps(told))
