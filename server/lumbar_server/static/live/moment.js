// What is to be shown at this moment: a plain value, made of what is known and nothing else.

import { CUES, EXERCISES, POSTURES, done } from "../words.js";

const REST_AFTER_S = 10; // chosen: nobody is so slow from one repetition to the next
const BAR_S = 60; // a bar that shows time is full after a minute, and begins again
const EMPTY = "\u00a0"; // keeps its place

// seen: {state, link, hold_s, sinceSet_s, isPaused, goal, restFor_s}
export function momentOf(seen) {
  const phase = phaseOf(seen);
  const isLost = seen.link === "lost" && Boolean(seen.state) && !seen.state.ended;
  const face = FACES[phase](seen);
  return { phase, isLost, exercise: seen.state?.exercise ?? null, ...face, cue: cueOf(seen, phase, isLost) };
}

function phaseOf({ state, hold_s, sinceSet_s, isPaused, restFor_s }) {
  if (!state) return "waiting";
  if (!state.analysed) return "recording";
  if (state.ended) return "ended";
  if (isPaused) return "paused";
  if (hold_s !== null) return "hold";
  const mayGoOn = sinceSet_s === null || sinceSet_s <= REST_AFTER_S;
  if (state.exercise && state.repetitions > 0 && mayGoOn) return "count";
  return sinceSet_s !== null && sinceSet_s < restFor_s ? "rest" : "ready";
}

const FACES = {
  waiting: () => ({ title: "Waiting for a sensor", set: "", number: EMPTY, unit: EMPTY, share: 0 }),
  recording: () => ({ title: "Recording only", set: "", number: EMPTY, unit: EMPTY, share: 0 }),
  ready: (seen) => ({ title: POSTURES[seen.state.posture] ?? "Ready", set: "", number: EMPTY, unit: lastSet(seen.state), share: 0 }),
  ended: (seen) => ({ title: "Well done", set: "", number: EMPTY, unit: lastSet(seen.state), share: 1 }),
  paused: (seen) => ({ title: "Paused", set: "", number: EMPTY, unit: lastSet(seen.state), share: 0 }),
  rest: ({ state, sinceSet_s, restFor_s }) => ({
    title: "Rest",
    set: "",
    number: String(Math.ceil(restFor_s - sinceSet_s)),
    unit: lastSet(state),
    share: 1 - sinceSet_s / restFor_s,
  }),
  hold: (seen) => counted(seen, Math.floor(seen.hold_s), seen.hold_s, "second"),
  count: (seen) => counted(seen, seen.state.repetitions, null, "repetition"),
};

function counted({ state, goal, sinceSet_s }, number, held_s, word) {
  const passed_s = held_s ?? setSeconds(state) + (sinceSet_s ?? 0);
  return {
    title: EXERCISES[state.exercise] ?? POSTURES[state.posture] ?? "Hold",
    set: state.set_number ? `set ${state.set_number}` : "",
    number: String(number),
    unit: goal ? `of ${goal} ${word}s` : `${word}${number === 1 ? "" : "s"}`,
    share: goal ? Math.min(1, (held_s ?? number) / goal) : (passed_s % BAR_S) / BAR_S,
    count: number,
    goal,
  };
}

function setSeconds(state) {
  const set = state.sets?.at(-1);
  return set && !set.closed ? set.duration_s : 0;
}

function lastSet(state) {
  const last = state.sets?.at(-1);
  return last ? `last: ${EXERCISES[last.exercise] ?? last.exercise}, ${done(last.repetitions, last.holds_s)}` : EMPTY;
}

function cueOf({ state }, phase, isLost) {
  if (isLost) return { kind: "lost", shape: "", text: "No signal, keep going" };
  if (phase === "paused" || phase === "ended") return { kind: "none", shape: "", text: "" };
  if (state?.cue && CUES[state.cue]) {
    const [shape, text] = CUES[state.cue];
    return { kind: "change", shape, text };
  }
  if (phase === "hold" && state.exercise) return { kind: "good", shape: "✓", text: "GOOD" };
  return { kind: "none", shape: "", text: "" };
}
