"""A sensor's status as its gateway sees it (retained, JSON; the last will says offline)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Self

from lumbar_gateway.errors import MessageError
from lumbar_gateway.messages import fields

LINKS = ("connected", "searching", "gateway offline")  # from near to far


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """Link, battery, and how much is still on its way."""

    link: str  # one of LINKS
    battery_percent: int | None = None
    spooled_samples: int = 0  # in the gateway's spool, waiting for the server's word
    at_s: float = 0.0  # wall time
    gateway_id: str = ""  # whose topic ``gateway`` tells whether this status is still kept up
    log_samples: int = 0  # still to be read from the sensor's flash log, as far as is known
    signal_dbm: int | None = None  # of its last advertisement

    def gone(self) -> Self:
        """Return the same status with the gateway gone."""
        return replace(self, link="gateway offline")

    def __bytes__(self) -> bytes:
        return json.dumps({"v": 1, **asdict(self)}).encode()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Decode a status; raises ``MessageError``."""
        message = fields.from_json(payload)
        link = fields.text(message, "link")
        if link not in LINKS:
            raise MessageError(f"link {link!r}: needs one of {', '.join(LINKS)}")
        has_battery = message.get("battery_percent") is not None
        return cls(
            link=link,
            battery_percent=fields.integer(message, "battery_percent", 101)
            if has_battery
            else None,
            spooled_samples=fields.integer(message, "spooled_samples"),
            at_s=fields.number(message, "at_s", 0.0, fields.LAST_WALL_S),
            gateway_id=fields.text(message, "gateway_id"),
            log_samples=fields.integer(message, "log_samples"),
            signal_dbm=_signal_dbm(message.get("signal_dbm")),
        )


def _signal_dbm(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not -128 <= value <= 127:
        raise MessageError("signal_dbm: needs a whole number from -128 to 127, or null")
    return value
