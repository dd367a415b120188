// @ts-check
/** The story in four steps, for somebody who has never seen it; each is ticked off when it has happened. */

import { fill, h } from "../base/dom.js";
import { stored } from "../base/stored.js";

/** @typedef {Record<string, any>} Json */

/** The strip with the steps. */
export class Guide {
  /**
   * @param {import("../base/workspace.js").Workspace} workspace
   * @param {import("../desk/desks.js").Desks} desks
   * @param {import("./drawer.js").Drawer} drawer
   */
  constructor(workspace, desks, drawer) {
    this.workspace = workspace;
    this.desks = desks;
    this.drawer = drawer;
    this.list = h("ol", {});
    const away = h(
      "button",
      {
        type: "button",
        class: "icon",
        "aria-label": "Hide these steps",
        title: "Hide",
        on: { click: () => this.hide() },
      },
      "×",
    );
    this.element = h(
      "section",
      { class: "guide", "aria-label": "The story in four steps", hidden: stored("guide") === "off" },
      this.list,
      away,
    );
    this.shown = "";
  }

  hide() {
    stored("guide", "off");
    this.element.hidden = true;
  }

  draw() {
    const steps = this.steps();
    const key = JSON.stringify(steps.map(({ words, isDone }) => [words, isDone]));
    if (key === this.shown) return;
    this.shown = key;
    const next = steps.findIndex((step) => !step.isDone);
    const drawn = steps.map((step, at) => this.step(step, at === next));
    fill(this.list, drawn, next < 0 && this.whatNext());
    const now = /** @type {HTMLElement | null} */ (this.list.querySelector(".is-next"));
    this.list.scrollLeft = now ? now.offsetLeft - this.list.offsetLeft - 24 : 0;
  }

  /** @returns {{words: string, isDone: boolean, show: () => void}[]} */
  steps() {
    const { players, users, backstage, views, isRedeemable } = this.workspace;
    const who = (/** @type {string} */ role) => players.find((player) => player.role === role)?.id;
    const name = (/** @type {string} */ id) => users.get(id)?.real_name ?? "";
    const [asker, approver, recipient] = [who("asks"), who("approves"), who("receives")];
    const line = `/gift @${name(recipient)} 25 GBP thank you for the launch`;
    const has = (/** @type {string} */ step) =>
      backstage.gifts.some((gift) => gift.line.some((one) => one.step === step));
    const asked = backstage.gifts.length > 0;
    const opened = backstage.orders.some((order) => /claim|redeem/i.test(order.status));
    return [
      {
        words: `${name(asker)} types /gift`,
        isDone: asked || (views[asker] ?? []).length > 0,
        show: () => this.type(asker, line),
      },
      { words: `${name(asker)} asks`, isDone: asked, show: () => this.desks.show(asker).focus() },
      { words: `${name(approver)} approves`, isDone: has("approve"), show: () => this.app(approver) },
      {
        words: `${name(recipient)} opens the gift`,
        isDone: isRedeemable ? opened : has("deliver"),
        show: () => this.app(recipient),
      },
    ];
  }

  /** @param {{words: string, isDone: boolean, show: () => void}} step @param {boolean} isNext */
  step({ words, isDone, show }, isNext) {
    const mark = h("span", { class: "step-mark", "aria-hidden": "true" }, isDone ? "✓" : "");
    const button = h(
      "button",
      { type: "button", on: { click: show } },
      mark,
      words,
      isDone && h("span", { class: "unseen" }, ", done"),
    );
    return h(
      "li",
      { class: isDone ? "is-done" : isNext ? "is-next" : "", "aria-current": isNext ? "step" : null },
      button,
    );
  }

  /** Where to go on once the story is told. */
  whatNext() {
    const show = () => this.drawer.flip("promises", true);
    return h(
      "li",
      { class: "is-next is-last" },
      h("button", { type: "button", on: { click: show } }, "Now make something go wrong"),
    );
  }

  /** @param {string} person @param {string} line */
  type(person, line) {
    const column = this.desks.show(person);
    const channel =
      column.people.mine((one) => one.kind === "public")[0] ?? column.people.mine((one) => one.can_post)[0];
    column.open(channel.id);
    column.room.composer.put(line);
  }

  /** @param {string} person */
  app(person) {
    const column = this.desks.show(person);
    const channel = column.people.mine((one) => one.kind === "app")[0];
    if (!column.screen.inert) column.open(channel.id);
    column.focus();
  }
}
