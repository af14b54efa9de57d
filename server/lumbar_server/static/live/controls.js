// Buttons and keys: start, pause, STOP, sound, near or far, and those of a guided session.

import { setText } from "./stage.js";

const KEYS = {
  " ": "pause", Escape: "stop", m: "mute", v: "view", n: "skip",
  1: "same", 2: "bit_more", 3: "too_much", "-": "fewer", "+": "more", "=": "more",
};

export class Controls {
  // does: a function for each button, such as {start, pause, stop, mute, view, cup}
  constructor(root, does) {
    this.root = root;
    for (const [name, act] of Object.entries(does)) {
      this.button(name).addEventListener("click", (event) => {
        if (event.detail > 0) event.currentTarget.blur(); // tapped: Space is to pause again
        act();
      });
    }
    document.addEventListener("keydown", (event) => this.key(event));
  }

  button(name) {
    return this.root.querySelector(`[data-does="${name}"]`);
  }

  key(event) {
    const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!name || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return; // Escape closes that
    const isOwn = event.target.closest("button, a, input, select, textarea, summary");
    if (event.key === " " && isOwn) return; // Space presses what has the focus
    if (isOwn?.matches("input, select, textarea") && name !== "stop") return; // being typed
    const button = this.button(name);
    if (button.closest("[hidden]") || button.disabled) return;
    event.preventDefault();
    button.click();
  }

  show({ isOpen, isPaused, isBusy, voice, view, hasCup }) {
    const focused = document.activeElement;
    this.button("start").hidden = isOpen;
    this.button("pause").hidden = !isOpen;
    this.button("stop").hidden = !isOpen;
    for (const name of ["start", "pause", "stop"]) this.button(name).disabled = isBusy && focused !== this.button(name);
    if (focused?.hidden && this.root.contains(focused)) this.button(isOpen ? "pause" : "start").focus();
    setText(this.button("pause"), isPaused ? "Go on" : "Pause");
    this.button("mute").hidden = !voice.isPossible;
    setText(this.button("mute"), voice.isOn ? "Sound off" : "Sound on");
    setText(this.button("view"), view === "near" ? "Far view" : "Near view");
    this.button("cup").setAttribute("aria-pressed", String(hasCup));
  }
}
