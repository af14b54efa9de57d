"""The spool on a disk that is really full: a small file system of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SUPPORT = Path(__file__).parents[1] / "support"
PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from gateway_streams import STREAM, packet
from lumbar_gateway.errors import SpoolFullError
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.spool import SpoolFile

disk = Path(sys.argv[1])
spool = SpoolFile(disk / "spool.db", 16 * 2**20)
spool.register(STREAM)

def held():
    rows = spool.rows_after(STREAM.stream_id, 0, 10**6)
    return IndexRanges((row.packet.first_index, row.packet.end_index) for row in rows)

def fill(end):
    while True:
        try:
            spool.append([packet(at, at + 250) for at in range(end, end + 2500, 250)])
        except SpoolFullError:
            return end
        end += 2500

(disk / "of somebody else").write_bytes(bytes(5 * 2**20))
end = fill(0)
print("full at", end, flush=True)
assert list(held()) == list(spool.received(STREAM.stream_id)) == [(0, end)]
assert (disk / "spool.db.ballast").exists()
stored = IndexRanges([(0, end - 5000)])
spool.apply_acks([Ack(STREAM.stream_id, stored, IndexRanges(), None)])
assert list(held()) == [(end - 5000, end)]
later = fill(end)
assert later > end + 5000, later  # what was deleted is room again
assert list(held()) == [(end - 5000, later)]
spool.close()
(disk / "of somebody else").unlink()
spool = SpoolFile(disk / "spool.db", 16 * 2**20)
assert list(held()) == [(end - 5000, later)]
assert (disk / "spool.db.ballast").exists()
print("passed")
"""
# A name space of its own lets a user without rights mount something that nobody else sees.
MOUNTED = 'mount -t tmpfs -o size=12m disk "$1" && exec "$2" -c "$3" "$1" "$4"'


def in_own_space(*command: str) -> subprocess.CompletedProcess[str]:
    space = ["unshare", "--user", "--map-root-user", "--mount"]
    return subprocess.run([*space, *command], capture_output=True, text=True, timeout=60)


def test_a_full_disk_holds_up_neither_the_servers_word_nor_what_comes_after(
    tmp_path: Path,
) -> None:
    try:
        allowed = in_own_space("mount", "-t", "tmpfs", "disk", str(tmp_path)).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("this machine lets nobody mount a small file system for a test")
    done = in_own_space(
        "sh", "-c", MOUNTED, "sh", str(tmp_path), sys.executable, PROGRAM, str(SUPPORT)
    )
    assert done.stdout.splitlines()[-1:] == ["passed"], done.stderr
