"""A broker in another process: mosquitto with the limits that we ship, amqtt where it is absent."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lumbar.broker import Broker
from lumbar_gateway.messages import BrokerAddress

_MOSQUITTO = Path("/usr/sbin/mosquitto")
_SHIPPED = Path(__file__).parents[2] / "deploy" / "mosquitto" / "lumbar.conf"
_LIMITS = ("persistence ", "autosave_", "max_")  # what of it bears on the cost
_PATIENCE_S = 20.0


@contextmanager
def bench_broker(folder: Path) -> Iterator[tuple[str, BrokerAddress]]:
    """Run a broker until the block ends; yields its name and where it is."""
    if _MOSQUITTO.exists():
        with _mosquitto(folder) as address:
            yield "mosquitto", address
    else:
        with _amqtt() as address:
            yield "amqtt (mosquitto is not installed: make system-packages)", address


@contextmanager
def _mosquitto(folder: Path) -> Iterator[BrokerAddress]:
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    limits = [line for line in _SHIPPED.read_text().splitlines() if line.startswith(_LIMITS)]
    own = [f"listener {port} 127.0.0.1", "allow_anonymous true", f"persistence_location {folder}/"]
    configuration = folder / "mosquitto.conf"
    configuration.write_text("\n".join([*own, "user root", *limits, ""]))
    command = [str(_MOSQUITTO), "-c", str(configuration)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield BrokerAddress("127.0.0.1", port)
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    give_up_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > give_up_s:
                raise
            time.sleep(0.05)
        else:
            return


@contextmanager
def _amqtt() -> Iterator[BrokerAddress]:
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield BrokerAddress(**json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()  # it ends with its input


def _serve() -> None:
    """Child: run amqtt until the input ends."""
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(accounts={"bench": "bench"}, folder=Path(folder))
        broker.start()
        where = broker.address
        told = {"host": where.host, "port": where.port}
        print(json.dumps({**told, "username": "bench", "password": "bench"}), flush=True)
        sys.stdin.read()
        broker.stop()


if __name__ == "__main__":
    _serve()
