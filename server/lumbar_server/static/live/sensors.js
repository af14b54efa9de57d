// What is known of each sensor at this moment, and which of them is shown.

import { seconds } from "../words.js";

const LOST_AFTER_MS = 3000; // without samples in the midst of a workout
const LATE_S = 5;
const OVER_AFTER_MS = 600_000; // without a word: nobody exercises there any more

export class Sensors {
  // wanted: null is the first that is heard, then whichever sends; isOurs: does the wearer wear it
  constructor(wanted, isOurs) {
    this.wanted = wanted;
    this.isOurs = (id) => id === wanted || isOurs(id);
    this.shown = wanted;
    this.of = new Map(); // sensor id -> {state, link, saved}
    this.heard_ms = performance.now(); // when samples of the shown sensor last came, or we began
    this.stateAt_ms = 0; // when the state of the shown sensor last came
    this.hold = null; // {start_ms} while one is held: it goes on without a signal
    this.onAdopted = () => {};
    this.onFound = () => {};
  }

  get one() {
    return this.shown === null ? undefined : this.of.get(this.shown);
  }

  takeState(message) {
    if (!this.isOurs(message.sensor)) return;
    this.find(message.sensor).state = message;
    if (this.shown === null) this.adopt(message.sensor);
    if (message.sensor !== this.shown) return;
    this.stateAt_ms = performance.now();
    if (message.hold_s == null) this.hold = null;
    else if (message.live || !this.hold) this.hold = { start_ms: performance.now() - 1000 * message.hold_s };
    // else what was missed is still being read: our own time goes on
  }

  // Tells whether the samples are of the sensor that is shown.
  takeSamples(message) {
    if (!this.isOurs(message.sensor)) return false;
    this.find(message.sensor);
    const other = message.sensor !== this.shown;
    if (this.shown === null || (this.wanted === null && other && this.isQuiet)) this.adopt(message.sensor);
    if (message.sensor !== this.shown) return false;
    this.heard_ms = performance.now();
    return true;
  }

  takeLink(message) {
    if (this.isOurs(message.sensor)) this.find(message.sensor).link = message;
  }

  takeSaved(message) {
    if (this.isOurs(message.sensor)) this.find(message.sensor).saved = message;
  }

  // Without any word for long the workout is over, whatever was said last.
  forgetOld() {
    const { one } = this;
    if (!one?.state || performance.now() - Math.max(this.heard_ms, this.stateAt_ms) < OVER_AFTER_MS) return;
    one.state = undefined;
    this.hold = null;
  }

  get isQuiet() {
    return performance.now() - this.heard_ms > LOST_AFTER_MS;
  }

  get hold_s() {
    return this.hold && (performance.now() - this.hold.start_ms) / 1000;
  }

  // Seconds since the latest repetition or hold; goes on between two messages.
  get sinceSet_s() {
    const told_s = this.one?.state?.since_set_s;
    return told_s == null ? null : told_s + (performance.now() - this.stateAt_ms) / 1000;
  }

  // The link as [kind, words]: waiting, connected or lost.
  link(serverIsThere) {
    if (!serverIsThere) return ["lost", "server away"];
    const sensor = this.one;
    if (!sensor) return ["waiting", "no sensor yet"];
    const said = sensor.link?.link;
    if (said === "connected" && !this.isQuiet) return ["connected", "sensor connected"];
    if (sensor.state?.ended) return ["waiting", "workout ended"];
    if (said === "gateway offline") return ["lost", "gateway offline"];
    if (said === "searching") return ["lost", "looking for the sensor"];
    if (!this.isQuiet) return ["connected", "sensor connected"];
    const late_s = Math.abs(sensor.state?.late_s ?? 0);
    if (late_s > LATE_S) return ["lost", `signal ${seconds(late_s)} late: catching up, or a wrong clock`];
    return sensor.state ? ["lost", "no signal"] : ["waiting", "waiting for samples"];
  }

  find(id) {
    if (!this.of.has(id)) {
      this.of.set(id, {});
      this.onFound();
    }
    return this.of.get(id);
  }

  adopt(id) {
    if (this.shown === id) return;
    this.shown = id;
    this.hold = null;
    this.onAdopted();
  }
}
