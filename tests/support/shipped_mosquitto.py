"""Debian's mosquitto with the configuration that ``deploy/`` ships, on free ports of loopback."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from certificates import Authority, KeyPair
from lumbar_gateway.messages import BrokerAddress, Tls

SHIPPED = Path(__file__).parents[2] / "deploy" / "mosquitto"
SERVER_ACCOUNT = ("lumbar-server", "in")
GATEWAY_PASSWORD = "out"
GATEWAYS = ("gym-1", "gym-2")


@dataclass(frozen=True)
class ShippedMosquitto:
    """A running broker."""

    plain_port: int  # of loopback, for the server
    tls_port: int  # with user name and password
    certificate_port: int  # with a client certificate
    authority: Authority
    client_keys: dict[str, KeyPair]

    @property
    def server(self) -> BrokerAddress:
        """Where worker and server connect."""
        return BrokerAddress("127.0.0.1", self.plain_port, *SERVER_ACCOUNT)

    def gateway(self, gateway_id: str) -> BrokerAddress:
        """Where a gateway connects with its password."""
        tls = Tls(self.authority.ca_file)
        return BrokerAddress("localhost", self.tls_port, gateway_id, GATEWAY_PASSWORD, tls)

    def certified(self, gateway_id: str) -> BrokerAddress:
        """Where a gateway connects with its certificate."""
        keys = self.client_keys[gateway_id]
        tls = Tls(self.authority.ca_file, keys.certificate, keys.key)
        return BrokerAddress("localhost", self.certificate_port, tls=tls)


@contextmanager
def shipped_mosquitto(
    folder: Path, *, hosts: tuple[str, ...] = ("localhost",), expired: bool = False
) -> Iterator[ShippedMosquitto]:
    """Run the broker with a certificate for ``hosts`` until the block ends."""
    authority = Authority(folder / "ca")
    shown = authority.issue("broker", hosts=hosts, expired=expired)
    ports = {port: _free_port() for port in ("1883", "8883", "8884")}
    places = {
        "/etc/mosquitto/certs/lumbar.crt": str(shown.certificate),
        "/etc/mosquitto/certs/lumbar.key": str(shown.key),
        "/etc/mosquitto/certs/lumbar-gateways.crt": str(authority.ca_file),
        "/etc/mosquitto/lumbar.": f"{folder}/lumbar.",
        **{f"listener {port}": f"listener {free}" for port, free in ports.items()},
        f"listener {ports['8883']}": f"listener {ports['8883']} 127.0.0.1",
        f"listener {ports['8884']}": f"listener {ports['8884']} 127.0.0.1",
    }
    configuration = folder / "mosquitto.conf"
    text = "".join((SHIPPED / name).read_text() for name in _CONFIGURATIONS)
    for shipped, ours in places.items():
        assert shipped in text, shipped
        text = text.replace(shipped, ours)
    configuration.write_text(f"{text}\nuser root\npersistence_location {folder}/\n")
    _write_accounts(folder)
    program = ["/usr/sbin/mosquitto", "-c", str(configuration)]
    with subprocess.Popen(program, stderr=subprocess.DEVNULL) as process:
        try:
            for port in ports.values():
                _wait_for(port, process)
            keys = {one: authority.issue(one) for one in GATEWAYS}
            yield ShippedMosquitto(*ports.values(), authority, keys)
        finally:
            process.terminate()


_CONFIGURATIONS = ("lumbar.conf", "lumbar-certificates.conf")


def _write_accounts(folder: Path) -> None:
    passwords = folder / "lumbar.passwords"
    accounts = [(gateway_id, GATEWAY_PASSWORD) for gateway_id in GATEWAYS]
    lines = (f"{user}:{password}\n" for user, password in [*accounts, SERVER_ACCOUNT])
    passwords.write_text("".join(lines))
    passwords.chmod(0o600)
    subprocess.run(["mosquitto_passwd", "-U", passwords], check=True)
    access = folder / "lumbar.acl"
    access.write_text((SHIPPED / "lumbar.acl").read_text())
    access.chmod(0o600)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert process.poll() is None, "mosquitto refuses its configuration"
            time.sleep(0.05)
        else:
            return
    raise AssertionError("mosquitto does not listen")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
