// What hangs on what: the chain of cause of an entry, and the entries that are lit with it, each with its reason.

import { text } from "./brief.js";

// The chain: the act, the state that was in force, the entry itself, and what came of it.
export function chain(timeline, entry) {
  const act = timeline.actOf(entry.n);
  const links = [{ n: act.n, label: act.label, kind: "act" }];
  const at = entry.kind === "state" ? null : stateBefore(timeline, entry);
  if (at) links.push({ n: at.n, label: `${at.flow}.${at.dest}`, kind: "state" });
  if (entry.n !== act.n) links.push({ n: entry.n, label: entry.kind === "state" ? `${entry.flow}.${entry.dest}` : text(entry).replace(/^[→←] /, ""), kind: entry.kind, own: true });
  else links[0].own = true;
  for (const after of consequences(timeline, entry)) links.push({ n: after.n, label: labelOf(after), kind: after.kind });
  return links;
}

const labelOf = (entry) => (entry.kind === "host" && entry.code ? `${entry.into} ${entry.code}` : text(entry).replace(/^[→←] /, ""));

// The entries that the selected one hangs on, with the word for the reason, by their numbers.
export function lit(timeline, entry) {
  const found = new Map();
  if (!entry) return found;
  const mark = (other, why) => other && other.n !== entry.n && !found.has(other.n) && found.set(other.n, why);
  if (entry.kind === "apdu") {
    mark(stateBefore(timeline, entry), "lit-asked");
    for (const after of consequences(timeline, entry)) mark(after, after.out ? "lit-carries" : "lit-answers");
    if (entry.step === "genac2") mark(near(timeline, entry, -1, (one) => one.kind === "host" && one.into), "lit-decides");
  } else if (entry.kind === "journal" || entry.kind === "host") {
    for (const other of around(timeline, entry)) {
      if (other.kind === "host" && other.stan !== undefined && other.stan === entry.stan) mark(other, other.out ? "lit-message" : "lit-answer");
      else if (other.kind === "journal" && related(other, entry)) mark(other, "lit-row");
    }
  } else if (entry.kind === "receipt") {
    mark(near(timeline, entry, -1, (one) => one.kind === "journal" && one.reference === entry.reference), "lit-row");
  } else if (entry.kind === "screen") mark(stateBefore(timeline, entry), "lit-shown");
  else if (entry.kind === "state") {
    mark(near(timeline, entry, 1, (one) => one.kind === "screen" && one.cause === entry.cause), "lit-screen");
    mark(near(timeline, entry, -1, (one) => one.kind === "host" && one.into && one.cause === entry.cause), "lit-brought");
  }
  return found;
}

const related = (a, b) => (a.reference && a.reference === b.reference) || (a.stan !== undefined && a.stan === b.stan);

// The newest change of state of the same terminal before the entry.
export const stateBefore = (timeline, entry) => near(timeline, entry, -1, (one) => one.kind === "state");

function consequences(timeline, entry) {
  if (entry.kind === "apdu" && entry.step === "genac1") {
    const sent = near(timeline, entry, 1, (one) => one.kind === "host" && one.out);
    return sent ? [sent, answerTo(timeline, sent)].filter(Boolean) : [];
  }
  if (entry.kind === "journal" && entry.stan !== undefined) {
    const sent = near(timeline, entry, 1, (one) => one.kind === "host" && one.out && one.stan === entry.stan);
    return sent ? [sent, answerTo(timeline, sent)].filter(Boolean) : [];
  }
  return entry.kind === "host" && entry.out ? [answerTo(timeline, entry)].filter(Boolean) : [];
}

const answerTo = (timeline, sent) => near(timeline, sent, 1, (one) => one.kind === "host" && one.into && one.stan === sent.stan);

const REACH = 2_000; // entries to either side

function near(timeline, entry, by, wanted) {
  for (let n = entry.n + by; Math.abs(n - entry.n) < REACH; n += by) {
    const one = timeline.entry(n);
    if (!one) return undefined;
    if (one.terminal === entry.terminal && wanted(one)) return one;
  }
  return undefined;
}

function* around(timeline, entry) {
  for (let n = entry.n - REACH; n < entry.n + REACH; n++) {
    const one = timeline.entry(n);
    if (one && one.terminal === entry.terminal) yield one;
  }
}
