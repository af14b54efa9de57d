// The live page, put together: one stream of events in, one moment at a time out.

import { Asking } from "./live/asking.js";
import { stayAwake } from "./live/awake.js";
import { Choices } from "./live/choices.js";
import { Coach, talkAfter } from "./live/coach.js";
import { confirmLine } from "./live/confirming.js";
import { Controls } from "./live/controls.js";
import { Cup } from "./live/cup.js";
import { Ending, askedOf } from "./live/ending.js";
import { Feed } from "./live/feed.js";
import { Guided } from "./live/guided.js";
import { momentOf } from "./live/moment.js";
import { fillChooser, showAlarm, showNear, showSets } from "./live/near.js";
import { Reminder } from "./live/reminder.js";
import { Sensors } from "./live/sensors.js";
import { Session } from "./live/session.js";
import { Stage } from "./live/stage.js";
import { StatusLine } from "./live/status.js";
import { Unseen } from "./live/unseen.js";
import { Voice } from "./live/voice.js";
import { WhyStopped } from "./live/why_stopped.js";
import { Strip } from "./strip.js";

const SHOW_EVERY_MS = 250;
const FIRST_WEARER = 1;
const UNDERWAY_S = 300; // after the latest set: longer than any rest
const $ = (id) => document.getElementById(id);
const main = $("main");
const wanted = new URLSearchParams(location.search).get("sensor");

const choices = new Choices();
const wearer = Number(main.dataset.wearer);
const wornBy = JSON.parse(main.dataset.wornBy); // the others are the first wearer's
const sensors = new Sensors(wanted, (id) => (wornBy[id] ?? FIRST_WEARER) === wearer);
const stage = new Stage(main);
const strip = new Strip($("strip"));
const cup = new Cup($("cup"));
const voice = new Voice();
const reminder = new Reminder($("reminder"), $("remind"), choices, voice);
const earlierSessions = Number(main.dataset.earlierSessions);
const coach = new Coach((kind, text) => voice.say(kind, text), earlierSessions);
const status = new StatusLine($("status"));
const unseen = new Unseen(choices);
const session = new Session(wearer, show);
const asking = new Asking($("asking"), keepAnswers);
const guided = new Guided(session, voice, talkAfter(earlierSessions), askAtTheEnd);
const whyStopped = new WhyStopped($("why-stopped"), (id, said) => session.put(id, "stop-reason", said));
const ending = new Ending($("ending"), {
  note: (id, fields) => session.note(id, fields),
  feel: (felt) => guided.feelAtTheEnd(felt),
  confirm: (id, ...said) => confirmLine((...request) => session.ask(...request), id, ...said),
});
let brokerTrouble = "";
let hasTriedToSpeak = false; // as soon as a session is led: often the tap on Start still counts
let stopped = { stream: "", end_index: 0 }; // up to here, what was found by itself was stopped

const feed = new Feed(
  `/api/v1/live${wanted === null ? "" : `?sensor_id=${encodeURIComponent(wanted)}`}`,
  {
    state(message) {
      sensors.takeState(message);
      if (message.sensor === sensors.shown) showSets(message);
    },
    samples(message) {
      if (!sensors.takeSamples(message)) return;
      strip.add(message);
      reminder.add(message);
    },
    link: (message) => sensors.takeLink(message),
    saved: (message) => sensors.takeSaved(message),
    record: () => session.refresh(), // another page may have begun, paused or stopped it
    broker({ connected }) {
      brokerTrouble = connected ? "" : "The server has lost its message broker. Samples are kept at the gateway.";
    },
  },
  show,
);

const controls = new Controls(document, {
  start: () => session.start(),
  pause: () => session.pauseOrResume(),
  stop: stopAndAsk,
  mute: turnVoice,
  view: () => choose("view", choices.now.view === "near" ? "far" : "near"),
  cup: () => choose("cup", !choices.now.cup),
  ask: () => asking.open(session.open?.id ?? null, unseen.questions(sensors.one?.state), false),
  skip: () => guided.skip(),
  same: () => guided.feel("same"),
  bit_more: () => guided.feel("bit_more"),
  too_much: () => guided.feel("too_much"),
  fewer: () => guided.howMany.change(-1),
  that: () => guided.howMany.change(0),
  more: () => guided.howMany.change(1),
});

function show() {
  sensors.forgetOld();
  const state = sensors.one?.state;
  const link = sensors.link(feed.isThere);
  guided.attend();
  if (guided.isOn && !hasTriedToSpeak) {
    hasTriedToSpeak = true;
    if (wantsSound()) voice.turn(true);
  }
  const moment = guided.isOn ? guided.follow(seenNow(link)) : momentOf(seenNow(link));
  const isOpen = session.open !== null || isUnderway(state);
  main.dataset.link = link[0];
  document.body.dataset.view = choices.now.view;
  document.body.dataset.session = isOpen ? "open" : "none";
  document.body.dataset.led = guided.isOn;
  stage.show(moment);
  cup.show(moment.isLost || session.isPaused ? null : state?.level ?? null, choices.now.cup);
  showAlarm(brokerTrouble || session.trouble);
  showNear(sensors, link);
  showGoal(moment);
  controls.show({ isOpen: isOpen || guided.isOn, isPaused: session.isPaused, isBusy: session.isBusy, voice, view: choices.now.view, hasCup: choices.now.cup });
  if (!guided.isOn) coach.follow(moment);
  status.follow(moment);
  unseen.follow(moment);
  reminder.follow(state?.posture, isOpen || guided.isOn);
  const isAtRest = moment.phase !== "hold" && moment.phase !== "count";
  $("ask").hidden = guided.isOn || !(isOpen && isAtRest && unseen.questions(state).length);
}

function seenNow([link]) {
  const state = sensors.one?.state;
  return {
    now_ms: performance.now(),
    state,
    link,
    hold_s: sensors.hold_s,
    sinceSet_s: sensors.sinceSet_s,
    isPaused: session.isPaused,
    goal: choices.goalOf(state?.exercise),
    restFor_s: choices.now.restFor_s,
  };
}

// Whether somebody exercises without having started a session.
function isUnderway(state) {
  const latest = state?.sets?.at(-1);
  if (!latest || !state.live || state.ended) return false;
  const isStopped = state.stream === stopped.stream && latest.end <= stopped.end_index;
  return !isStopped && sensors.sinceSet_s < UNDERWAY_S;
}

function showGoal({ exercise }) {
  $("goal-field").hidden = !exercise;
  if (document.activeElement !== $("goal")) $("goal").value = choices.goalOf(exercise) ?? "";
  $("goal").dataset.exercise = exercise ?? "";
}

async function stopAndAsk() {
  if (session.open?.planned) {
    await stopLed();
    return;
  }
  const state = sensors.one?.state;
  const questions = unseen.questionsAtEnd(state);
  const over = await session.stop();
  if (!over) return;
  if (state) stopped = state;
  voice.say("safety", "Stopped. Rest.");
  asking.open(over.id, questions, true);
}

// In the midst of a prescription: the block ends at once, whether the server hears it or not.
async function stopLed() {
  if (guided.isOn) guided.stop();
  voice.say("safety", "Stopped. Rest.");
  const over = await session.stop();
  if (over) whyStopped.open(over.id);
}

function askAtTheEnd() {
  const { guide, id, howMany } = guided;
  ending.open(id, askedOf(guide, howMany), guide.tasks.at(guide.latestLine ?? -1)?.name ?? "");
}

async function keepAnswers(sessionId, fields, answers) {
  let isKept = Object.keys(fields).length === 0 || (await session.note(sessionId, fields));
  for (const { question, number } of answers) {
    const said = question.isHold ? { holds_s: [number] } : { repetitions: number };
    const about = { stream_id: question.stream, start_index: question.set.start, end_index: question.set.end };
    if (await session.correct(sessionId, { ...about, ...said })) choices.setAnswered(question.key);
    else isKept = false;
  }
  show();
  return isKept;
}

function turnVoice() {
  voice.turn(!voice.isOn);
  choose("sound", voice.isOn);
  if (voice.isOn) voice.say("count", "Sound on");
}

function choose(name, value) {
  choices.set(name, value);
  show();
}

// Who never chose is spoken to where a session is led: the phone lies on the floor then.
function wantsSound() {
  return choices.now.sound ?? guided.isOn;
}

// Browsers let a page speak only after a tap: who chose sound before has it from the first one on.
function turnVoiceOnAgain(event) {
  const isSwitch = event.key === "m" || event.target.closest?.("[data-does=mute]");
  if (!wantsSound() || voice.isOn || isSwitch) return;
  voice.turn(true);
  show();
}

sensors.onFound = () => fillChooser(sensors);
sensors.onAdopted = () => {
  strip.clear();
  reminder.clear();
  fillChooser(sensors);
};
for (const tap of ["pointerdown", "keydown"]) document.addEventListener(tap, turnVoiceOnAgain, { once: true });
$("sensor").addEventListener("change", (event) => {
  location.search = `?sensor=${encodeURIComponent(event.target.value)}`;
});
$("goal").addEventListener("change", ({ target }) => choices.setGoal(target.dataset.exercise, Number(target.value) || null));
$("rest-for").value = choices.now.restFor_s;
$("rest-for").addEventListener("change", ({ target }) => choose("restFor_s", Number(target.value) || 60));
stayAwake();
show();
setInterval(show, SHOW_EVERY_MS);
