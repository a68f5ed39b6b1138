// The stage: a tab a terminal, the device, what it says of itself; at smaller widths the card in the hand and the surroundings.

import { html, nothing } from "./vendor/lit-html.js";
import { act, add, branchHere, compare, live, pick, undoBranch } from "./acts.js";
import { bench, drawings, drawn } from "./bench.js";
import { device } from "./device.js";
import { save } from "./files.js";
import { icon } from "./icons.js";
import { clicked, keyDown, keyUp, left, lifted, pressed } from "./keypad.js";
import { menu, menuAt } from "./menu.js";
import { shortly } from "./moments.js";
import { chosen, film, show, state, timeline } from "./state.js";
import { chips } from "./surroundings.js";
import { say } from "./words.js";

const MANY = 8; // terminals that have tabs; of more there is a list that can be filtered

export function stage() {
  const at = chosen();
  return html`<section class="stage" id="stage" aria-label=${say("device")}>
    ${tabs()}
    ${state.past ? looking(at) : state.branched ? branched(state.branched) : nothing}
    <div id="floor" class="floor" tabindex="0" role="group" aria-label="SIMULATOR: ${at ? `${at.maker} ${at.model}` : ""}" data-off=${at && !at.on ? "" : nothing} data-lost=${state.link === "lost" ? "" : nothing}
      @pointerdown=${pressed} @pointerup=${lifted} @pointercancel=${left} @click=${clicked} @keydown=${keyDown} @keyup=${keyUp} @contextmenu=${about}
      @focusin=${() => listening(state.chosen)} @focusout=${() => listening("")}></div>
    <p class="caption">${caption(at)}</p>
    ${hand(at)}
  </section>`;
}

// The drawing of the chosen terminal, made anew where something of it has changed.
export function lay() {
  const floor = document.querySelector("#floor");
  const at = chosen();
  if (!floor || !at) return;
  const drawing = drawingOf(at.id, at);
  if (!drawing || floor.firstChild === drawing) return;
  const focused = document.activeElement?.closest?.("#floor [role=button]");
  floor.replaceChildren(drawing);
  if (!performance.getEntriesByName("interactive").length) performance.mark("interactive"); // a key counts from now on
  if (focused) (again(drawing, focused) ?? floor).focus({ preventScroll: true });
}

const again = (drawing, { dataset }) => drawing.querySelector(dataset.key ? `[role=button][data-key="${CSS.escape(dataset.key)}"]` : `[data-id="${CSS.escape(dataset.id)}"]`);

export function drawingOf(id, at) {
  const drawing = state.past && id === state.chosen ? state.past.drawing : drawings.get(id);
  if (!drawing) return null;
  if (!drawn.has(id)) {
    const card = at.card && state.cards.find((one) => one.id === at.card);
    const paper = id === state.chosen && at.receipts ? state.receipts.findLast((one) => one.n <= at.receipts)?.svg : null;
    drawn.set(id, device({ drawing, card: card && { name: card.id, number: `•••• ${card.number.slice(-4)}`, brand: card.brand }, receipt: paper, carried: id === state.chosen ? state.carried?.zones : null }));
  }
  return drawn.get(id);
}

function listening(id) {
  state.keysTo = id;
  show();
}

export function tabs() {
  const all = [...state.terminals.values()];
  return html`<div class="bar">
    ${all.length > MANY ? many(all) : html`<div role="tablist" class="seats" aria-label=${say("terminals")} @keydown=${roved}>${all.map((each) =>
      html`<button class="seat" role="tab" aria-selected=${each.id === state.chosen} aria-controls=${state.together ? nothing : "floor"} tabindex=${each.id === state.chosen ? 0 : -1} @click=${() => pick(each.id)}>${light(each)}${label(each, all)}</button>`)}</div>`}
    <button class="ic" aria-label=${say("add")} title=${say("add")} aria-haspopup="menu" @click=${adding}>${icon("plus")}</button><span class="grow"></span>
    <button class="ic" id="together" aria-label=${say("together")} title=${say("together")} aria-pressed=${state.together} @click=${() => { state.together = !state.together; show(); }}>${icon("all")}</button></div>`;
}

export const label = (each, all) => (all.filter((one) => one.model === each.model).length > 1 ? each.id : each.model);

// Green, amber where network or service is down, red where it is out of service, hollow where it is off.
export function light(each) {
  const said = each.conditions.join();
  const mood = !each.on ? "none" : said.includes("out of service") ? "bad" : said ? "warn" : "good";
  return html`<i class=${mood} title=${each.on ? said || say("live") : say("off")}></i>`;
}

function roved(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const ids = [...state.terminals.keys()];
  pick(ids[(ids.indexOf(state.chosen) + by + ids.length) % ids.length]);
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".seat[aria-selected=true]")?.focus()));
}

let wanted = "";

// The terminals that are looked for, all where nothing is.
export const found = () => [...state.terminals.values()].filter((each) => `${each.id} ${each.name} ${each.model} ${each.screen}`.toLowerCase().includes(wanted.toLowerCase()));

function many(all) {
  return html`<input id="terminals" type="search" .value=${wanted} placeholder=${say("find-terminal", { n: all.length })} aria-label=${say("find-terminal", { n: all.length })}
      @input=${(event) => { wanted = event.target.value; show(); }} @keydown=${(event) => event.key === "Enter" && found()[0] && pick(found()[0].id)}>
    <select aria-label=${say("terminals")} @change=${(event) => pick(event.target.value)}>${found().map((each) =>
      html`<option value=${each.id} ?selected=${each.id === state.chosen}>${each.id} · ${each.screen}</option>`)}</select>`;
}

const adding = (event) => menu(event.currentTarget, state.profiles.map((profile) => ({ label: profile, act: () => add(profile) })), say("add"));

function looking(at) {
  const ago = (state.bench?.t ?? 0) - state.past.t;
  return html`<div class="past" role="status"><span><b>${say("event")} ${state.past.n}</b> ${say("of")} ${timeline.last}<span class="opt">${ago > 0 ? `, ${say("ago", { time: shortly(ago) })}` : ""}</span></span><span class="grow"></span>
    <button class="btn" @click=${branchHere}>${say("branch-here")}</button><button class="btn primary" @click=${live}>${say("live")}</button></div>`;
}

function branched({ branch, from, was }) {
  return html`<div class="past" role="status"><span>${say("branched", { branch, from })}</span><span class="grow"></span>
    <button class="btn" @click=${() => compare(was, branch)}>${say("compare")}</button><button class="btn" @click=${undoBranch}>${say("undo")}</button>
    <button class="ic small" aria-label=${say("close")} @click=${() => { state.branched = null; show(); }}>${icon("close")}</button></div>`;
}

function caption(at) {
  if (state.carried) return html`<b class="flow">${at?.flows.at(-1)}</b><span class="grow"></span><code class="verb">${state.carried.verb}</code>`;
  return html`${at ? html`<b class="flow">${at.flows.at(-1) ?? say("off")}</b><span class="sep">/</span><span>${say("kind-screen")} <code>${at.screen}</code></span>` : nothing}
    <span role="alert" class="refused">${state.refused}</span><span class="grow"></span>
    ${beep(at)}
    <button class="ic small" aria-label=${say("screenshot")} title=${say("screenshot")} aria-haspopup="dialog" @click=${screenshot}>${icon("camera")}</button>`;
}

function beep(at) {
  const act = at && film.cells(at.id).findLast((cell) => cell.act.n <= (state.past?.n ?? timeline.last))?.act;
  const tone = act?.entries.findLast((entry) => entry.kind === "beep")?.tone;
  return tone ? html`<span class="muted opt">♪ ${tone}</span>` : nothing;
}

function screenshot(event) {
  menu(event.currentTarget, [{
    form: [{ name: "name", label: say("name"), value: chosen().screen }],
    label: say("screenshot"),
    act: async ({ name }) => {
      const answer = await act({ do: "screenshot", name });
      if (answer?.done) save(await bench.blob(`/terminals/${state.chosen}/device.png`), `${name}.png`);
    },
  }], say("screenshot"));
}

// What can be expected of the thing under the pointer, as a line of the script.
function about(event) {
  const target = event.target.closest("[data-id], [data-display] text");
  if (!target) return;
  event.preventDefault();
  const words = (target.getAttribute("aria-label") ?? target.textContent).trim();
  const lines = [...(words ? [`expect screen ${JSON.stringify(words)}`] : []), ...(target.dataset.id && !target.dataset.id.startsWith("key-") ? [`expect screen id:${target.dataset.id}`, `tap id:${target.dataset.id}`] : []), `expect screen id:${chosen().screen}`];
  menuAt(event.clientX, event.clientY, lines.map((each) => ({ label: each, act: () => act({ lines: [each] }) })), say("expect-this"));
}

// The card in the hand stands for the two lists where there is no room for them.
function hand(at) {
  if (!at) return nothing;
  return html`<div class="hand"><div class="held">${at.card
    ? html`<i class="face" data-brand=${state.cards.find((one) => one.id === at.card)?.brand ?? ""}></i><span class="who"><b>${at.card}</b><small>${say("in-slot")}</small></span><span class="grow"></span>
      <button class="btn" @click=${() => act({ do: "remove-card" })}>${say("remove-card")}</button>`
    : html`<span class="who muted">${say("no-card")}</span><span class="grow"></span>`}
    <button class="ic" aria-label=${say("cards")} title=${say("cards")} aria-haspopup="menu" @click=${cards}>${icon("cards")}</button>
    ${drawings.get(at.id)?.querySelector(":scope > [data-key]") ? html`<button class="ic keys-open" aria-label=${say("keypad")} aria-expanded=${state.keypad ?? false} @click=${() => { state.keypad = !state.keypad; show(); }}>${icon("keypad")}</button>` : nothing}</div>
    ${state.keypad ? sheet(at) : nothing}
    <div class="around">${chips(at)}</div></div>`;
}

// The keys of the terminal in a size for fingers, where drawn ones are too small.
function sheet(at) {
  const keys = [...(drawings.get(at.id)?.querySelectorAll("[data-key]") ?? [])].filter((key) => !key.closest("[data-display]")).map((key) => key.dataset.key);
  return html`<div class="keysheet" role="group" aria-label=${say("keypad")}>${keys.map((key) => html`<button @click=${() => act({ do: "press-blindly", keys: [key] })}>${key}</button>`)}</div>`;
}

function cards(event) {
  const opener = event.currentTarget;
  if (innerWidth < 720) {
    state.pane = "cards";
    show();
    return;
  }
  menu(opener, state.cards.map((card) => ({
    label: card.id, hint: card.ways.map((way) => say(`way-${way}`)).join(", "),
    act: () => menu(opener, card.ways.map((way) => ({ label: `${say(`way-${way}`)} ${card.id}`, act: () => act({ do: way, card: card.id }) })), card.id),
  })), say("cards"));
}

