// What the guide tells the server, in order: what fails is told again, and nobody waits for it.

const RETRY_MS = 3000;

export class Messages {
  constructor(sessionId, blocks = []) {
    this.path = `/api/v1/sessions/${sessionId}`;
    this.blockOf = new Map(blocks.map((one) => [one.line, one.id]));
    this.waiting = [];
    this.isBusy = false;
    this.sent = 0;
    this.mark = `${sessionId}-${Date.now()}-${Math.random()}`; // a plain address has no UUIDs
  }

  // act: {begin: line}, {end: line, felt} or {over: true}, as the guide gives them
  send(act) {
    this.sent += 1;
    this.waiting.push({ ...act, key: `${this.mark}-${this.sent}` });
    this.run();
  }

  async run() {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.waiting.length) {
      if (await this.tell(this.waiting[0])) this.waiting.shift();
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    this.isBusy = false;
  }

  // Whether it need not be told again.
  async tell(act) {
    if (act.over) return (await post(`${this.path}/stop`, {})).isTaken;
    if (act.begin !== undefined) {
      const { isTaken, content } = await post(`${this.path}/blocks`, { line: act.begin }, act.key);
      if (content) this.blockOf.set(act.begin, content.id);
      return isTaken;
    }
    const block = this.blockOf.get(act.end);
    if (block === undefined) return true; // its beginning was refused
    return (await post(`${this.path}/blocks/${block}/end`, act.felt ? { felt: act.felt } : {})).isTaken;
  }
}

// What the server refuses is not told again; what it could not hear is.
async function post(path, body, key) {
  try {
    const headers = { Accept: "application/json", "Content-Type": "application/json" };
    if (key) headers["Idempotency-Key"] = key;
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    return { isTaken: answer.status < 500, content: answer.ok ? await answer.json() : null };
  } catch {
    return { isTaken: false, content: null };
  }
}
