import { address, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { fail } from "./host.ts";
import { FALLEN, OPEN_COUNTS_AT, OPEN_OF_SESSION, OPEN_PLACES_AT, OPEN_SHOWN_AT } from "./layout.ts";

// Counts the open orders of each client session. Client agents read what is shown; a count that falls is shown with the next change
// of another session or by `showFallen`, so that the reports of the order that closed are in their ring before.

// @ts-ignore: decorator
@inline
function countAt(session: i32): usize {
  return address(OPEN_COUNTS_AT) + (<usize>session << 2);
}

/** Open orders of a session. */
export function openOf(session: i32): i32 {
  return load<i32>(countAt(session));
}

/** Counts the orders that were done and are open again. */
export let reopenings: i32 = 0;

export function reopenedOf(session: i32): void {
  reopenings++;
  openedOf(session);
}

export function openedOf(session: i32): void {
  const at = countAt(session);
  store<i32>(at, load<i32>(at) + 1);
  show(session);
}

export function closedOf(session: i32): void {
  const at = countAt(session);
  const count = load<i32>(at);
  if (count === 0) fail(OPEN_OF_SESSION, session);
  store<i32>(at, count - 1);
  if (word(FALLEN) !== session) showFallen();
  setWord(FALLEN, session);
}

/** Shows what has fallen. */
export function showFallen(): void {
  const session = word(FALLEN);
  if (session === NONE) return;
  show(session);
  setWord(FALLEN, NONE);
}

function show(session: i32): void {
  const shown = address(OPEN_SHOWN_AT);
  if (shown === 0) return;
  const place = load<i32>(address(OPEN_PLACES_AT) + (<usize>session << 2));
  if (place !== NONE) atomic.store<i32>(shown + (<usize>place << 2), load<i32>(countAt(session)));
}
