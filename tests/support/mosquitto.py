"""A mosquitto of our own: loopback, a free port, a temporary folder."""

import signal
import socket
import subprocess
import time
from pathlib import Path

from lumbar_gateway.messages import BrokerAddress
from system_packages import MissingPackageError

_PROGRAM = Path("/usr/sbin/mosquitto")


class Mosquitto:
    """A broker process with persistence on; ``stop`` and ``start`` keep sessions and queues.

    Killed, it remembers what it saved up to a second before.
    """

    def __init__(self, folder: Path) -> None:
        if not _PROGRAM.exists():
            raise MissingPackageError("mosquitto")
        folder.mkdir(exist_ok=True)
        self._port = _free_port()
        self._memory = folder / "mosquitto.db"
        self._configuration = folder / "mosquitto.conf"
        self._configuration.write_text(
            f"listener {self._port} 127.0.0.1\n"
            "allow_anonymous true\n"
            "persistence true\n"
            f"persistence_location {folder}/\n"
            "autosave_interval 1\n"
            "max_queued_messages 100000\n"
            "user root\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> BrokerAddress:
        """Where clients connect."""
        return BrokerAddress("127.0.0.1", self._port)

    def start(self) -> None:
        """Start and wait until it listens."""
        command = [str(_PROGRAM), "-c", str(self._configuration)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, process_group=0)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self._port)).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("mosquitto does not listen")

    def stop(self) -> None:
        """End it; the state is written to disk."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without warning."""
        self._end(signal.SIGKILL)

    def forget(self) -> None:
        """Delete what it has saved while it is not running, as if persistence were off."""
        self._memory.unlink(missing_ok=True)

    def _end(self, by: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait()
            self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
