// @ts-check
/** The modals of one person: opened, updated, pushed and cleared as the app says, submitted or closed by the person. */

import { fill, h, newId } from "../base/dom.js";
import { focusFirst } from "../base/layers.js";
import { showBlocks, showErrors } from "../blocks/blockkit.js";
import { textNodes } from "../blocks/mrkdwn.js";
import { notice } from "./notice.js";
import { PersonSurface } from "./surface.js";

/** @typedef {Record<string, any>} Json */

/** The stack of modals. */
export class Modals {
  /** @param {import("./column.js").Column} column */
  constructor(column) {
    this.column = column;
    /** @type {Map<string, Modal>} */
    this.open = new Map();
  }

  draw() {
    const views = this.column.workspace.views[this.column.person] ?? [];
    for (const [id, modal] of [...this.open].reverse()) {
      if (views.some((view) => view.id === id)) continue;
      modal.close();
      this.open.delete(id);
    }
    views.forEach((view, index) => {
      const modal = this.open.get(view.id) ?? new Modal(this.column, view.id);
      modal.show(view);
      if (!this.open.has(view.id)) modal.open();
      this.open.set(view.id, modal);
      modal.element.hidden = index < views.length - 1;
    });
  }

  shut() {
    for (const modal of [...this.open.values()].reverse()) modal.close();
    this.open.clear();
  }
}

/** One modal. */
class Modal {
  /** @param {import("./column.js").Column} column @param {string} id */
  constructor(column, id) {
    this.column = column;
    this.id = id;
    this.version = 0;
    /** @type {Json} */
    this.view = {};
    this.trouble = notice();
    this.surface = new PersonSurface(column, { view: id }, this.trouble.say);
    this.title = h("h2", { id: newId("title") });
    this.body = h("div", { class: "modal-body" });
    this.foot = h("footer", {});
    const x = h(
      "button",
      { type: "button", class: "icon", "aria-label": "Close", on: { click: () => this.leave() } },
      "×",
    );
    const submit = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.submit();
    };
    const form = h(
      "form",
      { novalidate: true, on: { submit } },
      h("header", {}, this.title, x),
      this.trouble.element,
      this.body,
      this.foot,
    );
    this.element = h(
      "div",
      { class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": this.title.id, tabindex: -1 },
      form,
    );
  }

  open() {
    this.close = this.column.layers.open(this.element, () => this.leave());
  }

  close() {}

  /** @param {Json} view */
  show(view) {
    this.view = view;
    this.surface.filled = view.filled;
    if (view.version !== this.version) {
      const hadFocus = this.element.contains(document.activeElement);
      this.version = view.version;
      this.errors = "";
      this.trouble.say("");
      fill(this.title, textNodes(view.view.title, this.column.people));
      showBlocks(this.body, view.view.blocks, this.surface);
      this.showFoot(view.view);
      if (hadFocus && !this.element.contains(document.activeElement)) focusFirst(this.element);
    }
    const errors = JSON.stringify(view.errors);
    if (errors === this.errors) return;
    this.errors = errors;
    this.showErrors();
  }

  /** Says what is wrong, and goes there with whoever is at work here. */
  showErrors() {
    const first = showErrors(this.body, this.view.errors);
    if (this.element.contains(document.activeElement)) first?.focus();
  }

  /** @param {Json} view */
  showFoot({ close, submit, submit_disabled: isOff }) {
    const people = this.column.people;
    const away = h(
      "button",
      { type: "button", class: "button", on: { click: () => this.leave() } },
      close ? textNodes(close, people) : "Close",
    );
    this.go =
      submit &&
      h("button", { type: "submit", class: "button button-primary", disabled: isOff }, textNodes(submit, people));
    fill(this.foot, away, this.go);
  }

  async submit() {
    if (!this.go || this.go.disabled || this.isBusy) return;
    this.busy(true);
    const answer = await this.column.ask({
      do: "submits",
      view: this.id,
      values: this.surface.values(this.view.view.blocks),
    });
    this.busy(false);
    this.trouble.say(answer.ok ? "" : answer.say);
    this.showErrors();
  }

  /** @param {boolean} isBusy */
  busy(isBusy) {
    this.isBusy = isBusy;
    this.go?.classList.toggle("is-busy", isBusy);
    this.go?.setAttribute("aria-disabled", String(isBusy));
  }

  async leave() {
    const answer = await this.column.ask({ do: "closes", view: this.id });
    this.trouble.say(answer.ok ? "" : answer.say);
  }
}
