"""What the items of the JSON document have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

_FIRST_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_UTC = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def _within_calendar(instant: datetime) -> datetime:
    if not _FIRST_UTC <= instant <= _LAST_UTC:
        raise ValueError("must be from 1970 to 9999")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_within_calendar)]


class Item(BaseModel):
    """Something in one of the lists."""

    model_config = ConfigDict(extra="forbid")
