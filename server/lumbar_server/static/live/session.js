// The wearer's session by the HTTP API: one may be open, and may pause.

const AGAIN_MS = 15000; // a set may have begun one, another page may have stopped it
const API = "/api/v1/sessions";

export class Session {
  constructor(wearerId, changed) {
    this.wearerId = wearerId;
    this.changed = changed;
    this.open = null; // as the API tells it
    this.trouble = "";
    this.isBusy = false;
    this.refresh();
    setInterval(() => this.refresh(), AGAIN_MS);
  }

  get isPaused() {
    return this.open?.paused ?? false;
  }

  async refresh() {
    if (this.isBusy || document.visibilityState === "hidden") return;
    const found = await this.ask("GET", `${API}?state=open&wearer_id=${this.wearerId}`);
    if (found && !this.isBusy) this.open = found.items[0] ?? null;
    this.changed();
  }

  async start() {
    return this.act(async () => {
      const made = await this.ask("POST", API, { wearer_id: this.wearerId });
      if (made) this.open = made;
    });
  }

  async pauseOrResume() {
    const { open, isPaused } = this;
    if (!open) return;
    await this.act(async () => {
      const now = await this.ask("POST", `${API}/${open.id}/${isPaused ? "resume" : "pause"}`);
      if (now) this.open = now;
    });
  }

  // Returns the session that was stopped.
  async stop() {
    const { open } = this;
    if (!open) return null;
    let stopped = null;
    await this.act(async () => {
      stopped = await this.ask("POST", `${API}/${open.id}/stop`);
      if (stopped) this.open = null;
    });
    return stopped && open;
  }

  // Tells whether it was kept.
  async note(id, fields) {
    return (await this.ask("PATCH", `${API}/${id}`, fields)) !== null;
  }

  async correct(id, correction) {
    return (await this.ask("POST", `${API}/${id}/corrections`, correction)) !== null;
  }

  async act(action) {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await action();
    } finally {
      this.isBusy = false;
      this.changed();
    }
  }

  // Returns the answer, or null with the trouble told.
  async ask(method, path, body) {
    try {
      const options = { method, headers: { Accept: "application/json" } };
      if (method !== "GET") {
        options.headers["Content-Type"] = "application/json";
        options.body = JSON.stringify(body ?? {});
      }
      const answer = await fetch(path, options);
      const content = answer.status === 204 ? {} : await answer.json();
      this.trouble = answer.ok ? "" : content.detail ?? content.title ?? `The server said ${answer.status}.`;
      return answer.ok ? content : null;
    } catch {
      this.trouble = "The server cannot be reached: the session goes on, try again.";
      return null;
    }
  }
}
