// What a step of the guided session looks like from two metres away.

import { CUES } from "../words.js";
import { doseWords, wholeOf } from "./guide_tasks.js";

const EMPTY = "\u00a0"; // keeps its place
const NOTHING = { title: "", set: "", number: EMPTY, unit: EMPTY, share: 0, drawing: null, next: "" };

export function faceOf(guide, seen) {
  const isLost = guide.isLost && guide.step !== "end";
  const face = seen.isPaused ? { phase: "paused", title: "Paused" } : FACES[guide.step](guide);
  const exercise = guide.task?.exercise ?? null;
  return { ...NOTHING, exercise, isLost, cue: cueOf(guide, seen, isLost), ...face };
}

const FACES = {
  ready: ({ task, set, ready_s, passed_s }) => ({
    phase: "prepare",
    title: task.name,
    set: setWords(task, set),
    number: left(ready_s - passed_s),
    unit: task.form || "get ready",
    share: Math.min(1, passed_s / ready_s),
    drawing: task.exercise,
    next: doseWords(task),
  }),
  do: (guide) => (guide.task.isHold ? held(guide) : counted(guide)),
  rest: ({ task, set, isBetween, rest_s, passed_s }) => ({
    phase: "rest",
    title: "Rest",
    set: isBetween ? "" : setWords(task, set),
    number: left(rest_s - passed_s),
    unit: "seconds",
    share: Math.max(0, 1 - passed_s / rest_s),
    drawing: task.exercise,
    next: `next: ${isBetween ? `${task.name}, ${doseWords(task)}` : task.name}`,
  }),
  end: () => ({ phase: "ended", title: "Well done", share: 1 }),
};

function counted({ task, set, turn }) {
  const number = turn.numberOnSide;
  return {
    phase: "count",
    title: task.name,
    set: setWords(task, set),
    number: String(number),
    unit: `of ${turn.goalOnSide}${sideWords(task, turn)}${task.isAsked ? ", at this pace" : ""}`,
    share: Math.min(1, turn.count / (task.isAsked ? turn.goalOnSide : wholeOf(task))),
    count: turn.count,
    goal: wholeOf(task),
  };
}

function held({ task, set, turn }) {
  const held_s = turn.holding_s ?? 0;
  return {
    phase: "hold",
    title: task.name,
    set: setWords(task, set),
    number: String(Math.floor(held_s)),
    unit: `of ${task.goal} s${sideWords(task, turn)}`,
    share: Math.min(1, held_s / task.goal),
    count: Math.floor(held_s),
    goal: task.goal,
  };
}

function sideWords(task, turn) {
  if (task.sides < 2 || (!task.change && !task.isHold)) return "";
  return turn.side === 0 ? ", one side" : ", other side";
}

function setWords(task, set) {
  return `set ${set + 1}/${task.sets}`;
}

function left(left_s) {
  return String(Math.max(0, Math.ceil(left_s)));
}

function cueOf({ step, task, turn }, { state, isPaused }, isLost) {
  const none = { kind: "none", shape: "", text: "" };
  if (isPaused || step === "end") return none;
  if (isLost) return { kind: "lost", shape: "", text: "No signal, keep going" };
  if (step !== "do") return none;
  if (turn.other) return { kind: "change", shape: "?", text: "OTHER MOVE" };
  if (state?.cue && CUES[state.cue]) {
    const [shape, text] = CUES[state.cue];
    return { kind: "change", shape, text };
  }
  if (task.isHold && turn.holding_s !== null && !turn.isBlind) return { kind: "good", shape: "✓", text: "GOOD" };
  return none;
}
