// @ts-check
/** A list that floats below what is typed: the field keeps the focus, and the list shows which choice is active. */

import { avatar } from "./avatar.js";
import { fill, h, newId, set } from "./dom.js";
import { below } from "./floating.js";

/**
 * @typedef {object} Choice
 * @property {string} key
 * @property {string} text
 * @property {string} hint
 * @property {any} value
 * @property {string} [group]
 * @property {string} [person]
 */

/** The choices under one field. */
export class Listbox {
  /**
   * @param {HTMLElement} field  what is typed into
   * @param {string} label
   * @param {(choice: Choice) => void} choose
   */
  constructor(field, label, choose) {
    this.element = h("div", {
      class: "listbox",
      role: "listbox",
      id: newId("listbox"),
      popover: "manual",
      "aria-label": label,
    });
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
    this.field = field;
    this.choose = choose;
    /** @type {Choice[]} */
    this.choices = [];
    this.active = -1;
    this.isCombobox = field instanceof HTMLInputElement; // what has several lines stays a text box
    set(field, { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": this.element.id });
    if (this.isCombobox) set(field, { role: "combobox", "aria-expanded": "false" });
  }

  get isOpen() {
    return this.element.matches(":popover-open");
  }

  /**
   * Offers choices, the one with this key first in line, or says why there are none.
   * @param {Choice[]} choices
   * @param {{otherwise?: string, at?: Element, first?: string}} [options]
   */
  offer(choices, { otherwise = "Nothing found", at = this.field, first } = {}) {
    this.choices = choices;
    fill(this.element, choices.length ? this.rows() : h("div", { class: "listbox-empty" }, otherwise));
    if (!this.isOpen) this.element.showPopover();
    if (this.isCombobox) set(this.field, { "aria-expanded": "true" });
    below(this.element, at);
    const index = choices.findIndex((choice) => choice.key === first);
    this.activate(choices.length ? Math.max(0, index) : -1);
  }

  close() {
    if (this.isOpen) this.element.hidePopover();
    this.choices = [];
    this.active = -1;
    set(this.field, { "aria-activedescendant": null });
    if (this.isCombobox) set(this.field, { "aria-expanded": "false" });
  }

  /**
   * Takes a key that is the list's to answer, and says whether it was.
   * @param {KeyboardEvent} event
   */
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.choices.length) this.activate((this.active + step + this.choices.length) % this.choices.length);
    else if (event.key === "Enter" && this.active >= 0) this.choose(this.choices[this.active]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** @param {number} index */
  activate(index) {
    this.active = index;
    const rows = this.element.querySelectorAll("[role=option]");
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    rows[index]?.scrollIntoView({ block: "nearest" });
    set(this.field, { "aria-activedescendant": rows[index]?.id });
  }

  rows() {
    return this.choices.flatMap((choice, index) => {
      const isFirst = choice.group && choice.group !== this.choices[index - 1]?.group;
      const title = isFirst ? h("div", { class: "listbox-group", role: "presentation" }, choice.group) : null;
      const on = { click: () => this.choose(choice), mousemove: () => index !== this.active && this.activate(index) };
      const picture = choice.person && avatar(choice.person, choice.text.replace(/^@/, ""));
      const hint = choice.hint && h("span", { class: "choice-hint" }, choice.hint);
      return [
        title,
        h("div", { role: "option", id: `${this.element.id}-${index}`, on }, picture, h("span", {}, choice.text), hint),
      ];
    });
  }
}
