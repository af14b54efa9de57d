// The one question after STOP in a guided session: what it was, and how much of it.

const SEE_ADVICE = ["sharp", "legs", "dizzy"]; // Today says what to do then

export class WhyStopped {
  // keep: (sessionId, {reason, discomfort}) -> whether it was kept
  constructor(dialog, keep) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.keep = keep;
    this.form.addEventListener("submit", (event) => this.submit(event));
    dialog.querySelector("[data-does=later]").addEventListener("click", () => this.leave(null));
  }

  open(sessionId) {
    this.sessionId = sessionId;
    this.form.reset();
    this.tell("");
    if (!this.dialog.open) this.dialog.showModal();
  }

  async submit(event) {
    event.preventDefault();
    const told = new FormData(this.form);
    const reason = told.get("reason");
    if (reason === null) {
      this.tell("Choose what it was, or leave it open with “Not now”.");
      return;
    }
    const discomfort = told.get("discomfort");
    const said = { reason, ...(discomfort === null ? {} : { discomfort: Number(discomfort) }) };
    if (await this.keep(this.sessionId, said)) this.leave(reason);
    else this.tell("This could not be saved. Try again.");
  }

  leave(reason) {
    this.dialog.close();
    location.assign(SEE_ADVICE.includes(reason) ? "/today" : `/sessions/${this.sessionId}`);
  }

  tell(text) {
    this.dialog.querySelector("[role=alert]").textContent = text;
  }
}
