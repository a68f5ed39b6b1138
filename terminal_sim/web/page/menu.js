// A menu that opens at what was pressed: items that do something, and small forms. Nothing behind it is locked.

import { html, nothing } from "./vendor/lit-html.js";
import { show, state } from "./state.js";
import { say } from "./words.js";

// Items are {label, hint, aria, act} or {form, label, act}, where `form` lists fields {name, label, value, choices, check}; `form` may be empty.
export function menu(opener, items, title = "") {
  const box = opener.getBoundingClientRect();
  state.menu = { opener, items, title, at: { x: box.left, y: box.bottom + 4, top: box.top - 4 }, wrong: "" };
  show();
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(".menu :is(button, input, select)")?.focus()));
}

export function menuAt(x, y, items, title = "") {
  menu({ getBoundingClientRect: () => ({ left: x, top: y, bottom: y }), focus: () => document.activeElement?.blur?.() }, items, title);
}

export function close() {
  const { opener } = state.menu ?? {};
  state.menu = null;
  show();
  opener?.focus?.();
}

export function menuView() {
  if (!state.menu) return nothing;
  const { items, at, title } = state.menu;
  const wide = 288;
  const x = Math.max(8, Math.min(at.x, innerWidth - wide - 8));
  const below = at.y < innerHeight * 0.62;
  const place = below ? `left:${x}px;top:${at.y}px;max-height:${innerHeight - at.y - 8}px` : `left:${x}px;bottom:${innerHeight - at.top}px;max-height:${at.top - 8}px`;
  const forms = items.some((item) => item.form);
  return html`<div class="menu" .style=${place} role="dialog" aria-label=${title || say("menu")} @keydown=${walked} @focusout=${left}>
    ${title ? html`<p class="head" >${title}</p>` : nothing}
    <div role=${forms ? nothing : "menu"} aria-label=${forms ? nothing : title || say("menu")}>${items.map((item) => (item.form ? form(item) : choice(item, forms)))}</div>
    ${state.menu.wrong ? html`<p class="bad" role="alert">${state.menu.wrong}</p>` : nothing}</div>`;
}

const choice = (item, within) => html`<button role=${within ? nothing : "menuitem"} aria-label=${item.aria ?? nothing} @click=${() => done(item, {})}><span>${item.label}</span>${item.hint ? html`<small>${item.hint}</small>` : nothing}</button>`;

function form(item) {
  return html`<form @submit=${(event) => { event.preventDefault(); done(item, Object.fromEntries(new FormData(event.target))); }}>
    ${item.form.map((field) => html`<label><span>${field.label}</span>${field.choices?.length
      ? html`<select name=${field.name}>${field.choices.map((one) => html`<option ?selected=${one === field.value}>${one}</option>`)}</select>`
      : html`<input name=${field.name} value=${field.value ?? ""} placeholder=${field.hint ?? ""} autocomplete="off" spellcheck="false">`}</label>`)}
    <button class="btn primary">${item.label}</button></form>`;
}

async function done(item, given) {
  const wrong = (item.form ?? []).map((field) => field.check?.(given[field.name])).find(Boolean);
  if (wrong) {
    state.menu.wrong = wrong;
    show();
    return;
  }
  const open = state.menu;
  await item.act(given);
  if (state.menu === open) close();
}

function walked(event) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
    return;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.target.tagName === "SELECT") return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll("button, input, select")];
  all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
}

function left(event) {
  if (state.menu && event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) {
    state.menu = null;
    show();
  }
}
