// The top bar: that this is a simulator, the clock, what the script and the bench can be shared as, language, theme, help.

import { html, nothing } from "./vendor/lit-html.js";
import { act, jump, refuse, turnClock } from "./acts.js";
import { bench } from "./bench.js";
import { save } from "./files.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { parsed, shortly } from "./moments.js";
import { set, setting } from "./settings.js";
import { chosen, show, state, timeline } from "./state.js";
import { language, say, speak } from "./words.js";

const JUMPS = ["1s", "30s", "1min", "1h", "24h"];
const LINES = /^ {2}\S/gm;

export function top() {
  return html`<header class="top">
    <h1 class="brand"><svg viewBox="0 0 16 20" aria-hidden="true"><path d="M3.7 .75h8.6a3 3 0 0 1 3 3v12.5a3 3 0 0 1-3 3H3.7a3 3 0 0 1-3-3V3.75a3 3 0 0 1 3-3zM4 4h8v5.5H4zM4.6 13h.01M8 13h.01M11.4 13h.01M4.6 16h.01M8 16h.01M11.4 16h.01"/></svg><span>terminal-sim</span></h1>
    <strong class="simtag">SIMULATOR</strong>
    ${state.bench ? clock(state.past?.clock ? { ...state.past.clock, running: state.bench.running } : state.bench) : nothing}
    <span class="grow"></span>
    ${recorder()}
    <button class="btn" id="share" aria-haspopup="menu" aria-label=${say("share")} @click=${share}>${icon("share")}<span>${say("share")}</span></button>
    <div class="seg lang" role="group" aria-label=${say("language")}>${["en", "fr"].map((tag) =>
      html`<button aria-pressed=${language === tag} lang=${tag} @click=${() => { speak(tag); show(); }}>${tag.toUpperCase()}</button>`)}</div>
    <button class="ic" id="theme" aria-label=${say("theme")} title=${say("theme")} @click=${turn}>${icon("theme")}</button>
    <button class="ic" id="help" aria-label=${say("help")} title="${say("help")} (?)" aria-expanded=${state.help} @click=${() => { state.help = !state.help; show(); }}>${icon("help")}</button>
  </header>`;
}

function clock(now) {
  const shown = (state.past?.clock ?? now).clock;
  const [day, time] = shown.split("T");
  return html`<div class="clock" role="group" aria-label=${say("clock")}>
    <button class="ic" id="run" aria-pressed=${now.running} aria-label=${say(now.running ? "pause" : "run")} title="${say(now.running ? "pause" : "run")} (p)" @click=${running}>${icon(now.running ? "pause" : "run")}</button>
    <time datetime=${shown}><span class="day">${written(day)}</span> ${time.slice(0, 8)}<span class="ms">${time.slice(8)}</span></time>
    <button class="btn ghost" id="next" aria-label=${due(now)} ?disabled=${!now.next} title="${say("next")} (n)" @click=${next}>${icon("next")}<span>${due(now)}</span></button>
    <button class="btn ghost" id="jump" aria-label=${say("jump")} aria-haspopup="menu" @click=${jumps}>${icon("jump")}<span>${say("jump")} ▾</span></button></div>`;
}

const DAYS = Object.fromEntries(["en", "fr"].map((tag) => [tag, new Intl.DateTimeFormat(`${tag}-CA`, { dateStyle: "medium", timeZone: "UTC" })]));
const written = (day) => DAYS[language].format(new Date(`${day}T00:00:00Z`));

function due(now) {
  if (!now.next) return say("nothing-due");
  const at = [...state.terminals.values()].find((each) => each.name === now.next.terminal);
  const whose = at && state.terminals.size > 1 ? ` (${at.model})` : "";
  return `${say("next")}: ${say("due-" + now.next.what)}${whose} ${say("in")} ${shortly(Math.max(0, now.next.t - now.t))}`;
}

export const running = () => turnClock({ run: !state.bench?.running });
export const next = () => (state.bench?.next ? turnClock({ next: true }) : refuse(say("nothing-due")));

function jumps(event) {
  menu(event.currentTarget, [
    ...JUMPS.map((time) => ({ label: `+${time.replace(/(\d+)/, "$1 ")}`, aria: `${say("jump")} ${time}`, act: () => jump(time) })),
    { form: [{ name: "time", label: say("any-time"), value: "2h30min", check: (value) => (Number.isNaN(parsed(value)) ? say("bad-time") : "") }], label: say("jump"), act: ({ time }) => jump(time) },
    { form: [{ name: "set", label: say("set-clock"), value: state.bench.clock.slice(0, 19) }], label: say("set"), act: ({ set: to }) => turnClock({ set: to }) },
  ]);
}

function recorder() {
  const lines = (state.script.match(LINES) ?? []).length;
  const on = !chosen()?.paused;
  return html`<button class="rec" id="record" aria-pressed=${on} aria-label="${say("recording")}, ${say("lines", { n: lines })}" @click=${showScript}><i></i><span>${say("recording")} <b>· ${say("lines", { n: lines })}</b></span></button>`;
}

// The recorder runs from the start, since people think of it afterwards; its button shows the script.
export function showScript() {
  state.right = "script";
  state.pane = "detail";
  show();
}

// What the timeline shows now, as a file.
const traceAs = (form) => `/trace?limit=100000&as=${form}&filter=${encodeURIComponent(timeline.mistakes.length ? "" : timeline.written)}`;

function share(event) {
  const id = state.chosen;
  const n = state.past?.n ?? state.entry?.n ?? timeline.last;
  menu(event.currentTarget, [
    { label: say("share-link", { n }), act: () => navigator.clipboard.writeText(`${location.origin}/#token=${bench.token}&event=${n}`) },
    { label: say("share-picture"), act: async () => save(await bench.blob(`/terminals/${id}/device.png`), `${id}.png`) },
    { label: say("share-trace"), act: async () => save(await bench.blob(traceAs("jsonl")), "trace.jsonl") },
    { label: say("share-html"), act: async () => save(await bench.blob(traceAs("html")), "trace.html") },
    { label: say("share-pcapng"), hint: say("share-masked"), act: async () => save(await bench.blob(traceAs("pcapng")), "trace.pcapng") },
    { label: say("share-script"), act: async () => save(await bench.get(`/terminals/${id}/recording`), "recorded.keys") },
    { label: say("share-bundle"), act: async () => save(await bench.blob(`/terminals/${id}/bundle`), `${id}.tsim`) },
    { label: say("share-journal"), act: async () => save(JSON.stringify(await bench.get(`/terminals/${id}/journal`), null, 1), "journal.json") },
  ]);
}

export function theme() {
  const wanted = setting("theme", "");
  if (wanted) document.documentElement.dataset.theme = wanted;
}

function turn() {
  const shown = document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  set("theme", shown === "dark" ? "light" : "dark");
  theme();
}
