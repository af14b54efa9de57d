// The wearer's session by the HTTP API: one that somebody started, or what was found by itself.

const API = "/api/v1/sessions";

export class Session {
  constructor(wearerId, changed) {
    this.wearerId = wearerId;
    this.changed = changed;
    this.open = null; // as the API tells it
    this.trouble = "";
    this.isBusy = false;
    this.refresh();
  }

  get isPaused() {
    return this.open?.paused ?? false;
  }

  async refresh() {
    if (this.isBusy) return;
    const found = await this.ask("GET", `${API}?state=open&wearer_id=${this.wearerId}`);
    if (found && !this.isBusy) this.open = found.items[0] ?? null;
    this.changed();
  }

  async start() {
    return this.act(() => this.begin({}));
  }

  // What was found by itself becomes a session that was started with it.
  async pauseOrResume() {
    await this.act(async () => {
      if (!this.open) await this.begin({ started_utc: (await this.found())?.started_utc });
      if (!this.open) return;
      const now = await this.ask("POST", `${API}/${this.open.id}/${this.isPaused ? "resume" : "pause"}`);
      if (now) this.open = now;
    });
  }

  // Returns the session that is over now; what was found by itself ends with its last set.
  async stop() {
    let stopped = null;
    await this.act(async () => {
      stopped = this.open ? await this.ask("POST", `${API}/${this.open.id}/stop`) : await this.found();
      if (stopped) this.open = null;
    });
    return stopped;
  }

  async begin(fields) {
    const made = await this.ask("POST", API, { wearer_id: this.wearerId, ...fields });
    if (made) this.open = made;
  }

  // The wearer's latest session where nobody started it, else null.
  async found() {
    const newest = await this.ask("GET", `${API}?wearer_id=${this.wearerId}&limit=1`);
    const latest = newest?.items[0];
    return latest?.kind === "automatic" ? latest : null;
  }

  // Tells whether it was kept.
  async note(id, fields) {
    return (await this.ask("PATCH", `${API}/${id}`, fields)) !== null;
  }

  async put(id, what, said) {
    return (await this.ask("PUT", `${API}/${id}/${what}`, said)) !== null;
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
