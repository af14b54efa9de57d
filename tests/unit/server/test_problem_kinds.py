"""Kinds of problems: each has a name of its own, and the documentation has them all."""

from pathlib import Path

from lumbar_server.errors import ServerError
from lumbar_server.problem_kinds import KINDS, OF_ERROR, of_status

PAGE = Path(__file__).parents[3] / "docs" / "http-api.md"


def test_the_documentation_lists_every_kind() -> None:
    page = PAGE.read_text()
    for kind in KINDS:
        if kind.status != 500:  # nobody should ever meet it
            assert f"| {kind.status} | `{kind.type}` |" in page
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_every_error_of_ours_has_a_kind() -> None:
    assert all(issubclass(error, ServerError) for error in OF_ERROR)
    own = set(ServerError.__subclasses__())
    told_otherwise = {"AnsweredBeforeError", "BackupError", "ProgrammeError"}
    assert {error.__name__ for error in own - OF_ERROR.keys()} <= told_otherwise


def test_a_status_without_a_kind_is_told_plainly() -> None:
    kind = of_status(418)
    assert (kind.type, kind.status) == ("about:blank", 418)
