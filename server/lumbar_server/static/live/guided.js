// A session that follows a prescription, on the page: it leads, and nobody touches the phone.

import { Guide } from "./guide.js";
import { Messages } from "./guide_messages.js";
import { resumeAt } from "./guide_tasks.js";
import { HowMany } from "./how_many.js";
import { setText } from "./stage.js";

const $ = (id) => document.getElementById(id);
const API = "/api/v1/sessions";

export class Guided {
  // session: the wearer's; voice; talk: see talkAfter(); ended: called at the end of a session
  constructor(session, voice, talk, ended) {
    this.session = session;
    this.voice = voice;
    this.talk = talk;
    this.ended = ended;
    this.howMany = new HowMany($("how-many"));
    this.id = null; // of the session that is led
    this.guide = null;
  }

  get isOn() {
    return this.guide !== null;
  }

  // Takes up the open session where it is planned, lets go of one that somebody else ended.
  attend() {
    const open = this.session.open;
    if (open?.planned && open.id !== this.id) this.load(open.id);
    if (!open && this.isOn && !this.session.isBusy && this.guide.step !== "end") this.leave();
  }

  async load(id) {
    this.id = id;
    const prescription = await this.session.ask("GET", `${API}/${id}/prescription`);
    const record = prescription && (await this.session.ask("GET", `${API}/${id}`));
    if (!record) {
      this.id = null; // again with the next change
      return;
    }
    this.lines = prescription.lines;
    this.messages = new Messages(id, prescription.blocks);
    this.howMany.begin();
    this.guide = new Guide(prescription.lines, resumeAt(prescription, record), this.talk);
    this.session.changed();
  }

  leave() {
    this.guide = null;
    this.show(null);
  }

  // seen: see Guide.follow(); returns the moment to be shown
  follow(seen) {
    const told = this.guide.follow(seen);
    for (const [kind, text] of told.say) this.voice.say(kind, text);
    for (const act of told.acts) this.messages.send(act);
    this.show(told);
    if (told.acts.some((act) => act.over)) this.ended(this);
    return told.moment;
  }

  show(told) {
    const guide = this.guide;
    const moment = told?.moment;
    const isRest = told?.step === "rest" && moment.phase === "rest";
    $("felt").hidden = !isRest;
    const felt = isRest ? guide.records[guide.feltLine].felt : null;
    for (const one of $("felt").querySelectorAll("button")) {
      one.setAttribute("aria-pressed", String(one.dataset.does === felt));
    }
    this.howMany.show(isRest ? guide : null);
    $("skip").hidden = !guide || guide.step === "end";
    if (guide?.task) $("skip").setAttribute("aria-label", `Skip ${guide.task.name}`);
    setText($("next"), moment?.next ?? "");
    $("next").hidden = !moment?.next;
    this.draw(moment?.drawing ?? null);
  }

  draw(exercise) {
    const drawing = $("drawing");
    drawing.hidden = exercise === null;
    const address = `/static/movements/${exercise}.svg`;
    if (exercise && drawing.getAttribute("src") !== address) drawing.src = address;
  }

  feel(felt) {
    this.guide?.feel(felt);
  }

  // How the latest line felt, told when all is over.
  async feelAtTheEnd(felt) {
    this.messages.send({ end: this.guide.latestLine, felt });
    return true;
  }

  skip() {
    this.guide?.skip();
  }

  // Ends the block that is being done, at once.
  stop() {
    this.guide.stop();
    for (const act of this.guide.acts) this.messages.send(act);
    this.leave();
  }
}
