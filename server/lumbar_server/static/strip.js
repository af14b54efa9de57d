// The last ten seconds of the signal. Sample indices are the time axis, so a gap shows as a gap.

const WINDOW_S = 10;
const RANGE_G = 1.6;
const DASHES = [[], [7, 4], [2, 4]];
const SLOW_MS = 500; // for those who asked for less motion: twice a second

export class Strip {
  constructor(canvas) {
    this.canvas = canvas;
    this.points = []; // [index, x, y, z] in g
    this.head = 0; // index at the right edge
    this.asked = false; // for a frame
    this.drawn_ms = 0;
    this.slow = matchMedia("(prefers-reduced-motion: reduce)");
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.readColours());
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.readColours();
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    this.colours = ["--axis-x", "--axis-y", "--axis-z"].map((name) => style.getPropertyValue(name));
    this.grid = style.getPropertyValue("--line");
  }

  resize() {
    const scale = devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * scale);
    this.canvas.height = Math.round(this.canvas.clientHeight * scale);
    this.draw();
  }

  clear() {
    this.points = [];
    this.head = 0;
  }

  add(message) {
    if (message.sampling_rate_hz !== this.rate_hz) this.clear();
    this.rate_hz = message.sampling_rate_hz;
    this.step = message.index_step;
    message.samples.forEach((row, i) => {
      const index = message.first_index + i * message.index_step;
      this.points.push([index, ...row.map((count) => count * message.g_per_step)]);
    });
    const newest = this.points.at(-1)[0];
    const oldest = newest - (WINDOW_S + 1) * this.rate_hz;
    const first = this.points.findIndex((point) => point[0] >= oldest);
    if (first > 0) this.points.splice(0, first);
    this.head = newest;
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame((ms) => this.frame(ms));
  }

  frame(ms) {
    this.asked = false;
    if (this.slow.matches && ms - this.drawn_ms < SLOW_MS) return;
    this.drawn_ms = ms;
    this.draw();
  }

  draw() {
    this.canvas.dataset.shown = this.head; // the newest sample on the screen
    const { width, height } = this.canvas;
    const pen = this.canvas.getContext("2d");
    const y = (g) => height * (0.5 - g / (2 * RANGE_G));
    pen.clearRect(0, 0, width, height);
    pen.lineWidth = 1;
    pen.setLineDash([]);
    pen.strokeStyle = this.grid;
    pen.globalAlpha = 0.5;
    for (const g of [-1, 0, 1]) {
      pen.beginPath();
      pen.moveTo(0, y(g));
      pen.lineTo(width, y(g));
      pen.stroke();
    }
    pen.globalAlpha = 1;
    pen.lineWidth = 2 * (devicePixelRatio || 1);
    pen.lineJoin = "round";
    for (let axis = 0; axis < 3; axis++) {
      pen.setLineDash(DASHES[axis].map((length) => length * (devicePixelRatio || 1)));
      pen.strokeStyle = this.colours[axis];
      pen.beginPath();
      let before = -Infinity;
      for (const point of this.points) {
        const x = width * (1 - (this.head - point[0]) / (WINDOW_S * this.rate_hz));
        if (point[0] - before > 1.5 * this.step) pen.moveTo(x, y(point[axis + 1]));
        else pen.lineTo(x, y(point[axis + 1]));
        before = point[0];
      }
      pen.stroke();
    }
  }
}
