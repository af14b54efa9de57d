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
RING_TICKS = 512  # 41 s: longer than the longest repetition; a power of two
RING_MASK = RING_TICKS - 1

# Filters
GRAVITY_HZ = 1.0  # counting survives translation only when filtered near 1 Hz (own trial)
SHAKE_LOW_HZ = 3.0  # trunk tremor in a plank lies in 3 to 12 Hz (own estimate)
SHAKE_HIGH_HZ = 12.0
ACCEL_TAU_TICKS = 12.5  # 1 s: slower changes of |a| are gain, faster ones are movement
SHAKE_TAU_TICKS = 25.0  # 2 s: 100 degrees of freedom, variance known to 14 %
KNOCK_RATIO = 4.0  # one tick above this share of the mean is a knock, not tremor
BASELINE_UNREST = 2.0  # of the baseline, as variance: more is no calm
BASELINE_FALSE = 0.6  # of it: less shows that it was not learnt in calm
BASELINE_TICKS = 750  # 60 s of calm: the wearer's baseline known to 3 %
CALM_FORWARD = 0.17  # leaning forward by 10 deg may be effort

# Validity of gravity
NORM_LOW_G = 0.8  # chosen: walking keeps the filtered norm within 0.9 to 1.1 g
NORM_HIGH_G = 1.2
MIN_FLOOR_G2 = 2.5e-5  # (5 mg)^2: heart beat and fidgeting at rest, on any converter

# Movement
MOTION_TICKS = 4  # 0.32 s
MOTION_CHORD = 0.0436  # 2.5 degrees of gravity in that time (8 deg/s): a change of position
HEAVE_G = 0.025  # of |a| near 1 Hz: lying down from a plank gives 40 mg, sagging 13 mg
HEAVE_NOISE = 0.7  # of the noise in 3 to 12 Hz: four standard deviations in the 1.2 Hz near rest
HEAVE_TAU_TICKS = 38.0  # 3 s
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
FORWARD_SLIP_COS = 0.9848  # 10 deg: further forward than people lean in walking on the flat
FORWARD_WALK_WEIGHT = 2
FORWARD_WALK_MOST = 3  # however many: stairs look the same until the wearer stands
BEND_OUT_COS = 0.9397  # 20 deg: beyond sway and steps, within the bow of a stiff back
BEND_BACK_COS = 0.9703  # 14 deg: back upright, standing or sitting
BEND_LIMIT_COS = 0.0872  # 85 deg: beyond the pelvis's share of any bend (Laird 2019): lying
BEND_MAX_TICKS = 75  # 6 s: a bow, not a stay
BEND_SAGITTAL_COS = 0.7071  # within 45 deg of the sensor's own z: not a bend to the side
BEND_KEEP = 0.875  # of the sum with every bend: a mean of about eight
BENDS_NEEDED = 2
WAY_DOWN_COS = 0.7071  # 45 deg: beyond, nobody stands any more
WAY_BACK_SIN = 0.1736  # 10 deg: sway
SAT_DOWN_SIN = 0.2588  # 15 deg
SAT_BACK_SIN = 0.0872  # 5 deg
WAY_HEAVE_G = 0.045  # of |a| near 1 Hz: down by half a metre in 2 s gives 50 mg
WAYS_NEEDED = 2  # ways down that agree before an unbowed sensor is taken to be in front
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
BORDER_HALVINGS = 4  # of a tick: 5 ms
POSTURE_DWELL_TICKS = 3  # 0.2 s: shorter than any movement from one posture to another

# Repetitions
ADAPTIVE_SHARE = 0.27  # of the running median amplitude: a third of a range still counts
AMPLITUDES = 5  # in the running median
MIDDLE_TICKS = 375.0  # 30 s: some repetitions to either side
LANE_LEFT_TICKS = 6  # 0.5 s outside is no stumble
ANCHOR_TICKS = 12  # 1 s at one angle is a rest
HESITATION_TICKS = 19  # 1.5 s on the way back: the movement ends there
PLATEAU_TICKS = 188  # 15 s: a top held longer is a new position
REP_MAX_TICKS = 440  # 35 s: must lie in the ring with its base
EDGE_SHARE = 0.1  # the contract: start and end at 10 % of the range
TOP_SHARE = 0.9  # the plateau that holds the peak
RETURN_SHARE = 0.35  # a movement that turns or rests below this share of its range is back
REARRANGED_SHARE = 0.5  # of a way that began elsewhere: less of it back is a stop on the way
STOP_NEAR_SHARE = 0.22  # of the range: what stops below is back, if not quite where it began
STOP_TICKS = 5  # 0.4 s: longer than a jerk, and the count still comes within a second
STOP_SHARE = 0.03  # of the range in that time: breath, and the last of a slow way back
TURN_SHARE = 0.2  # of the fall: the rise that shows that it has turned
GRAVITY_M_S2 = 9.80665

# Holds
HOLD_ENTER_TICKS = 25  # 2 s
HOLD_REFERENCE_TICKS = 38  # 3 s: the hold's own first seconds
HOLD_SETTLED_TICKS = 63  # 5 s: by then who leans on something has arrived
SETTLED_CHORD = 0.021  # 1.2 deg: breath and sway between one second and the next
ARRIVED_CHORD = 0.026  # 1.5 deg: sway
ARRIVED_SHARE = 0.1  # the contract: from 90 % of the way into the posture
WAY_TICKS = 3  # 0.24 s: by so much a movement seems to begin sooner
OUT_TICKS = 19  # 1.5 s: most of the way out
HOLD_CONE_OUT_COS = 0.9511  # 18 deg
HOLD_OUT_TICKS = 8  # 0.64 s: a stumble is shorter
HOLD_LOOK_BACK_TICKS = 75  # 6 s: how long ago the movement that ended the hold may have begun
ENTRY_TICKS = 38  # 3 s before a stay
HOLD_RESUME_TICKS = 50  # 4 s: giving way and catching it again, not changing the exercise
HOLD_CATCH_TICKS = 8  # 0.6 s
EFFORT_RATIO = 1.4  # of the tremor's variance over rest: more than chance makes of 2 s
SPASM_RATIO = 3.0  # of the mean tremor, as variance: a tick of more is a start, no effort
EFFORT_KNOWN_TICKS = 25.0  # 2 s: variance known to 14 %
HEAVE_KNOWN_TICKS = 25  # 2 s
NOD_DEG = 4.0  # more than the deepest breath
NODS_HELD = 4  # down and back twice
TURNS_HELD = 2  # out to a side and back once: a hold may give way so
EFFORT_ALARM = 8.0  # ticks' worth: 0.7 s without any tremor
DRIFT_TICKS = 31  # 2.5 s
DRIFT_CHORD = 0.105  # 6 deg in that time: more than breath, less than the slowest way to a stretch
DRIFT_BEGUN = 0.02  # of the squared way: 14 % of the way
SIDE_DEG = 2.0  # more than sway; a lifted leg lists the pelvis by 2 to 8 deg
HOLD_BROKEN_S = 4.0  # giving way and catching it again does not end a hold
HIP_DROP_DEG = 6.0  # between the 4 deg that nobody feels and the 8 deg that all should be told

# Deviations
MIN_SENSITIVITY = 0.5  # chosen: from twice the usual angles
MAX_SENSITIVITY = 2.0  # to half of them; 5 deg is the edge of what is felt
CUE_CALM_TICKS = 3  # 0.24 s: a cue tells where the body has come to, not that it moves
CUE_RING_TICKS = 2  # 0.16 s: the shake filter has forgotten the movement but for a tenth
CUE_EFFORT_TICKS = 4  # 0.24 s of tremor after a movement: chosen, for the cue must come in 2.5 s
CUE_RECENT_TICKS = 6  # 0.6 s: what was before is no proof that the tremor goes on
STANDING_TO_DEG = 7.0  # the least lean of a wall plank
LYING_FROM_DEG = 60.0  # no wall plank, so face down: lying is near
TURNS_MOST = 4  # twice out to a side and back
DEVIATION_BEFORE_TICKS = 25  # 2 s without getting lower: it began after that

# Sets
LIVE_LAG_S = 5.0  # a name that is told live is not changed later than that
SET_PAUSE_S = 20.0  # the contract
SET_REPETITIONS = 2
SET_HOLD_S = 5.0

DEG_PER_RAD = 57.29577951308232
