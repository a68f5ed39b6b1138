// The one WebSocket of the page: inputs in order, each answered; everything that happens, once; back by itself after a loss.

const PROTOCOL = "terminal-sim.1";
const SLOWEST = 5000; // ms between two tries

export class Connection {
  constructor(token, { onMessage, onState }) {
    this.token = token;
    this.onMessage = onMessage;
    this.onState = onState;
    this.seq = 0;
    this.last = 0; // the newest event that has come
    this.waiting = new Map(); // what was asked and is not answered, by its seq
    this.pause = 250;
    this.name = crypto.randomUUID();
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`, [PROTOCOL, `bearer.${this.token}`]);
    this.socket.onopen = () => {
      this.pause = 250;
      this.send({ hello: this.name });
      this.ask({ sub: { after: this.last } });
      // What was asked before the loss may have been done: the bench answers a seq that it knows without doing it again.
      for (const [seq, { said }] of [...this.waiting]) if (!said.sub) this.send({ seq, ...said });
      this.onState("live");
    };
    this.socket.onmessage = ({ data }) => this.take(JSON.parse(data));
    this.socket.onclose = () => {
      this.onState("lost");
      setTimeout(() => this.open(), this.pause);
      this.pause = Math.min(this.pause * 2, SLOWEST);
    };
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

  async get(path) {
    const answer = await fetch(`/api/v1${path}`, { headers: { Authorization: `Bearer ${this.token}` } });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    return answer.headers.get("content-type").includes("json") ? answer.json() : answer.text();
  }

  async post(path, body) {
    const answer = await fetch(`/api/v1${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.detail);
    return found;
  }
}
