// Whether the wearer has hardly moved for long, by the samples that the page shows; no clock, no page.

const WINDOW_S = 10;
// How much the acceleration varies in a window, all axes together. Measured: sitting and standing
// still 0.005 to 0.025 g, walking with the sensor at the lower back mostly 0.09 to 0.5 g.
const MOVES_FROM_G = 0.08;
const LATEST = 6; // windows are looked at together
const ENOUGH = 3; // of them move: a short walk, and more than to settle in a chair
const UNKNOWN_AFTER_S = 60; // without samples: there may have been a walk in it
const AGAIN_AFTER_S = 3600;

export class Sitting {
  constructor(after_s) {
    this.after_s = after_s;
    this.told_s = -Infinity;
    this.next = null; // {stream, index} of the sample that goes on without a gap
    this.heard_s = -Infinity;
    this.begin();
  }

  // A message of samples as it came, now_s on any clock that goes on evenly.
  add(message, now_s) {
    const { stream, first_index, index_step, samples } = message;
    if (stream !== this.next?.stream || first_index !== this.next.index) {
      this.rows = []; // a window has no gap in it
      if (now_s - this.heard_s > UNKNOWN_AFTER_S) this.begin();
    }
    this.next = { stream, index: first_index + samples.length * index_step };
    this.heard_s = now_s;
    const size = Math.round((WINDOW_S * message.sampling_rate_hz) / index_step);
    for (const row of samples) {
      this.rows.push(row.map((count) => count * message.g_per_step));
      if (this.rows.length >= size) this.close();
    }
  }

  // They walked, exercised or lay down, or nobody knows what they did: it begins anew.
  begin() {
    this.still_s = 0;
    this.rows = [];
    this.latest = []; // whether they moved, window by window
  }

  get isLong() {
    return this.still_s >= this.after_s;
  }

  // True once when it is to be told, and not again within the hour; never without a signal.
  isDue(now_s) {
    const isHeard = now_s - this.heard_s <= UNKNOWN_AFTER_S;
    if (!this.isLong || !isHeard || now_s - this.told_s < AGAIN_AFTER_S) return false;
    this.told_s = now_s;
    return true;
  }

  close() {
    this.latest = [...this.latest, variationOf(this.rows) >= MOVES_FROM_G].slice(-LATEST);
    this.rows = [];
    this.still_s += WINDOW_S;
    if (this.latest.filter(Boolean).length >= ENOUGH) this.begin();
  }
}

function variationOf(rows) {
  let sum = 0;
  for (let axis = 0; axis < 3; axis++) {
    const mean = rows.reduce((total, row) => total + row[axis], 0) / rows.length;
    sum += rows.reduce((total, row) => total + (row[axis] - mean) ** 2, 0) / rows.length;
  }
  return Math.sqrt(sum);
}
