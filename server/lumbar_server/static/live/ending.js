// After a guided session: how many where nobody could count, and how it felt. One question at a time.

import { wholeOf } from "./guide_tasks.js";

export class Ending {
  // keep: {note(id, fields), feel(felt), confirm(id, line, task, number)}, each tells whether kept
  constructor(dialog, keep) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.keep = keep;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.next();
    });
    this.form.addEventListener("click", (event) => {
      if (event.detail > 0 && event.target.matches("input[type=radio]")) this.next(); // tapped: that is the answer
    });
    dialog.querySelector("[data-does=later]").addEventListener("click", () => this.leave());
  }

  // asked: [{line, task, number, isConfirmed, seen}]; last: the name of the latest movement
  open(sessionId, asked, last) {
    this.sessionId = sessionId;
    this.asked = asked;
    this.form.reset();
    this.dialog.querySelector("#counts").replaceChildren(...asked.map(fieldOf));
    this.dialog.querySelector("#last-felt legend").textContent = `How was it? ${last}`;
    this.questions = [...this.form.querySelectorAll("fieldset")].filter((one) => one.id !== "asked-counts" || asked.length);
    this.at = 0;
    this.show();
    if (!this.dialog.open) this.dialog.showModal();
  }

  show() {
    for (const one of this.form.querySelectorAll("fieldset")) one.hidden = one !== this.questions[this.at];
    const isLast = this.at + 1 >= this.questions.length;
    this.form.querySelector("[data-does=next]").textContent = isLast ? "Done" : "Next";
    this.tell("");
  }

  async next() {
    if (this.isBusy) return;
    this.isBusy = true;
    const isKept = await this.answer(this.questions[this.at].id, new FormData(this.form));
    this.isBusy = false;
    if (!isKept) {
      this.tell("This could not be saved. Try again, or add it to the summary later.");
      return;
    }
    this.at += 1;
    if (this.at < this.questions.length) this.show();
    else this.leave();
  }

  async answer(question, told) {
    if (question === "asked-counts") return this.confirm(told);
    const [answer] = told.getAll(question);
    if (!answer) return true; // unanswered
    if (question === "last-felt") return this.keep.feel(answer);
    return this.keep.note(this.sessionId, { [question.replaceAll("-", "_")]: Number(answer) });
  }

  async confirm(told) {
    let isKept = true;
    for (const [n, { line, task }] of this.asked.entries()) {
      const number = told.get(`count-${n}`);
      if (told.get(`that-${n}`) === null || number === "") continue; // not confirmed
      isKept = (await this.keep.confirm(this.sessionId, line, task, Number(number))) && isKept;
    }
    return isKept;
  }

  leave() {
    this.dialog.close();
    location.assign(`/sessions/${this.sessionId}`);
  }

  tell(text) {
    this.dialog.querySelector("[role=alert]").textContent = text;
  }
}

// What is asked about at the end: what nobody could count, what was not seen, or perhaps not all of it.
export function askedOf(guide, howMany) {
  return guide.tasks
    .map((task, line) => ({ task, line, record: guide.records[line] }))
    .filter(({ task, line, record }) => {
      if ((record.isSkipped && !guide.setsOf(line)) || line >= guide.line) return false;
      return task.isAsked || record.sets.some((set) => isUnclear(task, set));
    })
    .map(({ task, line, record }) => {
      const seen = record.sets.reduce((sum, set) => sum + (task.isHold ? Math.round(set.held_s.reduce((a, b) => a + b, 0)) : set.count), 0);
      const suggested = task.isAsked && !task.isHold ? howMany.of(line, task, guide.setsOf(line)) : { number: "", isConfirmed: false };
      return { task, line, seen, ...suggested };
    });
}

function isUnclear(task, { how, count }) {
  if (how === "lost" || how === "unseen") return true;
  return !task.isSure && !task.isHold && count < wholeOf(task);
}

function fieldOf({ task, number, isConfirmed, seen }, n) {
  const row = document.createElement("div");
  const label = document.createElement("label");
  const planned = task.sets * (task.isHold ? task.goal * task.sides : wholeOf(task));
  label.textContent = `${task.name}, ${task.isHold ? "seconds in all" : "how many in all"}? (${planned} set out) `;
  const input = document.createElement("input");
  Object.assign(input, { type: "number", name: `count-${n}`, min: 0, max: 999, inputMode: "numeric", value: number });
  input.placeholder = task.isAsked ? "" : `seen ${seen}`;
  const that = document.createElement("label");
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: `that-${n}`, checked: isConfirmed });
  const words = document.createElement("span");
  words.textContent = "That many";
  that.append(box, words);
  that.className = "that";
  input.addEventListener("input", () => { box.checked = input.value !== ""; });
  label.append(input);
  row.append(label, that);
  return row;
}
