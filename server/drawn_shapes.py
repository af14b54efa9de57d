"""Outlines of a body as SVG paths: tapered limbs, a trunk with depth, a head with a nose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from drawn_body import (
    ANKLE_HEIGHT,
    ARM_RADII,
    HEAD_RADIUS,
    HEEL_RADIUS,
    LEG_RADII,
    SENSOR_AT,
    TOE_RADIUS,
    TRUNK,
    Body,
    Limb,
    Point,
    direction,
    step,
)

PAIRED = ("arm", "far_arm", "leg", "far_leg")
NECK_RADII = (6.2, 5.2)
HAND_RADII = (4.6, 3.2)
# Along the trunk (0 hip joint, 1 shoulders): how far the body reaches forward and back; chosen, as
# only the joints have measures.
_SIDE_DEPTHS = (
    (-0.12, 7.0, 8.0),
    (0.0, 10.5, 12.2),
    (0.12, 10.8, 12.4),
    (0.26, 10.4, 9.8),
    (0.42, 10.2, 8.2),
    (0.58, 11.2, 9.4),
    (0.74, 12.6, 11.2),
    (0.88, 11.4, 11.4),
    (1.0, 6.6, 8.2),
)
_BACK_WIDTHS = (
    (-0.14, 9.0, 9.0),
    (0.0, 18.0, 18.0),
    (0.2, 17.4, 17.4),
    (0.44, 14.4, 14.4),
    (0.7, 17.0, 17.0),
    (0.88, 22.0, 22.0),
    (0.98, 20.5, 20.5),
    (1.06, 9.0, 9.0),
)


@dataclass(frozen=True, slots=True)
class Circle:
    """A round end of something."""

    middle: Point
    radius: float

    @property
    def lowest(self) -> float:
        """Return the height of its lowest point."""
        return self.middle[1] - self.radius


def limb_circles(
    limb: Limb, *, is_leg: bool, from_behind: bool
) -> tuple[tuple[Circle, Circle], ...]:
    """Return the two round ends of each part of a limb."""
    a, b, c, d = limb.joints
    if not is_leg:
        radii = (*ARM_RADII, HAND_RADII)
        return tuple(
            (Circle(one, r[0]), Circle(other, r[1]))
            for one, other, r in zip((a, b, c), (b, c, d), radii, strict=True)
        )
    upper = (Circle(a, LEG_RADII[0][0]), Circle(b, LEG_RADII[0][1]))
    lower = (Circle(b, LEG_RADII[1][0]), Circle(c, LEG_RADII[1][1]))
    points = direction(c, d)
    if from_behind:
        return upper, lower, (Circle(c, LEG_RADII[1][1]), Circle(step(c, points, 8.0), 4.2))
    heel = Circle(
        step(step(c, points, -3.5), points - 90.0, ANKLE_HEIGHT - HEEL_RADIUS), HEEL_RADIUS
    )
    toes = Circle(step(d, points - 90.0, ANKLE_HEIGHT - TOE_RADIUS), TOE_RADIUS)
    ankle = Circle(c, LEG_RADII[1][1])
    return upper, lower, (ankle, heel), (heel, toes), (ankle, toes)


def capsule(one: Circle, other: Circle) -> str:
    """Return the outline around two circles, as a closed path."""
    far = math.dist(one.middle, other.middle)
    towards = direction(one.middle, other.middle)
    # the tangents touch both circles at this angle from their common axis
    turn = math.degrees(math.acos(max(-1.0, min(1.0, (one.radius - other.radius) / far))))
    a, b = (
        step(one.middle, towards + turn, one.radius),
        step(other.middle, towards + turn, other.radius),
    )
    c, d = (
        step(other.middle, towards - turn, other.radius),
        step(one.middle, towards - turn, one.radius),
    )
    return (
        f"M{at(a)}L{at(b)}A{number(other.radius)} {number(other.radius)} 0 0 1 {at(c)}"
        f"L{at(d)}A{number(one.radius)} {number(one.radius)} 0 1 1 {at(a)}Z"
    )


def trunk_outline(body: Body) -> tuple[Point, ...]:
    """Return points around the trunk, up its back and down its front: clockwise, as the limbs."""
    front, back = [], []
    for fraction, forward, backward in _BACK_WIDTHS if body.from_behind else _SIDE_DEPTHS:
        place, towards = _on_spine(body, fraction)
        front.append(step(place, towards - 90.0, forward))
        back.append(step(place, towards + 90.0, backward))
    return (*back, *reversed(front))


def sensor_place(body: Body) -> tuple[Point, float]:
    """Return the middle of the sensor at L5, on the skin, and how the spine runs there."""
    place, _ = body.at(SENSOR_AT)
    # it is flat: it lies along a stretch of the spine, not on one point of it
    towards = direction(body.at(SENSOR_AT - 0.12)[0], body.at(SENSOR_AT + 0.12)[0])
    return (place if body.from_behind else step(place, towards + 90.0, 9.6)), towards


def _on_spine(body: Body, fraction: float) -> tuple[Point, float]:
    place, towards = body.at(fraction)
    if fraction < 0.0:
        towards = direction(body.spine[0], body.spine[1])
        return step(place, towards, fraction * TRUNK), towards
    if fraction > 1.0:
        return step(place, towards, (fraction - 1.0) * TRUNK), towards
    return place, towards


def smooth(points: Sequence[Point]) -> str:
    """Return a closed curve through ``points`` (Catmull-Rom, as cubic Bézier curves)."""
    points = [(round(x, 1), round(y, 1)) for x, y in points]
    count = len(points)
    path = f"M{at(points[0])}c"
    for i in range(count):
        before, a, b, after = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        leave = ((b[0] - before[0]) / 6.0, (b[1] - before[1]) / 6.0)
        reach = (b[0] - a[0] - (after[0] - a[0]) / 6.0, b[1] - a[1] - (after[1] - a[1]) / 6.0)
        path += f"{at(leave)} {at(reach)} {at((b[0] - a[0], b[1] - a[1]))} "
    return path.rstrip() + "Z"


def head_path(body: Body) -> str:
    """Return head and neck; seen from the side the head has a nose."""
    top = body.spine[-1]
    neck = capsule(Circle(top, NECK_RADII[0]), Circle(body.head, NECK_RADII[1]))
    skull = _round(Circle(body.head, HEAD_RADIUS))
    if body.from_behind:
        return neck + skull
    bridge = step(body.head, body.face + 30.0, HEAD_RADIUS - 0.5)
    tip = step(body.head, body.face - 3.0, HEAD_RADIUS + 3.2)
    under = step(body.head, body.face - 20.0, HEAD_RADIUS - 0.5)
    return f"{neck}{skull}M{at(bridge)}L{at(tip)}L{at(under)}Z"


def _round(circle: Circle) -> str:
    r = number(circle.radius)
    left, right = step(circle.middle, 180.0, circle.radius), step(circle.middle, 0.0, circle.radius)
    return f"M{at(left)}A{r} {r} 0 0 1 {at(right)}A{r} {r} 0 0 1 {at(left)}Z"


def at(point: Point) -> str:
    """Write a point; SVG counts downwards, and the picture puts its floor at 0."""
    return f"{number(point[0])} {number(-point[1])}"


def number(value: float) -> str:
    """Write a length or a coordinate, to a tenth of a pixel."""
    return f"{round(value, 1) + 0.0:g}"


def heights_of(body: Body) -> dict[str, float]:
    """Return how far above the floor each part's lowest point is."""
    heights = {
        "trunk": min(y for _, y in trunk_outline(body)),
        "head": Circle(body.head, HEAD_RADIUS).lowest,
    }
    for name, limb in zip(PAIRED, (*body.arms, *body.legs), strict=True):
        is_leg = name.endswith("leg")
        parts = limb_circles(limb, is_leg=is_leg, from_behind=body.from_behind)
        middle, end = ("knee", "foot") if is_leg else ("elbow", "hand")
        heights[f"{name} {middle}"] = parts[0][1].lowest
        heights[f"{name} {end}"] = min(one.lowest for ends in parts[2:] for one in ends)
    return heights
