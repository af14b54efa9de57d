// The polite line for screen readers: the number itself changes too often to be read out.

const EVERY_MS = 3000;

export class StatusLine {
  constructor(element) {
    this.element = element;
    this.told_ms = -Infinity;
  }

  follow(moment) {
    const text = wordsOf(moment);
    const now_ms = performance.now();
    if (text === this.element.textContent || now_ms - this.told_ms < EVERY_MS) return;
    this.told_ms = now_ms;
    this.element.textContent = text;
  }
}

function wordsOf(moment) {
  if (moment.isLost) return "No signal, keep going";
  let text = moment.title;
  if (moment.phase === "hold") text += ", holding";
  if (moment.phase === "count") text += `, ${moment.number} ${moment.unit}`;
  if (moment.cue.kind === "change") text += `. ${moment.cue.text.toLowerCase()}`;
  return text;
}
