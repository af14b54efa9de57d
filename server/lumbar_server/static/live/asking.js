// What is asked afterwards: how the back feels, and how many there were that nobody saw.

import { EXERCISES, seconds } from "../words.js";

export class Asking {
  // keep: (sessionId, {comfort_after, note}, answers) -> whether all was kept
  constructor(dialog, keep) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.keep = keep;
    this.form.addEventListener("submit", (event) => this.submit(event));
    dialog.querySelector("[data-does=later]").addEventListener("click", () => dialog.close());
  }

  get isOpen() {
    return this.dialog.open;
  }

  // questions: [{key, exercise, lost_s, isHold, ...}]; `isEnd` asks for comfort, too.
  open(sessionId, questions, isEnd) {
    this.sessionId = sessionId;
    this.questions = questions;
    this.isEnd = isEnd;
    this.form.reset();
    this.dialog.querySelector("#comfort").hidden = !isEnd;
    this.dialog.querySelector("#note-field").hidden = !isEnd;
    this.dialog.querySelector("h2").textContent = isEnd ? "Stopped" : "Not seen";
    const link = this.dialog.querySelector("#summary-link");
    link.hidden = sessionId === null || !isEnd;
    if (sessionId !== null) link.href = `/sessions/${sessionId}`;
    this.dialog.querySelector("#unseen").replaceChildren(...questions.map(fieldOf));
    this.tell("");
    if (!this.dialog.open) this.dialog.showModal();
  }

  async submit(event) {
    event.preventDefault();
    const told = new FormData(this.form);
    const fields = {};
    if (told.get("comfort")) fields.comfort_after = Number(told.get("comfort"));
    if (told.get("note")) fields.note = told.get("note");
    const answers = this.questions
      .map((question, n) => ({ question, number: told.get(`unseen-${n}`) }))
      .filter(({ number }) => number !== "" && number !== null)
      .map(({ question, number }) => ({ question, number: Number(number) }));
    if (!(await this.keep(this.sessionId, fields, answers))) {
      this.tell("This could not be saved. Try again, or add it to the summary later.");
      return;
    }
    this.dialog.close();
    if (this.isEnd) location.assign(`/sessions/${this.sessionId}`);
  }

  tell(text) {
    this.dialog.querySelector("[role=alert]").textContent = text;
  }
}

function fieldOf(question, n) {
  const label = document.createElement("label");
  const name = EXERCISES[question.exercise] ?? "this exercise";
  const what = question.isHold ? "How many seconds did you hold in all?" : "How many did you do in all?";
  label.textContent = `${name}: ${seconds(question.lost_s)} were not seen. ${what} `;
  const input = document.createElement("input");
  Object.assign(input, { type: "number", name: `unseen-${n}`, min: 0, max: 999, inputMode: "numeric" });
  input.placeholder = `seen ${question.seen}`;
  label.append(input);
  return label;
}
