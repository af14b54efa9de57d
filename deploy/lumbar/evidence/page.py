"""The page: sections in order, each from the findings alone."""

from __future__ import annotations

from collections.abc import Callable

from lumbar.evidence import against_targets, comparison, recorded_tables, simulated_tables
from lumbar.evidence.findings import Absent, Findings
from lumbar.evidence.markdown import number, spoken, spread, table
from lumbar.scoring.observe import DEVIATION_FROM_DEG, STILL_UP_TO_DEG

CONFUSION_PNG, RELIABILITY_PNG = "evidence/confusion.png", "evidence/reliability.png"
SHA256_SHOWN = 12  # hex digits of the parameters' hash: enough to tell versions apart
NOT_MEASURED = "*Not measured in this run:*"

_LIMITS = """
* **One place on the body.** Arms, legs, knees, neck, shoulders, breath, muscle work and load are
  not seen. Which limb moves is not seen either.
* **Gravity has no compass.** Turning about the vertical, such as a standing twist, is invisible.
* **A back can be rounded with a level pelvis.** That would need a second unit at the chest. The
  sensor turns with the pelvis, which has about half of a full bend.
* **Sag and pelvic tuck** look alike in a plank, and a sag that the lumbar joints make turns L5 by
  2 to 15 degrees, depending on who sags.
* **Dead bug and bird dog done well hardly move L5** (1 to 5 degrees): the better the form, the
  less to count.
* **Lying face down and a plank** point the same way; only tremor, breath and the way into it
  differ.
* **Sitting and standing** have the same tilt.
* **Nobody real did these exercises.** No recording of a person doing a plank, bridge, dead bug,
  bird dog, pelvic tilt, cat-cow, child's pose, knees-to-chest, hamstring stretch or supine twist
  with a sensor at the lower back was available. Error rates on people are unknown, and a
  simulation cannot tell them.
* It never says that a form is correct, and nothing here is about health or pain.
""".strip()


def page(findings: Findings) -> str:
    """Return the page in Markdown."""
    sections = (_top(findings), *(section(findings) for section in _SECTIONS))
    return "\n\n".join(sections) + "\n"


def detector_line(version: str, parameters_sha256: str) -> str:
    """Return the line by which a page tells which detector it is about."""
    return f"Detector {version}, parameters `{parameters_sha256[:SHA256_SHOWN]}`"


def not_measured(text: str) -> set[str]:
    """Return the headings of a page under which nothing was measured."""
    parts = text.split("\n## ")[1:]
    return {part.splitlines()[0] for part in parts if NOT_MEASURED in part}


def measured(text: str) -> set[str]:
    """Return the headings of a page under which something was measured."""
    return {part.splitlines()[0] for part in text.split("\n## ")[1:]} - not_measured(text)


def _top(findings: Findings) -> str:
    detector = detector_line(findings.detector_version, findings.parameters_sha256)
    return f"""# Evidence

What the detector gets right, and what not. {detector}, seed {findings.seed}. `make evidence` wrote
this page from one run; nothing on it is entered by hand.

**Nearly all of it is *simulated*.** The last section but two is about recordings, none of which
has a person doing the exercises of the programme. An interval in brackets is a 95 % interval over
simulated bodies, *n* is how many things a figure was made from; a rate has a one-sided 95 % bound
(*at most*). A dash means that there was nothing to measure."""


def _chief(findings: Findings) -> str:
    score = findings.simulated.all
    missing = [spoken(name) for name in simulated_tables.never_named(score)]
    names = ", ".join(missing)
    never = (
        f"\n\n**This version never names** {names}. They score zero and are in every mean above."
        if missing
        else ""
    )
    return f"""## In short

{comparison.comparison(score.overall)}{never}

Those others had other sensors, other exercises and real people: a simulated figure beside a
measured one shows what to aim at, not who is ahead."""


def _targets(findings: Findings) -> str:
    return f"""## Against the targets

What is wanted of forearm plank, wall plank, glute bridge, cat-cow and modified deadlift, and of
what is around them. All *simulated*, in reporting families and with nothing prescribed, save where
a row says *recordings*; the rest of this page has the same figures for all thirteen.

{against_targets.against_targets(findings)}

A missed set is a wrong count, a missed plank a missed sag. Errors of times are those of matched
repetitions and holds in sets of the right name: only what was found has a time. A plank or a stay
on the front is called a plank where found planks cover half of it, or a found plank lies half in
it. A cue is heard with the notification that brings it; its onset is where the deviation has
reached 10 % of its own size. {against_targets.kinds_in_tuning()}
A foreign set that is passed over counts as surely none of ours, and so does a missed set of ours.
Inclination is gravity's direction below 1 Hz in the axes that the detector has found, forward from
the wearer's own standing, in sessions of one exercise after three bows with a belt that holds.

{against_targets.with_and_without_prior(findings)}

That streaming equals batch to the last bit over 10 000 random chunkings is measured by
`make bench ARGS=chunkings`, speed and memory by `make bench`. A run with a thousand hours of
everyday life is `make evidence ARGS="--everyday-hours 1000"`."""


def _method(findings: Findings) -> str:
    simulated = findings.simulated
    rows = [
        (factor, ", ".join(spoken(name) for name in names))
        for factor, names in simulated.families.items()
    ]
    score = simulated.all
    done = sum(one.recall.n for one in score.overall.recognition.classes.values())
    life = score.overall.false_alarms.everyday_sets
    families = table(("factor", "reporting families"), rows, left=2)
    return f"""## What was simulated

{score.bodies} simulated bodies did {done} sets in {score.traces} sessions of {score.hours:.1f}
hours altogether, {life.hours:.1f} of them everyday life that is no exercise. Everybody does the
whole back programme in one go, every exercise by itself, and foreign exercise. A body is a person
with a way of moving; each wears the sensor in another way, and every sensor is another specimen.

{families}

These families exist for this page alone; what is built and tuned uses other ones, with other
ranges of the same quantities, and mixing the two is refused. The simulator knows nothing of the
detector, and the detector nothing of it.

A found set is a true one where their intersection is at least half of their union. A repetition or
hold counts only in a set of the right name. A deviation is to be told from
{DEVIATION_FROM_DEG:.0f}° on; a still hold has none above {STILL_UP_TO_DEG:.0f}°. Everything is
found without any setting by hand; a trace is looked at again, once, where its sensor turns out to
be worn in front."""


def _exercises(findings: Findings) -> str:
    score = findings.simulated.all
    return f"""## By exercise

All *simulated*. A set that was missed or called another name counts as a wrong count. A repetition
with a gap of the trace in it is not asked for, and counts as one too many where it is reported.

{simulated_tables.recognition_by_exercise(score)}

In the picture, the row *none* has the found sets that match no true one: false alarms, and pieces
of a set that was cut.

![Which simulated sets were called what]({CONFUSION_PNG})"""


def _timing(findings: Findings) -> str:
    score = findings.simulated.all
    found = score.overall.recognition
    return f"""## Timing, range and count

All *simulated*. Found less true: the median and, in brackets, what 95 % of the errors stay within.
Only what was found has a time: read it with the table above. Of all rightly matched sets the start
is off by {spread(found.start_s)}, the end by {spread(found.end_s)} (*simulated*).

{simulated_tables.timing_by_exercise(score)}"""


def _factors(findings: Findings) -> str:
    return f"""## By factor

All *simulated*. Each row takes every trace of one family.

{simulated_tables.by_factor(findings.simulated.all)}"""


def _deviations(findings: Findings) -> str:
    return f"""## Deviations in exercise

{simulated_tables.deviations(findings.simulated.all.overall)}"""


def _false_sets(findings: Findings) -> str:
    figures = findings.simulated.all.overall
    return f"""## Where there was no exercise of ours

{simulated_tables.everyday(figures)}

{simulated_tables.foreign(figures)}"""


def _inclination(findings: Findings) -> str:
    targets = findings.simulated.targets
    return f"""## Inclination

{simulated_tables.inclination(targets.inclination, targets.inclination_by_hardware)}

What the detector has not learnt of an accelerometer's offset and gain is in it: 20 mg are 1.1° at
right angles to gravity."""


def _prior(findings: Findings) -> str:
    simulated = findings.simulated
    return f"""## With and without the prescribed exercise

Sessions of one exercise, analysed once without and once with what the wearer set out to do, and
foreign exercise and everyday life, where something was prescribed and not done. All *simulated*,
the same traces in both columns; workouts of many exercises are left out.

{simulated_tables.prior(simulated.unprompted, simulated.prescribed)}"""


def _confidence(findings: Findings) -> str:
    figures = findings.simulated.all.overall
    certainty = figures.confidence
    sets = number(certainty.sets.expected_calibration_error, ".3f")
    repetitions = number(certainty.repetitions.expected_calibration_error, ".3f")
    auroc = certainty.unknown_auroc
    return f"""## Confidence

Expected calibration error (*simulated*): {sets} of {certainty.sets.n} sets, {repetitions} of
{certainty.repetitions.n} repetitions. Foreign exercise is told from ours by confidence with an
area under the curve of {number(auroc.value, ".2f")} ({auroc.n_foreign} foreign sets of {auroc.n},
*simulated*).

![Confidence against the share that was right, simulated]({RELIABILITY_PNG})

What remains where unsure sets are passed over (*simulated*):

{simulated_tables.abstention(figures)}"""


def _live(findings: Findings) -> str:
    return f"""## While it happens

The same *simulated* traces, sample by sample as a sensor notifies them. What radio, gateway and
server add is not in it.

{simulated_tables.live(findings.simulated.all.overall)}"""


def _independent(findings: Findings) -> str:
    heading = "## Another body, in a physics engine"
    score = findings.independent_body
    if isinstance(score, Absent):
        return f"{heading}\n\n{NOT_MEASURED} {score.reason}"
    return f"""{heading}

Also *simulated*, by other code: a humanoid of a physics engine takes up the exercises by inverse
kinematics, with lengths, joints and contacts of its own. {score.bodies} bodies, {score.traces}
traces, {score.hours:.1f} hours. What it shares with the main simulation is the reading of the
literature on how far people move.

{comparison.own_figures(score.overall)}

{simulated_tables.recognition_by_exercise(score)}"""


def _recordings(findings: Findings) -> str:
    heading = "## Recordings"
    rows = findings.recordings
    if isinstance(rows, Absent):
        return f"{heading}\n\n{NOT_MEASURED} {rows.reason}"
    return f"""{heading}

Not simulated, save that the sensor of the motion-capture recordings is computed. Nobody in them
does an exercise of the programme with a sensor at the lower back, so they show postures, false
alarms and repetitions of *other* movements. Side-lying leg raises are ours, but there the sensor
was at the chest. Walking should be upright, sitting upright or leaning forward. An exercise that
is none of ours need not be counted.

{recorded_tables.by_place(rows)}

<details><summary>One by one</summary>

{recorded_tables.one_by_one(rows)}

</details>"""


def _limits(_findings: Findings) -> str:
    return f"## What one sensor at the lower back cannot see\n\n{_LIMITS}"


def _literature(_findings: Findings) -> str:
    return f"""## What it is compared with

Figures as their authors published them, with real people. Nobody has published these thirteen
exercises recognised and counted from one accelerometer at the lower back.

{comparison.studies()}"""


_SECTIONS: tuple[Callable[[Findings], str], ...] = (
    _chief,
    _targets,
    _method,
    _exercises,
    _timing,
    _factors,
    _deviations,
    _false_sets,
    _inclination,
    _prior,
    _confidence,
    _live,
    _independent,
    _recordings,
    _limits,
    _literature,
)
