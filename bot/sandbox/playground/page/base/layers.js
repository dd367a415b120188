// @ts-check
/** What lies over a person's screen: modals and questions. The top one has the keyboard; what is below waits. */

import { h } from "./dom.js";

const FOCUSABLE = "a[href], button, input, textarea, select, summary, [tabindex='0']";

/** The layers of one column. */
export class Layers {
  /** @param {HTMLElement} screen  what they lie over */
  constructor(screen) {
    this.screen = screen;
    this.element = h("div", { class: "layers" });
    /** @type {{element: HTMLElement, back: Element | null}[]} */
    this.stack = [];
  }

  /**
   * Puts a dialog on top; it takes the focus unless somebody is at work in another column.
   * @param {HTMLElement} dialog
   * @param {() => void} escape  what Esc does
   */
  open(dialog, escape) {
    const isHere = this.hasFocus();
    const element = h("div", { class: "layer" }, dialog);
    element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") escape();
      else if (event.key === "Tab") cycle(event, dialog);
      else return;
      event.stopPropagation();
    });
    this.stack.push({ element, back: isHere ? document.activeElement : null });
    this.element.append(element);
    this.settle();
    if (isHere) focusFirst(dialog);
    return () => this.close(element);
  }

  /** @param {HTMLElement} element */
  close(element) {
    const layer = this.stack.find((one) => one.element === element);
    if (!layer) return;
    const hadFocus = element.contains(document.activeElement);
    this.stack = this.stack.filter((one) => one !== layer);
    element.remove();
    this.settle();
    if (hadFocus) this.giveBack(layer.back);
  }

  /** @param {Element | null} back */
  giveBack(back) {
    const top = this.stack.at(-1)?.element;
    if (back?.isConnected && !back.closest("[inert]")) /** @type {HTMLElement} */ (back).focus();
    else if (top) focusFirst(top);
    else /** @type {HTMLElement | null} */ (this.screen.querySelector("[data-home-of-focus]"))?.focus();
  }

  settle() {
    this.screen.inert = this.stack.length > 0;
    this.stack.forEach(({ element }, index) => (element.inert = index < this.stack.length - 1));
  }

  hasFocus() {
    const active = document.activeElement;
    return !active || active === document.body || Boolean(this.element.parentElement?.contains(active));
  }
}

/**
 * Focuses what a dialog wants to be filled in first, or its first button below.
 * @param {HTMLElement} dialog
 */
export function focusFirst(dialog) {
  const wanted =
    dialog.querySelector("[data-autofocus]") ??
    dialog.querySelector("[data-control]") ??
    dialog.querySelector("footer button");
  /** @type {HTMLElement} */ (wanted ?? dialog).focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement} dialog */
function cycle(event, dialog) {
  const stops = [...dialog.querySelectorAll(FOCUSABLE)].filter(
    (one) => one.checkVisibility() && !one.matches(":disabled, [tabindex='-1']"),
  );
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  const other = event.shiftKey ? stops.at(-1) : stops[0];
  if (document.activeElement !== edge && dialog.contains(document.activeElement)) return;
  event.preventDefault();
  /** @type {HTMLElement | undefined} */ (other)?.focus();
}
