"""What schemathesis has to know of this API beside its document."""

import re
import uuid
from typing import Any
from zoneinfo import available_timezones

import schemathesis
from hypothesis import strategies as st

schemathesis.openapi.format("iana-time-zone", st.sampled_from(sorted(available_timezones())))


@schemathesis.hook
def before_call(_context: Any, case: Any, _arguments: Any) -> None:
    """Give each request a key of its own, and ids that are some.

    A key that stands for another request is rightly refused, and so is an id that is none.
    """
    for name, value in (case.path_parameters or {}).items():
        if value is None:  # an id that another answer has, and that may be null there
            case.path_parameters[name] = 1
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,255}", key):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
