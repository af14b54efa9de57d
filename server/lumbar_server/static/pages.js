// On every page: what went wrong with a request in place is said at its head.

const problem = document.getElementById("problem");

function tell(text) {
  problem.textContent = text;
  problem.hidden = text === "";
  if (text) problem.scrollIntoView({ block: "nearest" });
}

function detailOf(text) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return "The server could not do that. Nothing was changed; try again.";
  }
}

document.addEventListener("htmx:before:request", () => tell(""));
document.addEventListener("htmx:response:error", (event) => tell(detailOf(event.detail.ctx.text)));
document.addEventListener("htmx:error", () => tell("The server does not answer. Try again once it is back."));
