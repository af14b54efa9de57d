import errno

import pytest
from pydantic import ValidationError

from lumbar.errors import TraceError
from lumbar.failure_line import failure_line
from lumbar_gateway.errors import GatewayError
from lumbar_server.settings import ServerSettings


@pytest.mark.parametrize("error", [TraceError("bad\n trace"), GatewayError("bad trace")])
def test_our_errors_speak_for_themselves_in_one_line(error: Exception) -> None:
    assert failure_line(error) == "bad trace"


def test_first_of_a_group_is_told() -> None:
    group = ExceptionGroup("tasks", [ExceptionGroup("inner", [GatewayError("spool is full")])])
    assert failure_line(group) == "spool is full"


def test_missing_part_names_what_to_install() -> None:
    error = ModuleNotFoundError("no", name="fastapi.routing")
    assert failure_line(error) == "fastapi is not installed: run pip install 'lumbar[server]'"


def test_file_trouble_names_the_file() -> None:
    error = PermissionError(13, "Permission denied", "spool.db")
    assert failure_line(error).startswith("spool.db: Permission denied: check")


def test_full_disk_is_no_question_of_rights() -> None:
    error = OSError(errno.ENOSPC, "No space left on device")
    assert failure_line(error) == "No space left on device: free disk space"


def test_wrong_setting_is_named_and_its_value_kept_private() -> None:
    with pytest.raises(ValidationError) as caught:
        ServerSettings(broker_port=0, broker_password=123456789)
    line = failure_line(caught.value)
    assert line.startswith("LUMBAR_SERVER_BROKER_PORT: Input should be greater")
    assert "; LUMBAR_SERVER_BROKER_PASSWORD: Input should be" in line
    assert "123456789" not in line


def test_complaint_about_a_setting_speaks_plainly() -> None:
    with pytest.raises(ValidationError) as caught:
        ServerSettings(shards="zz")
    assert failure_line(caught.value).startswith("LUMBAR_SERVER_SHARDS: shards 'zz': use two hex")


def test_unexpected_failure_is_still_one_line() -> None:
    assert failure_line(RuntimeError("a\nb")).startswith("unexpected RuntimeError: a b: please")
