// @ts-check
/** A menu: entries under a button, walked with the arrow keys, closed with Esc. Pattern: WAI-ARIA APG, "Menu Button". */

import { h } from "./dom.js";
import { below } from "./floating.js";

/**
 * @typedef {object} Entry
 * @property {string} text
 * @property {string} [hint]
 * @property {() => void} choose
 */

/**
 * Opens a menu below a button, which gets the focus back.
 * @param {HTMLElement} button
 * @param {string} label
 * @param {Entry[]} entries
 */
export function openMenu(button, label, entries) {
  const close = () => {
    menu.remove();
    button.setAttribute("aria-expanded", "false");
  };
  const rows = entries.map((entry) => {
    const choose = () => {
      menu.hidePopover();
      entry.choose();
    };
    return h(
      "button",
      { type: "button", role: "menuitem", tabindex: -1, on: { click: choose } },
      h("span", {}, entry.text),
      entry.hint && h("small", {}, entry.hint),
    );
  });
  const menu = h("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label }, rows);
  menu.addEventListener("toggle", (/** @type {ToggleEvent} */ event) => event.newState === "closed" && close());
  menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => walk(event, rows, () => menu.hidePopover()));
  button.after(menu);
  menu.showPopover();
  below(menu, button, { wide: false });
  button.setAttribute("aria-expanded", "true");
  rows[0]?.focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement[]} rows @param {() => void} close */
function walk(event, rows, close) {
  const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (next !== undefined) rows[(next + rows.length) % rows.length].focus();
  else if (event.key === "Tab" || event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
