// Fill in the browser's own time zone where somebody new is asked for theirs.

for (const field of document.querySelectorAll("[data-guess]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? field.value;
}
