"""The numbers of the detector, each with its unit in its name and its source beside it.

"Chosen" marks a value set by us, with the reason. Studies are named by first author and year.
"""

from __future__ import annotations

STATE_VERSION = 1

# Input
MIN_RATE_HZ = 25.0  # chosen: the 3 to 12 Hz shake band ends just below half of it
MAX_RATE_HZ = 200.0  # chosen: the highest rate at which wearables stream all three axes
MAX_GAP_S = 5.0  # the contract: a longer gap starts a new segment
FULL_SCALE = 32767  # int16; a sample at either end is clipped

# Clocks
TICK_HZ = 12.5  # chosen: ten ticks in the fastest movement that is counted
PHASE_ONE = 1 << 32  # one tick in the integer phase accumulator
RING_TICKS = 256  # 20.5 s: longer than the longest repetition; a power of two
RING_MASK = RING_TICKS - 1

# Filters
GRAVITY_HZ = 1.0  # counting survives translation only when filtered near 1 Hz (own trial)
SHAKE_LOW_HZ = 3.0  # trunk tremor in a plank lies in 3 to 12 Hz (own estimate)
SHAKE_HIGH_HZ = 12.0
FLOOR_MIN_RATE_HZ = 45.0  # below, tremor fills the band that shows the converter's noise
ACCEL_TAU_TICKS = 12.5  # 1 s: slower changes of |a| are gain, faster ones are movement
SHAKE_TAU_TICKS = 25.0  # 2 s: 100 degrees of freedom, variance known to 14 %
KNOCK_RATIO = 4.0  # one tick above this share of the mean is a knock, not tremor
BASELINE_RATE = 0.01  # per tick: the wearer's calm baseline forgets within 8 s of calm

# Validity of gravity
NORM_LOW_G = 0.8  # chosen: walking keeps the filtered norm within 0.9 to 1.1 g
NORM_HIGH_G = 1.2
MIN_FLOOR_G2 = 2.5e-5  # (5 mg)^2: heart beat and fidgeting at rest, on any converter

# Movement
MOTION_TICKS = 4  # 0.32 s
MOTION_CHORD = 0.0436  # 2.5 degrees of gravity in that time (8 deg/s): a change of position
MOTION_ACCEL_G = 0.08  # chosen: a knee or elbow that meets the floor
MOTION_MERGE_TICKS = 6  # pauses under 0.5 s belong to one movement
SETTLE_TICKS = 6  # 0.5 s: the body, and the shake filter, ring after a knock
WALK_RMS_G = 0.06  # chosen: walking at 0.8 m/s gives about 0.1 g of |a| at the pelvis

# Calibration
UPRIGHT_CONE_COS = 0.82  # 35 deg: mount of 20 deg about each of two axes, and some sway
GUESS_TICKS = 2  # chosen: before the first posture is told
STAY_CONE_COS = 0.9976  # 4 deg: quiet standing sways by less
STAY_TICKS = 38  # 3 s
STANDS_MAX = 6  # chosen: a mean that still follows a creeping belt within some minutes
WALK_CONE_COS = 0.9781  # 12 deg: gravity's filtered swing in walking
WALK_TICKS = 63  # 5 s: some eight steps
STEP_G = 0.02  # chosen: a tenth of the rise and fall of |a| with a slow step
STEPS_NEEDED = 6  # in 5 s: slow walking has 1.3 steps a second
STEPPING_RMS_G = 0.04  # chosen: the softest second of a walk
NEAR_WALK_COS = 0.9703  # 14 deg: gravity's filtered swing in walking
SHORT_BREAK_TICKS = 25  # 2 s between standing and steps: nobody sits down or gets up in it
STAND_WALK_COS = 0.9925  # 7 deg: people walk some degrees further forward than they stand
WALK_SLIP_COS = 0.9925  # 7 deg: the same
STAIRS_COS = 0.9659  # 15 deg: nobody leans that far forward, not even up the stairs
STAND_SLIP_COS = 0.9945  # 6 deg: further from the mean than anyone stands
SLIP_ALIKE_COS = 0.9945  # 6 deg: two such walks or stands agree
SLIP_WEIGHT = 6
STAND_WEIGHT = 3  # two stands in a row, or a walk and a stand
WALK_WEIGHT = 3  # two walks of 5 s in a row
FORWARD_WALK_WEIGHT = 1  # 30 s, or two and a stand: everybody leans forward up the stairs
BEND_OUT_COS = 0.9063  # 25 deg: beyond sway, sitting and steps
BEND_BACK_COS = 0.9613  # 16 deg: back upright, standing or sitting
BEND_LIMIT_COS = 0.0872  # 85 deg: beyond the pelvis's share of any bend (Laird 2019): lying
BEND_MAX_TICKS = 75  # 6 s: a bow, not a stay
BEND_SAGITTAL_COS = 0.7071  # within 45 deg of the sensor's own z: not a bend to the side
BEND_KEEP = 0.875  # of the sum with every bend: a mean of about eight
BENDS_NEEDED = 2
BOW_BACK_COS = 0.9903  # 8 deg: back where it began
BOWS_NEEDED = 3

# Offset and gain of the sensor
GAIN_PRIOR_2 = 0.0004  # (2 %)^2: parts of 1 to 4 %
OFFSET_PRIOR_G2 = 0.0009  # (30 mg)^2: parts of 10 to 50 mg
ERROR_TICKS = 25  # 2 s
ERROR_NOISE_G2 = 1.6e-5  # (4 mg)^2: breath, heart and sway in that time
ERROR_CREEP_G2 = 2.5e-7  # (0.5 mg)^2 in that time: a part that warms up
ERROR_STEP_G = 0.0002  # per tick, 0.15 deg/s: far below any movement

# Posture
UPRIGHT_COS = 0.9396926207859084  # 20 deg: acceptable inclination of the trunk (EN 1005-4)
LEANING_COS = 0.5  # 60 deg: beyond, EN 1005-4 accepts none; planks and all fours begin at 62
POSTURE_MARGIN = 0.015  # up to 0.9 deg: noise at a border
POSTURE_DWELL_TICKS = 4  # 0.3 s: shorter than any movement from one posture to another

# Repetitions
ADAPTIVE_SHARE = 0.45  # of the running median amplitude (own trial: 97 to 98 % exact)
AMPLITUDES = 5  # in the running median
BASE_NEAR_DEG = 2.5  # breathing moves L5 by up to 2 deg
BASE_TICKS = 5  # 0.4 s near the base before a movement can leave it
BASE_FORGET_TICKS = 100  # 8 s
BASE_RESCAN_TICKS = 50  # 4 s
FLAT_TICKS = 5  # 0.4 s
FLAT_DEG = 0.7  # in that time (1.8 deg/s): slower than the slowest movement's middle
ROLLING = 0.2  # lateral part of gravity: 12 deg in 0.4 s is turning over
PAUSE_TICKS = 8  # 0.64 s within BASE_NEAR_DEG: slower than 4 deg/s, a rest on the way
PLATEAU_TICKS = 75  # 6 s: a bridge is held for 1 to 5 s; longer is a new position
REP_MAX_TICKS = 220  # 17.6 s: must lie in the ring with its base
EDGE_SHARE = 0.1  # the contract: start and end at 10 % of the range
TOP_SHARE = 0.9  # the plateau that holds the peak
RETURN_SHARE = 0.35  # a repetition that turns again below this share of its range has ended
TURN_SHARE = 0.2  # of the range: the rise that shows that it has turned
GRAVITY_M_S2 = 9.80665

# Holds
HOLD_ENTER_TICKS = 25  # 2 s
HOLD_REFERENCE_TICKS = 38  # 3 s: the hold's own first seconds
HOLD_CONE_OUT_COS = 0.9511  # 18 deg
HOLD_OUT_TICKS = 8  # 0.64 s: a stumble is shorter
HOLD_LOST_TICKS = 16  # 1.3 s without tremor
HOLD_LOST_AFTER_TICKS = 6  # 0.5 s of it: variance known to 27 %
HOLD_SHAKE_TICKS = 13  # 1 s of tremor to begin with: variance known to 19 %
HOLD_AGREE_TICKS = 6  # 0.5 s: the onset of a movement shakes for less
HOLD_LOST_SHARE = 0.4  # of the hold's own tremor, as variance over rest
HOLD_TREMOR_RATE = 0.02  # per tick: tremor grows within tens of seconds
HOLD_DOUBT_SHARE = 0.6  # below, a deviation may be lying down: not told yet
HOLD_LOOK_BACK_TICKS = 75  # 6 s: how long ago the movement that ended the hold may have begun
PRESCRIBED_SHARE = 0.75  # of the tremor asked for, where the exercise was prescribed

# Sets
SET_PAUSE_S = 20.0  # the contract
SET_REPETITIONS = 2
SET_HOLD_S = 5.0

DEG_PER_RAD = 57.29577951308232
