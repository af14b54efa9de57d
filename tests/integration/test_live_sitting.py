"""Long sitting, as the live page's modules see it in a real browser."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.system

_TEXT = "You have hardly moved for 45 minutes. A short walk or cat and cow?"
# Somebody whose sensor sends a batch every second, 25 samples a second.
_WEARER = """async () => {
    const { Sitting } = await import("/static/live/sitting.js");
    const { Reminder } = await import("/static/live/reminder.js");
    const { Voice } = await import("/static/live/voice.js");
    const { Choices } = await import("/static/live/choices.js");
    const sways = {
        sits: (t_s) => [0.01 * Math.sin(t_s), 0, 0],
        walks: (t_s) => [0.25 * Math.sin(11 * t_s), 0.1 * Math.sin(5.5 * t_s), 0],
        shifts: (t_s) => [0, 0, Math.floor(t_s / 5) % 2 ? 0.3 : 0],
    };
    const at = { t_s: 1000, stream: "a", index: 0 };
    window.at = at;
    window.messages = function* (does, seconds) {
        for (let second = 0; second < seconds; second++) {
            const samples = Array.from({ length: 25 }, (_, i) => {
                const [x, y, z] = sways[does](at.t_s + i / 25);
                return [2048 * (1 + x), 2048 * y, 2048 * z].map(Math.round);
            });
            const rate = { index_step: 4, sampling_rate_hz: 100, g_per_step: 1 / 2048 };
            yield { stream: at.stream, first_index: at.index, samples, ...rate };
            at.index += 100;
            at.t_s += 1;
        }
    };
    window.sitting = new Sitting(2700);
    window.wear = (does, seconds) => {
        let due = 0;
        for (const message of messages(does, seconds)) {
            sitting.add(message, at.t_s);
            due += sitting.isDue(at.t_s);
        }
        return due;
    };
    window.beAway = (seconds) => { at.t_s += seconds; at.index += 100 * seconds; };
    window.Reminder = Reminder;
    window.voice = new Voice();
    window.choices = new Choices();
}"""


@pytest.fixture
def page(empty_page: Page) -> Page:
    """Somebody who wears a sensor."""
    empty_page.evaluate(_WEARER)
    return empty_page


def times_due(page: Page, *story: str) -> list[int]:
    """Return how often it was due in each part of a story, such as ``sits 60`` in seconds."""
    return [
        page.evaluate("seconds => beAway(seconds) ?? 0", int(seconds))
        if does == "away"
        else page.evaluate("([does, seconds]) => wear(does, seconds)", [does, int(seconds)])
        for does, seconds in (part.split() for part in story)
    ]


def test_who_sits_still_is_told_after_the_time_and_not_before(page: Page) -> None:
    assert times_due(page, "sits 2690", "sits 20") == [0, 1]


def test_it_is_told_at_most_once_an_hour_however_long_it_goes_on(page: Page) -> None:
    assert times_due(page, "sits 2710", "sits 3580", "sits 30", "sits 3560") == [1, 0, 1, 0]


def test_a_short_walk_begins_it_anew_but_to_settle_in_the_chair_does_not(page: Page) -> None:
    assert times_due(page, "sits 2600", "walks 50", "sits 2600", "sits 110") == [0, 0, 0, 1]
    page.evaluate(_WEARER)
    assert times_due(page, "sits 2600", "shifts 20", "sits 100") == [0, 0, 1]


def test_what_a_short_gap_hides_is_neither_sat_nor_walked(page: Page) -> None:
    assert times_due(page, "sits 2650", "away 40", "sits 40", "sits 30") == [0, 0, 0, 1]


def test_after_a_long_gap_nobody_knows_and_it_begins_anew(page: Page) -> None:
    assert times_due(page, "sits 2650", "away 70", "sits 2690", "sits 20") == [0, 0, 0, 1]


def test_another_stream_without_a_silence_goes_on(page: Page) -> None:
    times_due(page, "sits 2650")
    page.evaluate("at.stream = 'b'; at.index = 0")
    assert times_due(page, "sits 70") == [1]


def test_nothing_is_claimed_while_the_signal_is_away(page: Page) -> None:
    page.evaluate("sitting.told_s = at.t_s")
    assert times_due(page, "sits 3500") == [0]
    assert page.evaluate("sitting.isDue(at.t_s + 200)") is False


def test_exercise_begins_it_anew_and_the_hour_stays(page: Page) -> None:
    assert times_due(page, "sits 2710") == [1]
    page.evaluate("sitting.begin()")
    assert times_due(page, "sits 2710", "sits 900") == [0, 1]


@pytest.mark.parametrize(
    ("wanted", "posture", "exercises", "shown"),
    [
        (True, "upright", False, _TEXT),
        (False, "upright", False, ""),
        (True, "supine", False, ""),
        (True, None, True, ""),
    ],
)
def test_only_who_wants_it_and_sits_reads_and_hears_it(
    page: Page, wanted: bool, posture: str | None, exercises: bool, shown: str
) -> None:
    told = page.evaluate(
        """([wanted, posture, exercises]) => {
            choices.now.reminder = wanted;
            voice.turn(true);
            const line = document.createElement("p");
            const reminder = new Reminder(line, document.createElement("input"), choices, voice);
            for (const message of messages("sits", 2710)) {
                reminder.add(message);
                reminder.follow(posture, exercises);
            }
            return [line.textContent, ...spoken];
        }""",
        [wanted, posture, exercises],
    )
    assert told == ([shown, shown] if shown else [""])


def test_it_is_off_until_it_is_chosen_in_the_near_view_and_the_device_remembers(
    page: Page, bare_server: str
) -> None:
    page.goto(bare_server)
    box = page.get_by_label("Remind me when I have hardly moved")
    expect(box).to_be_hidden()
    page.keyboard.press("v")
    expect(box).not_to_be_checked()
    box.check()
    page.reload()
    expect(box).to_be_checked()
    expect(page.locator("#reminder")).to_be_empty()
