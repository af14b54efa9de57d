"""Which kinds of problems there are (RFC 9457): each has a page of its own that says what to do."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from lumbar_server import errors


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem; ``type`` is its address here."""

    name: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        """The URI that stands for it."""
        return f"/problems/{self.name}" if self.name else "about:blank"


KINDS = (
    ProblemKind(
        "makes-no-sense",
        400,
        "Makes no sense by itself",
        "The request reads well, but contradicts itself or names something that cannot be, such "
        "as an end before its beginning. The detail says which; change it and send it again.",
    ),
    ProblemKind(
        "foreign-page",
        403,
        "Asked for by another page",
        "A page of another site sent this. Only the server's own pages, and programs, may "
        "change things.",
    ),
    ProblemKind(
        "not-found",
        404,
        "Not Found",
        "There is nothing at this address, or nothing with this id: it never was, or was deleted. "
        "The detail says where the ids are listed.",
    ),
    ProblemKind(
        "method-not-allowed",
        405,
        "Cannot be done here",
        "The address is right, the method is not. The header Allow lists those that are.",
    ),
    ProblemKind(
        "conflict",
        409,
        "Contradicts what is stored",
        "It would be right at another time, such as a second session while one is running. The "
        "detail says what to do first.",
    ),
    ProblemKind(
        "gone",
        410,
        "No longer there",
        "What is asked for was there once: a number of changes from before an older backup was "
        "restored, or what a repeated request had made. The detail says how to begin anew.",
    ),
    ProblemKind(
        "changed-meanwhile",
        412,
        "Changed meanwhile",
        "Somebody has changed it since its ETag was read, and would be overruled without knowing. "
        "Read it again, and send the change with the new ETag if it still makes sense.",
    ),
    ProblemKind(
        "too-large",
        413,
        "Too large",
        "The body is larger than what is taken at once. The detail has the limit.",
    ),
    ProblemKind(
        "not-json",
        415,
        "Not JSON",
        "Bodies are JSON, and say so: Content-Type: application/json.",
    ),
    ProblemKind(
        "another-name",
        421,
        "Called by another name",
        "The server is reached by names that it knows: localhost, and those that it was given.",
    ),
    ProblemKind(
        "not-valid",
        422,
        "Not as described",
        "A value is missing, of another type, or out of its range; nothing was changed. The "
        "detail names each, the OpenAPI document at /api/v1/openapi.json says what is right.",
    ),
    ProblemKind(
        "key-reused",
        422,
        "Key of another request",
        "The Idempotency-Key stands for another request. Give each request a key of its own, and "
        "repeat a request just as it was.",
    ),
    ProblemKind(
        "our-mistake",
        500,
        "Our mistake",
        "The server met something that it was not made for. Nothing was changed; its log has the "
        "details.",
    ),
    ProblemKind(
        "database-away",
        503,
        "The database is away",
        "The database cannot be reached, is full or is busy. Nothing was changed: send it again "
        "later. The detail says what to look at.",
    ),
)

_BY_NAME = {kind.name: kind for kind in KINDS}
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS)}

OF_ERROR: dict[type[Exception], ProblemKind] = {
    errors.BadRequestError: _BY_NAME["makes-no-sense"],
    errors.NotFoundError: _BY_NAME["not-found"],
    errors.ConflictError: _BY_NAME["conflict"],
    errors.GoneError: _BY_NAME["gone"],
    errors.ChangedMeanwhileError: _BY_NAME["changed-meanwhile"],
    errors.KeyReusedError: _BY_NAME["key-reused"],
    errors.StreamConflictError: _BY_NAME["database-away"],
    errors.SettingsError: _BY_NAME["database-away"],
    errors.DatabaseAwayError: _BY_NAME["database-away"],
}


def named(name: str) -> ProblemKind | None:
    """Return the kind of that name."""
    return _BY_NAME.get(name)


def of_status(status: int) -> ProblemKind:
    """Return the kind of a status; without a page of its own where it is none of ours."""
    return _BY_STATUS.get(status) or ProblemKind("", status, HTTPStatus(status).phrase, "")
