"""A line of a plan, for the tests of the stories."""

from lumbar.stories.line import Line

BRIDGE = Line(
    slot="glute_bridge",
    ladder="glute_bridge",
    rung=1,
    exercise="glute_bridge",
    name="Glute bridge",
    form="full height",
    load=None,
    sets=2,
    repetitions=8,
    hold_s=2.0,
    per_side=False,
    rest_s=60.0,
    repetition_s=7.0,
    counting="high",
    why="Two good sessions in a row: +1 repetition.",
    rule="rise",
    change="+1 repetition",
    choice=None,
    is_reduced=False,
)
