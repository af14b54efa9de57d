// What nobody saw of a set: told by the server, or still going on as the session is stopped.

export class Unseen {
  constructor(choices) {
    this.choices = choices;
    this.lostSince_ms = null;
    this.during = null; // the exercise that the signal was lost in
  }

  follow(moment) {
    if (!moment.isLost) {
      this.lostSince_ms = null;
      return;
    }
    if (this.lostSince_ms !== null) return;
    this.lostSince_ms = performance.now();
    this.during = moment.phase === "hold" || moment.phase === "count" ? moment.exercise : null;
  }

  // Questions about what the server knows to be lost, without those that were answered.
  questions(state) {
    const told = (state?.unseen ?? []).map((hole) => about(state, hole.set, hole.lost_s, hole.start));
    return bySet(told).filter((one) => !this.choices.isAnswered(one.key));
  }

  // At the end also about the signal that has not come back.
  questionsAtEnd(state) {
    const found = this.questions(state);
    const latest = (state?.sets?.length ?? 0) - 1;
    if (this.lostSince_ms === null || !this.during || latest < 0) return found;
    if (state.sets[latest].exercise !== this.during) return found;
    const lost_s = (performance.now() - this.lostSince_ms) / 1000;
    return bySet([...found, about(state, latest, lost_s, "end")]);
  }
}

function about(state, index, lost_s, start) {
  const set = state.sets[index];
  const isHold = set.holds_s.length > 0;
  const seen = isHold ? Math.round(set.holds_s.reduce((sum, one) => sum + one, 0)) : set.repetitions;
  return { key: `${state.stream}-${start}`, set, stream: state.stream, exercise: set.exercise, lost_s, isHold, seen };
}

// One question a set, however many holes it has.
function bySet(questions) {
  const found = new Map();
  for (const one of questions) {
    const before = found.get(one.set);
    if (before) before.lost_s += one.lost_s;
    else found.set(one.set, one);
  }
  return [...found.values()];
}
