// The signal of one repetition, with its edges and its peak.

import { colours } from "./plots.js";
import { drawAngles, drawSignal, fetchSignal } from "./signal_plots.js";

const figure = document.getElementById("why-plot");

function marks(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colours(["--text"])[0];
  ctx.lineWidth = 2 * devicePixelRatio;
  (figure.dataset.marks ?? "").split(" ").filter(Boolean).forEach((t_s, n) => {
    const x = plot.valToPos(Number(t_s), "x", true);
    ctx.setLineDash(n === 1 ? [] : [6, 4]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  });
  ctx.restore();
}

async function draw() {
  const [from_s, to_s] = [Number(figure.dataset.from), Number(figure.dataset.to)];
  const [signal, angles] = figure.querySelectorAll(".canvas");
  figure.classList.add("drawn");
  const found = await fetchSignal(figure.dataset.signal, from_s, to_s, Math.min(4000, Math.max(100, Math.round(signal.clientWidth * devicePixelRatio))));
  drawSignal(figure, signal, found, from_s, to_s, { draw: [marks] });
  drawAngles(figure, angles, found, from_s, to_s, { draw: [marks] });
}

if (window.uPlot) draw();
