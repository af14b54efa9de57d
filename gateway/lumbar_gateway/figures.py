"""What a gateway can say of itself at one moment, for whoever watches over it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SensorStatus:
    """One sensor as the gateway sees it now; counts are since the gateway's start."""

    address: str
    sensor_id: str | None
    link: str  # "connected" or "searching"
    battery_percent: int | None
    signal_dbm: int | None  # of its last advertisement
    received_samples: int  # by live notification
    spooled_samples: int  # waiting for the server's acknowledgement, in the spool
    acked_samples: int
    log_samples: int  # still to be read from the sensor's log, as far as is known
    lost_samples: int  # declared lost
    refused_samples: int  # refused by the server, so no longer in the spool
    malformed: int  # notifications that did not fit the profile
    connections: int
    last_failure: str


@dataclass(frozen=True, slots=True)
class GatewayFigures:
    """All sensors, the broker and the spool; counts are since the gateway's start."""

    sensors: Mapping[str, SensorStatus]  # by sensor id, by address until that is known
    broker_connected: bool
    spool_bytes: int
    spool_limit_bytes: int
    refused_packets: int  # for want of room in the spool
    evicted_samples: int  # given up by the spool, for want of room or for their age
    differing_samples: int  # that came again with other values
    oldest_unacked_s: float  # how long the oldest samples wait, 0 where none do; nan: disk stalls


class RowAges:
    """How long the oldest row of the spool has been there, as far as it was looked at.

    Rows count upwards, so a look at the newest one dates all before it. This asks no wall clock,
    and what an earlier run of the gateway left counts from this one's start.
    """

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()  # when, and the newest row then

    def age_s(self, now_s: float, oldest_row: int, newest_row: int) -> float:
        """Note a look at the spool; returns the age of its oldest row."""
        self._looks.append((now_s, newest_row))
        while self._looks[0][1] < oldest_row:
            self._looks.popleft()
        return now_s - self._looks[0][0]
