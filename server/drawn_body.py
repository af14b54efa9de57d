"""The figure of the drawings: one body of constant measures, put into a pose by its joint angles.

Seen from the side the figure faces right when it stands, so that it looks up when it lies with its
head to the left. Directions are in degrees, 0 to the right, counter-clockwise; points are
(x, y) with y upwards from the floor, in pixels of the drawing. A standing figure is 172 high; the
measures follow D. A. Winter, *Biomechanics and Motor Control of Human Movement*, table 4.1
(segments as fractions of the height), rounded to pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]

TRUNK = 51.0  # hip joint to the height of the shoulders
NECK = 18.0  # from there to the middle of the head
HEAD_RADIUS = 10.5
UPPER_ARM, FOREARM, HAND = 31.0, 26.0, 13.0
THIGH, SHANK, FOOT = 42.0, 42.0, 17.0
ANKLE_HEIGHT = 7.0
# Half as thick as each part, at its upper and its lower end.
ARM_RADII = ((6.8, 5.4), (5.4, 4.2))
LEG_RADII = ((11.0, 7.8), (7.8, 5.2))
HEEL_RADIUS, TOE_RADIUS = 4.0, 2.6
SPINE_PIECES = 12
_PELVIS, _LUMBAR = 2, 7  # pieces 0-1 are the pelvis, 2-6 lumbar, 7-11 thoracic
SHOULDER_AT = 0.9  # of the trunk's length
SENSOR_AT = 0.24  # L5
# Seen from behind: half of the distance between shoulders and between hips.
SHOULDERS, HIPS = 18.0, 9.0


class DrawingError(ValueError):
    """The data asks for what this body cannot do; says which and why."""


@dataclass(frozen=True, slots=True)
class Limb:
    """An arm or a leg: its joints from shoulder or hip to the end of hand or toes."""

    joints: tuple[Point, Point, Point, Point]

    @property
    def directions(self) -> tuple[float, ...]:
        """Say which way each of its three parts points."""
        return tuple(direction(a, b) for a, b in zip(self.joints, self.joints[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Body:
    """Where everything is, in one pose.

    ``arms`` and ``legs`` have the nearer one first.
    """

    spine: tuple[Point, ...]
    head: Point
    face: float  # the direction in which the nose points
    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]
    from_behind: bool = False

    def at(self, fraction: float) -> tuple[Point, float]:
        """Return the point of the spine at a fraction of its length, and its direction there."""
        place = min(max(fraction, 0.0), 1.0) * SPINE_PIECES
        piece = min(int(place), SPINE_PIECES - 1)
        a, b = self.spine[piece], self.spine[piece + 1]
        rest = place - piece
        return (a[0] + rest * (b[0] - a[0]), a[1] + rest * (b[1] - a[1])), direction(a, b)


@dataclass(frozen=True, slots=True)
class Joints:
    """A limb told by three bends."""

    bends: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Planted:
    """A limb told by where its wrist or ankle is."""

    at: Point
    points: float


Limbs = tuple[Joints | Planted, Joints | Planted]


@dataclass(frozen=True, slots=True)
class Pose:
    """Joint angles in degrees; all 0 is standing with hanging arms.

    Parameters
    ----------
    trunk
        Direction of the pelvis (90 upright, 180 on the back, 0 face down), then how far the
        lumbar and the thoracic spine are bent forward.
    head
        Bend of the neck, then of the head on it.
    arms, legs
        Nearer one first: bend of shoulder, elbow and wrist; of hip, knee and (soles down) ankle.
        Or where the wrist or ankle is, and which way hand or foot points: then the angles follow.
    """

    trunk: tuple[float, float, float]
    head: tuple[float, float]
    arms: Limbs
    legs: Limbs
    from_behind: bool = False


@dataclass(frozen=True, slots=True)
class _Kind:
    """What differs between arms and legs, and between one side and the other from behind."""

    lengths: tuple[float, float, float]
    bends: tuple[int, int, int]  # in which sense each joint bends
    last: float  # direction of the last part while its joint is straight
    names: tuple[str, str]


_ARM = _Kind((UPPER_ARM, FOREARM, HAND), (1, 1, 1), 0.0, ("arm", "wrist"))
_LEG = _Kind((THIGH, SHANK, FOOT), (1, -1, -1), 90.0, ("leg", "ankle"))
_LEG_FROM_BEHIND = _Kind((THIGH, SHANK, FOOT), (1, 1, 1), 0.0, ("leg", "ankle"))


def put(pose: Pose, hip: Point) -> Body:
    """Return the body in ``pose`` with its hip joint (from behind: their middle) at ``hip``."""
    spine = [hip]
    towards = pose.trunk[0]
    for piece in range(SPINE_PIECES):
        if _PELVIS <= piece < _LUMBAR:
            towards -= pose.trunk[1] / (_LUMBAR - _PELVIS)
        elif piece >= _LUMBAR:
            towards -= pose.trunk[2] / (SPINE_PIECES - _LUMBAR)
        spine.append(step(spine[-1], towards, TRUNK / SPINE_PIECES))
    neck = towards - pose.head[0]
    head = step(spine[-1], neck, NECK)
    top = spine[round(SHOULDER_AT * SPINE_PIECES)]
    shoulders, hips, arms, legs = (top, top), (hip, hip), (_ARM, _ARM), (_LEG, _LEG)
    if pose.from_behind:
        shoulders, hips = _pair(top, towards, SHOULDERS), _pair(hip, pose.trunk[0], HIPS)
        arms = (_ARM, _mirrored(_ARM))
        legs = (_LEG_FROM_BEHIND, _mirrored(_LEG_FROM_BEHIND))
    return Body(
        tuple(spine),
        head,
        neck - 90.0 - pose.head[1],
        (
            _limb(shoulders[0], towards + 180.0, pose.arms[0], arms[0]),
            _limb(shoulders[1], towards + 180.0, pose.arms[1], arms[1]),
        ),
        (
            _limb(hips[0], pose.trunk[0] + 180.0, pose.legs[0], legs[0]),
            _limb(hips[1], pose.trunk[0] + 180.0, pose.legs[1], legs[1]),
        ),
        pose.from_behind,
    )


def _pair(middle: Point, towards: float, half: float) -> tuple[Point, Point]:
    return step(middle, towards - 90.0, half), step(middle, towards + 90.0, half)


def _mirrored(kind: _Kind) -> _Kind:
    a, b, c = kind.bends
    return _Kind(kind.lengths, (-a, -b, -c), -kind.last, kind.names)


def _limb(root: Point, down: float, told: Joints | Planted, kind: _Kind) -> Limb:
    if isinstance(told, Planted):
        return _reaching(root, told, kind)
    first = down + kind.bends[0] * told.bends[0]
    second = first + kind.bends[1] * told.bends[1]
    third = second + kind.last + kind.bends[2] * told.bends[2]
    middle = step(root, first, kind.lengths[0])
    end = step(middle, second, kind.lengths[1])
    return Limb((root, middle, end, step(end, third, kind.lengths[2])))


def _reaching(root: Point, told: Planted, kind: _Kind) -> Limb:
    """Bend the middle joint so far that the limb ends where it should (law of cosines)."""
    upper, lower, last = kind.lengths
    far = math.dist(root, told.at)
    if not abs(upper - lower) < far < upper + lower:
        raise DrawingError(
            f"the {kind.names[0]} from ({root[0]:.0f}, {root[1]:.0f}) does not reach "
            f"{kind.names[1]} {told.at}: {far:.0f} px, its two parts are {upper + lower:.0f} long"
        )
    bend = math.degrees(math.acos((upper**2 + far**2 - lower**2) / (2.0 * upper * far)))
    middle = step(root, direction(root, told.at) - kind.bends[1] * bend, upper)
    return Limb((root, middle, told.at, step(told.at, told.points, last)))


def step(start: Point, towards: float, far: float) -> Point:
    """Return the point ``far`` from ``start``."""
    angle = math.radians(towards)
    return start[0] + far * math.cos(angle), start[1] + far * math.sin(angle)


def direction(a: Point, b: Point) -> float:
    """Return the direction from ``a`` to ``b``."""
    return math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
