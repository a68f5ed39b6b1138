// What an entry of the trace says in one line: its text, a brief of what is in it, and its result.

import { duration } from "./moments.js";

const TEXT = {
  act: (e) => e.line,
  key: (e) => `press ${keyWord(e.key)}`,
  touch: (e) => `tap id:${e.target}`,
  time: (e) => `clock ${duration(e.by)}`,
  state: (e) => (e.source ? `${e.flow}: ${e.source} → ${e.dest}` : `${e.flow}: ${e.dest}`),
  screen: (e) => e.screen,
  apdu: (e) => e.command.replace(/ \[\d+ bytes?\]$/, ""),
  host: (e) => (e.out ? `→ ${e.mti} ${e.out}` : e.into ? `← ${e.into}` : e.problem),
  journal: (e) => e.row,
  receipt: (e) => e.copy || e.stopped,
  beep: (e) => e.tone,
  refused: (e) => e.why,
  ignored: (e) => e.what,
  unexpected: (e) => e.what,
  note: (e) => e.text,
  event: (e) => (e.name ? `${e.event} ${e.name}` : e.event),
};

const RESULT = {
  apdu: (e) => e.response.match(/(?:^| )([0-9A-F]{4}(?: [a-z][^{}]*)?)$/)?.[1] ?? e.response,
  host: (e) => (e.code ? `code ${e.code}` : ""),
  journal: (e) => e.state || "",
};

// A key of a secret is known as a digit alone.
export const keyWord = (key) => (key === "DIGIT" ? "•" : key);

export const text = (entry) => TEXT[entry.kind]?.(entry) ?? entry.kind;

export const result = (entry) => RESULT[entry.kind]?.(entry) ?? "";

const BAD = /DECLINED|EXPIRED|LOST|UNKNOWN|^code (?!00)|^6[0-9A-F]{3} (?!record)/;
const GOOD = /COMPLETED|FORWARDED|^code 00/;

// Whether a result is good news or bad; most are neither.
export const mood = (said) => (BAD.test(said) ? "bad" : GOOD.test(said) ? "good" : "");

export function brief(entry) {
  if (entry.kind === "apdu") return apduBrief(entry);
  if (entry.kind === "host") return entry.amount ? `stan ${entry.stan}, ${amount(entry.amount)}` : entry.stan ? `stan ${entry.stan}` : "";
  if (entry.kind === "journal") return [entry.amount !== undefined ? amount(entry.amount, entry.currency) : "", entry.entry ?? ""].filter(Boolean).join(", ");
  return "";
}

function apduBrief({ command, response }) {
  const value = (tag) => response.match(new RegExp(`(?:^|[{ ])${tag}="?([^" }]+)`))?.[1];
  if (command.startsWith("GENERATE")) return value("9F26") ? `ATC ${parseInt(value("9F36"), 16)}, cryptogram ${value("9F26").slice(0, 8)}…` : "";
  if (command.startsWith("SELECT 1PAY") || command.startsWith("SELECT 2PAY")) return "payment directory";
  if (command.startsWith("SELECT")) return response.match(/ 50="([^"]+)"|\{50="([^"]+)"/)?.slice(1).find(Boolean) ?? "";
  if (command.startsWith("GET PROC")) return value("82") ? `AIP ${value("82")}, AFL ${(value("94") ?? "").length / 8}` : "";
  return [...response.matchAll(/([0-9A-F]{2,4})=/g)].map((found) => found[1]).slice(0, 7).join(" ");
}

export const amount = (minor, currency = "") => `${(minor / 100).toFixed(2)}${currency ? ` ${currency}` : ""}`;
