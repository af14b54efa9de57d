"""Python, the packages of each part, and the compiled detector."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec

from lumbar.doctor.finding import Finding, State
from lumbar.failure_line import failure_line

_SLOW_S = 5.0  # loading what is compiled takes below one, compiling over ten
_PARTS = {
    "gateway": ("bleak", "paho", "cbor2"),
    "server": ("fastapi", "sqlalchemy", "numba", "pyarrow", "amqtt", "paho"),
    "sim": ("bumble", "bleak"),
}


def check_python() -> Iterator[Finding]:
    """Tell which Python runs."""
    yield Finding("python", State.OK, sys.version.split()[0])


def check_extras() -> Iterator[Finding]:
    """Tell which parts can run here."""
    for extra, packages in _PARTS.items():
        missing = [name for name in packages if find_spec(name) is None]
        if missing:
            remedy = f"only if this machine needs it, pip install 'lumbar[{extra}]'"
            yield Finding(extra, State.NOTE, f"{', '.join(missing)} not installed", remedy)
        else:
            yield Finding(extra, State.OK, "installed")


def check_detector() -> Iterator[Finding]:
    """Load the compiled detector, or compile it where its cache is cold."""
    if find_spec("numba") is None:
        return
    started_s = time.perf_counter()
    try:
        from lumbar_signal import warm_up

        warm_up()
    except Exception as error:  # numba raises many kinds, e.g. where it may not write its cache
        remedy = "set NUMBA_CACHE_DIR to a folder that you may write"
        yield Finding("detector", State.FAILED, failure_line(error), remedy)
        return
    took_s = time.perf_counter() - started_s
    if took_s < _SLOW_S:
        yield Finding("detector", State.OK, f"its compiled code is cached: ready in {took_s:.1f} s")
    else:
        said = f"its cache was cold: compiled in {took_s:.0f} s"
        remedy = "the next start is quick; if this line stays, NUMBA_CACHE_DIR is not kept"
        yield Finding("detector", State.NOTE, said, remedy)
