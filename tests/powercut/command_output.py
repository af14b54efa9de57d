"""Programs that are run for what they do or say."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_ENVIRONMENT = os.environ | {
    "LC_ALL": "C",
    "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",  # not everybody's
}


def output_of(*command: str | Path, cwd: Path | None = None, may_return: int = 0) -> str:
    """Run a program; raises ``RuntimeError`` where its code is above ``may_return``."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=_ENVIRONMENT)
    if done.returncode > may_return:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
