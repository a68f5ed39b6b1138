// Fingers and the keyboard on the device. Keys are sent as they are pressed, in their order, and are never dropped; a long press is one `hold`.

import { act } from "./acts.js";
import { chosen, state } from "./state.js";

const LONG = 600; // ms
const NAMED = { Enter: "OK", Backspace: "CLEAR", Escape: "CANCEL", ArrowUp: "UP", ArrowDown: "DOWN", F1: "F1", F2: "F2", F3: "F3", F4: "F4", "*": "*" };

const down = new Map(); // what each finger touches (key or id), since when, and the screen that it was seen on
const held = new Map(); // since when each key of the keyboard is down

const touched = (on) => ({ key: on.dataset.key, id: on.dataset.id, seen: chosen()?.generation });

export function pressed(event) {
  const on = event.button === 0 && event.target.closest("[role=button]");
  if (on) down.set(event.pointerId, { ...touched(on), since: event.timeStamp });
}

// The drawing may have been made anew under the finger, which leaves no click: the same key or item is there, as another element.
export function lifted(event) {
  const began = left(event);
  const on = document.elementFromPoint(event.clientX, event.clientY)?.closest("#floor [role=button]");
  if (!began || on?.dataset.key !== began.key || on?.dataset.id !== began.id) return;
  const long = event.timeStamp - began.since;
  if (began.key && long > LONG) hold(began.key, long);
  else touch(began);
}

export function left({ pointerId }) {
  const began = down.get(pointerId);
  down.delete(pointerId);
  return began;
}

// A click that no finger made: a screen reader's.
export function clicked(event) {
  const on = event.target.closest("[role=button]");
  if (on && !event.detail) touch(touched(on));
}

function touch({ key, id, seen }) {
  if (key) act({ do: "press-blindly", keys: [key] });
  else act({ do: "tap", what: `id:${id}`, seen });
}

const hold = (key, long) => act({ do: "hold", key, for: `${(long / 1000).toFixed(1)}s` });

export function keyDown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const on = event.target.closest("[role=button]");
  if (on && (event.key === " " || (event.key === "Enter" && on.dataset.id && !on.dataset.key))) {
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) touch(touched(on));
    return;
  }
  const key = keyOf(event.key);
  if (!key) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.repeat) return;
  held.set(event.code, event.timeStamp);
  act({ do: "press-blindly", keys: [key] });
}

// A key that stayed down is held on as well: what it did at once stays done.
export function keyUp(event) {
  const since = held.get(event.code);
  held.delete(event.code);
  const key = keyOf(event.key);
  if (key && since !== undefined && event.timeStamp - since > LONG) hold(key, event.timeStamp - since);
}

// The key of the keypad that a key of the keyboard is: the same one, and `#` is MENU where the keypad has no `#`.
function keyOf(key) {
  if (/^[0-9]$/.test(key)) return key;
  if (key === "#") return document.querySelector('#floor [data-key="#"]') || state.past ? "#" : "MENU";
  return NAMED[key];
}
