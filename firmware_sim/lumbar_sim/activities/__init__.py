"""What a wearer can do: each activity knows its stance, its movement and its labels."""

from lumbar_sim.activities.activity import Activity
from lumbar_sim.activities.all_fours import BirdDog, CatCow
from lumbar_sim.activities.bridging import GluteBridge
from lumbar_sim.activities.foreign import Cobra, JumpingJacks, Lunge, PushUp, SitUp, Squat
from lumbar_sim.activities.holds import HoldDeviation
from lumbar_sim.activities.housework import PickUp, Vacuum, Wipe
from lumbar_sim.activities.planks import ForearmPlank, WallPlank
from lumbar_sim.activities.repetitions import Fault, Tempo
from lumbar_sim.activities.resting import Linger, Rest, TurnOver
from lumbar_sim.activities.side_lying import SideLyingLegRaise
from lumbar_sim.activities.sitting import CarRide, SitDown, TieShoes
from lumbar_sim.activities.standing import Bows, ModifiedDeadlift
from lumbar_sim.activities.stretches import ChildsPose, SeatedHamstringStretch, SupineSpinalTwist
from lumbar_sim.activities.supine import DeadBug, KneesToChest, PelvicTilt
from lumbar_sim.activities.walking import Stairs, Walk

__all__ = [
    "Activity",
    "BirdDog",
    "Bows",
    "CarRide",
    "CatCow",
    "ChildsPose",
    "Cobra",
    "DeadBug",
    "Fault",
    "ForearmPlank",
    "GluteBridge",
    "HoldDeviation",
    "JumpingJacks",
    "KneesToChest",
    "Linger",
    "Lunge",
    "ModifiedDeadlift",
    "PelvicTilt",
    "PickUp",
    "PushUp",
    "Rest",
    "SeatedHamstringStretch",
    "SideLyingLegRaise",
    "SitDown",
    "SitUp",
    "Squat",
    "Stairs",
    "SupineSpinalTwist",
    "Tempo",
    "TieShoes",
    "TurnOver",
    "Vacuum",
    "Walk",
    "WallPlank",
    "Wipe",
]
