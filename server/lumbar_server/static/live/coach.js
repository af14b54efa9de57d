// What is worth saying when one moment follows another. It says less as sessions go by.

const FIRST_WEEK = 3; // sessions, at three a week
const FIRST_MONTH = 12;
const REST_WARNING_S = 10;

// How often counts are spoken, and whether there is praise: feedback that fades is learnt from best.
export function talkAfter(earlierSessions) {
  if (earlierSessions < FIRST_WEEK) return { countEvery: 1, holdEvery_s: 10, praises: true };
  if (earlierSessions < FIRST_MONTH) return { countEvery: 5, holdEvery_s: 15, praises: false };
  return { countEvery: 10, holdEvery_s: 30, praises: false };
}

export class Coach {
  constructor(say, earlierSessions) {
    this.say = say;
    this.talk = talkAfter(earlierSessions);
    this.before = null;
  }

  follow(moment) {
    const before = this.before;
    this.before = moment;
    if (before === null || moment.phase === "paused") return;
    this.sensor(before, moment);
    if (moment.cue.kind === "change" && moment.cue.text !== before.cue.text) {
      this.say("form", moment.cue.text.toLowerCase());
    }
    if (moment.phase === "hold" || moment.phase === "count") this.count(before, moment);
    if (moment.phase === "rest") this.rest(before, moment);
  }

  sensor(before, moment) {
    if (moment.isLost && !before.isLost) this.say("sensor", "No signal, keep going");
    if (!moment.isLost && before.isLost) this.say("sensor", "Signal is back");
  }

  count(before, moment) {
    const { count, goal } = moment;
    const from = before.phase === moment.phase ? before.count : 0;
    if (count <= from) return;
    const isHold = moment.phase === "hold";
    const every = isHold ? this.talk.holdEvery_s : this.talk.countEvery;
    const reached = goal && count >= goal && from < goal;
    const halfway = goal && count >= goal / 2 && from < goal / 2 && goal >= 6;
    const words = isHold ? `${count} seconds` : String(count);
    if (reached) this.say("count", `${words}, that is your goal`);
    else if (Math.floor(count / every) > Math.floor(from / every)) this.say("count", words);
    else if (halfway) this.say("count", "Halfway");
  }

  rest(before, moment) {
    const left_s = Number(moment.number);
    if (before.phase !== "rest" && this.talk.praises) this.say("praise", "Well done. Rest.");
    if (before.phase === "rest" && left_s <= REST_WARNING_S && Number(before.number) > REST_WARNING_S) {
      this.say("count", "Ten seconds");
    }
  }
}
