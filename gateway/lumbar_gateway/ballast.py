"""Disk space held back: on a full disk even deleting needs some."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path


class Ballast:
    """A file of ``size_bytes`` that does nothing but occupy its place until it is needed."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        self._path = path
        self._size_bytes = size_bytes

    def restore(self) -> None:
        """Occupy the place where it is not, unless the disk has hardly more than that."""
        if self._path.exists():
            return
        try:
            if shutil.disk_usage(self._path.parent).free >= 2 * self._size_bytes:
                self._fill()
        except OSError:
            self.release()

    def release(self) -> bool:
        """Give the place back; tells whether there was any."""
        with contextlib.suppress(OSError):
            self._path.unlink()
            return True
        return False

    def _fill(self) -> None:
        with self._path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, self._size_bytes)
            else:  # Windows
                file.write(bytes(self._size_bytes))
            file.flush()
            os.fsync(file.fileno())
