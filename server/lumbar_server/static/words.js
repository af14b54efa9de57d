// Names for people. A cue has an arrow and at most twelve characters: it is read at two metres.

export const EXERCISES = {
  dead_bug: "Dead bug",
  bird_dog: "Bird dog",
  pelvic_tilt: "Pelvic tilt",
  wall_plank: "Wall plank",
  forearm_plank: "Forearm plank",
  glute_bridge: "Glute bridge",
  side_lying_leg_raise: "Side leg raise",
  modified_deadlift: "Deadlift",
  knees_to_chest: "Knees to chest",
  cat_cow: "Cat and cow",
  childs_pose: "Child’s pose",
  seated_hamstring_stretch: "Hamstring stretch",
  supine_spinal_twist: "Spinal twist",
  unknown: "Other exercise",
};

export const CUES = {
  sag: ["↑", "HIPS UP"],
  pike: ["↓", "HIPS DOWN"],
  roll_left: ["↖", "LEFT HIP UP"],
  roll_right: ["↗", "RIGHT HIP UP"],
  sustained_flexion: ["↑", "RISE UP"],
  slouch: ["↑", "SIT TALL"],
  lateral_lean: ["↕", "LEVEL OUT"],
};

export const POSTURES = {
  upright: "Upright",
  leaning_forward: "Leaning forward",
  supine: "On your back",
  prone: "On your front",
  left_side: "On your left side",
  right_side: "On your right side",
  inverted: "Head down",
};

export function seconds(duration_s) {
  const whole = Math.round(duration_s);
  return whole < 60 ? `${whole}\u00a0s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}\u00a0min`;
}

export function done(repetitions, holds_s) {
  const parts = [];
  if (repetitions) parts.push(`${repetitions}\u00a0×`);
  if (holds_s.length) parts.push(holds_s.map(seconds).join(" · "));
  return parts.join(", ") || "–";
}

export function percent(fraction) {
  return `${Math.floor(1000 * fraction) / 10}\u00a0%`;
}

export function fillRow(row, cells) {
  cells.forEach((text, column) => {
    const cell = document.createElement(column ? "td" : "th");
    if (cell.tagName === "TH") cell.scope = "row";
    cell.textContent = text;
    row.append(cell);
  });
  return row;
}
