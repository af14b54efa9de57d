"""The movements as data: all there, kindly said, and read so strictly that a slip is named."""

import re
from datetime import date

import pytest

from lumbar_server.errors import ProgrammeError, ServerError
from lumbar_server.pages import words
from lumbar_server.programme.catalogue import FILE, catalogue_from, read_catalogue
from lumbar_server.programme.movement import Counting, Kind, Need
from lumbar_signal.events import Exercise

TEXT = FILE.read_text(encoding="utf-8")
REAL = read_catalogue()
BRIDGE = "[movements.glute_bridge]\n"
NEVER = re.compile(
    r"patient|therap|treat|rehab|correct|posture|wrong|neutral|weak|injur|cure|pain"
    r"|release|flexor|belly button|compress|cause|diagnos",
    re.IGNORECASE,
)


def with_change(old: str, new: str, after: str = "") -> str:
    """Return the file with one place changed, the first one behind ``after``."""
    begin = TEXT.index(after)
    assert old in TEXT[begin:]
    return TEXT[:begin] + TEXT[begin:].replace(old, new, 1)


def without_movement(text: str, exercise: str) -> str:
    """Return a file without one of its movements."""
    return re.sub(
        rf"\[movements\.{exercise}\]\n.*?(?=\n\[movements\.(?!{exercise})|\Z)", "", text, flags=re.S
    )


def complaint(text: str) -> str:
    with pytest.raises(ProgrammeError) as caught:
        catalogue_from(text)
    return str(caught.value)


def test_all_movements_of_the_detector_are_there_and_called_as_everywhere() -> None:
    assert set(REAL.movements) == set(Exercise) - {Exercise.UNKNOWN}
    for exercise, movement in REAL.movements.items():
        assert movement.exercise == exercise
        assert movement.name == words.exercise(exercise)


def test_nobody_has_reviewed_it_yet() -> None:
    assert (REAL.reviewed_by, REAL.reviewed_on) == (None, None)


def test_whoever_reviews_it_signs_with_name_and_day() -> None:
    signed = with_change('by = ""\non = ""', 'by = "A. Person, physiotherapist"\non = "2026-03-01"')
    found = catalogue_from(signed)
    assert (found.reviewed_by, found.reviewed_on) == (
        "A. Person, physiotherapist",
        date(2026, 3, 1),
    )


def test_the_data_has_a_fingerprint_that_any_change_changes() -> None:
    assert catalogue_from(TEXT).sha256 == REAL.sha256
    assert catalogue_from(TEXT + "# more\n").sha256 != REAL.sha256


def test_where_the_sensor_sees_little_the_person_is_asked() -> None:
    of: dict[Counting, set[str]] = {one: set() for one in Counting}
    for exercise, movement in REAL.movements.items():
        of[movement.counting].add(exercise)
    assert of[Counting.ASK] == {"dead_bug", "side_lying_leg_raise"}
    assert of[Counting.MEDIUM] == {"bird_dog", "pelvic_tilt", "supine_spinal_twist"}


def test_who_lies_on_the_sensor() -> None:
    assert {one for one, movement in REAL.movements.items() if movement.lies_on_sensor} == {
        "dead_bug",
        "pelvic_tilt",
        "glute_bridge",
        "knees_to_chest",
        "supine_spinal_twist",
    }


def test_strength_needs_a_day_between_and_is_known_as_such() -> None:
    assert {one for one, movement in REAL.movements.items() if movement.kind is Kind.STRENGTH} == {
        "glute_bridge",
        "side_lying_leg_raise",
        "modified_deadlift",
    }


def test_who_spares_hands_knees_or_breath_finds_what_to_leave_out() -> None:
    needed: dict[Need, set[str]] = {need: set() for need in Need}
    for exercise, movement in REAL.movements.items():
        for need in movement.needs:
            needed[need].add(exercise)
    assert needed == {
        Need.ALL_FOURS: {"bird_dog", "cat_cow"},
        Need.ON_FOREARMS: {"forearm_plank"},
        Need.KNEELING: {"bird_dog", "cat_cow", "childs_pose", "forearm_plank"},
        Need.HEAD_DOWN: {"childs_pose"},
        Need.LONG_HOLD: {"wall_plank", "forearm_plank"},
    }


def test_a_repetition_takes_as_long_as_all_its_phases() -> None:
    bridge = REAL.movements["glute_bridge"]
    assert bridge.repetition_s == 2 + 2 + 3  # up, held, down
    held = {one for one, movement in REAL.movements.items() if movement.repetition_s is None}
    assert held == {
        "wall_plank",
        "forearm_plank",
        "childs_pose",
        "knees_to_chest",
        "seated_hamstring_stretch",
        "supine_spinal_twist",
    }


def test_sides_take_turns_where_nothing_is_said_in_between() -> None:
    two_sided = {
        exercise: "side" in movement.say
        for exercise, movement in REAL.movements.items()
        if REAL.ladder_of(exercise).rungs[0].dose.per_side
    }
    assert two_sided == {
        "dead_bug": False,
        "bird_dog": True,
        "side_lying_leg_raise": True,
        "seated_hamstring_stretch": True,
        "supine_spinal_twist": True,
    }


def test_the_words_are_kind_and_claim_nothing() -> None:
    said = []
    for movement in REAL.movements.values():
        said += [*movement.cues, *movement.sees, *movement.cannot_see, *movement.say.values()]
    for ladder in REAL.ladders.values():
        said += [f"{rung.form} {rung.load}" for rung in ladder.rungs]
    assert [one for one in said if NEVER.search(one)] == []


def test_sources_are_told_in_full() -> None:
    cited = {source for movement in REAL.movements.values() for source in movement.sources}
    assert len(cited) >= 5
    for source in cited:
        assert re.search(r", (19|20)\d\d, doi:10\.\d{4,}/\S+$", source), source


def test_a_movement_may_be_taken_out_of_the_data() -> None:
    without = without_movement(TEXT, "cat_cow")
    assert set(REAL.movements) - set(catalogue_from(without).movements) == {"cat_cow"}
    assert "cat_cow" not in catalogue_from(without).ladders


def test_sources_that_nobody_names_and_ladders_that_nobody_shares_are_no_mistake() -> None:
    alone = without_movement(TEXT, "forearm_plank").replace(
        'plank = ["wall_plank", "forearm_plank"]', ""
    )
    assert [rung.exercise for rung in catalogue_from(alone).ladders["wall_plank"].rungs].count(
        "wall_plank"
    ) == 16


ONE_FIELD = [
    ("kind", 'kind = "strength"'),
    ("needs", "needs = []"),
    ("counting", 'counting = "high"'),
    ("name", 'name = "Glute bridge"'),
    ("lies_on_sensor", "lies_on_sensor = true"),
    ("per_side", "per_side = false"),
    ("rest_s", "rest_s = 60"),
    ("start", "start = { sets = 2, repetitions = 8, hold_s = 2 }"),
    ("goal", "goal = { sets = 3, repetitions = 12, hold_s = 3 }"),
    ("tempo", "tempo = { out_s = 2, back_s = 3 }"),
    ("forms", 'forms = ["full height", "feet further away", "marching at the top", "one leg"]'),
    ("grade", 'grade = ["B", "C"]'),
    ("sources", 'sources = ["acsm_2009", "ekstrom_2007"]'),
]


@pytest.mark.parametrize(("name", "line"), ONE_FIELD, ids=[name for name, _ in ONE_FIELD])
def test_a_field_that_is_missing_is_named_with_its_movement(name: str, line: str) -> None:
    said = complaint(with_change(line + "\n", "", BRIDGE))
    assert said.startswith(f"movements.toml, movements, glute_bridge: {name} ")
    assert "write" in said or "needs" in said


SLIPS = [
    ("needs = []", 'needs = ["wings"]', "needs says 'wings'; write one of all_fours"),
    ("needs = []", 'needs = "kneeling"', "needs is no list of texts"),
    ('kind = "strength"', 'kind = "fun"', "kind says 'fun'; write one of strength"),
    ('counting = "high"', "counting = 1", "counting says 1; write one of high"),
    ("rest_s = 60", "rest_s = -1", "rest_s is -1; write a number from 0 to 300"),
    ("rest_s = 60", "rest_s = nan", "rest_s is nan"),
    ("rest_s = 60", "rest_s = true", "rest_s is no number"),
    ("rest_s = 60", 'rest_s = "60"', "rest_s is no number"),
    ("per_side = false", "per_side = 0", "per_side is neither true nor false"),
    ('name = "Glute bridge"', 'name = " "', "name is no text"),
    ("sets = 2, ", "sets = 2.5, ", "start: sets is 2.5; write a whole number"),
    ("sets = 2, ", "sets = 0, ", "start: sets is 0"),
    ("sets = 2, ", "sets = 2, laps = 3, ", "start: laps is not known here"),
    ("repetitions = 8, ", "repetitions = 80, ", "start: repetitions is 80"),
    ("sets = 3, ", "sets = 1, ", "goal: sets is 1, below the start; write at least 2"),
    ("repetitions = 12", "repetitions = 7", "goal: repetitions is 7, below the start"),
    ("hold_s = 3", "hold_s = 1", "goal: hold_s is 1, below the start"),
    (", hold_s = 3", "", "goal: hold_s is in one of start and goal only"),
    ("repetitions = 12, ", "", "goal: repetitions is in one of start and goal only"),
    ('"marching at the top"', '"full height"', "forms says 'full height' twice"),
    (
        '"marching at the top"',
        '"half height"',
        "forms says 'half height', which is among the easier",
    ),
    ('"marching at the top"', '""', "forms is no list of texts"),
    ('"marching at the top"', f'"{"m" * 61}"', "forms has 61 characters; say it in 60"),
    ("out_s = 2, ", "", "tempo: out_s is missing"),
    ("out_s = 2, ", "out_s = 0, ", "tempo: out_s is 0"),
    ("rest_s = 60", "rest_s = 60\nweight_kg = 3", "weight_kg is not known here"),
    ('grade = ["B", "C"]', 'grade = ["D"]', "grade says 'D'; write A, B, C"),
    ('"ekstrom_2007"]', '"nobody_1999"]', "sources names 'nobody_1999'; write it into [sources]"),
    ('end = "Rest.', 'ende = "Rest.', "say: end is missing"),
    ('good = "Good height."', 'good = "Good."\nside = "Now left."', "say: side is not known here"),
    ("start = { sets = 2, repetitions = 8, hold_s = 2 }", "start = 8", "start is no table"),
]


@pytest.mark.parametrize(("old", "new", "said"), SLIPS, ids=[said for *_, said in SLIPS])
def test_a_slip_is_named_with_its_movement(old: str, new: str, said: str) -> None:
    assert f"movements.toml, movements, glute_bridge{', ' if ': ' in said else ': '}{said}" in (
        complaint(with_change(old, new, BRIDGE))
    )


ELSEWHERE = [
    ("[movements.cat_cow]", "[movements.Cat-Cow]", "Cat-Cow is no name of an exercise"),
    ("[movements.cat_cow]", '[movements."cat/cow"]', "cat/cow is no name of an exercise"),
    ('"wall_plank", "f', '"wall_plunk", "f', "ladders: plank names 'wall_plunk'"),
    ("plank = [", "cat_cow = [", "ladders: cat_cow is the name of a movement"),
    ("plank = [", 'other = ["wall_plank"]\nplank = [', "'wall_plank', which is on another ladder"),
    ('["wall_plank", "forearm_plank"]', "[]", "ladders: plank is missing or empty"),
    ('forms = ["on the knees"', 'easier = ["x"]\nforms = ["on the knees"', "give its easier forms"),
    ("year = 2009", "year = 20009", "sources, acsm_2009: year is 20009"),
    ('identifier = "doi', 'doi = "doi', "sources, acsm_2009: identifier is missing"),
    ('by = ""', 'by = "A. Person"', "review: on is no date"),
    ('on = ""', 'on = "2026-03-01"', "review: by is empty"),
    ('by = ""\n', "", "review: by is missing"),
    ('by = ""\non = ""', 'by = "A. Person"\non = "first May"', "review: on is no date"),
    ("[review]", "[reviewed]", "movements.toml: review is missing; write a table"),
    ("[review]", "[more]\n[review]", "movements.toml: more is not known here"),
    ("[review]", "[review", "movements.toml is not TOML"),
    ("[movements.cat_cow]", "[movements.glute_bridge]", "movements.toml is not TOML"),
]


@pytest.mark.parametrize(("old", "new", "said"), ELSEWHERE, ids=[said for *_, said in ELSEWHERE])
def test_a_slip_outside_the_movements_is_named(old: str, new: str, said: str) -> None:
    assert said in complaint(with_change(old, new))


def test_a_file_that_is_not_toml_says_the_line() -> None:
    assert re.search(r"line 2\b", complaint("[review]\nby =\n"))


def test_no_movement_at_all_is_no_programme() -> None:
    begin = TEXT.index("[movements.pelvic_tilt]")
    assert "movements is missing" in complaint(TEXT[:begin])
    assert "movements has none" in complaint(TEXT[:begin] + "[movements]\n")


def test_a_grade_above_practice_needs_a_source() -> None:
    said = complaint(with_change('grade = ["C"]', 'grade = ["B"]', "[movements.cat_cow]"))
    assert "cat_cow: sources names none" in said


def test_its_errors_are_of_the_servers_family() -> None:
    assert issubclass(ProgrammeError, ServerError)
