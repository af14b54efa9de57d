// The signal as a band from the least to the most of each axis, and the angles of gravity.

import { axes, colours, keepDrawn } from "./plots.js";

const AXES = ["up", "left", "back"];
const DASHES = [[], [8, 4], [2, 4]];

export async function fetchSignal(address, from_s, to_s, points) {
  const answer = await fetch(`${address}&from_s=${from_s}&to_s=${to_s}&points=${points}`);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.detail);
  return content;
}

const clock = (t_s) => `${t_s < 0 ? "−" : ""}${Math.floor(Math.abs(t_s) / 60)}:${(Math.abs(t_s) % 60).toFixed(t_s % 1 ? 1 : 0).padStart(t_s % 1 ? 4 : 2, "0")}`;
const timeAxis = { values: (_, ticks) => ticks.map(clock), space: 60 };

function options(width, height, from_s, to_s, unit, extra) {
  return {
    width,
    height,
    scales: { x: { time: false, range: () => [from_s, to_s] } },
    cursor: { sync: { key: "timeline" }, drag: { x: true, y: false, setScale: false } },
    axes: axes([timeAxis, { label: unit, size: 56, labelSize: 20 }]),
    ...extra,
  };
}

export function drawSignal(figure, canvas, signal, from_s, to_s, hooks) {
  keepDrawn(figure, () => {
    const strokes = colours(["--axis-x", "--axis-y", "--axis-z"]);
    const series = AXES.flatMap((name, n) => [
      { label: name, stroke: strokes[n], dash: DASHES[n], width: 1 },
      { label: `${name}, least`, stroke: strokes[n], dash: DASHES[n], width: 1 },
    ]);
    const bands = AXES.map((_, n) => ({ series: [2 * n + 1, 2 * n + 2], fill: `${strokes[n]}40` }));
    const columns = AXES.flatMap((name) => [signal[`${name}_high_g`], signal[`${name}_low_g`]]);
    const look = { series: [{ label: "At", value: (_, t_s) => (t_s === null ? "" : clock(t_s)) }, ...series], bands, hooks, legend: { show: false } };
    return new uPlot(options(canvas.clientWidth, 220, from_s, to_s, "g", look), [signal.t_s, ...columns], canvas);
  }, canvas);
}

export function drawAngles(figure, canvas, signal, from_s, to_s, hooks) {
  keepDrawn(figure, () => {
    const strokes = colours(["--axis-x", "--axis-y"]);
    const series = ["Forward", "To the right"].map((label, n) => ({ label, stroke: strokes[n], dash: DASHES[n], width: 2 }));
    const look = { series: [{ label: "At", value: (_, t_s) => (t_s === null ? "" : clock(t_s)) }, ...series], hooks };
    return new uPlot(options(canvas.clientWidth, 200, from_s, to_s, "°", look), [signal.t_s, signal.sagittal_deg, signal.lateral_deg], canvas);
  }, canvas);
}

export function drawLanes(figure, canvas, tables, from_s, to_s, hooks) {
  const lanes = tables.map((table) => ({
    title: table.dataset.lane,
    blocks: [...table.tBodies[0].rows].map((row) => [Number(row.dataset.from), Number(row.dataset.to), row.cells[0].textContent]),
  }));
  keepDrawn(figure, () => {
    const [fill, text, ground] = colours(["--good", "--text", "--ground"]);
    const paint = (plot) => {
      const { ctx, bbox } = plot;
      const height = bbox.height / lanes.length;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      ctx.clip();
      ctx.font = `${12 * devicePixelRatio}px sans-serif`;
      ctx.textBaseline = "middle";
      ctx.textAlign = "left";
      lanes.forEach((lane, n) => {
        const top = bbox.top + n * height + height * 0.45;
        ctx.fillStyle = text;
        ctx.fillText(lane.title, bbox.left + 2, bbox.top + n * height + height * 0.25);
        lane.blocks.forEach(([start_s, end_s, title]) => {
          const left = plot.valToPos(start_s, "x", true);
          const width = Math.max(2, plot.valToPos(end_s, "x", true) - left);
          ctx.fillStyle = fill;
          ctx.fillRect(left, top, width, height * 0.5);
          ctx.strokeStyle = ground;
          ctx.strokeRect(left, top, width, height * 0.5);
          if (ctx.measureText(title).width + 8 < width) {
            ctx.fillStyle = ground;
            ctx.fillText(title, Math.max(left, bbox.left) + 4, top + height * 0.25);
          }
        });
      });
      ctx.restore();
    };
    const look = {
      series: [{}, {}],
      legend: { show: false },
      scales: { x: { time: false, range: () => [from_s, to_s] }, y: { range: [0, 1] } },
      axes: axes([timeAxis, { label: " ", labelSize: 20, size: 56, values: () => [], grid: { show: false }, ticks: { show: false } }]),
      hooks: { ...hooks, draw: [paint] },
    };
    return new uPlot(options(canvas.clientWidth, 40 + 44 * lanes.length, from_s, to_s, "", look), [[from_s, to_s], [null, null]], canvas);
  }, canvas);
}
