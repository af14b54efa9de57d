"""The drawings are what their data says, of one body, and need nothing of the page."""

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from drawings import DATA, FOLDER, main, read_drawings
from drawn_body import FOOT, FOREARM, HAND, SHANK, THIGH, UPPER_ARM, DrawingError
from drawn_svg import Figure
from lumbar_signal.events import Exercise

SVG = "{http://www.w3.org/2000/svg}"
LIMIT_BYTES = 6_144
DRAWINGS = {drawing.name: drawing for drawing in read_drawings(DATA.read_text())}
FIGURES = [
    pytest.param(figure, id=f"{name}-{number}")
    for name, drawing in DRAWINGS.items()
    for number, figure in enumerate(drawing.figures, 1)
]
FROM_THE_SIDE = [one for one in FIGURES if not one.values[0].body.from_behind]
# What bodies can do, rounded up from the normal ranges of the American Academy of Orthopaedic
# Surgeons; sitting on the heels bends a knee further than it bends by itself.
SHOULDER_DEG, ELBOW_DEG = (-60, 185), (-1, 150)
HIP_DEG, KNEE_DEG = (-20, 140), (-1, 160)


def read(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def bend(before_deg: float, after_deg: float) -> float:
    """Return how far a joint is bent, from -100 to 260."""
    return (after_deg - before_deg + 100.0) % 360.0 - 100.0


def test_every_exercise_and_the_sensors_place_are_drawn() -> None:
    wanted = {exercise.value for exercise in Exercise} - {Exercise.UNKNOWN.value} | {"placement"}
    assert set(DRAWINGS) == wanted
    assert {path.stem for path in FOLDER.iterdir()} == wanted


def test_the_committed_drawings_are_what_make_drawings_writes(tmp_path: Path) -> None:
    main(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_text(encoding="utf-8") == read(path.stem), "run make drawings"


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_says_in_words_what_it_shows_and_marks_every_sensor(name: str) -> None:
    root = ElementTree.fromstring(read(name))
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert len(root.findtext(f"{SVG}desc") or "") > 60
    assert len(root.findall(".//*[@class='sensor']")) == len(DRAWINGS[name].figures)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_small_and_asks_for_nothing_else(name: str) -> None:
    text = read(name)
    assert len(text.encode()) < LIMIT_BYTES
    assert text.count("://") == 1  # the name space
    assert not re.search(r"href|url\(|@import|<script|<image|<foreignObject|\son\w+=", text)


@pytest.mark.parametrize("figure", FIGURES)
def test_limbs_are_equally_long_in_every_pose(figure: Figure) -> None:
    for limbs, lengths in (
        (figure.body.arms, (UPPER_ARM, FOREARM, HAND)),
        (figure.body.legs, (THIGH, SHANK, FOOT)),
    ):
        for limb in limbs:
            parts = zip(limb.joints, limb.joints[1:], strict=False)
            assert [math.dist(a, b) for a, b in parts] == pytest.approx(lengths)


@pytest.mark.parametrize("figure", FROM_THE_SIDE)
def test_joints_bend_no_further_than_joints_do(figure: Figure) -> None:
    body = figure.body
    shoulders_deg, pelvis_deg = (body.at(place)[1] + 180.0 for place in (0.95, 0.05))
    for arm in body.arms:
        upper, lower, _ = arm.directions
        assert SHOULDER_DEG[0] <= bend(shoulders_deg, upper) <= SHOULDER_DEG[1]
        assert ELBOW_DEG[0] <= bend(upper, lower) <= ELBOW_DEG[1]
    for leg in body.legs:
        upper, lower, _ = leg.directions
        assert HIP_DEG[0] <= bend(pelvis_deg, upper) <= HIP_DEG[1]
        assert KNEE_DEG[0] <= bend(lower, upper) <= KNEE_DEG[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("at = [130, 7]", "at = [190, 7]"), "glute_bridge, figure 1: the leg .* does not reach"),
        (("arm = [6, 0, 0]", "arm = [6, 0]"), "glute_bridge, figure 1: "),
        (("trunk = [210, 4, 8]", "trunk = [210, 4, -60]"), "glute_bridge, figure 2: .* floor"),
    ],
)
def test_an_impossible_pose_is_refused_by_name(change: tuple[str, str], said: str) -> None:
    text = DATA.read_text()
    bridge = text[text.index("[glute_bridge]") : text.index("[side_lying_leg_raise]")]
    assert change[0] in bridge
    with pytest.raises(DrawingError, match=said):
        read_drawings(bridge.replace(*change))
