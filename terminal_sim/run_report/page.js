
"use strict";
// Draws the data of the page. The place in it is the hash: #/SCENARIO/TRY/STEP/EVENT, #/coverage or #/runs. Every text becomes a text node.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.getElementById("page");
  const OUTCOMES = ["failed", "broken", "flaky", "held", "skipped"];
  const MARKS = { failed: "✗", broken: "!", flaky: "~", held: "✓", skipped: "–", "not run": "–" };
  const QUIET = new Set(["event", "time", "act"]);
  const COLUMNS = 4;
  const browser = (navigator.languages || [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => data.words[tag]);
  let language = data.words[data.locale.slice(0, 2)] ? data.locale.slice(0, 2) : browser || "en";
  const word = (id) => data.words[language][id] || id;
  const filter = { text: "", outcome: "", profile: "", tag: "" };
  const hidden = new Set(QUIET);
  let place = [];

  function el(tag, given, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(given || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
      else if (name === "width") made.style.width = value;
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
    return made;
  }

  const scenarios = data.scenarios.map((one, at) => ({ tags: [], notes: [], differing: [], records: [], text: "", took: 0, seconds: 0, tries: 1, change: "", before: 0, locale: "", ...one, at }));
  for (const one of scenarios) {
    const sources = one.records.flatMap((record) => record.steps.map((step) => step.line.source));
    one.hay = [one.title, one.file, one.profile, one.locale, one.text, one.change && word(one.change), ...one.tags, ...one.notes, ...new Set(sources)].join("\n").toLowerCase();
  }
  const isFailure = (one) => ["failed", "broken", "flaky"].includes(one.outcome);
  const count = (test) => scenarios.filter(test).length;
  const uniform = (values) => [...new Set(values.filter(Boolean))].sort();

  const uris = new Map();
  function uri(digest) {
    if (!uris.has(digest)) uris.set(digest, "data:image/svg+xml;charset=utf-8," + encodeURIComponent(data.pictures[digest].svg));
    return uris.get(digest);
  }
  const picture = (digest, alt, kind) => el("img", { src: uri(digest), alt, class: kind });
  const png = (bytes, alt) => el("img", { src: "data:image/png;base64," + bytes, alt });
  const clock = (micros) => {
    const whole = Math.floor(micros / 1e6);
    const two = (value) => String(value).padStart(2, "0");
    return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${String(Math.floor(micros / 1000) % 1000).padStart(3, "0")}`;
  };
  const seconds = (value) => `${value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 3 : 1 })} s`;
  const link = (...parts) => "#/" + parts.join("/");
  const badge = (kind, text) => el("span", { class: "badge " + kind }, text);
  const mark = (outcome) => [el("span", { class: "mark " + outcome.replace(" ", "-"), "aria-hidden": "true" }, MARKS[outcome]), el("span", { class: "unseen" }, word(outcome === "not run" ? "not-run" : outcome) + ": ")];
  const said = (row) => ({ lane: "", detail: "", is_wrong: false, bytes: [], ...data.said[row] });

  // The head.

  function head() {
    const tab = (name, id) => el("a", { href: "#/" + (name === "scenarios" ? "" : name), "aria-current": (["coverage", "runs"].includes(place[0]) ? place[0] : "scenarios") === name && "page" }, word(id));
    const languages = Object.keys(data.words).map((one) => el("button", { type: "button", "aria-pressed": String(one === language), lang: one, on: { click: () => { language = one; draw(); root.querySelector(".seg [aria-pressed=true]").focus(); } } }, one.toUpperCase()));
    const when = new Date(data.when);
    return el("header", { class: "top" },
      el("a", { class: "skip", href: "#main", on: { click: (event) => { event.preventDefault(); document.getElementById("main").focus(); } } }, word("skip")),
      el("div", { class: "brand" }, el("h1", {}, "terminal-sim: " + word("title")), el("span", { class: "band" }, word("simulator"))),
      el("nav", { class: "tabs", "aria-label": word("title") }, tab("scenarios", "scenarios"), tab("coverage", "coverage"), tab("runs", "runs")),
      el("time", { class: "when", datetime: data.when }, when.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" })),
      el("div", { class: "seg", role: "group", "aria-label": word("language") }, languages));
  }

  // The list of scenarios.

  function fits(one) {
    if (filter.outcome === "differing" ? !one.differing.length : filter.outcome && one.outcome !== filter.outcome) return false;
    if (filter.profile && one.profile !== filter.profile) return false;
    if (filter.tag && !one.tags.includes(filter.tag)) return false;
    return filter.text.toLowerCase().split(/\s+/).every((part) => one.hay.includes(part));
  }

  function side() {
    const list = el("nav", { class: "list", "aria-label": word("scenarios") });
    const status = el("p", { class: "unseen", role: "status" });
    const refresh = () => {
      const found = scenarios.filter(fits);
      status.textContent = `${found.length} / ${scenarios.length}`;
      list.replaceChildren(...(found.length ? [] : [el("p", { class: "none muted" }, word("nothing-found"))]));
      for (const outcome of OUTCOMES) {
        const group = found.filter((one) => one.outcome === outcome);
        if (group.length) list.append(el("h2", {}, `${word(outcome)} (${group.length})`), el("ul", {}, group.map((one) => el("li", {}, entry(one)))));
      }
    };
    const chips = [["", "all", scenarios.length], ...OUTCOMES.map((one) => [one, one, count((s) => s.outcome === one)]), ["differing", "differing", count((s) => s.differing.length)]].filter(([, , number]) => number);
    const chip = ([value, id, number]) => el("button", { type: "button", class: "chip", "aria-pressed": String(filter.outcome === value), on: { click: (event) => {
      filter.outcome = value;
      for (const one of event.currentTarget.parentNode.children) one.setAttribute("aria-pressed", String(one === event.currentTarget));
      refresh();
    } } }, word(id), el("b", {}, String(number)));
    const chooser = (name, id, values) => values.length > 1 && el("select", { "aria-label": word(name), on: { change: (event) => { filter[name === "terminal" ? "profile" : "tag"] = event.target.value; refresh(); } } },
      el("option", { value: "" }, word(id)), values.map((value) => el("option", { value, selected: value === filter[name === "terminal" ? "profile" : "tag"] }, value)));
    const profiles = chooser("terminal", "any-terminal", uniform(scenarios.map((one) => one.profile)));
    const tags = chooser("tag", "any-tag", uniform(scenarios.flatMap((one) => one.tags)));
    const search = el("input", { type: "search", "aria-label": word("search"), placeholder: word("search"), on: { input: (event) => { filter.text = event.target.value.trim(); refresh(); } } });
    search.value = filter.text;
    refresh();
    return el("div", { class: "side" }, el("div", { class: "find", role: "search" }, search, (profiles || tags) && el("div", { class: "pair" }, profiles, tags), el("div", { class: "chips" }, chips.map(chip)), status), list);
  }

  function entry(one) {
    const facts = [one.profile, one.locale, ...one.tags.map((tag) => "@" + tag)].filter(Boolean).join(" · ");
    return el("a", { href: link(one.at), "aria-current": String(one.at) === place[0] && "true" },
      el("span", {}, mark(one.outcome)), el("span", { class: "name" }, one.title), el("span", { class: "took" }, one.outcome === "skipped" ? "" : seconds(one.seconds)),
      el("span", { class: "meta" }, one.change && [badge(one.change, word(one.change)), " "], one.differing.length > 0 && [badge("differing", word("differing")), " "], facts));
  }

  // One scenario.

  function detail(one) {
    const fact = (id, value) => value && el("div", {}, el("dt", {}, word(id)), el("dd", {}, value));
    const facts = el("dl", { class: "facts" }, fact("terminal", one.profile), fact("locale", one.locale), fact("place", el("code", {}, `${one.file}:${one.line}`)),
      one.outcome !== "skipped" && fact("virtual-time", clock(one.took)), one.outcome !== "skipped" && fact("wall-time", seconds(one.seconds) + (one.before ? ` (${word("before")} ${seconds(one.before)})` : "")), one.tries > 1 && fact("tries", String(one.tries)), one.bundle && fact("bundle", el("code", {}, one.bundle)));
    const isBad = isFailure(one);
    return el("article", { id: "main", class: "main", tabindex: "-1" },
      el("p", { class: "only-narrow" }, el("a", { href: "#/" }, "← " + word("back"))),
      el("div", { class: "headline" }, el("div", { class: "badges" }, badge(one.outcome, word(one.outcome)), one.change && badge(one.change, word(one.change)), one.tags.map((tag) => badge("", "@" + tag))), el("h2", {}, one.title), facts),
      one.outcome === "skipped" && one.text && el("section", { class: "card" }, el("h3", {}, word("reason")), el("p", {}, one.text)),
      isBad && one.text && el("section", { class: "card " + (one.outcome === "flaky" ? "warn" : "bad") }, el("h3", {}, word("failure")), el("pre", { class: "text", tabindex: "0", role: "region", "aria-label": word("failure") }, one.text)),
      one.differing.map(difference),
      one.notes.length > 0 && el("section", { class: "card" }, el("h3", {}, word("notes")), el("ul", {}, one.notes.map((note) => el("li", {}, note)))),
      one.outcome !== "skipped" && evidence(one));
  }

  function difference(one) {
    const figure = (id, bytes) => bytes && el("figure", {}, el("figcaption", {}, word(id)), png(bytes, `${word(id)}: ${one.name}`));
    return el("section", { class: "card warn differing-picture" }, el("h3", {}, `${one.name}`), el("p", { class: "muted" }, one.why),
      el("div", { class: "trio" }, figure("expected", one.expected) || el("p", { class: "muted" }, word("not-stored")), figure("got", one.got), figure("difference", one.differs)));
  }

  function evidence(one) {
    const number = Math.min(Number(place[1] || 0), one.records.length - 1);
    const record = one.records[number];
    if (!record || !record.steps.length) return el("p", { class: "muted" }, word("no-steps"));
    const failed = record.steps.findIndex((step) => ["failed", "broken"].includes(step.verdict));
    const last = record.steps.reduce((found, step, at) => (step.verdict === "not run" || step.part === "teardown" ? found : at), 0);
    const asked = place[2] === undefined || place[2] === "" ? (failed >= 0 ? failed : last) : Number(place[2]);
    const chosen = Math.max(0, Math.min(asked, record.steps.length - 1));
    const tries = one.records.length > 1 && el("div", { class: "seg", role: "group", "aria-label": word("tries") }, one.records.map((_, at) => el("button", { type: "button", "aria-pressed": String(at === number), on: { click: () => go(one.at, at) } }, `${word("try")} ${at + 1}`)));
    const shown = el("div", { class: "stage" }, now(one, number, record, chosen), timeline(one, number, record, chosen));
    return el("section", { class: "card" }, el("div", { class: "badges" }, el("h3", {}, `${word("steps")} (${record.steps.length})`), tries), film(one, number, record, chosen), shown);
  }

  function film(one, number, record, chosen) {
    const strip = el("ol", { class: "film", on: { keydown: (event) => {
      const to = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: record.steps.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(one.at, number, Math.max(0, Math.min(to, record.steps.length - 1)));
      root.querySelector(".film [aria-current]").focus();
    } } });
    record.steps.forEach((step, at) => {
      const isBad = ["failed", "broken"].includes(step.verdict);
      const pictures = step.picture ? [picture(step.picture, ""), step.receipts.map((paper) => picture(paper, "", "paper"))] : word("no-screen");
      strip.append(el("li", {}, el("button", { type: "button", class: isBad && "failed-step", tabindex: at === chosen ? "0" : "-1", "aria-current": at === chosen && "step", on: { click: () => go(one.at, number, at) } },
        el("span", { class: step.receipts.length ? "pic papers" : "pic" }, pictures), el("span", { class: "cap" }, mark(step.verdict), " ", el("i", {}, `${step.line.line} `), step.line.source))));
    });
    return strip;
  }

  function now(one, number, record, at) {
    const step = record.steps[at];
    const picked = step.picture && data.pictures[step.picture];
    const caused = step.last >= step.first && step.first > 0;
    const steer = (id, to) => el("button", { type: "button", class: "btn", disabled: to < 0 || to >= record.steps.length, on: { click: () => { go(one.at, number, to); const again = [...root.querySelectorAll(".steer .btn")].find((button) => button.textContent === word(id)); if (again && !again.disabled) again.focus(); } } }, word(id));
    const verdict = { held: "step-held", failed: "step-failed", broken: "step-broken", "not run": "not-run" }[step.verdict];
    return el("section", { class: "now card", tabindex: "0", role: "region", "aria-label": word("step") },
      el("div", { class: "steer" }, steer("previous", at - 1), steer("next", at + 1)),
      el("div", { class: "badges" }, badge(step.verdict === "not run" ? "" : step.verdict, word(verdict)), step.part !== "scenario" && badge("", word(step.part))),
      el("p", { class: "line" }, step.line.source),
      el("p", { class: "muted" }, el("code", {}, `${step.line.file.split("/").pop()}:${step.line.line}`), step.verdict !== "not run" && ` · ${clock(step.at)} · ${seconds(step.seconds)}`, caused && [" · ", el("a", { href: link(one.at, number, at, step.first) }, `${word("events")} ${step.first}–${step.last}`)]),
      step.callers.length > 0 && el("ul", { class: "muted" }, [...step.callers].reverse().map((call) => el("li", {}, `${word("called-by")} `, el("code", {}, `${call.line} ${call.source}`)))),
      step.why && el("pre", { class: "failed" }, step.why),
      picked ? [el("figure", {}, picture(step.picture, picked.text)), el("details", {}, el("summary", {}, word("as-text")), el("pre", {}, picked.text))] : el("p", { class: "muted" }, word("no-screen")),
      step.receipts.map((paper) => [el("figure", {}, el("figcaption", {}, word("receipt")), picture(paper, data.pictures[paper].text)), el("details", {}, el("summary", {}, `${word("receipt")}: ${word("as-text")}`), el("pre", {}, data.pictures[paper].text))]));
  }

  // The timeline.

  function timeline(one, number, record, chosen) {
    const rows = [];
    for (let at = 0; at < record.timeline.length; at += COLUMNS) rows.push({ number: record.timeline[at], at: record.timeline[at + 2], ...said(record.timeline[at + 3]) });
    const kinds = uniform(rows.map((row) => row.kind));
    const kind = (name) => el("button", { type: "button", class: "chip", "aria-pressed": String(!hidden.has(name)), on: { click: (event) => {
      const off = !hidden.has(name);
      off ? hidden.add(name) : hidden.delete(name);
      event.currentTarget.setAttribute("aria-pressed", String(!off));
      for (const row of root.querySelectorAll(`.time [data-kind="${name}"]`)) row.hidden = off;
    } } }, word("kind-" + name));
    const table = el("table", { class: "time" }, el("thead", {}, el("tr", {}, ["event", "time", "kind", "what"].map((id) => el("th", { scope: "col", class: id === "what" ? "" : "num" }, word(id))))));
    const isWanted = (row) => place[3] === String(row.number);
    let next = 0;
    const body = (title, lit, until) => {
      const group = el("tbody", { class: lit ? "lit" : "" }, title && el("tr", { class: "of-step" }, el("th", { colspan: "4", scope: "rowgroup" }, title)));
      for (; next < rows.length && rows[next].number <= until; next += 1) {
        if (isWanted(rows[next])) hidden.delete(rows[next].kind);
        group.append(...tableRows(rows[next]));
      }
      if (group.childNodes.length) table.append(group);
    };
    record.steps.forEach((step, at) => {
      if (step.verdict === "not run") return;
      if (step.first > 1) body(null, false, step.first - 1);
      body(el("button", { type: "button", on: { click: () => { go(one.at, number, at); root.querySelector(".film [aria-current]").focus(); } } }, `${step.line.line} ${step.line.source}`), at === chosen, step.last);
    });
    body(null, false, Infinity);
    return el("section", {}, el("div", { class: "badges" }, el("h3", {}, `${word("timeline")} (${rows.length})`), el("div", { class: "chips", role: "group", "aria-label": word("kind") }, kinds.map(kind))), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": word("timeline") }, table));
  }

  function tableRows(row) {
    const hasMore = row.detail || row.bytes.length;
    const more = el("tr", { hidden: true, "data-more": row.kind });
    const what = hasMore
      ? el("button", { type: "button", class: "open", "aria-expanded": "false", on: { click: (event) => {
        const opens = event.currentTarget.getAttribute("aria-expanded") === "false";
        event.currentTarget.setAttribute("aria-expanded", String(opens));
        if (opens && !more.childNodes.length) more.append(el("td", { colspan: "4" }, inside(row)));
        more.hidden = !opens;
      } } }, row.label)
      : el("span", {}, row.label);
    const first = row.detail && row.kind === "apdu" ? el("span", { class: "answer muted" }, row.detail) : null;
    return [el("tr", { id: "e" + row.number, class: row.is_wrong && "wrong", "data-kind": row.kind, hidden: hidden.has(row.kind) },
      el("td", { class: "num" }, String(row.number)), el("td", { class: "num" }, clock(row.at)), el("td", { class: "kind k-" + row.kind }, word("kind-" + row.kind)), el("td", { class: "what" }, what, first)), more];
  }

  function inside(row) {
    const parts = (list, depth) => list.flatMap((part) => [el("tr", {}, el("td", {}, `${"\u2003".repeat(depth)}${part.tag || ""}`), el("td", {}, part.name), el("td", {}, part.parts.length ? "" : part.value)), ...parts(part.parts, depth + 1)]);
    return el("div", { class: "inside" }, row.detail && row.kind !== "apdu" && el("pre", { tabindex: "0", role: "region", "aria-label": row.label }, row.detail),
      row.bytes.map((one) => [el("h4", {}, one.name), el("pre", { class: "hex" }, one.hex.replace(/(..)/g, "$1 ")), el("table", { class: "parts" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, word("tag")), el("th", { scope: "col" }, word("name")), el("th", { scope: "col" }, word("value")))), el("tbody", {}, parts(one.parts, 0)))]));
  }

  // Coverage and runs.

  function coverage() {
    const bar = ([seen, all]) => el("div", { class: "bar" }, el("i", { width: `${all ? (100 * seen) / all : 100}%` }));
    const share = (id, [seen, all]) => el("div", {}, el("span", { class: "muted" }, `${word(id)}: ${seen} / ${all}`), bar([seen, all]));
    const flow = (one) => el("section", { class: "card" }, el("div", { class: "flow" }, el("h3", {}, one.name), share("states", one.states), share("changes", one.changes)),
      one.missing.length > 0 && el("details", {}, el("summary", {}, `${word("missing")} (${one.missing.length})`), el("ul", { class: "columns" }, one.missing.map((name) => el("li", {}, name)))),
      el("details", { on: { toggle: (event) => { const box = event.currentTarget.querySelector(".chart"); if (event.currentTarget.open && !box.childNodes.length) box.append(el("img", { src: "data:image/svg+xml;charset=utf-8," + encodeURIComponent(one.svg), alt: `${word("chart-of")} ${one.name}. ${word("missing")}: ${one.missing.join(", ") || "–"}` })); } } }, el("summary", {}, `${word("chart-of")} ${one.name}`), el("div", { class: "chart", tabindex: "0", role: "region", "aria-label": `${word("chart-of")} ${one.name}` })));
    const share_of = (one) => (one.changes[1] ? one.changes[0] / one.changes[1] : 1);
    const sorted = [...data.flows].sort((a, b) => share_of(a) - share_of(b) || a.name.localeCompare(b.name));
    return el("main", { id: "main", class: "wide", tabindex: "-1" }, el("h2", {}, word("coverage")), sorted.length ? sorted.map(flow) : el("p", {}, word("no-coverage")),
      data.not_begun.length > 0 && el("section", { class: "card" }, el("h3", {}, word("not-begun")), el("ul", { class: "columns" }, data.not_begun.map((name) => el("li", {}, name)))));
  }

  function runs() {
    const changed = ["new-failure", "mended", "slower", "new-scenario"].map((change) => [change, scenarios.filter((one) => one.change === change)]).filter(([, found]) => found.length);
    const past = [...data.runs].reverse().map((run) => {
      const all = Object.values(run.counts).reduce((sum, number) => sum + number, 0) || 1;
      return el("tr", {}, el("th", { scope: "row" }, new Date(run.when).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" })),
        el("td", {}, OUTCOMES.filter((one) => run.counts[one]).map((one) => `${run.counts[one]} ${word(one)}`).join(", "), el("div", { class: "bar" }, OUTCOMES.filter((one) => run.counts[one]).map((one) => el("i", { class: one, width: `${(100 * run.counts[one]) / all}%` })))), el("td", {}, seconds(run.seconds)));
    });
    return el("main", { id: "main", class: "wide", tabindex: "-1" }, el("h2", {}, word("runs")),
      el("section", { class: "card" }, el("h3", {}, word("since-last")), data.runs.length < 2 ? el("p", { class: "muted" }, word("first-run")) : changed.length ? changed.map(([change, found]) => el("div", {}, badge(change, `${word(change)} (${found.length})`), el("ul", {}, found.map((one) => el("li", {}, el("a", { href: link(one.at) }, `${one.title} · ${one.profile}`)))))) : el("p", { class: "muted" }, word("nothing-changed"))),
      el("section", { class: "card scroll", tabindex: "0", role: "region", "aria-label": word("runs") }, el("table", { class: "past" }, el("thead", {}, el("tr", {}, ["when", "scenarios", "seconds"].map((id) => el("th", { scope: "col" }, word(id))))), el("tbody", {}, past))));
  }

  // Paper.

  function paper() {
    const row = (one) => el("tr", {}, el("td", {}, word(one.outcome)), el("td", {}, one.title), el("td", {}, one.profile), el("td", {}, one.outcome === "skipped" ? one.text : seconds(one.seconds)));
    const ordered = OUTCOMES.flatMap((outcome) => scenarios.filter((one) => one.outcome === outcome));
    const failure = (one) => el("article", {}, el("h2", {}, `${word(one.outcome)}: ${one.title} (${one.profile})`), el("pre", {}, one.text), one.differing.map(difference),
      one.records[0] && el("div", { class: "film" }, one.records[0].steps.filter((step) => step.picture).map((step) => el("figure", {}, picture(step.picture, ""), el("figcaption", {}, `${MARKS[step.verdict]} ${step.line.line} ${step.line.source}`)))));
    return [el("h1", {}, `terminal-sim: ${word("title")} (${word("simulator")})`), el("p", {}, new Date(data.when).toLocaleString(language)), el("table", {}, el("tbody", {}, ordered.map(row))), scenarios.filter(isFailure).map(failure)].flat();
  }

  // The whole.

  function go(...to) {
    history.replaceState(null, "", link(...to));
    place = to.map(String);
    redraw();
  }

  function redraw() {
    const frame = root.querySelector(".frame");
    const one = scenarios[Number(place[0])];
    if (!frame || !one) return draw();
    const film = frame.querySelector(".film");
    const left = film && frame.dataset.of === `${one.at}/${place[1] || 0}` ? film.scrollLeft : 0;
    frame.querySelector(".main").replaceWith(detail(one));
    settle(frame, one, left);
  }

  function settle(frame, one, left) {
    frame.dataset.of = `${one.at}/${place[1] || 0}`;
    const strip = frame.querySelector(".film");
    if (strip) {
      strip.scrollLeft = left;
      const button = strip.querySelector("[aria-current]");
      if (button) {
        const [from, to] = [button.offsetLeft - strip.offsetLeft, button.offsetLeft - strip.offsetLeft + button.offsetWidth];
        if (from < strip.scrollLeft || to > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = from - strip.clientWidth / 3;
      }
    }
    if (place[3]) {
      const row = document.getElementById("e" + place[3]);
      if (row) row.scrollIntoView({ block: "center" });
    }
    for (const link of frame.querySelectorAll(".list a")) link.getAttribute("href") === "#/" + one.at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  }

  function draw() {
    document.documentElement.lang = language;
    document.title = `${count(isFailure)} ${word("failed")}: ${word("title")}`;
    if (place[0] === "coverage" || place[0] === "runs") return root.replaceChildren(head(), place[0] === "coverage" ? coverage() : runs());
    const isChosen = place[0] !== undefined && place[0] !== "";
    const first = OUTCOMES.flatMap((outcome) => scenarios.filter((one) => one.outcome === outcome))[0];
    const one = isChosen ? scenarios[Number(place[0])] : first;
    if (one && !isChosen) place = [String(one.at)];
    const frame = el("main", { class: "frame" + (isChosen ? " chosen" : "") }, side(), one ? detail(one) : el("div", { id: "main", class: "main", tabindex: "-1" }, el("p", {}, word("nothing-found"))));
    root.replaceChildren(head(), frame);
    if (one) settle(frame, one, 0);
  }

  function come() {
    const asked = location.hash.slice(2).split("/");
    const frame = root.querySelector(".frame");
    const isOther = asked[0] !== place[0];
    place = asked[0] === "" ? [] : asked;
    if (frame && scenarios[Number(asked[0])] && asked[0] !== "") {
      frame.classList.add("chosen");
      redraw();
      if (isOther) { window.scrollTo(0, 0); document.getElementById("main").focus({ preventScroll: true }); }
    } else draw();
  }

  document.body.append(el("div", { id: "print" }));
  window.addEventListener("beforeprint", () => document.getElementById("print").replaceChildren(...paper()));
  window.addEventListener("afterprint", () => document.getElementById("print").replaceChildren());
  window.addEventListener("hashchange", come);
  come();
})();
