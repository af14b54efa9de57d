// The list of sessions, or one of them after the workout.

import { DEVIATIONS, EXERCISES, clock, done, fillRow, percent, seconds } from "./words.js";

const PAGE = 50;
const STATES = { receiving: "receiving", complete: "complete", complete_with_gaps: "complete, with gaps" };

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);

async function get(path) {
  const answer = await fetch(`api/v1/${path}`);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.detail);
  return content;
}

function table(head, rows) {
  fillRow($("table").tHead.rows[0], head, true);
  $("table").tBodies[0].replaceChildren(...rows);
  $("table").hidden = rows.length === 0;
}

const row = (cells) => fillRow(document.createElement("tr"), cells);
const local = (utc) => new Date(utc).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

async function showList() {
  const cursor = query.get("cursor");
  const page = await get(`sessions?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
  const sessions = page.items;
  const rows = sessions.map((session) => {
    const cells = row(["", session.wearer, session.ended_utc ? "done" : "running", session.coverage === null ? "–" : percent(session.coverage)]);
    const link = document.createElement("a");
    link.href = `sessions.html?id=${session.id}`;
    link.textContent = local(session.started_utc);
    cells.cells[0].append(link);
    return cells;
  });
  table(["Started", "Wearer", "State", "Received"], rows);
  $("status").textContent = sessions.length ? "" : "No session yet: start a workout, it appears here.";
  $("more").hidden = page.next === null;
  $("more").href = `sessions.html?cursor=${encodeURIComponent(page.next)}`;
}

async function showOne(id) {
  const session = await get(`sessions/${encodeURIComponent(id)}`);
  $("title").textContent = local(session.started_utc);
  $("simulated").hidden = !session.simulated;
  const part = session.parts[0];
  const facts = [
    ...session.parts.map((one) => `Sensor ${one.sensor_id}`),
    ...(part ? [STATES[part.state]] : []),
    ...(session.coverage === null ? [] : [`${percent(session.coverage)} received`]),
    ...session.parts.filter((one) => one.quarantined).map((one) => `${one.quarantined} messages set aside`),
    part?.analysis ? `Detector ${part.analysis.detector_version}` : "Recorded only: the rate does not suit the detector",
  ];
  $("facts").replaceChildren(...facts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  $("facts").hidden = false;
  table(["Exercise", "At", "Done", "Range", "Out of range", "Seen"], session.sets.filter((set) => !set.removed).map((set) => row([
    EXERCISES[set.exercise] ?? set.exercise,
    clock(set.start_s),
    done(set.repetitions, set.holds_s),
    range(set.detected?.repetitions ?? []),
    set.detected?.deviations.map((one) => `${DEVIATIONS[one.kind] ?? one.kind} ${Math.round(one.peak_deg)}°`).join(", ") || "–",
    set.detected ? percent(set.detected.coverage) : "–",
  ])));
  $("status").textContent = session.sets.length ? "" : "No sets were found in this session.";
}

function range(repetitions) {
  if (!repetitions.length) return "–";
  const ranges = repetitions.map((one) => one.range_deg);
  const [low, high] = [Math.min(...ranges), Math.max(...ranges)].map(Math.round);
  return low === high ? `${low}°` : `${low}–${high}°`;
}

const id = query.get("id");
(id ? showOne(id) : showList()).catch((error) => {
  $("status").textContent = error.message;
});
