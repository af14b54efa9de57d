// Calibration led by voice: stand, bow three times, stand; then what the detector made of it.

import { Feed } from "./live/feed.js";
import { Voice } from "./live/voice.js";

const STEPS = [
  { name: "stand", lasts_s: 6, says: "Stand upright and still." },
  { name: "bow", lasts_s: 11, says: "Now bow slowly, three times." },
  { name: "check", lasts_s: 4, says: "Stand upright again." },
];
const TOO_CROOKED_DEG = 45; // chosen: then the arrow hardly points up

const steps = document.getElementById("steps");
const begin = document.getElementById("begin");
const told = document.getElementById("told");
const voice = new Voice();
let state = null;

new Feed(
  `/api/v1/live?sensor_id=${encodeURIComponent(steps.dataset.sensor)}`,
  { state: (message) => { state = message; } },
  () => {},
);

begin.addEventListener("click", async () => {
  begin.disabled = true;
  voice.turn(true);
  if (!state?.live) {
    tell("No samples from this sensor at the moment: see that it is connected, then begin again.");
  } else {
    for (const step of STEPS) await lead(step);
    tell(verdict(state?.calibration));
  }
  for (const item of steps.children) item.removeAttribute("aria-current");
  begin.disabled = false;
  begin.focus();
});

async function lead(step) {
  for (const item of steps.children) {
    if (item.dataset.step === step.name) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
  tell(step.says);
  await new Promise((resolve) => setTimeout(resolve, 1000 * step.lasts_s));
}

function verdict(found) {
  if (!found || found.source === "none") return "Not calibrated yet: stand still a little longer, then begin again.";
  if (found.source !== "bows") {
    return "Upright is known, but the bows were not seen: bow slowly and far enough, then begin again.";
  }
  if (found.tilt_deg > TOO_CROOKED_DEG) {
    return `Calibrated. The arrow is ${Math.round(found.tilt_deg)} degrees from up: is it upside down? It works all the same.`;
  }
  return `Calibrated. The arrow is ${Math.round(found.tilt_deg)} degrees from up. Looks good.`;
}

function tell(text) {
  told.textContent = text;
  voice.say("sensor", text);
}
