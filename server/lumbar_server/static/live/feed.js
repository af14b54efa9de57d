// The page's one stream of server-sent events; it comes back by itself.

const RETRY_MS = 3000;

export class Feed {
  // `take` has a function for each kind of message; `changed` is called after all but samples.
  constructor(address, take, changed) {
    this.address = address;
    this.take = take;
    this.changed = changed;
    this.isThere = false;
    this.connect();
  }

  connect() {
    const source = new EventSource(this.address);
    source.onopen = () => { this.isThere = true; };
    source.onerror = () => {
      this.isThere = false;
      this.changed();
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.connect(), RETRY_MS);
    };
    for (const [kind, handle] of Object.entries(this.take)) {
      source.addEventListener(kind, (event) => {
        handle(JSON.parse(event.data));
        if (kind !== "samples") this.changed();
      });
    }
  }
}
