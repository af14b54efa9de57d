// How far the live page has heard: the end of the newest state that it was told.
window.heard = 0;
const listen = EventSource.prototype.addEventListener;
EventSource.prototype.addEventListener = function (kind, take) {
  listen.call(this, kind, (event) => {
    take(event);
    if (kind === "state") window.heard = JSON.parse(event.data).end_index;
  });
};
