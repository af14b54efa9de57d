// One voice: the more important goes first, never two at once, silence after a form cue.

const ORDER = ["safety", "sensor", "lead", "form", "count", "praise"]; // lead: what to do next
const FORM = ORDER.indexOf("form");
const SILENCE_MS = 6000; // after a form cue: time to do what it says
const STALE_MS = 1500; // what had to wait for so long is no longer news
const LEAD_STALE_MS = 15_000; // but who leads is waited for
const LONGEST_MS = 5000; // some browsers never say that an utterance is over
const CHARACTER_MS = 120; // slow speech has eight characters a second

export class Voice {
  constructor() {
    this.isOn = false; // until the wearer has tapped: browsers ask for that
    this.present = null; // {rank, utterance}
    this.waiting = null; // {rank, text, until_ms}
    this.quietUntil_ms = 0;
  }

  get isPossible() {
    return "speechSynthesis" in window;
  }

  // To be called from a tap or a key.
  turn(on) {
    this.isOn = on && this.isPossible;
    this.waiting = null;
    this.quietUntil_ms = 0;
    if (!this.isOn && this.isPossible) speechSynthesis.cancel();
  }

  say(kind, text) {
    const rank = ORDER.indexOf(kind);
    const now_ms = performance.now();
    if (!this.isOn || (rank >= FORM && now_ms < this.quietUntil_ms)) return;
    if (this.present && rank >= this.present.rank) {
      if (!this.waiting || rank <= this.waiting.rank) this.waiting = { rank, text, until_ms: now_ms + (kind === "lead" ? LEAD_STALE_MS : STALE_MS) };
      return;
    }
    if (this.present) this.interrupt();
    this.speak(rank, text);
  }

  speak(rank, text) {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = "en";
    const present = { rank, utterance };
    const over = () => this.over(present);
    utterance.onend = over;
    utterance.onerror = (event) => {
      if (event.error === "not-allowed") this.isOn = false; // the browser waits for a tap
      over();
    };
    setTimeout(() => this.giveUp(present), Math.max(LONGEST_MS, CHARACTER_MS * text.length));
    this.present = present;
    if (rank === FORM) this.quietUntil_ms = performance.now() + SILENCE_MS;
    speechSynthesis.speak(utterance);
  }

  // What is more important drops what waited, too: some browsers tell of the end within cancel().
  interrupt() {
    this.present = null;
    this.waiting = null;
    speechSynthesis.cancel();
  }

  giveUp(present) {
    if (this.present !== present) return;
    speechSynthesis.cancel();
    this.over(present);
  }

  over(finished) {
    if (this.present !== finished) return; // it was interrupted before
    this.present = null;
    const { waiting } = this;
    this.waiting = null;
    const now_ms = performance.now();
    if (!waiting || now_ms > waiting.until_ms || !this.isOn) return;
    if (waiting.rank < FORM || now_ms >= this.quietUntil_ms) this.speak(waiting.rank, waiting.text);
  }
}
