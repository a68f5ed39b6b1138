// Fingers and the keyboard on the device. Keys are sent as they are pressed, in their order, and are never dropped; a long press is one `hold`.

import { act } from "./acts.js";
import { chosen, state } from "./state.js";

const LONG = 600; // ms
const NAMED = { Enter: "OK", Backspace: "CLEAR", Escape: "CANCEL", ArrowUp: "UP", ArrowDown: "DOWN", F1: "F1", F2: "F2", F3: "F3", F4: "F4", "*": "*" };

let down = null; // the key of the drawing under the finger, since when
const held = new Map(); // since when each key of the keyboard is down

export function pressed(event) {
  const target = event.target.closest("[role=button]");
  down = target?.dataset.key ? { key: target.dataset.key, since: event.timeStamp } : null;
}

export function released(event) {
  const target = event.target.closest("[role=button]");
  if (!target) return;
  event.preventDefault();
  const long = down && down.key === target.dataset.key ? event.timeStamp - down.since : 0;
  down = null;
  if (long > LONG) hold(target.dataset.key, long);
  else touch(target);
}

export function touch(target) {
  if (target.dataset.key) act({ do: "press-blindly", keys: [target.dataset.key] });
  else act({ do: "tap", what: `id:${target.dataset.id}`, seen: chosen()?.generation });
}

const hold = (key, long) => act({ do: "hold", key, for: `${(long / 1000).toFixed(1)}s` });

export function keyDown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const on = event.target.closest("[role=button]");
  if (on && (event.key === " " || (event.key === "Enter" && on.dataset.id && !on.dataset.key))) {
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) touch(on);
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
