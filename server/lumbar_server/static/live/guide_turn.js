// One set as it is done, with both its sides: counted, held, or paced where nobody can count.

import { phrase, sentences, wholeOf } from "./guide_tasks.js";

const LEAD_S = 3; // from "go" to the first repetition at the voice's pace
const CHANGE_S = 8; // from one side to the other
const NEW_HOLD_S = 1; // a hold that began so long after a moment is another one
const TAIL = 1.5; // of a repetition: what comes sooner belongs to the set before
const QUIET_S = 12; // without another repetition, at least: stopped
const QUIET = 2.5; // of a repetition, where that is longer
const LEFT_S = 8; // a hold that was left for so long is over
const REMIND_AFTER_S = 20;
const UNSEEN_HOLD_S = 15; // by then a hold is seen, else the guide keeps time
const UNSEEN_MOST_S = 60; // nothing seen for so long: no set
const OTHER_S = 6;
const HALFWAY_FROM_S = 20;
const LAST_S = 5;

export class Turn {
  // ahead: repetitions, or sides held, of this set before the page was opened
  constructor(task, t_s, ahead) {
    this.task = task;
    this.begun_s = t_s; // from here on it counts
    this.ahead = task.isHold ? 0 : ahead;
    this.count = 0; // repetitions, or those at the voice's pace
    this.side = task.isHold ? ahead : 0;
    this.held_s = [...Array(this.side).fill(task.goal), 0]; // the longest of each side
    this.holding_s = null; // right now
    this.paced_s = 0; // at the voice's pace
    this.isBlind = false; // it goes by the clock
    this.how = task.isAsked ? "paced" : "seen";
    this.other = null;
    this.lastWords = "";
  }

  // Whether the movement has begun; of what is asked about nobody knows.
  isSeen(guide, seen) {
    if (this.task.isAsked || guide.isLost) return false;
    if (!this.task.isHold) return guide.watch.repetitions(this.task.exercise) > 0;
    const from_s = holdFrom(guide, seen, this.task);
    return from_s !== null && from_s > this.begun_s + NEW_HOLD_S;
  }

  isTail(guide) {
    return !this.task.isHold && guide.t_s - this.begun_s < TAIL * this.task.repetition_s;
  }

  start(guide) {
    this.started_s = this.latest_s = this.sideFrom_s = guide.t_s;
    this.from_ms = guide.at_ms;
    this.others = new Map(guide.watch.now);
    if (this.task.isHold) this.sideFrom_s = this.begun_s;
  }

  // What is done in a pause does not count.
  forgive(guide) {
    this.ahead = this.count;
    guide.watch.begin(guide.state, guide.t_s);
    this.begun_s = this.sideFrom_s = this.latest_s = guide.t_s;
    if (guide.step === "do") this.started_s = guide.t_s - this.paced_s;
  }

  // Tells whether it is over.
  follow(guide, seen) {
    this.isBlind = false;
    if (guide.isLost && this.how === "seen") this.how = "lost";
    if (this.task.isAsked && !this.task.isHold) return this.pace(guide);
    this.lookForOthers(guide, seen);
    return this.task.isHold ? this.hold(guide, seen) : this.repeat(guide);
  }

  result(guide) {
    const { count, held_s, how, from_ms } = this;
    return { count: how === "paced" ? 0 : count, held_s, how, from_ms, to_ms: guide.at_ms };
  }

  repeat(guide) {
    const { task } = this;
    const before = this.count;
    this.count = this.ahead + guide.watch.repetitions(task.exercise);
    if (this.count > before) {
      this.latest_s = guide.t_s;
      this.tellCount(guide, before);
    }
    if (this.count >= wholeOf(task)) {
      this.lastWords = String(this.count);
      return true;
    }
    return guide.isLost ? this.byTheClock(guide) : this.isShort(guide);
  }

  tellCount(guide, before) {
    const { task, count } = this;
    if (count >= wholeOf(task)) return;
    const isChange = task.change && before < task.goal && count >= task.goal;
    if (isChange) {
      this.side = 1;
      guide.tell("lead", sentences(String(count), task.change));
    } else if (Math.floor(count / guide.talk.countEvery) > Math.floor(before / guide.talk.countEvery)) {
      guide.tell("count", String(this.numberOnSide));
    }
  }

  // What is counted on the screen: each side by itself where one follows the other.
  get numberOnSide() {
    return this.task.change && this.side === 1 ? this.count - this.task.goal : this.count;
  }

  get goalOnSide() {
    return this.task.change || this.task.isHold ? this.task.goal : wholeOf(this.task);
  }

  byTheClock(guide) {
    this.isBlind = true;
    const left_s = (wholeOf(this.task) - this.count) * this.task.repetition_s + LEAD_S;
    return guide.t_s - this.latest_s > left_s;
  }

  isShort(guide) {
    const { task } = this;
    const still_s = guide.t_s - this.latest_s;
    if (this.count > 0) {
      const isChanging = task.change && this.count === task.goal;
      return still_s > Math.max(QUIET_S, QUIET * task.repetition_s) + (isChanging ? CHANGE_S : 0);
    }
    if (still_s > REMIND_AFTER_S) this.remind(guide);
    if (still_s <= UNSEEN_MOST_S) return false;
    this.how = "unseen";
    return true;
  }

  remind(guide) {
    if (this.isReminded) return;
    this.isReminded = true;
    guide.tell("lead", `${this.task.name}, when you are ready.`);
  }

  hold(guide, seen) {
    const before_s = this.holding_s ?? 0;
    this.holding_s = this.heldNow(guide, seen);
    if (this.holding_s === null) return this.isLeft(guide) && this.sideOver(guide);
    if (!this.isBlind) this.latest_s = guide.t_s;
    this.held_s[this.side] = Math.max(this.held_s[this.side], this.holding_s);
    this.tellHold(guide, before_s);
    return this.holding_s >= this.task.goal && this.sideOver(guide);
  }

  // Seconds held on this side, null where it is not held.
  heldNow(guide, seen) {
    const from_s = this.task.isAsked ? null : holdFrom(guide, seen, this.task);
    if (from_s !== null && (!guide.isLost || this.held_s[this.side] > 0)) {
      const isNew = from_s > this.sideFrom_s + NEW_HOLD_S;
      // who stays in it from one set or side to the next holds anew all the same
      return Math.max(0, guide.t_s - (isNew ? from_s : Math.max(this.started_s, this.sideFrom_s) + LEAD_S));
    }
    if (this.held_s[this.side] > 0 && !this.isClocked) return null;
    return this.clocked(guide);
  }

  // Nothing is seen of it: at once without a signal, else when it should have been.
  clocked(guide) {
    const begun_s = Math.max(this.started_s, this.side ? this.sideFrom_s : 0);
    const isSudden = guide.isLost || this.task.isAsked;
    const after_s = isSudden ? LEAD_S : UNSEEN_HOLD_S;
    this.isBlind = true;
    if (!this.isClocked) {
      if (guide.t_s - begun_s < after_s) return null;
      this.isClocked = true;
      this.clockedFrom_s = guide.t_s;
      if (!isSudden) {
        this.how = "unseen";
        guide.tell("lead", "I cannot see it yet. I keep time.");
      }
    }
    return guide.t_s - this.clockedFrom_s;
  }

  isLeft(guide) {
    return this.held_s[this.side] > 0 && guide.t_s - this.latest_s > LEFT_S;
  }

  tellHold(guide, before_s) {
    const { task, holding_s } = this;
    const passes = (at_s) => before_s < at_s && holding_s >= at_s && holding_s < task.goal;
    if (task.goal >= 2 * LAST_S && passes(task.goal - LAST_S)) {
      guide.tell("lead", phrase(task, "last5", "Five, four, three, two, one."));
    } else if (task.goal >= HALFWAY_FROM_S && passes(task.goal / 2)) {
      guide.tell("count", phrase(task, "halfway", "Halfway. Keep breathing."));
    }
  }

  // Goes on with the other side; tells whether there is none.
  sideOver(guide) {
    this.holding_s = null;
    this.isClocked = false;
    if (this.side + 1 >= this.task.sides) return true;
    this.side += 1;
    this.held_s.push(0);
    this.sideFrom_s = this.latest_s = guide.t_s;
    guide.tell("lead", this.task.change ?? "Other side.");
    return false;
  }

  // At the voice's pace: it claims no count.
  pace(guide) {
    const { task } = this;
    const run = this.goalOnSide;
    const run_s = run * task.repetition_s;
    this.paced_s = guide.t_s - this.started_s;
    const passed_s = this.paced_s - LEAD_S;
    if (passed_s < 0) return false;
    const runs = task.change ? task.sides : 1;
    const at = Math.min(runs - 1, Math.floor(passed_s / (run_s + CHANGE_S)));
    const inRun_s = passed_s - at * (run_s + CHANGE_S);
    const number = inRun_s < run_s ? Math.floor(inRun_s / task.repetition_s) + 1 : 0;
    if (number === 0 && at + 1 >= runs) return true;
    if (number === 0 && this.count !== 0) guide.tell("lead", task.change);
    else if (number !== this.count) guide.tell("count", String(number));
    this.count = number;
    this.side = at;
    return false;
  }

  lookForOthers(guide, seen) {
    const { exercise } = this.task;
    this.other = null;
    if (guide.isLost || guide.t_s - this.latest_s < OTHER_S) return;
    for (const name of guide.watch.now.keys()) {
      if (name !== exercise && guide.watch.repetitions(name) - (this.others.get(name) ?? 0) >= 2) this.other = name;
    }
    const held = seen.state?.exercise;
    const isHeld = seen.hold_s !== null && seen.hold_s >= OTHER_S && guide.t_s - seen.hold_s > this.started_s;
    if (isHeld && held && held !== exercise) this.other = held;
  }
}

// When the hold that is open began, in the guide's time; null where it is none of this movement.
function holdFrom(guide, { state, hold_s }, task) {
  if (hold_s === null || hold_s === undefined || state?.exercise !== task.exercise) return null;
  return guide.t_s - hold_s;
}
