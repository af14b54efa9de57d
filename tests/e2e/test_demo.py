"""``lumbar demo``, as a person types it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

LUMBAR = Path(sys.executable).with_name("lumbar")


def test_the_demo_of_a_minute_ends_by_itself_with_everything_right() -> None:
    ended = subprocess.run(
        [LUMBAR, "demo", "--duration", "60", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    for stage in ("broker", "worker", "page", "gateway", "detector", "sensor"):
        assert re.search(rf"^ *\d+\.\d s  {stage} ", ended.stdout, flags=re.MULTILINE), stage
    assert re.search(r"(\d+) measured, \1 received, \1 stored, 0 lost, 0 doubled", ended.stdout)
    assert "glute bridge: 3" in ended.stdout
    assert re.search(r"first counted repetition: \d+\.\d s after the command", ended.stdout)


def hear_all() -> None:
    """Undo what a shell does to background jobs."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def hear_no_interrupt() -> None:
    """As a shell starts background jobs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_the_demo_cleanly(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    running = subprocess.Popen(
        [LUMBAR, "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path)},
        preexec_fn=hear_all,
    )
    assert running.stdout is not None
    while " sensor " not in running.stdout.readline():
        assert running.poll() is None
    time.sleep(2)  # in the middle of connecting and streaming
    assert list(tmp_path.glob("lumbar-*"))
    running.send_signal(number)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == status
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("lumbar-*"))


def test_a_background_job_of_a_shell_ends_when_it_is_told_to(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [LUMBAR, "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path)},
        preexec_fn=hear_no_interrupt,
    )
    assert running.stdout is not None
    while " sensor " not in running.stdout.readline():
        assert running.poll() is None
    running.terminate()
    running.communicate(timeout=30)
    assert running.returncode == 128 + signal.SIGTERM
    assert not list(tmp_path.glob("lumbar-*"))


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [LUMBAR, "demo", "--duration", "60", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode != 0
    assert len(ended.stderr.strip().splitlines()) == 1
    assert str(port) in ended.stderr
    assert "--port" in ended.stderr
