// Plots of the tables beside them: each column is a line, each row a workout.

const STROKES = ["--axis-x", "--axis-y", "--axis-z"];
const DASHES = [[], [8, 4], [2, 4]];

export function colours(names) {
  const style = getComputedStyle(document.documentElement);
  return names.map((name) => style.getPropertyValue(name).trim());
}

export function axes(sides) {
  const [text, line] = colours(["--text", "--line"]);
  const look = { stroke: text, grid: { stroke: line, width: 0.5 }, ticks: { stroke: line } };
  return sides.map((side) => ({ ...look, ...side }));
}

// Draws again where light and dark change, and fits to the width.
export function keepDrawn(figure, draw, canvas = figure.querySelector(".canvas")) {
  let plot = null;
  const again = () => {
    plot?.destroy();
    if (canvas.isConnected) plot = draw(canvas, canvas.clientWidth);
  };
  figure.classList.add("drawn");
  again();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new ResizeObserver(() => plot.setSize({ width: canvas.clientWidth, height: plot.height })).observe(canvas);
  return () => plot;
}

function columns(table) {
  const rows = [...table.tBodies[0].rows];
  return [...table.tHead.rows[0].cells].map((_, column) =>
    rows.map((row) => ("value" in row.cells[column].dataset ? Number(row.cells[column].dataset.value) : null)));
}

function tablePlot(figure) {
  const table = figure.querySelector("table");
  const head = [...table.tHead.rows[0].cells].slice(1);
  const units = [...new Set(head.map((cell) => cell.dataset.axis))];
  keepDrawn(figure, (canvas, width) => {
    const strokes = colours(STROKES);
    return new uPlot({
      width,
      height: 240,
      tzDate: (at_s) => uPlot.tzDate(new Date(at_s * 1000), figure.dataset.zone),
      scales: {
        x: { range: () => [Number(figure.dataset.from), Number(figure.dataset.until)] },
        ...Object.fromEntries(units.map((unit) => [unit, { range: (_, low, high) => [0, unit === "ten" ? 10 : Math.max(1, high) * 1.1] }])),
      },
      axes: axes([{}, ...units.map((unit, n) => ({ scale: unit, side: n ? 1 : 3, grid: { show: n === 0 } }))]),
      series: [{}, ...head.map((cell, n) => ({ label: cell.textContent, scale: cell.dataset.axis, stroke: strokes[n], dash: DASHES[n], width: 2, spanGaps: true, points: { show: true, size: 8 } }))],
    }, columns(table), canvas);
  });
}

if (window.uPlot) document.querySelectorAll("figure.plot[data-zone]").forEach(tablePlot);
