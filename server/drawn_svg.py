"""A drawing as SVG: ground, floor and things, figures, sensor, arrows and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from drawn_body import Body, Limb, Point, direction, step
from drawn_shapes import (
    at,
    capsule,
    head_path,
    limb_circles,
    number,
    sensor_place,
    smooth,
    trunk_outline,
)

WIDTH, HEIGHT = 320, 200
Box = tuple[float, float, float, float]  # x, height above the floor, width, height
# Light and dark: ground, lines and arrows, the figure at the end of the movement, its far limbs,
# the figure at the start, its outline, and the sensor in Okabe and Ito's orange.
_STYLE = (
    "@media (prefers-color-scheme:dark){"
    ".ground{fill:#1a2229}.floor{stroke:#8d9aa5}.thing{fill:#36434d;stroke:#8d9aa5}"
    ".words{fill:#f3f6f8}.go{stroke:#f3f6f8}.tip{fill:#f3f6f8;stroke:#1a2229}"
    ".end{fill:#7cc4ff;stroke:#1a2229}.end .far{fill:#4486b5}"
    ".start{fill:#27343f;stroke:#8fb2cb}.start .far{fill:#1f2a33}"
    ".eyes{stroke:#1a2229}}"
)


@dataclass(frozen=True, slots=True)
class _Look:
    """How a figure is filled and outlined."""

    near: str
    far: str


_LOOKS = {
    "start": _Look('fill="#dfeaf2" stroke="#4a7593" stroke-width="2"', "#f2f5f7"),
    "end": _Look('fill="#0b5c94" stroke="#f2f5f7" stroke-width="2.4"', "#6ba3c9"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A body in a pose, at the start or at the end of the movement."""

    look: str  # start or end
    body: Body
    touches: tuple[str, ...]  # the parts that bear on the floor
    row: float  # how far its own floor is above that of the picture
    across: float  # from behind: how far the sensor is from the middle, as the pelvis is rolled
    view: str  # side, behind, front or above
    is_belted: bool  # the belt that holds the sensor is drawn


@dataclass(frozen=True, slots=True)
class Arrow:
    """A bent arrow: from where, bent towards what, to where; with a tip at each end if ``both``."""

    start: Point
    bend: Point
    end: Point
    both: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture, as the data tells it."""

    name: str
    title: str
    description: str
    floor: float  # its height in the picture
    mat: Box | None  # what the body lies on, seen from above
    figures: tuple[Figure, ...]
    arrows: tuple[Arrow, ...]
    things: tuple[Box, ...]  # walls and counters
    clock: Point | None  # a stop watch: the end is held
    captions: tuple[tuple[float, float, str], ...]
    scale: float  # only where no movement is shown: 1


def svg(drawing: Drawing) -> str:
    """Return the picture of ``drawing``."""
    middle = HEIGHT - drawing.floor
    zoom = f" scale({drawing.scale:g})" if drawing.scale != 1.0 else ""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(drawing.title)}</title>",
        f"<desc>{escape(drawing.description)}</desc>",
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="10" fill="#f2f5f7"/>',
        f'<g transform="translate(0 {number(middle)}){zoom}" stroke-linejoin="round">',
        *_surroundings(drawing),
    ]
    for figure in drawing.figures:
        lines += _figure_lines(figure)
    for figure in drawing.figures:
        if figure.is_belted:
            lines.append(_belt(figure))
        if figure.view == "front":
            lines.append(_eyes(figure))
        lines.append(_sensor(figure))
    for arrow in drawing.arrows:
        lines += _arrow_lines(arrow)
    if drawing.clock:
        lines += _clock_lines(drawing.clock)
    for x, y, words in drawing.captions:
        lines.append(
            f'<text class="words" x="{x:g}" y="{-y:g}" fill="#12181d"'
            f' font-size="{13 / drawing.scale:.3g}" font-family="system-ui,sans-serif"'
            f' text-anchor="middle">{escape(words)}</text>'
        )
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _surroundings(drawing: Drawing) -> Iterator[str]:
    if drawing.mat:
        yield _box(drawing.mat, 8)
    else:
        for row in sorted({figure.row for figure in drawing.figures}):
            yield (
                f'<path class="floor" d="M10 {number(1.5 - row)}H{WIDTH - 10}" stroke="#6d7a85"'
                ' stroke-width="3" stroke-linecap="round"/>'
            )
    for thing in drawing.things:
        yield _box(thing, 2)


def _box(box: Box, corner: int) -> str:
    x, y, wide, high = box
    return (
        f'<rect class="thing" x="{x}" y="{number(-y - high)}" width="{wide}" height="{high}"'
        f' rx="{corner}" fill="#d5dde3" stroke="#6d7a85" stroke-width="1.5"/>'
    )


def _figure_lines(figure: Figure) -> Iterator[str]:
    body = figure.body
    look = _LOOKS[figure.look]
    lift = f' transform="translate(0 {number(-figure.row)})"' if figure.row else ""
    yield f'<g class="{figure.look}" paint-order="stroke" {look.near}{lift}>'
    arms = [_limb_path(one, is_leg=False, behind=body.from_behind) for one in body.arms]
    legs = [_limb_path(one, is_leg=True, behind=body.from_behind) for one in body.legs]
    trunk = smooth(trunk_outline(body))
    if figure.view in ("behind", "front"):
        yield f'<path d="{legs[1]}{legs[0]}{trunk}{head_path(body)}"/>'
        yield f'<path d="{arms[1]}"/><path d="{arms[0]}"/>'
    elif figure.view == "above":
        yield f'<g class="far" fill="{look.far}"><path d="{legs[1]}"/></g>'
        yield f'<path d="{legs[0]}"/><path d="{arms[1]}{arms[0]}{trunk}{head_path(body)}"/>'
    else:
        hidden = {arms[0], legs[0]}
        far = "".join(f'<path d="{one}"/>' for one in (arms[1], legs[1]) if one not in hidden)
        yield f'<g class="far" fill="{look.far}">{far}</g>'
        yield f'<path d="{head_path(body)}"/><path d="{trunk}"/>'
        yield f'<path d="{legs[0]}"/><path d="{arms[0]}"/>'
    yield "</g>"


def _limb_path(limb: Limb, *, is_leg: bool, behind: bool) -> str:
    return "".join(capsule(*ends) for ends in limb_circles(limb, is_leg=is_leg, from_behind=behind))


def _sensor(figure: Figure) -> str:
    body = figure.body
    (x, y), towards = sensor_place(body)
    x, y = step((x, y + figure.row), towards - 90.0, figure.across)
    long, thick = (16, 13) if body.from_behind else (18, 9)
    up = '<path d="M-5 0H4M0 -4L4 0L0 4" fill="none"/>' if body.from_behind else ""
    return (
        f'<g class="sensor" stroke="#12181d" stroke-width="2" fill="#ffa51f"'
        f' transform="translate({at((x, y))}) rotate({number(-towards)})"><rect x="{-long / 2:g}"'
        f' y="{-thick / 2:g}" width="{long}" height="{thick}" rx="3"/>{up}</g>'
    )


def _belt(figure: Figure) -> str:
    (x, y), _ = sensor_place(figure.body)
    return (
        f'<path class="thing" d="M{at((x - 17, y))}h34" stroke="#6d7a85" stroke-width="5"'
        ' stroke-linecap="round"/>'
    )


def _eyes(figure: Figure) -> str:
    x, y = figure.body.head
    return (
        f'<path class="eyes" d="M{at((x - 4, y + 1))}h0m8 0h0" stroke="#f2f5f7" stroke-width="3"'
        ' stroke-linecap="round"/>'
    )


def _arrow_lines(arrow: Arrow) -> Iterator[str]:
    yield (
        f'<path class="go" d="M{at(arrow.start)}Q{at(arrow.bend)} {at(arrow.end)}" fill="none"'
        ' stroke="#12181d" stroke-width="3" stroke-linecap="round"/>'
    )
    for tip in (arrow.end, arrow.start) if arrow.both else (arrow.end,):
        towards = direction(arrow.bend, tip)
        corners = (step(tip, towards, 7), step(tip, towards + 125, 8), step(tip, towards - 125, 8))
        path = "L".join(at(corner) for corner in corners)
        yield f'<path class="tip" d="M{path}Z" fill="#12181d"/>'


def _clock_lines(middle: Point) -> Iterator[str]:
    x, y = middle
    path = (
        f"M{at((x - 10, y))}a10 10 0 1 1 20 0a10 10 0 1 1 -20 0"
        f"M{at((x, y + 10))}v-4m-3.5 0h7M{at((x, y + 6))}V{number(-y)}L{at((x + 4, y - 3))}"
    )
    yield (
        f'<path class="go" d="{path}" fill="none" stroke="#12181d" stroke-width="2.2"'
        ' stroke-linecap="round"/>'
    )
