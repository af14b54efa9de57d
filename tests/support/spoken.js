// Stands in for the browser's voice, which a machine without a loudspeaker lacks.
window.spoken = [];
const voice = {
  present: null,
  speak(utterance) {
    if (voice.present) throw new Error(`spoken at once: ${voice.present.text} and ${utterance.text}`);
    voice.present = utterance;
    window.spoken.push(utterance.text);
  },
  cancel() {
    const interrupted = voice.present;
    voice.present = null;
    interrupted?.onerror?.({});
  },
};
window.finishSpeaking = () => {
  const finished = voice.present;
  voice.present = null;
  finished?.onend?.({});
};
// As a browser does before the first tap; tells whether there was anything to refuse.
window.refuse = () => {
  const refused = voice.present;
  voice.present = null;
  refused?.onerror?.({ error: "not-allowed" });
  return refused !== null;
};
Object.defineProperty(window, "speechSynthesis", { value: voice });
