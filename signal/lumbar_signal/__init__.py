"""Arrays in, events out: what one accelerometer at the lower back can see of an exercise."""

from lumbar_signal.analysis import Analysis, analyze
from lumbar_signal.calibration import Calibration
from lumbar_signal.constants import MAX_RATE_HZ, MIN_RATE_HZ
from lumbar_signal.detector import Detector, warm_up
from lumbar_signal.level import Level
from lumbar_signal.parameters import PARAMETERS_SHA256
from lumbar_signal.prescription import NOTHING_PRESCRIBED, Prescription
from lumbar_signal.workout import LiveState, Workout

VERSION = "0.2.0"

__all__ = [
    "MAX_RATE_HZ",
    "MIN_RATE_HZ",
    "NOTHING_PRESCRIBED",
    "PARAMETERS_SHA256",
    "VERSION",
    "Analysis",
    "Calibration",
    "Detector",
    "Level",
    "LiveState",
    "Prescription",
    "Workout",
    "analyze",
    "warm_up",
]
