// A gentle word after long sitting, for those who asked for it on this device.

import { Sitting } from "./sitting.js";
import { setText } from "./stage.js";

const AFTER_MIN = 45; // chosen
const TEXT = `You have hardly moved for ${AFTER_MIN} minutes. A short walk or cat and cow?`;
const LYING = ["supine", "prone", "left_side", "right_side"];

export class Reminder {
  constructor(line, box, choices, voice) {
    this.line = line;
    this.voice = voice;
    this.choices = choices;
    this.sitting = new Sitting(60 * AFTER_MIN);
    box.checked = choices.now.reminder;
    box.addEventListener("change", () => choices.set("reminder", box.checked));
  }

  add(message) {
    this.sitting.add(message, performance.now() / 1000);
  }

  // Another sensor is shown: what was known was of the one before.
  clear() {
    this.sitting.begin();
  }

  follow(posture, isExercising) {
    const { sitting } = this;
    if (isExercising || LYING.includes(posture)) sitting.begin();
    if (!this.choices.now.reminder || !sitting.isLong) setText(this.line, "");
    else if (sitting.isDue(performance.now() / 1000)) this.tell();
  }

  tell() {
    setText(this.line, TEXT);
    this.voice.say("praise", TEXT);
  }
}
