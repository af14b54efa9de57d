"""A gateway killed at any moment: what it reported as committed is in the spool afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gateway_streams import STREAM
from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.spool import SpoolFile

SUPPORT = Path(__file__).parents[1] / "support"
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from gateway_streams import STREAM, packet
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.spool import SpoolFile

spool = SpoolFile(Path(sys.argv[1]))
spool.register(STREAM)
end = spool.received(STREAM.stream_id).end
while True:
    spool.append([packet(end, end + 5), packet(end + 3, end + 10, live=False)])
    end += 10
    print("committed", end, flush=True)
    if end % 200 == 0:
        stored = IndexRanges([(0, end - 100)])
        spool.apply_acks([Ack(STREAM.stream_id, stored, IndexRanges(), None)])
        print("acked", end - 100, flush=True)
"""


@pytest.mark.parametrize("trial", range(5))
def test_killed_in_mid_write_loses_and_doubles_nothing(tmp_path: Path, trial: int) -> None:
    path = tmp_path / "spool.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(SUPPORT)], stdout=subprocess.PIPE, text=True
    )
    with writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + 0.037 * trial)
        writer.kill()
        told = dict(line.split() for line in writer.stdout.read().splitlines() if " " in line)
    committed, acked = int(told.get("committed", 10)), int(told.get("acked", 0))
    spool = SpoolFile(path)
    rows = [row.packet for row in spool.rows_after(STREAM.stream_id, 0, 10**6)]
    values = [int(x) for row in rows for x in np.frombuffer(row.body, "<i2")[::3]]
    received = spool.received(STREAM.stream_id)
    assert received.covers(0, committed)
    assert received == IndexRanges([(0, received.end)])
    deleted = received.end - len(values)
    assert acked <= deleted <= max(0, received.end - 100)
    assert values == np.arange(deleted, received.end).astype(np.int16).tolist()
    spool.close()
