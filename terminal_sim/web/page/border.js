// The border between timeline and dock: it is dragged, or moved by the arrow keys, and remembered.

import { html } from "./vendor/lit-html.js";
import { set, setting } from "./settings.js";
import { show } from "./state.js";
import { say } from "./words.js";

const LEAST = 120; // px
const STEP = 24; // px

const most = () => innerHeight - 320;

export function border() {
  const height = setting("dock", 306);
  return html`<div class="border" role="separator" tabindex="0" aria-orientation="horizontal" aria-label=${say("border")} aria-valuenow=${height} aria-valuemin=${LEAST} aria-valuemax=${most()}
    @pointerdown=${dragged} @keydown=${moved}></div>`;
}

export function resize(height = setting("dock", 0)) {
  if (!height) return;
  const kept = Math.max(LEAST, Math.min(most(), Math.round(height)));
  set("dock", kept);
  document.documentElement.style.setProperty("--dock", `${kept}px`);
}

function dragged(event) {
  event.preventDefault();
  event.target.setPointerCapture(event.pointerId);
  const bottom = document.querySelector("#dock").getBoundingClientRect().bottom;
  const move = (at) => resize(bottom - at.clientY);
  event.target.addEventListener("pointermove", move);
  event.target.addEventListener("pointerup", () => { event.target.removeEventListener("pointermove", move); show(); }, { once: true });
}

function moved(event) {
  const by = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation();
  resize(setting("dock", 306) + by);
  show();
}
