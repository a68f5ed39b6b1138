// The card tray: a row a card with what it is for and a button for each way in that it has.

import { html, nothing } from "./vendor/lit-html.js";
import { act } from "./acts.js";
import { lift } from "./dragging.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { chosen, show, state } from "./state.js";
import { language, say } from "./words.js";

const WAYS = ["insert", "tap-card", "swipe"];
const STEPS = ["select", "gpo", "read", "genac1", "online", "genac2"];

let wanted = null; // what is looked for among the cards, while the field is open

export function tray() {
  const at = chosen();
  const found = state.cards.filter((card) => !wanted || `${card.id} ${card.name} ${card.brand} ${purpose(card)}`.toLowerCase().includes(wanted.toLowerCase()));
  return html`<section class="tray" aria-label=${say("cards")}>
    <h2>${say("cards")} <span class="muted">${found.length}</span><span class="grow"></span>
      ${wanted === null ? nothing : html`<input id="find-card" type="search" .value=${wanted} aria-label=${say("find-card")} @input=${(event) => { wanted = event.target.value; show(); }} @keydown=${leaves}>`}
      <button class="ic" aria-label=${say("find-card")} title=${say("find-card")} @click=${find}>${icon("find")}</button></h2>
    <div class="cards" tabindex="0" role="group" aria-label=${say("cards")}>${found.map((card) => row(card, at))}</div></section>`;
}

const purpose = (card) => (card.purpose[language] ?? card.name).replace(/\.$/, "");

function row(card, at) {
  const inside = at?.card === card.id;
  const carried = state.carried?.card === card;
  const faces = `${card.ways.includes("insert") ? "" : "nochip"} ${card.ways.length === 1 && card.ways[0] === "swipe" ? "stripe" : ""} ${card.ways.length === 1 && card.ways[0] === "tap-card" ? "phone" : ""}`;
  return html`<div class="card ${inside ? "in" : ""} ${carried ? "carried" : ""}" tabindex="0" role="group" aria-label=${card.id} @pointerdown=${(event) => lift(event, card)} @keydown=${(event) => opens(event, card)} @contextmenu=${(event) => more(event, card)}>
    <i class="face ${faces}" data-brand=${card.brand}></i>
    <span title=${purpose(card)}><b>${card.id}</b><small>${inside ? say("in-slot") : purpose(card)}</small></span>
    ${inside ? html`<button class="btn" @click=${() => act({ do: "remove-card" })}>${say("remove")}</button>`
      : html`<span class="ways">${WAYS.map((way) => (card.ways.includes(way)
        ? html`<button tabindex="-1" aria-label="${say(`way-${way}`)} ${card.id}" title=${say(`way-${way}`)} @click=${() => act({ do: way, card: card.id })}>${icon(way)}</button>`
        : html`<span>${icon(way)}</span>`))}</span>`}</div>`;
}

function find() {
  wanted = wanted === null ? "" : null;
  show();
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector("#find-card")?.focus()));
}

function leaves(event) {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  find();
}

function opens(event, card) {
  if (event.key !== "Enter" || event.target !== event.currentTarget) return;
  event.preventDefault();
  more(event, card);
}

// All that can be done with a card, and where it is torn away.
export function more(event, card) {
  event.preventDefault();
  const inside = chosen()?.card === card.id;
  menu(event.currentTarget, [
    ...(inside ? [{ label: say("remove-card"), act: () => act({ do: "remove-card" }) }] : card.ways.map((way) => ({ label: `${say(`way-${way}`)} ${card.id}`, act: () => act({ do: way, card: card.id }) }))),
    ...STEPS.map((step) => ({ label: `tear card after ${step}`, hint: say("step-" + step), act: () => act({ do: "tear-card-after", step: [step] }) })),
  ], card.id);
}
