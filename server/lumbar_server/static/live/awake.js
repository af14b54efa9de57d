// The screen stays on while the page is looked at; only a convenience, and only where it is allowed.

async function keepAwake() {
  if (document.visibilityState === "visible") {
    await navigator.wakeLock?.request("screen").catch(() => {});
  }
}

export function stayAwake() {
  document.addEventListener("visibilitychange", keepAwake);
  keepAwake();
}
