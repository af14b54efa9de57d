// The stage: what a moment looks like from two metres away.

export class Stage {
  constructor(root) {
    this.root = root;
    this.parts = Object.fromEntries(
      ["exercise", "set", "number", "unit", "cue", "cue-shape", "cue-text", "bar"].map((id) => [id, root.querySelector(`#${id}`)]),
    );
  }

  show(moment) {
    const { parts } = this;
    this.root.dataset.phase = moment.phase;
    setText(parts.exercise, moment.title);
    setText(parts.set, moment.set);
    setText(parts.number, moment.number);
    parts.number.classList.toggle("long", moment.number.length > 2);
    setText(parts.unit, moment.unit);
    parts.cue.dataset.kind = moment.cue.kind;
    setText(parts["cue-shape"], moment.cue.shape);
    setText(parts["cue-text"], moment.cue.text);
    parts.bar.firstElementChild.style.width = `${Math.round(100 * moment.share)}%`;
    const counts = moment.phase === "hold" || moment.phase === "count";
    document.title = counts ? `${moment.number} · ${moment.title} · Lumbar` : "Live · Lumbar";
  }
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
