// The bench page: the regions, drawn together, and what happens when they are drawn.

import { html, nothing, render } from "./vendor/lit-html.js";
import { look, refuse } from "./acts.js";
import { comparison } from "./compare.js";
import { connect, facts, refresh, start } from "./bench.js";
import { border, resize } from "./border.js";
import { Refused } from "./connection.js";
import { dock } from "./dock.js";
import { helpView } from "./help.js";
import { icon } from "./icons.js";
import { listen } from "./keyboard.js";
import { follow, layRows, log } from "./log.js";
import { menuView } from "./menu.js";
import { paletteView } from "./palette.js";
import { lay, stage } from "./stage.js";
import { chosen, drawnBy, show, state, timeline } from "./state.js";
import { surroundings } from "./surroundings.js";
import { together } from "./together.js";
import { theme, top } from "./top.js";
import { tray } from "./tray.js";
import { language, say } from "./words.js";

const PANES = ["device", "cards", "timeline", "detail"];
const RUNNING = 1000; // ms between two looks at a clock that runs

function page() {
  return html`
    ${state.together || state.compared ? nothing : html`<a class="skip" href="#floor" @click=${(event) => skip(event, "#floor")}>${say("skip")}</a>
    <a class="skip" href="#rows" @click=${(event) => skip(event, "#rows")}>${say("skip-timeline")}</a>`}
    ${top()}
    ${banner()}
    <main data-pane=${state.pane} class=${state.compared ? "compare" : state.together ? "all" : ""}>${state.compared ? comparison() : state.together ? together() : html`${stage()}
      <aside class="side" id="side" aria-label=${say("cards-and-surroundings")}>${tray()}${surroundings()}</aside>
      ${log()}${border()}${dock()}`}</main>
    <nav class="tabs" aria-label=${say("regions")}>${PANES.map((pane) =>
      html`<button aria-pressed=${state.pane === pane} @click=${() => { state.pane = pane; show(); }}>${icon(pane)}${say(pane)}</button>`)}</nav>
    ${status()}
    ${menuView()}${paletteView()}${helpView()}
    <div class="said" role="status">${chosen()?.screen ?? ""}</div>`;
}

function banner() {
  if (state.link === "lost") return html`<p class="banner bad" role="alert">${say("reconnecting")}</p>`;
  if (state.restarted) return html`<p class="banner" role="status">${say("restarted")} <button class="btn" @click=${() => { state.restarted = false; show(); }}>${say("close")}</button></p>`;
  return nothing;
}

function status() {
  const at = chosen();
  const how = state.link === "lost" ? "reconnecting" : state.past ? "looking-back" : "live";
  return html`<footer class="status"><span class="link ${state.link} ${state.past ? "looking" : ""}">${say(how)}</span>
    <span>${say("key-to-screen")} <b>${state.took ? `${state.took.toFixed(1)} ms` : "–"}</b></span>
    ${state.bench?.seed === undefined ? nothing : html`<span class="opt">${say("seed")} <b>${state.bench.seed}</b></span>`}
    <span>${say("event")} <b id="event">${timeline.last}</b></span><span class="grow"></span>
    <span>${state.keysTo && at ? say("keys-to", { model: at.model }) : say("keys-page")}</span><span class="opt"><kbd>?</kbd></span></footer>`;
}

function skip(event, to) {
  event.preventDefault();
  document.querySelector(to).focus();
}

// A refusal that nothing else shows stands where the device says of itself.
function refused(event) {
  if (!(event.reason instanceof Refused)) return;
  event.preventDefault();
  refuse(event.reason.message);
}

async function open() {
  document.documentElement.lang = language;
  theme();
  resize();
  const given = new URLSearchParams(location.hash.slice(1));
  const token = given.get("token");
  if (!token) {
    render(html`<main class="alone"><h1>terminal-sim</h1><p>${say("no-token")}</p><p>${say("no-token-how")}</p></main>`, document.body);
    return;
  }
  drawnBy(() => {
    render(page(), document.body);
    lay();
    layRows();
    follow();
  });
  addEventListener("unhandledrejection", refused);
  connect(token);
  listen();
  show();
  await start();
  facts(state.chosen);
  if (given.get("event")) look(Number(given.get("event")));
  setInterval(() => state.bench?.running && refresh(), RUNNING);
  addEventListener("resize", show);
}

open();
