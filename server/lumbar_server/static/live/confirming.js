// Keeps how many somebody says there were of a line: an ordinary correction of each set of it.

const API = "/api/v1/sessions";
const NEAR_S = 5; // a set may begin so long before its block was told of

// ask: (method, path, body) -> content, null where it failed; tells whether it was kept
export async function confirmLine(ask, sessionId, line, task, number) {
  const prescription = await ask("GET", `${API}/${sessionId}/prescription`);
  const session = prescription && (await ask("GET", `${API}/${sessionId}`));
  if (!session) return false;
  const span = spanOf(prescription.blocks, line, session);
  if (!span) return true; // it was never begun
  for (const correction of correctionsOf(session.sets, span, task, number)) {
    if (!(await ask("POST", `${API}/${sessionId}/corrections`, correction))) return false;
  }
  return true;
}

// Where a line was done, in seconds of the session.
function spanOf(blocks, line, { started_utc }) {
  const mine = blocks.filter((one) => one.line === line);
  if (!mine.length) return null;
  const second = (utc) => Math.max(0, (Date.parse(utc) - Date.parse(started_utc)) / 1000);
  const starts = mine.map((one) => second(one.begun_utc));
  const ends = mine.map((one) => second(one.ended_utc ?? one.begun_utc));
  return [Math.min(...starts), Math.max(...ends)];
}

// One for each set that was seen, which share the number; else one of what nobody saw.
export function correctionsOf(sets, [start_s, end_s], task, number) {
  const own = sets.filter((one) => {
    const isIn = one.start_s >= start_s - NEAR_S && one.start_s <= end_s + NEAR_S;
    return isIn && one.detected && !one.removed && one.exercise === task.exercise;
  });
  if (!own.length) return [{ exercise: task.exercise, start_s, end_s, ...done(task, number) }];
  return own.map(({ detected }, n) => ({
    stream_id: detected.stream_id,
    start_index: detected.start_index,
    end_index: detected.end_index,
    exercise: task.exercise,
    ...done(task, Math.floor(number / own.length) + (n < number % own.length ? 1 : 0)),
  }));
}

function done(task, number) {
  return task.isHold ? { holds_s: [number] } : { repetitions: number };
}
