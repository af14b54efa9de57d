"""``lumbar demo`` as a process, up to the line that names the page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_demo(lumbar: Path, *arguments: str) -> Iterator[str]:
    """Yield the page's address; the demo is ended by Ctrl-C if it still runs."""
    process = subprocess.Popen(
        [lumbar, "demo", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            found = re.search(r" page +(http://\S+)", line)
            if found:
                yield found.group(1)
                return
        raise AssertionError(f"the demo ended with {process.wait()} before its page was up")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
