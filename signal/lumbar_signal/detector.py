"""The streaming detector: samples in, events out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.calibration import Calibration, calibration_of
from lumbar_signal.constants import (
    MAX_GAP_S,
    MAX_RATE_HZ,
    MAX_SENSITIVITY,
    MIN_RATE_HZ,
    MIN_SENSITIVITY,
)
from lumbar_signal.eventlog import empty_log, take
from lumbar_signal.events import Event, SegmentStarted
from lumbar_signal.kernel import CODE, advance
from lumbar_signal.level import Level, level_in_hold, level_on_all_fours
from lumbar_signal.state import bridge, fresh_state, restarted

_INT16 = np.dtype(np.int16)
_NO_SAMPLES = np.zeros((0, 3), dtype=_INT16)


class Detector:
    """Finds postures, repetitions, holds and deviations in one stream of one sensor.

    The result does not depend on how the samples are cut into calls: events and ``state_bytes``
    are the same to the last bit.

    Parameters
    ----------
    sampling_rate_hz
        Samples per second, ``MIN_RATE_HZ`` to ``MAX_RATE_HZ``; it need not be whole.
    g_per_step
        Acceleration of one count, in g.
    dps_per_step
        Angular rate of one count in degrees a second; 0 without a gyro. Not used yet: all angles
        are those of gravity.
    sensitivity
        The wearer's own, ``MIN_SENSITIVITY`` to ``MAX_SENSITIVITY``: outside exercise the angles
        from which a posture is told are divided by it.
    in_front
        What to take for granted until the wearer bends: the sensor on the belly, not on the back.

    Raises
    ------
    ValueError
        For a value out of range, by name.
    """

    def __init__(
        self,
        *,
        sampling_rate_hz: float,
        g_per_step: float,
        dps_per_step: float = 0.0,
        sensitivity: float = 1.0,
        in_front: bool = False,
    ) -> None:
        if not MIN_RATE_HZ <= sampling_rate_hz <= MAX_RATE_HZ:
            raise ValueError(
                f"sampling_rate_hz is {sampling_rate_hz!r}: need {MIN_RATE_HZ} to {MAX_RATE_HZ}"
            )
        if not 0.0 < g_per_step <= 1.0:
            raise ValueError(f"g_per_step is {g_per_step!r}: need more than 0, at most 1")
        if not 0.0 <= dps_per_step <= 100.0:
            raise ValueError(f"dps_per_step is {dps_per_step!r}: need 0 to 100")
        if not MIN_SENSITIVITY <= sensitivity <= MAX_SENSITIVITY:
            raise ValueError(
                f"sensitivity is {sensitivity!r}: need {MIN_SENSITIVITY} to {MAX_SENSITIVITY}"
            )
        self._state = fresh_state(
            float(sampling_rate_hz), float(g_per_step), CODE, float(sensitivity), in_front
        )
        self._started = False
        self._next_index = 0
        self._max_gap = int(MAX_GAP_S * sampling_rate_hz)
        self._log = empty_log()
        self._entries = self._log["count"]  # a view: whether there are any is asked with each push

    @property
    def next_index(self) -> int:
        """One past the last sample that was taken; 0 before the first."""
        return self._next_index

    @property
    def calibration(self) -> Calibration:
        """How the sensor sits on the body, as far as known."""
        return calibration_of(self._state)

    @property
    def was_swapped(self) -> bool:
        """Whether the sensor was found on the other side of the body than was taken for granted.

        What was told before that was told back to front.
        """
        return bool(self._state["swapped"][0])

    @property
    def level_in_hold(self) -> Level | None:
        """How far the wearer is now from where a stay began; None where none is kept."""
        return level_in_hold(self._state)

    @property
    def level_on_all_fours(self) -> Level | None:
        """How far one hip is lower now than at rest between both sides, face down; else None."""
        return level_on_all_fours(self._state)

    @property
    def state_bytes(self) -> bytes:
        """All that the detector remembers."""
        return self._state.tobytes()

    def push(self, samples: NDArray[np.int16], first_index: int) -> list[Event]:
        """Take the samples from ``first_index`` on and return what they show.

        A jump forward of at most 5 s is bridged, breaking a repetition in progress; a longer one
        closes what is open and starts a new segment that keeps the calibration.

        Parameters
        ----------
        samples
            Shape (n, 3) or (n, 6), counts of ax, ay, az and, not used yet, the gyro; n may be 0.
        first_index
            Sample index of the first row, not below ``next_index``.

        Raises
        ------
        ValueError
            For another type or shape, and for samples that were already taken; nothing is taken.
        """
        self._check(samples, first_index)
        if len(samples) == 0:
            return []
        follows = self._started and first_index == self._next_index
        events = [] if follows else self._reach(first_index)
        rows = np.ascontiguousarray(samples)
        while (taken := advance(self._state, rows, self._log, False)) < len(rows):
            events += take(self._log)
            rows = rows[taken:]
        if self._entries[0]:
            events += take(self._log)
        self._next_index = int(first_index) + len(samples)
        return events

    def flush(self) -> list[Event]:
        """Close what is open: the stream is over, or interrupted for longer than a gap."""
        advance(self._state, _NO_SAMPLES, self._log, True)
        return take(self._log)

    def _check(self, samples: NDArray[np.int16], first_index: int) -> None:
        if not isinstance(samples, np.ndarray) or samples.dtype != _INT16:
            kind = samples.dtype if isinstance(samples, np.ndarray) else type(samples).__name__
            raise ValueError(f"samples are {kind}: need an int16 array of counts")
        if samples.ndim != 2 or samples.shape[1] not in (3, 6):
            raise ValueError(f"samples have shape {samples.shape}: need (n, 3) or (n, 6)")
        if first_index < self._next_index:
            raise ValueError(
                f"first_index is {first_index}, but samples below {self._next_index} were taken"
            )

    def _reach(self, first_index: int) -> list[Event]:
        """Begin the stream, or bridge or end over a gap, so that ``first_index`` comes next."""
        gap = first_index - self._next_index
        if self._started and gap <= self._max_gap:
            bridge(self._state, gap)
            return []
        events = self.flush() if self._started else []
        self._started = True
        self._state = restarted(self._state)
        self._state["next_index"] = first_index
        self._state["segment_start"] = first_index
        return [*events, SegmentStarted(first_index)]


def warm_up() -> None:
    """Compile everything, or load what an earlier process compiled."""
    samples = np.ones((8, 3), dtype=np.int16)
    for writeable in (True, False):  # bytes off the wire are not; numba compiles for both
        samples.flags.writeable = writeable
        Detector(sampling_rate_hz=50.0, g_per_step=0.001).push(samples, 0)
