// What the detector has counted since a moment, from states whose names may change afterwards.

export class Watch {
  constructor() {
    this.begin(null, 0);
  }

  // Count from now on; t_s: the guide's own time.
  begin(state, t_s) {
    this.carried = new Map(); // exercise -> repetitions, of streams that are over
    this.now = new Map(); // of this stream
    this.begun_s = t_s;
    this.enter(state);
  }

  enter(state) {
    this.stream = state?.stream ?? null;
    this.from_index = state?.end_index ?? 0;
    this.before = new Map((state?.sets ?? []).map((set) => [set.start, set.repetitions]));
  }

  take(state, t_s) {
    if (!state?.analysed) return;
    if (this.stream === null) this.enter(state);
    if (state.stream !== this.stream) {
      for (const [name, count] of this.now) this.carried.set(name, count + (this.carried.get(name) ?? 0));
      this.enter({ stream: state.stream });
    }
    this.now = new Map();
    for (const set of state.sets ?? []) {
      if (set.end > this.from_index) this.add(set.exercise, Math.max(0, set.repetitions - (this.before.get(set.start) ?? 0)));
    }
    if (this.isNewSet(state, t_s)) this.add(state.exercise, state.repetitions);
  }

  // The first repetition of a set is not yet one of the sets.
  isNewSet({ exercise, repetitions, sets = [], set_number, since_set_s }, t_s) {
    const isNone = exercise && repetitions > 0 && (set_number ?? 0) > sets.length;
    return isNone && (since_set_s ?? 0) < t_s - this.begun_s;
  }

  add(exercise, repetitions) {
    this.now.set(exercise, (this.now.get(exercise) ?? 0) + repetitions);
  }

  repetitions(exercise) {
    return (this.now.get(exercise) ?? 0) + (this.carried.get(exercise) ?? 0);
  }
}
