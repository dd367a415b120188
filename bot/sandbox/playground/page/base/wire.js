// @ts-check
/** The WebSocket to the playground: what it says is handed on, what is asked is answered once, lost lines are mended. */

/** @typedef {Record<string, any>} Json */

const FIRST_REST = 250; // milliseconds before the line is tried again; then twice as long each time
const LONGEST_REST = 4000;
const LOST = { ok: false, say: "The playground does not answer. Is it still running?" };

/** One line to the playground. */
export class Wire {
  /**
   * @param {(said: Json) => void} hear
   * @param {(isUp: boolean) => void} changed
   */
  constructor(hear, changed) {
    this.hear = hear;
    this.changed = changed;
    this.rest = FIRST_REST;
    this.asked = 0;
    /** @type {Map<number, (answer: Json) => void>} */
    this.waiting = new Map();
    this.open();
  }

  open() {
    this.socket = new WebSocket(`ws://${location.host}/live`);
    this.socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.socket.addEventListener("open", () => {
      this.rest = FIRST_REST;
      this.changed(true);
    });
    this.socket.addEventListener("close", () => this.lost());
  }

  /** @param {Json} said */
  take(said) {
    if (said.is !== "answer") return this.hear(said);
    this.waiting.get(said.id)?.(said);
    this.waiting.delete(said.id);
  }

  lost() {
    for (const answered of this.waiting.values()) answered(LOST);
    this.waiting.clear();
    this.changed(false);
    setTimeout(() => this.open(), this.rest);
    this.rest = Math.min(2 * this.rest, LONGEST_REST);
  }

  /**
   * Lets somebody do something, and gives what comes of it: `ok`, and if not, `say`.
   * @param {Json} command
   * @returns {Promise<Json>}
   */
  ask(command) {
    if (this.socket?.readyState !== WebSocket.OPEN) return Promise.resolve(LOST);
    const id = (this.asked += 1);
    this.socket.send(JSON.stringify({ id, ...command }));
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }
}
