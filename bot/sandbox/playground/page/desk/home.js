// @ts-check
/** The app's Home tab as one person sees it. */

import { h } from "../base/dom.js";
import { showBlocks } from "../blocks/blockkit.js";
import { notice } from "./notice.js";
import { PersonSurface } from "./surface.js";

/** One person's Home tab. */
export class Home {
  /** @param {import("./column.js").Column} column */
  constructor(column) {
    this.column = column;
    this.trouble = notice();
    /** @type {PersonSurface | null} */
    this.surface = null;
    this.body = h("div", { class: "home-body" });
    this.waiting = h("p", { class: "home-waiting" }, "The app is filling this tab …");
    this.element = h(
      "div",
      { class: "home", role: "tabpanel", "aria-label": "Home", tabindex: 0 },
      this.trouble.element,
      this.waiting,
      this.body,
    );
  }

  async open() {
    const answer = await this.column.ask({ do: "opens_home" });
    this.trouble.say(answer.ok ? "" : answer.say);
  }

  draw() {
    const view = this.column.workspace.homes[this.column.person];
    this.waiting.hidden = Boolean(view);
    if (!view) return;
    this.surface ??= new PersonSurface(this.column, { view: view.id }, this.trouble.say);
    this.surface.filled = view.filled;
    const hadFocus = this.body.contains(document.activeElement);
    showBlocks(this.body, view.view.blocks, this.surface);
    if (hadFocus && !this.body.contains(document.activeElement)) this.element.focus();
  }
}
