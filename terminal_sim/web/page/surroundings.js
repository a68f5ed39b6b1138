// Everything around the chosen terminal: links, acquirer, power, paper, battery, orders, till, account, faults. What is not as delivered is amber.

import { html, nothing } from "./vendor/lit-html.js";
import { act, line } from "./acts.js";
import { facts } from "./bench.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { parsed } from "./moments.js";
import { chosen, show, state } from "./state.js";
import { say } from "./words.js";

const ANSWERS = ["approved", "declined", "declined:51", "declined:05", "timeout", "late:130s", "partial:500", "garbage"];
const SLOW = ["500ms", "2s", "5s", "20s"];
const quoted = (text) => JSON.stringify(text);
const bad = (at, start) => at.conditions.find((each) => each.startsWith(start));

export function surroundings() {
  const at = chosen();
  if (!at) return nothing;
  return html`<section class="world" aria-label=${say("surroundings")}><h2>${say("surroundings")}</h2>${rows(at).map(([label, control]) =>
    html`<div class="w"><span>${say(label)}</span>${control}</div>`)}</section>`;
}

function rows(at) {
  const slow = bad(at, "network slow");
  const network = bad(at, "network down") ? "down" : slow ? "slow" : "up";
  const paper = (bad(at, "paper") ?? "paper in").split(" ")[1];
  return [
    ["network", html`<span class="chips">${seg("network", ["up", "slow", "down"], network, (word, event) => (word === "slow" ? slows(event) : line(`network ${word}`)))}</span>`],
    ...(at.links.length > 1 ? [["link", seg("link", at.links, at.link, (word) => line(`network ${word}`), at.links[0])]] : []),
    ["service", seg("service", ["up", "down"], bad(at, "service down") ? "down" : "up", (word) => line(`service ${word}`))],
    ["host", html`<span class="chips">${answers(at).map((one) => html`<span class="chip warn">${one}</span>`)}<button class="chip plus" aria-haspopup="menu" @click=${hostAnswers}>+ ${say("answer")}</button></span>`],
    ["power", seg("power", ["on", "off", "cut"], at.on ? "on" : "off", (word) => line(`power ${word}`))],
    ...(at.has.includes("printer") ? [["paper", seg("paper", ["in", "low", "out"], paper, (word) => line(`paper ${word}`))]] : []),
    ...(at.has.includes("battery") ? [["battery", html`<span class="chips"><button class="chip ${at.battery < 100 ? "warn" : ""}" aria-haspopup="dialog" @click=${battery}>${at.battery} % ▾</button></span>`]] : []),
    ["account", seg("account", ["on", "off"], at.standalone ? "on" : "off", (word) => line(`account standalone ${word}`))],
    ...(at.has.includes("orders") ? [["orders", html`<span class="chips"><button class="chip plus" aria-haspopup="dialog" @click=${order}>+ ${say("order")}</button></span>`]] : []),
    ["till", html`<span class="chips"><button class="chip plus" aria-haspopup="dialog" @click=${till}>+ ${say("request")}</button></span>`],
    ["faults", html`<span class="chips">${at.conditions.filter((each) => /^(fault|tear|out of)/.test(each)).map((each) => html`<span class="chip warn">${each.replace(/^fault /, "")}</span>`)}<button class="chip plus" aria-haspopup="menu" @click=${faults}>+ ${say("fault")}</button></span>`],
  ];
}

function seg(name, words, current, choose, delivered = words[0]) {
  return html`<span class="seg" role="group" aria-label=${say(name)}>${words.map((word) =>
    html`<button aria-pressed=${word === current} class=${word === current && current !== delivered ? "off" : ""} data-word=${word} @click=${(event) => choose(word, event)}>${say(`word-${word}`)}</button>`)}</span>`;
}

const answers = (at) => (bad(at, "host answers")?.slice("host answers ".length).split(" ") ?? []);

const time = (name, value) => ({ name, label: say("any-time"), value, check: (given) => (Number.isNaN(parsed(given)) ? say("bad-time") : "") });

const slows = (event) => menu(event.currentTarget, [...SLOW.map((each) => ({ label: each, act: () => line(`network slow ${each}`) })), { form: [time("time", "3s")], label: "network slow", act: (given) => line(`network slow ${given.time}`) }], say("network"));

export const hostAnswers = (event) => menu(event.currentTarget, [
  ...ANSWERS.map((each) => ({ label: each, act: () => act({ do: "host-answers", answers: [each] }) })),
  { form: [{ name: "answer", label: say("answer"), value: "declined:54" }], label: say("add-to-queue"), act: ({ answer }) => act({ do: "host-answers", answers: answer.split(/\s+/) }) },
], say("host"));

const battery = (event) => menu(event.currentTarget, [...[100, 80, 20, 5, 0].map((each) => ({ label: `${each} %`, act: () => line(`battery ${each}%`) })), { form: [{ name: "percent", label: "%", value: "50" }], label: say("battery"), act: ({ percent }) => line(`battery ${percent}%`) }], say("battery"));

const order = (event) => menu(event.currentTarget, [{ form: [{ name: "text", label: say("what"), value: "Table 4" }, { name: "amount", label: say("amount"), value: "2350" }], label: say("order"), act: ({ text, amount }) => line(`order ${quoted(text)} ${amount}`) }], say("orders"));

const ticket = (value = "T-1") => ({ name: "ticket", label: say("ticket"), value });

const till = (event) => menu(event.currentTarget, [
  { form: [ticket(), { name: "amount", label: say("amount"), value: "1250" }, { name: "server", label: say("server"), value: "" }], label: "pos sale", act: ({ ticket: name, amount, server }) => line(`pos sale ${name} ${amount}${server ? ` server=${quoted(server)}` : ""}`) },
  { form: [ticket()], label: "pos cancel", act: (given) => line(`pos cancel ${given.ticket}`) },
  { form: [ticket()], label: "pos refund", act: (given) => line(`pos refund ${given.ticket}`) },
], say("till"));

async function faults(event) {
  const opener = event.currentTarget;
  await facts(state.chosen);
  const known = state.faults.get(state.chosen) ?? [];
  menu(opener, known.map((fault) => ({ label: `fault ${fault.name}`, hint: fault.meaning, act: () => (fault.arguments.length ? withArguments(opener, fault) : line(`fault ${fault.name}`)) })), say("faults"));
}

const withArguments = (opener, fault) => menu(opener, [{
  form: fault.arguments.map((each, index) => ({ name: String(index), label: each.name, choices: each.choices, value: each.choices[0] ?? (each.optional ? "" : "1"), hint: each.optional ? say("optional") : "" })),
  label: `fault ${fault.name}`,
  act: (given) => line(["fault", fault.name, ...Object.values(given).filter(Boolean)].join(" ")),
}], fault.meaning);

// The same in a line, where there is no room for the rows.
export function chips(at) {
  const slow = bad(at, "network slow");
  const down = bad(at, "network down");
  const chip = (label, word, wrong, open) => html`<button class="chip ${wrong ? "warn" : ""}" @click=${open}><span>${say(label)}</span> ${word}</button>`;
  return [
    chip("network", say(`word-${down ? "down" : slow ? "slow" : "up"}`), down || slow, () => line(`network ${down || slow ? "up" : "down"}`)),
    chip("service", say(`word-${bad(at, "service down") ? "down" : "up"}`), bad(at, "service down"), () => line(`service ${bad(at, "service down") ? "up" : "down"}`)),
    chip("host", answers(at)[0] ?? "approved", answers(at).length, hostAnswers),
    ...(at.has.includes("printer") ? [chip("paper", say(`word-${(bad(at, "paper") ?? "paper in").split(" ")[1]}`), bad(at, "paper"), () => line(`paper ${bad(at, "paper") ? "in" : "out"}`))] : []),
    ...(at.has.includes("battery") ? [chip("battery", `${at.battery} %`, at.battery < 100, battery)] : []),
    html`<button class="chip" aria-label=${say("surroundings")} @click=${() => { state.pane = "cards"; show(); }}>${icon("more")}</button>`,
  ];
}
