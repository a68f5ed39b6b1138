// The filter language of the timeline. Words are ANDed, `-` negates, any field of an entry can be named:
//   kind:apdu,host  state:pin  tag:95  sw:6A83  n>60  n:60..90  t>24h  amount:1250  step:genac1  act:insert  terminal:till-2  /regex/  "two words"

import { text } from "./brief.js";
import { parsed, SECOND } from "./moments.js";
import { nearest } from "./nearest.js";

export const KINDS = ["act", "time", "state", "screen", "apdu", "host", "journal", "receipt", "beep", "note", "refused", "ignored", "unexpected", "event"];
const ACTS = ["act", "key", "touch"]; // are one kind to a person
const NUMBERS = ["n", "t", "amount", "stan", "by"];
const WORD = /(-?)(?:\/((?:\\.|[^/\\])+)\/|"([^"]*)"?|([a-z_]+)(?:(:|>|<)("[^"]*"?|\S*))|(\S+))/gi;
const TESTS = {
  kind: (entry, value) => entry.kind === value || (value === "act" && ACTS.includes(entry.kind)),
  state: (entry, value) => entry.kind === "state" && [entry.dest, entry.source, `${entry.flow}.${entry.dest}`].some((one) => lower(one) === value),
  tag: (entry, value) => entry.kind === "apdu" && new RegExp(`(^|[{ ])${value}[={]`, "i").test(entry.response),
  sw: (entry, value) => entry.kind === "apdu" && new RegExp(`(^| )${value}( [a-z][^{}]*)?$`, "i").test(entry.response),
  act: (entry, value, act) => Boolean(act) && lower(act.label).includes(value),
  terminal: (entry, value, act, names) => [lower(entry.terminal), lower(names.get(entry.terminal) ?? "")].some((one) => one.includes(value)),
};
const FIELDS = [...Object.keys(TESTS), ...NUMBERS, "flow", "source", "dest", "screen", "step", "code", "mti", "out", "into", "row", "reference", "entry", "copy", "why", "line", "key", "target"];

const lower = (value) => String(value ?? "").toLowerCase();

// The filter as a test of (entry, its act, ids of terminals by name), and its mistakes: each from `start` to `end`, with the nearest right text.
export function filter(written) {
  const tests = [];
  const mistakes = [];
  for (const found of written.matchAll(WORD)) {
    const [whole, minus, pattern, quoted, field, sign, value, plain] = found;
    const wrong = (near, from = field ?? whole) => mistakes.push({ start: found.index + whole.indexOf(from), end: found.index + whole.indexOf(from) + from.length, near });
    const test = pattern !== undefined ? matching(pattern, () => wrong("")) : quoted !== undefined ? containing(quoted)
      : field === undefined ? containing(plain) : named(lower(field), sign, lower(value.replace(/^"|"$/g, "")), wrong);
    if (test) tests.push(minus ? (...given) => !test(...given) : test);
  }
  return { test: (...given) => tests.every((one) => one(...given)), mistakes };
}

const containing = (words) => (entry) => (entry.searched ??= lower(`${text(entry)} ${Object.values(entry).join(" ")}`)).includes(lower(words));

function matching(pattern, wrong) {
  try {
    const found = new RegExp(pattern, "i");
    return (entry) => found.test(`${text(entry)} ${Object.values(entry).join(" ")}`);
  } catch {
    wrong();
    return null;
  }
}

function named(field, sign, value, wrong) {
  if (!FIELDS.includes(field)) {
    wrong(nearest(field, FIELDS));
    return null;
  }
  if (NUMBERS.includes(field)) return compared(field, sign, value, wrong);
  const values = value.split(",").filter(Boolean);
  if (field === "kind") for (const one of values) if (!KINDS.includes(one) && !ACTS.includes(one)) wrong(nearest(one, KINDS), one);
  if (sign !== ":" || !values.length) return null; // still being typed
  const test = TESTS[field] ?? ((entry, one) => entry[field] !== undefined && lower(entry[field]) === one);
  return (entry, act, names) => values.some((one) => test(entry, one, act, names));
}

// A number, or a time as scripts write it; `60..90` is from one to the other.
function compared(field, sign, value, wrong) {
  const number = (one) => (field === "t" || field === "by") && !/^[\d.]+$/.test(one) ? parsed(one) : Number(one) * (field === "t" || field === "by" ? SECOND : 1);
  const [first, last] = value.includes("..") ? value.split("..").map(number) : [number(value), number(value)];
  if (value && (Number.isNaN(first) || Number.isNaN(last))) wrong("", value);
  if (!value || Number.isNaN(first) || Number.isNaN(last)) return null;
  return (entry) => {
    const there = entry[field];
    if (there === undefined) return false;
    return sign === ">" ? there > first : sign === "<" ? there < first : there >= first && there <= last;
  };
}

// The kinds that a filter shows, as its toggles have them: all where none is named.
export function kindsOf(written) {
  const found = written.match(/(?:^|\s)kind:(\S*)/);
  return found ? found[1].split(",").filter(Boolean) : [];
}

// The filter with one kind added to those it shows, or taken away.
export function toggled(written, kind) {
  const now = kindsOf(written);
  const then = now.includes(kind) ? now.filter((one) => one !== kind) : [...now, kind];
  const rest = written.replace(/(?:^|\s)kind:\S*/, "").trim();
  return [then.length ? `kind:${then.join(",")}` : "", rest].filter(Boolean).join(" ");
}
