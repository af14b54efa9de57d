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
    """Give each request a key of its own: one that stands for another is rightly refused."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,255}", key):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
