"""Which files a Python program needs to run elsewhere: those that it uses when it runs here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from command_output import output_of

_LIST = """
import runpy, sys
from pathlib import Path
sys.path[:0] = {search_path!r}
program = runpy.run_path({program!r})
program["try_out"]()
for module in list(sys.modules.values()):
    for name in (getattr(module, "__file__", None), getattr(module, "__cached__", None)):
        if name and Path(name).exists():
            print(name)
for line in open("/proc/self/maps"):
    name = line.split(maxsplit=5)[5:]
    if name and name[0].startswith("/"):
        print(name[0].strip())
"""


def files_of(program: Path, search_path: Sequence[str]) -> list[Path]:
    """Run ``try_out`` of ``program``; returns every module and library that was loaded for it."""
    script = _LIST.format(search_path=list(search_path), program=str(program))
    listed = output_of(sys.executable, "-c", script).splitlines()
    files = [path for line in listed if (path := Path(line)).is_absolute()]
    return [name for file in files for name in _names(file)]


def _names(file: Path) -> list[Path]:
    """Return a file and, of a library, the links to it: the loader goes by their names."""
    if ".so" not in file.name:
        return [file]
    stem = file.name.partition(".so")[0]
    return [one for one in file.parent.glob(f"{stem}.so*") if one.resolve() == file.resolve()]
