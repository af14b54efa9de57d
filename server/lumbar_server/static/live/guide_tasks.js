// A prescription as the guide does it: tasks, what is said of them, and where to go on.

const REPETITION_S = 5; // chosen, where the data do not say how long one takes
const HELD_SHARE = 0.8; // of a hold's goal: it was one

// line: as the API tells it
export function taskOf(line) {
  const { dose } = line;
  const sides = dose.per_side ? 2 : 1;
  const say = line.say ?? {};
  return {
    exercise: line.exercise,
    name: line.name,
    form: [line.form, line.load].filter(Boolean).join(", "),
    sets: dose.sets,
    sides,
    isHold: dose.repetitions === null,
    goal: dose.repetitions ?? dose.hold_s, // of one side
    isAsked: line.counting === "ask",
    isSure: line.counting === "high", // else a set that seems short is asked about
    isLeftOut: line.choice === "skip",
    rest_s: line.rest_s,
    repetition_s: line.repetition_s ?? REPETITION_S,
    say,
    change: say.side ?? say.done ?? null, // null: the sides take turns
    cues: line.cues ?? [],
  };
}

// How many repetitions a set has, both sides together.
export function wholeOf(task) {
  return task.goal * task.sides;
}

export function doseWords({ sets, goal, isHold, sides }) {
  const each = sides === 2 ? " each side" : "";
  const times = sets === 1 ? "" : `${sets} sets of `;
  return `${times}${isHold ? `${goal} seconds` : `${goal}`}${isHold || sets > 1 ? "" : " times"}${each}`;
}

// What the voice says before a movement: its name, form, dose and how it begins.
export function introduction(task) {
  return sentences(task.name, task.form, doseWords(task), phrase(task, "start", ""));
}

// A phrase of the movement's own, else another.
export function phrase(task, name, otherwise) {
  const text = task.say[name];
  return text === undefined ? otherwise : text.replace("{s}", task.goal).replace("{n}", "");
}

export function sentences(...parts) {
  return parts
    .filter(Boolean)
    .map((text) => text.trim())
    .map((text) => text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : "."))
    .join(" ");
}

// Where to go on after a reload: {line, set, count}; by the blocks begun, and the session's sets.
export function resumeAt({ lines, blocks }, { started_utc, sets }) {
  const latest = blocks.toSorted((one, other) => one.id - other.id).at(-1);
  if (!latest) return { line: 0, set: 0, count: 0 };
  if (latest.ended_utc) return { line: latest.line + 1, set: 0, count: 0 };
  const task = taskOf(lines[latest.line]);
  const begun_s = (Date.parse(latest.begun_utc) - Date.parse(started_utc)) / 1000;
  const own = sets.filter((one) => one.exercise === task.exercise && !one.removed && one.end_s > begun_s);
  const holds = own.flatMap((one) => one.holds_s).filter((held_s) => held_s >= HELD_SHARE * task.goal);
  const done = task.isHold ? holds.length : own.reduce((sum, one) => sum + one.repetitions, 0);
  const whole = task.isHold ? task.sides : wholeOf(task);
  const set = Math.floor(done / whole);
  if (set >= task.sets) return { line: latest.line + 1, set: 0, count: 0 };
  return { line: latest.line, set, count: done % whole };
}
