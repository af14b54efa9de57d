// Leads through a prescription: a machine that knows neither page nor clock. It is told what is
// seen, and tells what to show, what to say, and which blocks begin and end.

import { CUES, EXERCISES } from "../words.js";
import { faceOf } from "./guide_face.js";
import { introduction, phrase, sentences, taskOf } from "./guide_tasks.js";
import { Turn } from "./guide_turn.js";
import { Watch } from "./guide_watch.js";

const FIRST_READY_S = 20; // chosen: time to put the phone down and get to the floor
const READY_S = 12; // chosen: from one position to another, after a rest
const MOST_REST_BETWEEN_S = 30; // chosen: the way to the next position is a rest, too
const WARNING_S = 10;
const LINGERS_S = 5; // chosen: nobody stops with the voice that tells to, so the block lasts a little longer
const START = { line: 0, set: 0, count: 0 };

export class Guide {
  // lines: of the prescription; at: where to go on; talk: see talkAfter()
  constructor(lines, at = START, talk = { countEvery: 1, praises: true }) {
    this.tasks = lines.map(taskOf);
    this.records = lines.map(() => ({ sets: [], felt: null, isSkipped: false, isOther: false, begun_ms: null, ended_ms: null }));
    this.talk = talk;
    this.t_s = 0; // stands still in a pause
    this.at_ms = null;
    this.state = null;
    this.isLost = false;
    this.cue = null;
    this.words = [];
    this.acts = [];
    this.later = []; // acts that wait: {at_s, act}
    this.watch = new Watch();
    this.line = at.line;
    this.set = at.set;
    this.resumed = at;
    this.passLeftOut();
    if (this.task) this.getReady(FIRST_READY_S, at.count);
    else this.finish("");
  }

  get task() {
    return this.tasks[this.line];
  }

  get record() {
    return this.records[this.line];
  }

  get passed_s() {
    return this.t_s - this.since_s;
  }

  // seen: {now_ms, state, link, hold_s, isPaused}
  follow(seen) {
    const passed_s = this.at_ms === null ? 0 : (seen.now_ms - this.at_ms) / 1000;
    this.at_ms = seen.now_ms;
    this.state = seen.state ?? null;
    if (!seen.isPaused) this.t_s += passed_s;
    this.watch.take(this.state, this.t_s);
    if (seen.isPaused) this.turn.forgive(this);
    else if (this.step !== "end") this.go(seen);
    this.actLater(this.t_s);
    const told = { step: this.step, line: this.line, moment: faceOf(this, seen), say: this.words, acts: this.acts };
    this.words = [];
    this.acts = [];
    return told;
  }

  // Does what has waited until then.
  actLater(t_s) {
    this.acts.push(...this.later.filter(({ at_s }) => at_s <= t_s).map(({ act }) => act));
    this.later = this.later.filter(({ at_s }) => at_s > t_s);
  }

  go(seen) {
    this.listen(seen);
    if (this.isBegun) this.record.begun_ms ??= this.at_ms;
    if (this.step === "ready") this.ready(seen);
    else if (this.step === "do") this.doIt(seen);
    else this.rest(seen);
  }

  listen({ link, state }) {
    const isLost = link !== "connected";
    if (isLost !== this.isLost) this.tell("sensor", isLost ? "No signal, keep going. I keep time." : "Signal is back.");
    this.isLost = isLost;
    const cue = this.step === "do" && !isLost ? (state?.cue ?? null) : null;
    if (cue && cue !== this.cue) this.tell("form", phrase(this.task, cue, CUES[cue]?.[1].toLowerCase() ?? cue));
    this.cue = cue;
  }

  // Getting into position. The block begins with it: from then on its exercise is expected.
  getReady(ready_s, ahead = 0) {
    this.enter("ready");
    this.ready_s = ready_s;
    if (this.turn === undefined || ahead) this.expect(ahead);
    this.begin();
    this.tell("lead", introduction(this.task));
  }

  begin() {
    this.isBegun = true;
    this.actLater(Infinity);
    this.acts.push({ begin: this.line });
  }

  // What is seen from now on counts towards the set that comes.
  expect(ahead = 0) {
    this.watch.begin(this.state, this.t_s);
    this.turn = new Turn(this.task, this.t_s, ahead);
  }

  ready(seen) {
    const isSeen = this.turn.isSeen(this, seen);
    if (isSeen || this.passed_s >= this.ready_s) this.start(isSeen);
  }

  start(isUnderway) {
    this.enter("do");
    this.turn.start(this);
    if (!isUnderway) this.tell("lead", "Go.");
  }

  doIt(seen) {
    const isOver = this.turn.follow(this, seen);
    if (this.turn.other && !this.record.isOther) this.notice(this.turn.other);
    if (isOver) this.setOver();
  }

  notice(exercise) {
    this.record.isOther = true;
    const looks = exercise === "unknown" ? "another exercise" : (EXERCISES[exercise] ?? exercise).toLowerCase();
    this.tell("lead", `That looks like ${looks}. ${this.task.name} is next when you are ready.`);
  }

  setOver() {
    const { task, turn } = this;
    this.record.sets.push(turn.result(this));
    const end = phrase(task, "end", "");
    this.set += 1;
    if (this.set >= task.sets) {
      this.lineOver(sentences(turn.lastWords, end));
      return;
    }
    this.tell("lead", sentences(turn.lastWords, end || "Rest"));
    this.restFor(task.rest_s, false);
  }

  // A line and its block are over; the next line follows after a rest.
  lineOver(words) {
    const { rest_s } = this.task;
    this.latestLine = this.line;
    if (this.isBegun) this.lingering({ end: this.line, felt: this.record.felt });
    this.record.ended_ms = this.at_ms;
    this.isBegun = false;
    this.line += 1;
    this.set = 0;
    this.passLeftOut();
    if (!this.task) {
      this.finish(words);
      return;
    }
    this.tell("lead", sentences(words, words.includes("Rest") ? "" : "Rest", `Next: ${this.task.name}`));
    this.restFor(Math.min(rest_s, MOST_REST_BETWEEN_S), true);
  }

  // How many sets of a line were done; of those before a reload as many as were set out.
  setsOf(line) {
    const { sets, isSkipped } = this.records[line];
    if (line < this.resumed.line) return isSkipped ? 0 : this.tasks[line].sets;
    return sets.length + (line === this.resumed.line ? this.resumed.set : 0);
  }

  // What somebody chose to do without before the start.
  passLeftOut() {
    while (this.task?.isLeftOut) {
      this.record.isSkipped = true;
      this.line += 1;
    }
  }

  finish(words) {
    this.enter("end");
    this.isBegun = false;
    this.tell("lead", sentences(words, "That was all", "Well done"));
    this.lingering({ over: true });
  }

  lingering(act) {
    this.later.push({ at_s: this.t_s + LINGERS_S, act });
  }

  restFor(rest_s, isBetween) {
    this.enter("rest");
    this.rest_s = rest_s;
    this.isBetween = isBetween; // two lines, not two sets
    this.isWarned = rest_s <= WARNING_S;
    this.expect();
  }

  rest(seen) {
    const isEarly = this.turn.isSeen(this, seen);
    const left_s = this.rest_s - this.passed_s;
    if (isEarly && !this.isBetween && this.turn.isTail(this)) this.keepTail();
    else if (isEarly) this.startEarly();
    else if (left_s <= 0) this.restOver();
    else if (left_s <= WARNING_S && !this.isWarned) {
      this.isWarned = true;
      this.tell("lead", this.isBetween ? `Ten seconds. Then ${this.task.name}.` : "Ten seconds.");
    }
  }

  // One more of the set before, not yet the first of the next one.
  keepTail() {
    this.record.sets.at(-1).count += this.watch.repetitions(this.task.exercise);
    this.expect();
  }

  startEarly() {
    if (!this.isBegun) {
      this.begin();
      this.tell("lead", `${this.task.name}.`);
    }
    this.start(true);
  }

  restOver() {
    if (this.isBetween) this.getReady(READY_S);
    else this.start(false);
  }

  enter(step) {
    this.step = step;
    this.since_s = this.t_s;
  }

  // "Same", "a bit more" or "too much", of what was just done; too much ends the line.
  feel(felt) {
    const line = this.feltLine;
    if (line === null) return;
    this.records[line].felt = felt;
    if (this.isBetween) this.tellFelt(line, felt);
    else if (felt === "too_much") this.lineOver("That is enough of it");
  }

  tellFelt(line, felt) {
    const waiting = this.later.find(({ act }) => act.end === line);
    if (waiting) waiting.act.felt = felt;
    else this.acts.push({ end: line, felt });
  }

  // The line that a feeling is about, null where nothing was just done.
  get feltLine() {
    if (this.step !== "rest") return null;
    return this.isBetween ? this.latestLine : this.line;
  }

  // The line that is being done, or comes next, is left out.
  skip() {
    if (this.step === "end") return;
    this.record.isSkipped = true;
    if (!this.isBegun) this.begin();
    this.lineOver("Skipped");
  }

  // Ends it here: what was begun is over.
  stop() {
    this.actLater(Infinity);
    if (this.isBegun) this.acts.push({ end: this.line, felt: this.record.felt });
    this.isBegun = false;
    this.enter("end");
    this.words = [];
  }

  tell(kind, text) {
    this.words.push([kind, text]);
  }
}
