// The live page: one stream of server-sent events, shown for someone two metres away.

import { Strip } from "./strip.js";
import { CUES, EXERCISES, POSTURES, done, fillRow, percent, seconds } from "./words.js";

const LOST_AFTER_MS = 3000; // without samples in the midst of a workout
const SPEAK_EVERY_MS = 3000;
const SAVED_WITHIN_S = 5;

const $ = (id) => document.getElementById(id);
const wanted = new URLSearchParams(location.search).get("sensor");
const strip = new Strip($("strip"));
const sensors = new Map(); // sensor id -> {state, link, saved}
let shown = wanted;
let heard_ms = 0; // when samples of the shown sensor last came
let hold = null; // {start_ms} while a hold runs
let serverThere = false;
let spoken = { text: "", at_ms: 0 };

function sensorOf(message) {
  if (!sensors.has(message.sensor)) {
    sensors.set(message.sensor, {});
    fillChooser();
  }
  return sensors.get(message.sensor);
}

function adopt(id) {
  if (shown === id) return;
  shown = id;
  hold = null;
  strip.clear();
  fillChooser();
}

const take = {
  state(message) {
    const sensor = sensorOf(message);
    sensor.state = message;
    if (shown === null) adopt(message.sensor);
    if (message.sensor !== shown) return;
    hold = message.hold_s == null ? null : { start_ms: performance.now() - 1000 * message.hold_s };
    showSets(message);
  },
  samples(message) {
    sensorOf(message);
    const quiet = performance.now() - heard_ms > LOST_AFTER_MS;
    if (shown === null || (wanted === null && message.sensor !== shown && quiet)) adopt(message.sensor);
    if (message.sensor !== shown) return;
    heard_ms = performance.now();
    strip.add(message);
  },
  link(message) {
    sensorOf(message).link = message;
  },
  saved(message) {
    sensorOf(message).saved = message;
  },
  broker(message) {
    $("alarm").hidden = message.connected;
    $("alarm").textContent = message.connected
      ? ""
      : "The server has lost its message broker. Samples are kept at the gateway.";
  },
};

function connect() {
  const query = wanted === null ? "" : `?sensor_id=${encodeURIComponent(wanted)}`;
  const source = new EventSource(`api/v1/live${query}`);
  source.onopen = () => { serverThere = true; };
  source.onerror = () => {
    serverThere = false;
    show();
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  };
  for (const [kind, handle] of Object.entries(take)) {
    source.addEventListener(kind, (event) => {
      handle(JSON.parse(event.data));
      if (kind !== "samples") show();
    });
  }
}

function linkState(sensor) {
  if (!serverThere) return ["lost", "server away"];
  if (!sensor) return ["waiting", "no sensor yet"];
  const said = sensor.link?.link;
  const quiet = performance.now() - heard_ms > LOST_AFTER_MS;
  if (said === "connected" && !quiet) return ["connected", "sensor connected"];
  if (sensor.state?.ended) return ["waiting", "workout ended"];
  if (said === "gateway offline") return ["lost", "gateway offline"];
  if (said === "searching") return ["lost", "looking for the sensor"];
  if (!quiet) return ["connected", "sensor connected"];
  const late_s = Math.abs(sensor.state?.late_s ?? 0);
  if (late_s > 5) return ["lost", `signal ${seconds(late_s)} late: catching up, or a wrong clock`];
  return sensor.state ? ["lost", "no signal"] : ["waiting", "waiting for samples"];
}

function show() {
  const sensor = shown === null ? undefined : sensors.get(shown);
  const state = sensor?.state;
  const [link, linkText] = linkState(sensor);
  const busy = Boolean(state && !state.ended && (state.exercise || hold));
  $("main").dataset.link = link;
  showStage(state, link, busy);
  setText($("link").querySelector(".text"), linkText);
  $("link").dataset.state = link;
  showBattery(sensor?.link?.battery_percent);
  showSaved(sensor?.saved);
  showQuarantine(state);
  const simulated = shown?.startsWith("SIM-") ?? false;
  $("simulated").hidden = !simulated;
  if (simulated) setText($("simulated"), `Simulated sensor ${shown}: its samples are computed or come from a file, nobody wears it.`);
  speak(state, link);
}

function showStage(state, link, busy) {
  const resting = state?.ended ? "Well done" : POSTURES[state?.posture] ?? "Ready";
  const name = EXERCISES[state?.exercise] ?? (state ? resting : "Waiting for a sensor");
  setText($("exercise"), state && !state.analysed ? "Recording only" : name);
  setText($("set"), busy && state.set_number ? `set ${state.set_number}` : "");
  const last = state?.sets?.at(-1);
  let number = "\u00a0"; // keeps its place
  let unit = " ";
  if (hold) {
    number = String(Math.floor((performance.now() - hold.start_ms) / 1000));
    unit = "seconds";
  } else if (busy) {
    number = String(state.repetitions);
    unit = state.repetitions === 1 ? "repetition" : "repetitions";
  } else if (last) {
    unit = `last: ${EXERCISES[last.exercise] ?? last.exercise}, ${done(last.repetitions, last.holds_s)}`;
  }
  setText($("number"), number);
  $("number").classList.toggle("long", number.length > 2);
  $("number").classList.toggle("idle", !busy && !hold);
  setText($("unit"), unit);
  showCue(state, link, busy);
  document.title = busy ? `${number} · ${name}` : "Lumbar live";
}

function showCue(state, link, busy) {
  let kind = "none";
  let shape = "";
  let text = "";
  if (link === "lost" && state && !state.ended) {
    [kind, text] = ["lost", "No signal, keep going"];
  } else if (state?.cue && CUES[state.cue]) {
    [shape, text] = CUES[state.cue];
    kind = "change";
  } else if (hold && busy) {
    [kind, shape, text] = ["good", "✓", "GOOD"];
  }
  $("cue").dataset.kind = kind;
  setText($("cue-shape"), shape);
  setText($("cue-text"), text);
}

function showBattery(percent) {
  $("battery").hidden = percent == null;
  if (percent == null) return;
  $("battery").querySelector(".fill").style.width = `${percent}%`;
  setText($("battery").querySelector(".text"), `battery ${percent} %`);
}

function showSaved(saved) {
  $("saved").hidden = !saved?.stream;
  if (!saved?.stream) return;
  const waiting = saved.waiting_s > SAVED_WITHIN_S;
  $("saved").dataset.state = waiting ? "waiting" : "saved";
  setText($("saved").querySelector(".text"), waiting ? `waiting to save, ${seconds(saved.waiting_s)}` : "saved");
}

function showQuarantine(state) {
  if (!state?.quarantined) return;
  $("alarm").hidden = false;
  setText($("alarm"), `${state.quarantined} messages contradict what is stored and were set aside: see api/v1/status.`);
}

function showSets({ sets = [], analysed }) {
  setText($("no-sets"), analysed ? "Sets appear here once they are done." : "Sets are not looked for at this sampling rate.");
  $("no-sets").hidden = sets.length > 0;
  $("sets").hidden = sets.length === 0;
  const rows = sets.map((set) => fillRow(document.createElement("tr"), [
    EXERCISES[set.exercise] ?? set.exercise,
    done(set.repetitions, set.holds_s) + (set.closed ? "" : "\u00a0…"),
    set.deviations ? `${set.deviations}\u00a0×` : "–",
    percent(set.coverage),
  ]));
  $("sets").tBodies[0].replaceChildren(...rows.reverse());
}

function fillChooser() {
  const ids = [...sensors.keys()].sort();
  $("chooser").hidden = ids.length < 2;
  $("sensor").replaceChildren(...ids.map((id) => new Option(id, id, false, id === shown)));
}

function speak(state, link) {
  const name = EXERCISES[state?.exercise];
  const cue = CUES[state?.cue]?.[1].toLowerCase();
  let text = name ? `${name}, ${hold ? "holding" : `${state.repetitions} ${state.repetitions === 1 ? "repetition" : "repetitions"}`}` : "";
  if (cue) text += `. ${cue}`;
  if (link === "lost" && state && !state.ended) text = "No signal, keep going";
  const now_ms = performance.now();
  if (text === spoken.text || now_ms - spoken.at_ms < SPEAK_EVERY_MS) return;
  spoken = { text, at_ms: now_ms };
  setText($("status"), text);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

async function keepAwake() {
  if (document.visibilityState === "visible") {
    await navigator.wakeLock?.request("screen").catch(() => {}); // only a convenience
  }
}

$("sensor").addEventListener("change", (event) => {
  location.search = `?sensor=${encodeURIComponent(event.target.value)}`;
});
document.addEventListener("visibilitychange", keepAwake);
keepAwake();
connect();
setInterval(show, 250);
