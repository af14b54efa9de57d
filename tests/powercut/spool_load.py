"""The gateway's spool under load, as the only program of a machine that will lose its power.

Every line that it prints is true for good: what is said to be committed must survive.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from gateway_streams import STREAM, packet
from guest_start import mount_disk
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.spool import SpoolFile

DEVICE = "/dev/vda"
DISK = Path("/disk")
SPOOL = Path("spool.db")  # on the disk
KEPT = 400  # samples that the server has not acknowledged yet


def load(spool: SpoolFile) -> Iterator[str]:
    """Append and acknowledge without end; yields what is done."""
    spool.register(STREAM)
    end = spool.received(STREAM.stream_id).end
    while True:
        spool.append([packet(end, end + 5), packet(end + 3, end + 10, live=False)])
        end += 10
        yield f"committed {end}"
        if end % 200 == 0 and end > KEPT:
            stored = IndexRanges([(0, end - KEPT)])
            spool.apply_acks([Ack(STREAM.stream_id, stored, IndexRanges(), None)])
            yield f"acked {end - KEPT}"


def try_out() -> None:
    """Do all of it once, so that everything it needs is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        spool = SpoolFile(Path(folder) / SPOOL)
        for line in load(spool):
            if line.startswith("acked"):
                break
        spool.close()


def main() -> None:
    """Work on the machine's disk until the power goes."""
    mount_disk(DEVICE, DISK)
    for line in load(SpoolFile(DISK / SPOOL)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
