"""Scripts, styles and pictures as they are, asked for anew only when they changed."""

from __future__ import annotations

from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

_FOR_EVER = "public, max-age=31536000, immutable"


class PageFiles(StaticFiles):
    """Serves a folder: our own files by ETag, those of others, named by content, for ever.

    Parameters
    ----------
    folder
        What is served.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or 304 for a browser that has it; any other path is 404."""
        if "\0" in path:  # the operating system would refuse it with an exception
            raise HTTPException(404)
        answer = await super().get_response(path, scope)
        if Path(path).parent.name == "vendor" and Path(path).suffix in (".js", ".css"):
            answer.headers["Cache-Control"] = _FOR_EVER
        return answer
