// @ts-check
/** The life of each gift as a line: what has happened, with its time and its actor, and what is still to come. */

import { h, keep } from "../base/dom.js";
import { exactTime, since } from "./times.js";

/** @typedef {Record<string, any>} Json */

const TROUBLE = new Set(["failed", "needs_review"]);
const TROUBLED_STEPS = new Set(["fail", "park", "drop", "decline", "cancel", "refused"]);

/** The lines of all gifts, newest first. */
export class Lives {
  /** @param {import("../base/workspace.js").Workspace} workspace */
  constructor(workspace) {
    this.workspace = workspace;
    this.empty = h(
      "p",
      { class: "nothing" },
      "No gift yet. Its life is drawn here as soon as somebody has asked for one.",
    );
    this.list = h("div", { class: "lives" });
    this.element = h("div", {}, this.empty, this.list);
  }

  draw() {
    const gifts = [...this.workspace.backstage.gifts].reverse();
    this.empty.hidden = gifts.length > 0;
    keep(
      this.list,
      gifts,
      (gift) => gift.id,
      (gift) => this.life(gift),
    );
  }

  /** @param {Json} gift */
  life(gift) {
    const name = (/** @type {string} */ id) => this.workspace.users.get(id)?.real_name ?? "giftbot";
    const badge = h("span", { class: "badge", data: { state: gift.state } }, gift.state.replace("_", " "));
    const what = h("span", {}, `${name(gift.requester)} → ${name(gift.recipient)}`, h("strong", {}, ` ${gift.amount}`));
    const attempt = gift.attempt > 1 && h("span", { class: "muted" }, `attempt ${gift.attempt}`);
    const reason = gift.reason && h("span", { class: "reason" }, String(gift.reason).replaceAll("_", " "));
    const head = h("header", {}, what, badge, attempt, reason, h("span", { class: "muted note" }, gift.note));
    const past = gift.line.map((step, at) => this.past(step, gift.line[at - 1], name));
    const ahead = gift.ahead.map((words) =>
      h(
        "li",
        { class: "is-ahead" },
        dot(),
        h("span", { class: "say" }, words),
        h("span", { class: "when" }, "still to come"),
      ),
    );
    const steps = h("ol", { class: "line", "aria-label": "What happened, in order" }, past, ahead);
    return h("article", { class: TROUBLE.has(gift.state) ? "life is-stuck" : "life" }, head, steps);
  }

  /** @param {Json} step @param {Json | undefined} before @param {(id: string) => string} name */
  past(step, before, name) {
    const when = before ? since(before.at, step.at) : exactTime(step.at);
    return h(
      "li",
      {
        class: TROUBLED_STEPS.has(step.step) ? "is-past is-trouble" : "is-past",
        title: `${exactTime(step.at)} ${step.detail ?? ""}`.trim(),
      },
      dot(),
      h("span", { class: "say" }, step.say),
      h("span", { class: "who" }, step.by ? name(step.by) : "giftbot"),
      h("time", { class: "when" }, when),
    );
  }
}

function dot() {
  return h("span", { class: "dot", "aria-hidden": "true" });
}
