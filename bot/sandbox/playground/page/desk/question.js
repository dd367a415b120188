// @ts-check
/** The question that Slack asks before a click counts. */

import { h, newId } from "../base/dom.js";
import { textNodes } from "../blocks/mrkdwn.js";

/**
 * Asks it over a person's screen, and gives the answer.
 * @param {import("../base/layers.js").Layers} layers
 * @param {Record<string, any>} confirm  Slack's confirm object
 * @param {import("../base/people.js").People} people
 * @returns {Promise<boolean>}
 */
export function asked(layers, confirm, people) {
  return new Promise((resolve) => {
    const [title, text] = [newId("title"), newId("text")];
    /** @param {boolean} answer */
    const answer = (answer) => {
      close();
      resolve(answer);
    };
    const look = `button button-${confirm.style ?? "primary"}`;
    const dialog = h(
      "div",
      {
        class: "question",
        role: "alertdialog",
        "aria-modal": "true",
        "aria-labelledby": title,
        "aria-describedby": text,
        tabindex: -1,
      },
      h("h2", { id: title }, textNodes(confirm.title, people)),
      h("p", { id: text, class: "block-text" }, textNodes(confirm.text, people)),
      h(
        "footer",
        {},
        h(
          "button",
          { type: "button", class: "button", on: { click: () => answer(false) } },
          textNodes(confirm.deny, people),
        ),
        h(
          "button",
          { type: "button", class: look, "data-autofocus": true, on: { click: () => answer(true) } },
          textNodes(confirm.confirm, people),
        ),
      ),
    );
    const close = layers.open(dialog, () => answer(false));
  });
}
