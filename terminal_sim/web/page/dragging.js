// A card in the hand: lifted after six pixels, or by a long press of a finger; dropped on the part of the device that is nearest; Esc puts it back.

import { act } from "./acts.js";
import { drawn } from "./bench.js";
import { show, state } from "./state.js";
import { say } from "./words.js";

const LIFT = 6; // px
const LONG = 250; // ms, so that a list still scrolls under a finger
const REACH = 60; // px around a part of the device

export function lift(event, card) {
  if (event.target.closest("button") || event.button > 0) return;
  const finger = event.pointerType === "touch";
  const from = { x: event.clientX, y: event.clientY };
  let long = finger ? setTimeout(() => take(from.x, from.y), LONG) : 0;

  function take(x, y) {
    const ghost = document.createElement("div");
    ghost.className = "fly";
    ghost.dataset.brand = card.brand;
    ghost.textContent = card.id;
    document.body.append(ghost);
    document.body.classList.add("dragging");
    if (innerWidth < 720) state.pane = "device";
    state.carried = { card, ghost, verb: card.id, zones: { ways: card.ways, over: "", words: Object.fromEntries(card.ways.map((way) => [way, say(`way-${way}`)])) } };
    moved(x, y);
    drawn.delete(state.chosen);
    show();
  }

  function moved(x, y) {
    const { ghost, zones } = state.carried;
    ghost.style.transform = `translate(${x}px, ${y}px) rotate(-7deg)`;
    const over = wayAt(x, y);
    if (over === zones.over) return;
    zones.over = over;
    state.carried.verb = over ? `${over} ${card.id}` : card.id;
    drawn.delete(state.chosen);
    show();
  }

  const listeners = {
    pointermove(at) {
      const far = Math.hypot(at.clientX - from.x, at.clientY - from.y) > LIFT;
      if (state.carried) {
        at.preventDefault();
        moved(at.clientX, at.clientY);
      } else if (far && finger) end(); // the list scrolls
      else if (far) take(at.clientX, at.clientY);
    },
    pointerup(at) {
      const way = state.carried ? wayAt(at.clientX, at.clientY) : "";
      end();
      if (way) act({ do: way, card: card.id });
    },
    pointercancel: end,
    touchmove: (at) => state.carried && at.preventDefault(),
    keydown(key) {
      if (key.key !== "Escape" || !state.carried) return;
      key.preventDefault();
      key.stopPropagation();
      end();
    },
  };

  function end() {
    clearTimeout(long);
    long = 0;
    for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener, true);
    state.carried?.ghost.remove();
    document.body.classList.remove("dragging");
    if (state.carried) drawn.delete(state.chosen);
    state.carried = null;
    show();
  }

  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener, { capture: true, passive: false });
}

// The way in whose part of the device is nearest to the point; the smaller part where two are there.
function wayAt(x, y) {
  const near = [...document.querySelectorAll("#floor .drop")].map((zone) => {
    const box = zone.getBoundingClientRect();
    const away = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    return { way: zone.dataset.way, away, size: box.width * box.height };
  });
  near.sort((a, b) => a.away - b.away || a.size - b.size);
  return near[0] && near[0].away < REACH ? near[0].way : "";
}
