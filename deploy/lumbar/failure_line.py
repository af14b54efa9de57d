"""One line for whatever went wrong, in the words of the part that knows."""

from __future__ import annotations

import errno
import sys

_ROOTS = (
    ("lumbar.errors", "LumbarError"),
    ("lumbar_gateway.errors", "GatewayError"),
    ("lumbar_server.errors", "ServerError"),
)
_EXTRAS = {
    "amqtt": "server",
    "alembic": "server",
    "bleak": "gateway",
    "bumble": "sim",
    "cbor2": "gateway",
    "fastapi": "server",
    "fit_tool": "server",
    "matplotlib": "server",
    "numba": "server",
    "paho": "gateway",
    "prometheus_client": "gateway",
    "pyarrow": "server",
    "sqlalchemy": "server",
    "uvicorn": "server",
}
_PREFIXES = {"GatewaySettings": "LUMBAR_GATEWAY_", "ServerSettings": "LUMBAR_SERVER_"}


def failure_line(error: BaseException) -> str:
    """Say in one line what went wrong and what to do."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return " ".join(_words(error).split())


def _words(error: BaseException) -> str:
    if _is_ours(error):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        extra = _EXTRAS.get(package, "server")
        return f"{package} is not installed: run pip install 'lumbar[{extra}]'"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "free disk space" if full else "check that it exists and that you may use it"
        return f"{place}{error.strerror or error}: {remedy}"
    if type(error).__name__ == "ValidationError" and hasattr(error, "errors"):
        return _settings_words(error)
    return f"unexpected {type(error).__name__}: {error}: please report it with the command you ran"


def _is_ours(error: BaseException) -> bool:
    """Look only into packages that are loaded: importing one to ask could fail or take long."""
    loaded = ((sys.modules.get(module), name) for module, name in _ROOTS)
    return any(module and isinstance(error, getattr(module, name)) for module, name in loaded)


def _settings_words(error: BaseException) -> str:
    """Read pydantic's complaint about environment variables, without their values."""
    prefix = _PREFIXES.get(str(getattr(error, "title", "")), "")
    complaints = [
        f"{prefix}{'_'.join(map(str, one['loc']))}".upper()
        + f": {one['msg'].removeprefix('Value error, ')}"
        for one in error.errors(include_url=False, include_input=False)  # type: ignore[attr-defined]
    ]
    return f"{'; '.join(complaints)}: correct it in the environment"
