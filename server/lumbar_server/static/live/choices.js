// What the wearer chose on this device, remembered where the browser lets us.

const KEY = "lumbar.live";
const FIRST = { sound: null, view: "far", cup: false, reminder: false, restFor_s: 60, goals: {}, answered: [] };
const ANSWERED_KEPT = 50;

export class Choices {
  constructor() {
    this.now = { ...FIRST, ...read() };
  }

  set(name, value) {
    this.now[name] = value;
    write(this.now);
  }

  goalOf(exercise) {
    return this.now.goals[exercise] ?? null;
  }

  setGoal(exercise, goal) {
    const goals = { ...this.now.goals, [exercise]: goal };
    if (!goal) delete goals[exercise];
    this.set("goals", goals);
  }

  isAnswered(question) {
    return this.now.answered.includes(question);
  }

  setAnswered(question) {
    this.set("answered", [...this.now.answered, question].slice(-ANSWERED_KEPT));
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // a private window, or not ours
  }
}

function write(value) {
  try {
    localStorage.setItem(KEY, JSON.stringify(value));
  } catch {
    // a private window: the choice holds until the page is closed
  }
}
