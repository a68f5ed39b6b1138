// All terminals side by side, on one clock.

import { html } from "./vendor/lit-html.js";
import { pick } from "./acts.js";
import { drawingOf, found, label, light, tabs } from "./stage.js";
import { state } from "./state.js";
import { say } from "./words.js";

export function together() {
  const all = [...state.terminals.values()];
  return html`${tabs()}<div class="together" tabindex="0" role="group" aria-label=${say("together")}>${found().map((at) => html`<figure>
    <div class="floor" data-terminal=${at.id}>${drawingOf(at.id, at)}</div>
    <figcaption><button class="seat" @click=${() => pick(at.id)}>${light(at)}<b>${label(at, all)}</b> <span class="flow">${at.flows.at(-1) ?? say("off")}</span></button></figcaption></figure>`)}</div>`;
}
