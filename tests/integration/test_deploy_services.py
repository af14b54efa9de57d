"""The long-running programs as a service manager runs them."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import lumbar_server
from lumbar.broker import Broker
from lumbar.doctor.broker import broker_trouble
from lumbar_gateway.messages import BrokerAddress


def environment(broker: Broker, folder: Path) -> dict[str, str]:
    """Settings as systemd gives them: the password in a file."""
    credentials = folder / "credentials"
    credentials.mkdir(exist_ok=True)
    (credentials / "LUMBAR_SERVER_BROKER_PASSWORD").write_text(str(broker.address.password))
    return {
        **os.environ,
        "CREDENTIALS_DIRECTORY": str(credentials),
        "LUMBAR_SERVER_BROKER_PORT": str(broker.address.port),
        "LUMBAR_SERVER_BROKER_USERNAME": str(broker.address.username),
        "LUMBAR_SERVER_DATABASE_URL": f"sqlite:///{folder / 'lumbar.db'}",
    }


@contextmanager
def running(
    arguments: list[str], settings: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "lumbar", *arguments],
        env=settings,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """Return the first line on standard error that matches."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found
        said.append(line)
    raise AssertionError("".join(said))


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)]
)
def test_server_answers_and_stops_on_a_signal(
    broker: Broker, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    with running(["server", "--port", "0"], environment(broker, tmp_path), tmp_path) as process:
        url = read_until(process, r"pages at (http://\S+)")[1]
        with urllib.request.urlopen(f"{url}api/v1/openapi.json", timeout=30) as answer:
            assert json.load(answer)["info"]["title"] == "Lumbar"
        process.send_signal(number)
        assert process.wait(30) == status
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_worker_stops_on_a_signal(
    broker: Broker, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    with running(["worker"], environment(broker, tmp_path), tmp_path) as process:
        read_until(process, rf"broker .*{broker.address.port}|working")
        process.send_signal(number)
        assert process.wait(30) == status
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_household_comes_up_and_stops_on_a_signal(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    arguments = ["up", "--port", "0", "--data", "kept/here"]
    with running(arguments, dict(os.environ), tmp_path) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(4)]
        assert [line.split()[0] for line in said] == ["broker", "worker", "page", "gateway"]
        with urllib.request.urlopen(said[2].split()[1], timeout=30) as answer:
            assert b"<html" in answer.read()
        process.send_signal(number)
        assert process.wait(30) == status
    assert (tmp_path / "kept" / "here" / "lumbar.db").exists()


def test_household_answers_to_the_name_of_its_reverse_proxy(tmp_path: Path) -> None:
    settings = {**os.environ, "LUMBAR_SERVER_HTTP_NAMES": "pi.local"}
    with running(["up", "--port", "0"], settings, tmp_path) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(4)]
        url = said[2].split()[1]
        assert httpx.get(url, headers={"host": "pi.local"}).status_code == 200
        assert httpx.get(url, headers={"host": "evil.example"}).status_code == 421
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_busy_port_of_the_pages_is_told_in_one_line(broker: Broker, tmp_path: Path) -> None:
    taken = str(broker.address.port)
    with running(["server", "--port", taken], environment(broker, tmp_path), tmp_path) as process:
        complaint = read_until(process, r"^lumbar: (.*)$")[1]
        assert f"port {taken}" in complaint
        assert process.wait(30) == 1


def test_spoiled_movements_are_told_in_one_line_at_the_start(
    broker: Broker, tmp_path: Path
) -> None:
    copy = tmp_path / "edited"
    shutil.copytree(Path(lumbar_server.__file__).parent, copy / "lumbar_server")
    movements = copy / "lumbar_server" / "programme" / "movements.toml"
    movements.write_text(movements.read_text().replace("rest_s = 60", "rest_s = 6000", 1))
    path = os.pathsep.join([str(copy), os.environ.get("PYTHONPATH", "")])
    settings = environment(broker, tmp_path) | {"PYTHONPATH": path}
    with running(["server", "--port", "0"], settings, tmp_path) as process:
        complaint = read_until(process, r"^lumbar: (.*)$")[1]
        assert "movements, dead_bug: rest_s is 6000; write a number from 0 to 300" in complaint
        assert process.wait(30) == 1


def test_pages_for_other_computers_are_refused_in_one_line(broker: Broker, tmp_path: Path) -> None:
    settings = environment(broker, tmp_path) | {"LUMBAR_SERVER_HTTP_HOST": "0.0.0.0"}
    with running(["server", "--port", "0"], settings, tmp_path) as process:
        complaint = read_until(process, r"^lumbar: (.*)$")[1]
        assert "accounts do not exist yet" in complaint
        assert process.wait(30) == 1


def test_passwords_are_in_no_log(tmp_path: Path) -> None:
    settings = {
        **os.environ,
        "LUMBAR_LOG": "json",
        "LUMBAR_SERVER_DATABASE_URL": "postgresql://lumbar:sesame@127.0.0.1:1/lumbar",
        "LUMBAR_SERVER_BROKER_PASSWORD": "open",
    }
    with running(["worker"], settings, tmp_path) as process:
        complaint = read_until(process, "trying until it works").string
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        said = complaint + process.stderr.read()
    assert "sesame" not in said
    for line in said.splitlines():
        assert json.loads(line)["level"]


def test_doctor_tells_a_closed_door_from_an_open_one(broker: Broker) -> None:
    address = broker.address
    assert broker_trouble(address) is None
    stranger = BrokerAddress(address.host, address.port, address.username, "guess")
    assert "ot authorized" in str(broker_trouble(stranger))
    broker.stop()
    assert broker_trouble(address) == "nobody listens there: is it running?"


def test_doctor_names_what_fails_and_exits_with_it(broker: Broker, tmp_path: Path) -> None:
    settings = environment(broker, tmp_path)
    well = subprocess.run(
        [sys.executable, "-m", "lumbar", "doctor"],
        env=settings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert well.returncode == 0, well.stdout + well.stderr
    assert f"ok     broker     server's broker at 127.0.0.1:{broker.address.port} answers" in (
        well.stdout
    )
    broker.stop()
    settings["LUMBAR_SERVER_DATABASE_URL"] = "sqlite:////no/such/folder/lumbar.db"
    ill = subprocess.run(
        [sys.executable, "-m", "lumbar", "doctor"],
        env=settings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ill.returncode == 1
    failed = [line for line in ill.stdout.splitlines() if line.startswith("failed")]
    assert [line.split()[1] for line in failed] == ["broker", "database"]
    assert str(broker.address.password) not in well.stdout + ill.stdout
