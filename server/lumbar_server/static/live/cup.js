// A cup of water on the back, as people are taught to picture it: it tilts as the back does.

import { setText } from "./stage.js";

const SPILLS_AT_DEG = 8;
const DRY_BELOW_DEG = 6; // below, what tilted has been righted
const SHOWN_TIMES = 3; // 8 degrees would hardly be seen; the water reaches the rim at 24
const MOST_DEG = 40; // on the screen
const EASE_MS = 150;
const SLOW_MS = 500; // for those who asked for less motion: steps, twice a second
const SVG = "http://www.w3.org/2000/svg";
const INSIDE = "M-46 -50 L-34 55 L34 55 L46 -50 Z";

export class Cup {
  constructor(root) {
    this.root = root;
    this.picture = root.querySelector(".cup-picture");
    this.words = root.querySelector(".cup-words");
    this.tilted = draw(this.picture);
    this.slow = matchMedia("(prefers-reduced-motion: reduce)");
    this.target_deg = 0;
    this.shown_deg = 0;
    this.spills = 0;
    this.isSpilling = false;
    this.isRunning = false;
    this.drawn_ms = 0;
  }

  // level: {sagittal_deg, lateral_deg} of the latest state, null where nothing is kept level.
  show(level, isChosen) {
    const isShown = isChosen && level !== null;
    if (isShown && this.root.hidden) this.fill();
    this.root.hidden = !isShown;
    if (!isShown) return;
    this.target_deg = tiltOf(level);
    this.follow(Math.abs(this.target_deg));
    if (!this.isRunning) {
      this.isRunning = true;
      requestAnimationFrame((ms) => this.frame(ms));
    }
  }

  fill() {
    this.spills = 0;
    this.isSpilling = false;
    this.shown_deg = 0;
  }

  follow(size_deg) {
    if (!this.isSpilling && size_deg >= SPILLS_AT_DEG) this.spills += 1;
    this.isSpilling = size_deg >= (this.isSpilling ? DRY_BELOW_DEG : SPILLS_AT_DEG);
    this.root.dataset.spilt = this.isSpilling;
    this.root.dataset.side = this.target_deg > 0 ? "right" : "left";
    this.root.dataset.tilt = this.target_deg.toFixed(1);
    const spilt = this.spills === 1 ? "spilt once" : `spilt ${this.spills} times`;
    setText(this.words, this.spills ? spilt : "keep it level");
  }

  frame(ms) {
    const passed_ms = ms - this.drawn_ms;
    if (!this.slow.matches || passed_ms >= SLOW_MS) {
      const share = this.slow.matches ? 1 : 1 - Math.exp(-Math.min(passed_ms, 100) / EASE_MS);
      this.shown_deg += (this.target_deg - this.shown_deg) * share;
      this.drawn_ms = ms;
      this.draw();
    }
    this.isRunning = !this.root.hidden && Math.abs(this.target_deg - this.shown_deg) > 0.1;
    if (this.isRunning) requestAnimationFrame((next) => this.frame(next));
  }

  draw() {
    const turned_deg = Math.max(-MOST_DEG, Math.min(MOST_DEG, SHOWN_TIMES * this.shown_deg)).toFixed(1);
    this.tilted.setAttribute("transform", `rotate(${turned_deg} 0 62)`);
    this.tilted.querySelector(".water").setAttribute("transform", `rotate(${-turned_deg} 0 -30)`);
  }
}

// The larger of the two angles: from behind to the lower hip, from the side (head left) to the feet.
export function tiltOf({ sagittal_deg, lateral_deg }) {
  const forward_deg = -sagittal_deg;
  return Math.abs(lateral_deg) > Math.abs(forward_deg) ? lateral_deg : forward_deg;
}

function draw(picture) {
  const clip = make(make(picture, "defs"), "clipPath", { id: "cup-inside" });
  make(clip, "path", { d: INSIDE });
  const tilted = make(picture, "g");
  const inside = make(tilted, "g", { "clip-path": "url(#cup-inside)" });
  make(inside, "rect", { class: "water", x: -200, y: -30, width: 400, height: 240 });
  make(tilted, "path", { class: "glass", d: "M-46 -50 L-34 55 L34 55 L46 -50" });
  make(tilted, "path", { class: "back", d: "M-72 62 H72" });
  for (const [side, x] of [["left", -84], ["right", 84]]) {
    make(picture, "path", { class: `drop ${side}`, d: `M${x} -40 q-9 16 0 20 q9 -4 0 -20 Z` });
  }
  return tilted;
}

function make(parent, name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}
