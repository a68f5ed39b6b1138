// The one WebSocket of the page: inputs in order, each answered; everything that happens, once; back by itself after a loss.

import { say } from "./words.js";

const PROTOCOL = "terminal-sim.1";
const FIRST = 250; // ms until the bench is tried again
const SLOWEST = 5000; // ms between two tries

const longer = (pause) => Math.min(pause * 2, SLOWEST);

// What the bench or the way to it refuses, in a sentence.
export class Refused extends Error {}

export class Connection {
  constructor(token, { onMessage, onState }) {
    this.token = token;
    this.onMessage = onMessage;
    this.onState = onState;
    this.seq = 0;
    this.last = 0; // the newest event that has come
    this.boot = ""; // which run of the server this is
    this.branch = ""; // the live branch
    this.waiting = new Map(); // what was asked and is not answered, by its seq
    this.pause = FIRST;
    this.name = crypto.randomUUID();
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`, [PROTOCOL, `bearer.${this.token}`]);
    this.socket.onopen = () => {
      this.pause = FIRST;
      this.send({ hello: this.name });
      this.subscribe();
      // What was asked before the loss may have been done: the bench answers a seq that it knows without doing it again.
      for (const [seq, { said }] of [...this.waiting]) if (!said.sub) this.send({ seq, ...said });
    };
    this.socket.onmessage = ({ data }) => this.take(JSON.parse(data));
    this.socket.onclose = () => {
      this.onState("lost");
      setTimeout(() => this.open(), this.pause);
      this.pause = longer(this.pause);
    };
  }

  // A bench that has fewer events than this page has seen is another one.
  async subscribe() {
    const { done } = await this.ask({ sub: { after: this.last } });
    if (!done) return;
    const restarted = (this.boot && done.boot && done.boot !== this.boot) || done.event < this.last;
    this.boot = done.boot ?? this.boot;
    this.branch = done.branch ?? "";
    this.onState(restarted ? "restarted" : "live");
  }

  // Takes everything from the first event on.
  anew() {
    this.last = 0;
    return this.subscribe();
  }

  take(message) {
    if (message.events) this.last = message.events.at(-1).n;
    const asked = message.seq && this.waiting.get(message.seq);
    if (asked) {
      this.waiting.delete(message.seq);
      asked.answer(message);
    } else this.onMessage(message);
  }

  // Resolves with `{done}` or `{refused}`.
  ask(said) {
    const seq = ++this.seq;
    return new Promise((answer) => {
      this.waiting.set(seq, { said, answer });
      this.send({ seq, ...said });
    });
  }

  send(said) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(said));
  }

  get(path) {
    return this.fetched("GET", path);
  }

  post(path, body) {
    return this.fetched("POST", path, body);
  }

  delete(path) {
    return this.fetched("DELETE", path);
  }

  // What was answered, as JSON or text.
  fetched(method, path, body) {
    return this.answered(method, path, body, (answer) => (/json(;|$)/.test(answer.headers.get("content-type")) ? answer.json() : answer.text()));
  }

  blob(path) {
    return this.answered("GET", path, undefined, (answer) => answer.blob());
  }

  // Throws Refused. What only reads is asked again until the bench is back; what acts is not, for it may have been done.
  async answered(method, path, body, read) {
    const headers = { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
    for (let pause = FIRST; ; pause = longer(pause)) {
      try {
        const answer = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
        if (answer.ok) return await read(answer);
        throw new Refused((await answer.json()).detail);
      } catch (wrong) {
        if (!(wrong instanceof TypeError)) throw wrong; // a TypeError is the network's
        if (method !== "GET") throw new Refused(say("not-connected"));
      }
      await new Promise((again) => setTimeout(again, pause));
    }
  }
}
