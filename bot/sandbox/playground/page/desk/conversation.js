// @ts-check
/** The messages of one conversation, oldest first. Only what changed is drawn, and whoever reads the end stays at the end. */

import { dayOf } from "../base/dates.js";
import { h, keep } from "../base/dom.js";
import { drawMessage } from "./message.js";

/** @typedef {Record<string, any>} Json */

const NEAR_THE_END = 60; // pixels
const SAME_BREATH = 300; // seconds in which the next message of somebody needs no name

/** One conversation on somebody's screen. */
export class Conversation {
  /**
   * @param {import("./column.js").Column} column
   * @param {string} channel
   */
  constructor(column, channel) {
    this.column = column;
    this.channel = channel;
    this.list = h("div", { class: "message-list" });
    const label = `Messages in ${column.people.conversationName(channel)}`;
    this.element = h("div", { class: "messages", role: "log", "aria-label": label, tabindex: 0 }, this.list);
    this.isAtEnd = true;
    this.element.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.element;
      this.isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
    });
    const resized = new ResizeObserver(() => this.settle());
    resized.observe(this.element);
    resized.observe(this.list);
    this.forget();
  }

  /** Draws everything anew the next time. */
  forget() {
    /** @type {WeakMap<Json, Json>} */
    this.rows = new WeakMap();
    /** @type {Map<string, Json>} */
    this.days = new Map();
  }

  draw() {
    const messages = this.column.workspace.seenBy(this.column.person, this.channel);
    const focused = this.focused();
    keep(
      this.list,
      this.rowsOf(messages),
      (row) => row.key,
      (row) => this.drawRow(row),
    );
    if (focused && !document.activeElement?.closest(".messages, .layer, .composer")) this.refocus(focused);
    return messages.at(-1)?.ts;
  }

  /** Whoever was at the end stays there. */
  settle() {
    if (this.isAtEnd) this.element.scrollTop = this.element.scrollHeight;
  }

  /** @param {Json[]} messages */
  rowsOf(messages) {
    /** @type {Json[]} */
    const rows = [];
    /** @type {Json | null} */
    let last = null;
    for (const message of messages) {
      const isNext =
        last !== null &&
        last.message.user === message.message.user &&
        last.only_for === message.only_for &&
        Number(message.ts) - Number(last.ts) < SAME_BREATH;
      const isNewDay = !last || dayNumber(last.ts) !== dayNumber(message.ts);
      if (isNewDay) rows.push(this.day(message));
      rows.push(this.row(message, isNext && !isNewDay));
      last = message;
    }
    return rows;
  }

  /** @param {Json} message */
  day(message) {
    const key = `day ${dayNumber(message.ts)}`;
    const known = this.days.get(key) ?? { key, day: message.ts };
    this.days.set(key, known);
    return known;
  }

  /** The same row for the same message, so that it is not drawn again. @param {Json} message @param {boolean} isNext */
  row(message, isNext) {
    const known = this.rows.get(message);
    if (known?.isNext === isNext) return known;
    const row = { key: message.ts, message, isNext };
    this.rows.set(message, row);
    return row;
  }

  /** @param {Json} row */
  drawRow(row) {
    if (row.day)
      return h("div", { class: "day", role: "separator" }, h("span", {}, dayOf(row.day, this.column.people.now())));
    return drawMessage(row.message, this.column, row.isNext);
  }

  focused() {
    const message = document.activeElement?.closest(".message");
    return message && this.list.contains(message) ? /** @type {HTMLElement} */ (message).dataset.ts : null;
  }

  /** @param {string} ts */
  refocus(ts) {
    /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-ts="${ts}"]`))?.focus({ preventScroll: true });
  }

  /**
   * Goes to a message, and says whether it is there.
   * @param {string} ts
   */
  show(ts) {
    const message = /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-ts="${CSS.escape(ts)}"]`));
    if (!message) return false;
    this.isAtEnd = false;
    message.scrollIntoView({ block: "center" });
    message.focus({ preventScroll: true });
    message.classList.add("is-sought");
    message.addEventListener("animationend", () => message.classList.remove("is-sought"), { once: true });
    return true;
  }
}

/** @param {string} ts */
function dayNumber(ts) {
  return new Date(Number(ts) * 1000).toDateString();
}
