// In the rest after a set that nobody could count: a number that is set out, until it is confirmed.

import { wholeOf } from "./guide_tasks.js";
import { setText } from "./stage.js";

export class HowMany {
  constructor(root) {
    this.root = root;
    this.begin();
  }

  begin() {
    this.said = new Map(); // "line set" -> number, confirmed
    this.about = null;
  }

  // guide: in a rest, else null
  show(guide) {
    const line = guide?.feltLine ?? null;
    const task = line === null ? null : guide.tasks[line];
    const isAsked = Boolean(task?.isAsked) && guide.records[line].sets.length > 0;
    this.root.hidden = !isAsked;
    this.about = isAsked ? { key: `${line} ${guide.records[line].sets.length - 1}`, planned: wholeOf(task) } : null;
    if (!isAsked) return;
    const number = this.said.get(this.about.key);
    const that = this.root.querySelector("[data-does=that]");
    setText(that, `${number ?? this.about.planned} done`);
    that.setAttribute("aria-pressed", String(number !== undefined));
  }

  // Confirms the number, or one more or less.
  change(by) {
    if (!this.about) return;
    const { key, planned } = this.about;
    this.said.set(key, Math.max(0, (this.said.get(key) ?? planned) + by));
  }

  // All sets of a line that were done: {number, isConfirmed}; what was not said is as set out.
  of(line, task, sets) {
    const numbers = Array.from({ length: sets }, (_, set) => this.said.get(`${line} ${set}`));
    const number = numbers.reduce((sum, one) => sum + (one ?? wholeOf(task)), 0);
    return { number, isConfirmed: numbers.every((one) => one !== undefined) };
  }
}
