"""Tick clock: departures from the hold's own start, or from upright standing outside exercise."""

from __future__ import annotations

from lumbar_signal.calibration import NONE
from lumbar_signal.constants import HOLD_REFERENCE_TICKS, HOLD_RESUME_TICKS
from lumbar_signal.eventlog import DEVIATION_ENDED, DEVIATION_STARTED, write
from lumbar_signal.jit import stage
from lumbar_signal.posture import LEANING_FORWARD, UPRIGHT
from lumbar_signal.state import Record

IDLE, PENDING, TOLD = 0, 1, 2


@stage
def follow_deviations(s: Record, monitors: Record, log: Record) -> None:
    """Advance every monitor whose situation holds; stop the others.

    Between a hold and its resumption nothing is decided.
    """
    in_hold = s.hold_open == 1 and s.hold_ticks >= HOLD_REFERENCE_TICKS and s.hold_told > 0
    waiting = s.hold_before_effort == 1 and s.tick - s.hold_before_tick < HOLD_RESUME_TICKS
    waiting = waiting and (s.hold_open == 0 or (s.hold_resumed == 1 and s.hold_told == 0))
    upright = s.posture in (UPRIGHT, LEANING_FORWARD) and s.valid == 1
    outside = upright and s.cal_source != NONE
    for kind in range(len(monitors)):
        row = monitors[kind]
        if row.in_hold == 1 and waiting:
            continue
        if not (in_hold if row.in_hold else outside):
            stop_deviation(s, row, kind, s.monitor_last[kind], log)
            continue
        level = s.lateral_deg if row.lateral else s.sagittal_deg
        if row.in_hold:
            level -= s.hold_lateral_deg if row.lateral else s.hold_sagittal_deg
        _follow(s, row, kind, abs(level) if row.sign == 0.0 else row.sign * level, log)


@stage
def _follow(s: Record, row: Record, kind: int, level_deg: float, log: Record) -> None:
    """Advance one monitor: pending above on, told after the dwell, over below off."""
    at = s.next_index - 1 - s.delay_samples
    fs = s.sampling_rate_hz
    if s.monitor_phase[kind] == IDLE:
        if level_deg < row.on_deg:
            return
        s.monitor_phase[kind] = PENDING
        s.monitor_start[kind] = at
        s.monitor_peak_deg[kind] = 0.0
    s.monitor_peak_deg[kind] = max(s.monitor_peak_deg[kind], level_deg)
    if level_deg >= row.off_deg:
        s.monitor_last[kind] = at
    if s.monitor_phase[kind] == PENDING:
        if level_deg < row.off_deg:
            s.monitor_phase[kind] = IDLE
        elif at - s.monitor_start[kind] >= row.dwell_s * fs:
            s.monitor_phase[kind] = TOLD
            start, inside = s.monitor_start[kind], float(row.in_hold)
            write(log, DEVIATION_STARTED, s.next_index - 1, kind, start, 0.0, 0.0, inside, 0.0)
    elif at - s.monitor_last[kind] >= row.release_s * fs:
        stop_deviation(s, row, kind, s.monitor_last[kind], log)


@stage
def stop_deviation(s: Record, row: Record, kind: int, end: float, log: Record) -> None:
    """End a deviation that was told; forget one that was not."""
    if s.monitor_phase[kind] == TOLD:
        start, peak_deg = s.monitor_start[kind], s.monitor_peak_deg[kind]
        end = max(end, start)
        inside = float(row.in_hold)
        write(log, DEVIATION_ENDED, s.next_index - 1, kind, start, end, peak_deg, inside, 0.0)
    s.monitor_phase[kind] = IDLE
