"""The programs that are killed: each a process of its own, started again after a while."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from lumbar_gateway.messages import BrokerAddress
from lumbar_server.database import migrate
from lumbar_signal import warm_up
from mosquitto import Mosquitto
from postgres import PostgresCluster
from soak_fate import Fault

_DATABASE = "soak"


class Program:
    """A program of ours; what it says goes to a file."""

    def __init__(self, arguments: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self._command = [sys.executable, *arguments]
        self._environment = os.environ | settings
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; out of the terminal's group, so that Ctrl-C ends it only through us."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, process_group=0
            )

    @property
    def has_failed(self) -> bool:
        """Whether it has ended although nobody killed it."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """End it without warning."""
        process, self._process = self._process, None  # from now on nobody wonders that it ends
        if process is not None:
            process.kill()
            process.wait()


@dataclass(frozen=True, slots=True)
class Programs:
    """All that is not a sensor. A context manager: at its end nothing runs any more."""

    database_url: str
    spool: Path
    gateway: Program
    worker: Program
    broker: Mosquitto
    cluster: PostgresCluster | None
    _cleaning: ExitStack
    _acting: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def make(cls, folder: Path, radio_port: int, *, with_server: bool) -> Self:
        """Prepare everything: the database has its tables, the detector is compiled."""
        warm_up()
        with ExitStack() as cleaning:
            broker = Mosquitto(folder / "broker")
            cleaning.callback(broker.kill)
            cluster = PostgresCluster(durable=True) if with_server else None
            url = f"sqlite:///{folder / 'lumbar.db'}"
            if cluster is not None:
                cleaning.callback(cluster.remove)
                cluster.start()
                cluster.run_sql(f"CREATE DATABASE {_DATABASE}")
                url = cluster.url(_DATABASE)
            migrate(url)
            spool = folder / "spool.db"
            program = Path(__file__).with_name("gateway_program.py")
            gateway = Program(
                [str(program), str(radio_port), str(folder / "bonds.json")],
                {"LUMBAR_GATEWAY_SPOOL_PATH": str(spool), **_broker("GATEWAY", broker.address)},
                folder / "gateway.log",
            )
            cleaning.callback(gateway.kill)
            worker = Program(
                ["-m", "lumbar", "worker"],
                {"LUMBAR_SERVER_DATABASE_URL": url, **_broker("SERVER", broker.address)},
                folder / "worker.log",
            )
            cleaning.callback(worker.kill)
            return cls(url, spool, gateway, worker, broker, cluster, cleaning.pop_all())

    def __enter__(self) -> Self:
        self.broker.start()
        self.worker.start()
        self.gateway.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._acting:
            self._ended.set()
            self._cleaning.close()

    def of(self, fault: Fault) -> tuple[Callable[[], None], Callable[[], None]]:
        """Return how to end the victim of a kill, and how to start it again, in any thread."""
        end, start = self._victim(fault)
        return partial(self._act, end), partial(self._act, start)

    def _act(self, action: Callable[[], None]) -> None:
        with self._acting:
            if not self._ended.is_set():  # else a thread that came late would leave a process
                action()

    def _victim(self, fault: Fault) -> tuple[Callable[[], None], Callable[[], None]]:
        match fault:
            case Fault.GATEWAY:
                return self.gateway.kill, self.gateway.start
            case Fault.WORKER:
                return self.worker.kill, self.worker.start
            case Fault.BROKER:
                return self.broker.kill, self.broker.start
            case Fault.FORGETFUL_BROKER:
                return self._kill_and_forget, self.broker.start
            case Fault.DATABASE if self.cluster is not None:
                return self.cluster.crash, self.cluster.start
        raise ValueError(f"{fault} kills nothing here")

    def failed(self) -> list[str]:
        """Name the programs of ours that ended by themselves."""
        programs = {"gateway": self.gateway, "worker": self.worker}
        return [name for name, program in programs.items() if program.has_failed]

    def _kill_and_forget(self) -> None:
        self.broker.kill()
        self.broker.forget()


def _broker(program: str, address: BrokerAddress) -> dict[str, str]:
    prefix = f"LUMBAR_{program}_BROKER"
    return {f"{prefix}_HOST": address.host, f"{prefix}_PORT": str(address.port)}
