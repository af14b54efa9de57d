"""Draw the movements: ``python server/drawings.py`` writes ``static/movements/*.svg``.

``drawings.toml`` beside this file has the poses as joint angles of one body (``drawn_body.py``), so
that every figure has the same limbs and a correction is one number. The drawings are committed; a
test holds them to what this program writes. They bring their own ground, light or dark as the
reader's screen, and need nothing of the page they stand in.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from drawn_body import Body, DrawingError, Joints, Limbs, Planted, Pose, put
from drawn_shapes import PAIRED, heights_of
from drawn_svg import Arrow, Drawing, Figure, svg

DATA = Path(__file__).with_suffix(".toml")
FOLDER = Path(__file__).parent / "lumbar_server" / "static" / "movements"
FLOOR_TOLERANCE = 1.5  # pixels; less than half of the floor's line


def read_drawings(text: str) -> tuple[Drawing, ...]:
    """Return the drawings of ``drawings.toml``; raises ``DrawingError`` for an impossible pose."""
    return tuple(_drawing(name, told) for name, told in tomllib.loads(text).items())


def _drawing(name: str, told: Mapping[str, Any]) -> Drawing:
    figures: list[Figure] = []
    merged: dict[str, Any] = {}
    for figure in told["figures"]:
        merged = {**merged, **figure}  # what a figure does not say is as in the one before
        try:
            figures.append(_figure(merged, merged.get("view", told.get("view", "side"))))
        except (KeyError, ValueError) as error:
            raise DrawingError(f"{name}, figure {len(figures) + 1}: {error}") from error
    return Drawing(
        name,
        told["title"],
        told["description"],
        told.get("floor", 24.0),
        tuple(told["mat"]) if "mat" in told else None,
        tuple(figures),
        tuple(_arrow(one) for one in told.get("arrows", ())),
        tuple(tuple(thing) for thing in told.get("things", ())),
        tuple(told["clock"]) if "clock" in told else None,
        tuple(tuple(one) for one in told.get("captions", ())),
        told.get("scale", 1.0),
    )


def _arrow(told: Mapping[str, Any]) -> Arrow:
    start, bend, end = (tuple(point) for point in told["way"])
    return Arrow(start, bend, end, told.get("both", False))


def _figure(told: Mapping[str, Any], view: str) -> Figure:
    pose = Pose(
        tuple(told["trunk"]),
        tuple(told["head"]),
        (_limb(told["arm"]), _limb(told.get("far_arm", told["arm"]))),
        (_limb(told["leg"]), _limb(told.get("far_leg", told["leg"]))),
        from_behind=view != "side",
    )
    if "height" in told:
        body = put(pose, (told["x"], told["height"]))
    else:
        body = _on_the_floor(pose, told["x"])
    figure = Figure(
        told["look"],
        body,
        tuple(told.get("touches", ())),
        told.get("row", 0.0),
        told.get("across", 0.0),
        view,
        told.get("belt", False),
    )
    return figure if view in ("above", "front") else _checked(figure)


def _limb(told: list[float] | Mapping[str, Any]) -> Joints | Planted:
    if isinstance(told, Mapping):
        return Planted(tuple(told["at"]), told["points"])
    first, middle, last = told
    return Joints((first, middle, last))


def _on_the_floor(pose: Pose, x: float) -> Body:
    """Let the body down until its lowest part touches; limbs that are planted follow."""
    body = put(replace(pose, arms=_loose(pose.arms), legs=_loose(pose.legs)), (x, 0.0))
    heights = heights_of(body)
    for name, one in zip(PAIRED, (*pose.arms, *pose.legs), strict=True):
        if isinstance(one, Planted):
            for part in [part for part in heights if part.startswith(name)]:
                del heights[part]
    return put(pose, (x, -min(heights.values())))


def _loose(limbs: Limbs) -> Limbs:
    one, other = (limb if isinstance(limb, Joints) else Joints((0, 0, 0)) for limb in limbs)
    return one, other


def _checked(figure: Figure) -> Figure:
    heights = heights_of(figure.body)
    for part in figure.touches:
        if abs(heights[part]) > FLOOR_TOLERANCE:
            raise DrawingError(f"{part} should touch the floor and is {heights[part]:.1f} above it")
    part = min(heights, key=heights.__getitem__)
    if heights[part] < -FLOOR_TOLERANCE:
        raise DrawingError(f"{part} is {-heights[part]:.1f} below the floor")
    return figure


def main(folder: Path = FOLDER) -> None:
    """Write every drawing of the data into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for drawing in read_drawings(DATA.read_text()):
        (folder / f"{drawing.name}.svg").write_text(svg(drawing))


if __name__ == "__main__":
    try:
        main()
    except DrawingError as error:
        sys.exit(f"drawings: {error}")
