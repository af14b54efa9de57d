"""A PostgreSQL of our own: loopback, a free port, a temporary folder."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

import psycopg

from system_packages import MissingPackageError

_USER = "postgres"


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs (Debian keeps them off the search path)."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise MissingPackageError("PostgreSQL")
    return found[-1].parent


class PostgresCluster:
    """One server process; as root it is run by the account ``postgres``, as it demands.

    Parameters
    ----------
    durable
        Whether a commit is on disk when it returns, as in life; most tests are quicker without.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="lumbar-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, _USER, _USER)
        self._port = _free_port()
        self._options = [] if durable else ["-F"]
        self._process: subprocess.Popen[bytes] | None = None
        data = self._folder / "data"
        self._command(["initdb", "-D", str(data), "-U", _USER, "-A", "trust", "-N"])

    def start(self) -> None:
        """Start and wait until it answers."""
        where = ["-k", str(self._folder), "-h", "127.0.0.1", "-p", str(self._port)]
        arguments = ["postgres", "-D", str(self._folder / "data"), *self._options, *where]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                _as_owner(arguments), stdout=log, stderr=log, process_group=0
            )
        for _ in range(200):
            try:
                self.run_sql("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self._folder / "log").read_text())

    def stop(self) -> None:
        """Stop at once, disconnecting everybody; the data stay."""
        self._end("fast")

    def crash(self) -> None:
        """End every process of it as a crash would: the next start has to recover."""
        self._end("immediate")

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self._port}/{database}"

    def run_sql(self, statement: str) -> None:
        """Run one statement in the maintenance database."""
        where = f"host=127.0.0.1 port={self._port} user={_USER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _end(self, mode: str) -> None:
        if self._process is not None:
            self._command(["pg_ctl", "stop", "-m", mode, "-D", str(self._folder / "data")])
            self._process.wait()
            self._process = None

    def _command(self, arguments: list[str]) -> None:
        subprocess.run(_as_owner(arguments), check=True, capture_output=True, cwd=self._folder)


def _as_owner(arguments: list[str]) -> list[str]:
    command = [str(binaries() / arguments[0]), *arguments[1:]]
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@cache
def shared_cluster() -> PostgresCluster:
    """Return a running cluster that this test process shares; it is removed at the end."""
    cluster = PostgresCluster()
    cluster.start()
    atexit.register(cluster.remove)
    return cluster
