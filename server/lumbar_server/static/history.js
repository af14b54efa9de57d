// Who has not chosen a time zone is offered the browser's.

const zones = document.getElementById("time-zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isKnown = here && [...zones.options].some((option) => option.value === here);

if (zones.dataset.chosen === "UTC" && isKnown && here !== "UTC") {
  zones.value = here;
  document.getElementById("zone-hint").textContent = `Shown in UTC so far. This device is in ${here}: use it?`;
}
