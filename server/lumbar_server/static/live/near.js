// What is read with the phone in the hand: link, battery, what is saved, the sets.

import { EXERCISES, done, fillRow, percent, seconds } from "../words.js";
import { setText } from "./stage.js";

const SAVED_WITHIN_S = 5;
const $ = (id) => document.getElementById(id);

export function showNear(sensors, [link, linkText]) {
  const { one, shown } = sensors;
  setText($("link").querySelector(".text"), linkText);
  $("link").dataset.state = link;
  showBattery(one?.link?.battery_percent);
  showSaved(one?.saved);
  showQuarantine(one?.state);
  const isSimulated = shown?.startsWith("SIM-") ?? false;
  $("simulated").hidden = !isSimulated;
  if (isSimulated) setText($("simulated"), `Simulated sensor ${shown}: its samples are computed or come from a file, nobody wears it.`);
}

export function showSets({ sets = [], analysed }) {
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

export function fillChooser(sensors) {
  const ids = [...sensors.of.keys()].sort();
  $("chooser").hidden = ids.length < 2;
  $("sensor").replaceChildren(...ids.map((id) => new Option(id, id, false, id === sensors.shown)));
}

export function showAlarm(text) {
  $("alarm").hidden = !text;
  setText($("alarm"), text);
}

function showBattery(battery_percent) {
  $("battery").hidden = battery_percent == null;
  if (battery_percent == null) return;
  $("battery").querySelector(".fill").style.width = `${battery_percent}%`;
  setText($("battery").querySelector(".text"), `battery ${battery_percent} %`);
}

function showSaved(saved) {
  $("saved").hidden = !saved?.stream;
  if (!saved?.stream) return;
  const isWaiting = saved.waiting_s > SAVED_WITHIN_S;
  $("saved").dataset.state = isWaiting ? "waiting" : "saved";
  setText($("saved").querySelector(".text"), isWaiting ? `waiting to save, ${seconds(saved.waiting_s)}` : "saved");
}

function showQuarantine(state) {
  if (state?.quarantined) showAlarm(`${state.quarantined} messages contradict what is stored and were set aside: see api/v1/status.`);
}
