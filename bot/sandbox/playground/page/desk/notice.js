// @ts-check
/** A line that says what went wrong, near where it went wrong, and is read out. */

import { fill, h } from "../base/dom.js";

/** @returns {{element: HTMLElement, say: (words: string) => void}} an empty one, and what writes into it */
export function notice() {
  const element = h("div", { class: "notice", role: "alert", hidden: true });
  const say = (/** @type {string} */ words) => {
    element.hidden = !words;
    if (!words) return fill(element);
    fill(
      element,
      h("span", {}, words),
      h("button", { type: "button", class: "icon", "aria-label": "Dismiss", on: { click: () => say("") } }, "×"),
    );
  };
  return { element, say };
}
