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
  const before = query.get("before_id");
  const sessions = await get(`sessions?limit=${PAGE}${before ? `&before_id=${encodeURIComponent(before)}` : ""}`);
  const rows = sessions.map((session) => {
    const cells = row(["", session.sensor_id, STATES[session.state], percent(session.coverage)]);
    const link = document.createElement("a");
    link.href = `sessions.html?id=${session.id}`;
    link.textContent = local(session.started_utc);
    cells.cells[0].append(link);
    return cells;
  });
  table(["Started", "Sensor", "State", "Received"], rows);
  $("status").textContent = sessions.length ? "" : "No session yet: start a workout, it appears here.";
  $("more").hidden = sessions.length < PAGE;
  if (sessions.length) $("more").href = `sessions.html?before_id=${sessions.at(-1).id}`;
}

async function showOne(id) {
  const session = await get(`sessions/${encodeURIComponent(id)}`);
  $("title").textContent = local(session.started_utc);
  $("simulated").hidden = !session.simulated;
  const length_s = session.samples / session.sampling_rate_hz;
  const facts = [
    `Sensor ${session.sensor_id}`,
    `${seconds(length_s)} recorded`,
    STATES[session.state],
    `${percent(session.coverage)} received`,
    ...(session.quarantined ? [`${session.quarantined} messages set aside`] : []),
    session.analysis ? `Detector ${session.analysis.detector_version}` : "Recorded only: the rate does not suit the detector",
  ];
  $("facts").replaceChildren(...facts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  $("facts").hidden = false;
  table(["Exercise", "At", "Done", "Range", "Out of range", "Seen"], session.sets.map((set) => row([
    EXERCISES[set.exercise] ?? set.exercise,
    clock(set.start_s),
    done(set.repetitions.length, set.holds.map((hold) => hold.duration_s)),
    range(set.repetitions),
    set.deviations.map((one) => `${DEVIATIONS[one.kind] ?? one.kind} ${Math.round(one.peak_deg)}°`).join(", ") || "–",
    percent(set.coverage),
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
