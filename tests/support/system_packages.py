"""Debian's packages that the full tests want."""


class MissingPackageError(RuntimeError):
    """A program is not there; the message says what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed: run make system-packages (as root)")
