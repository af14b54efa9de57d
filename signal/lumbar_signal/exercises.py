"""What the detector looks for, as tables: one row, one movement.

Sagittal angle is ``atan2(az, ax)`` of gravity in the body frame: 0 standing, 90 prone, -90 supine.
Amplitudes and angles come from a humanoid model posed by contacts unless noted; bands are wider by
what bodies differ. Adding an exercise means adding a row.
"""

from __future__ import annotations

import numpy as np

from lumbar_signal.events import DeviationKind, Exercise, Posture

POSTURES = tuple(Posture)
DEVIATIONS = tuple(DeviationKind)
CUED = (Exercise.FOREARM_PLANK, Exercise.WALL_PLANK)  # holds that keep the body in one line

# Where a movement is followed, and which way it leaves its base.
LANE_DTYPE = np.dtype(
    [
        ("low_deg", "f8"),  # sagittal angle, whole movement
        ("high_deg", "f8"),
        ("base_low_deg", "f8"),  # at its base
        ("base_high_deg", "f8"),
        ("lateral_deg", "f8"),  # most lateral tilt
        ("lateral", "i8"),  # 1: the angle followed is the lateral tilt; 0: the sagittal angle
        ("direction", "f8"),  # sign of its change from base to peak
        ("any_base", "i8"),  # 1: the body lies or kneels as it came; 0: upright, or in the middle
        ("floor_deg", "f8"),  # least rise that is a movement
        ("rest_deg", "f8"),  # stays within this where the body rests: breath and sway
    ]
)
ON_BACK, ROLL_UP, FACE_DOWN, BEND, TO_RIGHT, TO_LEFT = 0, 1, 2, 3, 4, 5
LANES = np.array(
    [
        (-160.0, -55.0, -130.0, -65.0, 40.0, 0, -1.0, 1, 5.0, 0.8),
        (-140.0, 60.0, -125.0, -60.0, 40.0, 0, 1.0, 1, 25.0, 0.8),
        (30.0, 140.0, 55.0, 130.0, 40.0, 0, -1.0, 1, 7.0, 0.8),
        (-45.0, 120.0, -40.0, 45.0, 40.0, 0, 1.0, 0, 7.0, 1.0),
        (55.0, 110.0, -15.0, 15.0, 30.0, 1, 1.0, 0, 1.8, 0.4),
        (55.0, 110.0, -15.0, 15.0, 30.0, 1, -1.0, 0, 1.8, 0.4),
    ],
    dtype=LANE_DTYPE,
)

# Lanes whose movements are recognised together: to the right and to the left take turns.
CHAIN_OF_LANE = {ON_BACK: 0, ROLL_UP: 1, FACE_DOWN: 2, BEND: 3, TO_RIGHT: 4, TO_LEFT: 4}

# Where a stay may be a hold.
PLACE_DTYPE = np.dtype(
    [
        ("low_deg", "f8"),  # sagittal angle
        ("high_deg", "f8"),
        ("lateral_low_deg", "f8"),  # size of the lateral tilt
        ("lateral_high_deg", "f8"),
    ]
)
PLACES = np.array(
    [
        (45.0, 120.0, 0.0, 25.0),  # face down: planks, child's pose
        (7.0, 55.0, 0.0, 18.0),  # leaning: wall plank, hamstring stretch
        (-150.0, -88.0, 0.0, 20.0),  # on the back: knees to chest
        (-180.0, 180.0, 24.0, 90.0),  # rolled over: twist
    ],
    dtype=PLACE_DTYPE,
)

MONITOR_DTYPE = np.dtype(
    [
        ("in_hold", "i8"),  # 1: against the hold's own start; 0: against upright standing
        ("lateral", "i8"),  # 1: lateral tilt; 0: sagittal angle
        ("sign", "f8"),  # of the angle; 0: both
        ("on_deg", "f8"),
        ("off_deg", "f8"),
        ("dwell_s", "f8"),
        ("release_s", "f8"),
    ]
)
# In the order of DeviationKind.
MONITORS = np.array(
    [
        # In a hold: between the 4 deg that nobody feels and the 8 deg that everybody should be
        # told (repositioning error 2.8 deg healthy, 7.1 to 7.5 deg with back pain). A dip that is
        # caught within the dwell needs no cue; the way out and the filter take the rest of 2.5 s.
        (1, 0, -1.0, 5.5, 4.0, 0.4, 0.5),  # sag
        (1, 0, 1.0, 5.5, 4.0, 0.4, 0.5),  # pike
        (1, 1, -1.0, 5.5, 4.0, 0.4, 0.5),  # roll_left
        (1, 1, 1.0, 5.5, 4.0, 0.4, 0.5),  # roll_right
        # Outside. EN 1005-4: 20 to 60 deg forward is conditional; ISO 11226 limits the holding
        # time there to 4 min at 20 deg, 1 min at 60: a third of the shorter one.
        (0, 0, 1.0, 20.0, 15.0, 20.0, 2.0),  # sustained_flexion
        # The pelvis rolls back by 5 to 20 deg in sitting; 12 deg is most of its range in standing
        # (8.9 +- 4.5 deg backwards). Dwell chosen: longer than leaning back to listen.
        (0, 0, -1.0, 12.0, 8.0, 30.0, 2.0),  # slouch
        # EN 1005-4: more than 10 deg sideways is not acceptable; 7 deg is the repositioning
        # error. Dwell chosen: longer than reaching for something.
        (0, 1, 0.0, 10.0, 7.0, 15.0, 2.0),  # lateral_lean
    ],
    dtype=MONITOR_DTYPE,
)

# All three as one record: numba counts references to an array whenever it is handed on, which took
# a third of the loop's time, and none to a record.
TABLES = np.zeros(
    1,
    dtype=[
        ("lanes", LANE_DTYPE, LANES.shape),
        ("places", PLACE_DTYPE, PLACES.shape),
        ("monitors", MONITOR_DTYPE, MONITORS.shape),
    ],
)
TABLES["lanes"], TABLES["places"], TABLES["monitors"] = LANES, PLACES, MONITORS
