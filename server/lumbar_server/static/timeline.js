// The timeline's plots: dragging across one looks closer, as the links beside them do.

import { drawAngles, drawLanes, drawSignal, fetchSignal } from "./signal_plots.js";

let drawn = null;

function goTo(timeline, from_s, to_s) {
  const address = `${timeline.dataset.page}&from_s=${from_s.toFixed(2)}&to_s=${to_s.toFixed(2)}`;
  if (window.htmx) htmx.ajax("GET", address, { target: "#timeline", select: "#timeline", swap: "outerHTML", replace: "true" });
  else location.assign(address);
}

async function draw() {
  const timeline = document.getElementById("timeline");
  if (!timeline || timeline === drawn) return;
  drawn = timeline;
  const [from_s, to_s] = [Number(timeline.dataset.from), Number(timeline.dataset.to)];
  const figure = timeline.querySelector("figure");
  const [signal, angles, lanes] = figure.querySelectorAll(".canvas");
  const hooks = {
    setSelect: [(plot) => {
      if (plot.select.width > 5) goTo(timeline, plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"));
    }],
  };
  figure.classList.add("drawn");
  const points = Math.min(4000, Math.max(100, Math.round(signal.clientWidth * devicePixelRatio)));
  const found = await fetchSignal(timeline.dataset.signal, from_s, to_s, points);
  drawSignal(figure, signal, found, from_s, to_s, hooks);
  drawAngles(figure, angles, found, from_s, to_s, hooks);
  drawLanes(figure, lanes, [...timeline.querySelectorAll("table[data-lane]")], from_s, to_s, hooks);
}

if (window.uPlot) {
  draw();
  document.addEventListener("htmx:after:settle", draw);
}
