// @ts-check
/** Slack's blocks as elements. What this page does not know is shown as such, with its JSON, and never dropped. */

import { fill, h, keep, newId } from "../base/dom.js";
import { drawElement, elementIsKnown, labelledAsGroup } from "./elements.js";
import { richText } from "./rich_text.js";
import { textNodes } from "./mrkdwn.js";

/** @typedef {Record<string, any>} Json  a piece of Block Kit */

/**
 * Where blocks are drawn, and what can be done there.
 * @typedef {object} Surface
 * @property {import("../base/people.js").People} people
 * @property {(place: Place, element: Json) => Json | undefined} held  the state of a field that somebody has filled in
 * @property {(place: Place, element: Json, state: Json) => void} hold  a field is being typed into
 * @property {(place: Place, element: Json, state: Json) => Promise<boolean>} change  a field holds something else; false if not after all
 * @property {(place: Place, element: Json, option?: Json) => Promise<boolean>} press  a click; false if somebody thought better of it
 * @property {(place: Place, element: Json, typed: string) => Promise<Json>} suggest  options from the app
 */

/**
 * Where an element stands: its block, the ids of its label and its hint, and whether the app hears of each change.
 * @typedef {object} Place
 * @property {string} block
 * @property {string} [id]
 * @property {string} [labelledBy]
 * @property {string} [describedBy]
 * @property {string} [label]
 * @property {boolean} [required]
 * @property {boolean} dispatches
 */

/** @type {WeakMap<Element, Map<string, {json: string, block: Json}>>} */
const drawn = new WeakMap();

/**
 * Makes an element show these blocks; a block that is as it was keeps its nodes, its focus and what was typed into it.
 * @param {Element} parent
 * @param {Json[]} blocks
 * @param {Surface} surface
 */
export function showBlocks(parent, blocks, surface) {
  const before = drawn.get(parent) ?? new Map();
  const now = new Map();
  const items = blocks.map((block, index) => {
    const key = block.block_id ?? `#${index}`;
    const json = JSON.stringify(block);
    const same = before.get(key)?.json === json ? before.get(key) : { json, block, key };
    now.set(key, same);
    return same;
  });
  drawn.set(parent, now);
  keep(
    parent,
    items,
    (item) => item.key,
    (item) => drawBlock(item.block, surface),
  );
}

/**
 * Draws one block.
 * @param {Json} block
 * @param {Surface} surface
 * @returns {HTMLElement}
 */
export function drawBlock(block, surface) {
  const draw = BLOCKS[block.type];
  return draw ? draw(block, surface) : unknown("block", block);
}

/** @type {Record<string, (block: Json, surface: Surface) => HTMLElement>} */
const BLOCKS = {
  section: drawSection,
  actions: (block, surface) =>
    h(
      "div",
      { class: "block block-actions" },
      block.elements.map((one) => interactive(block, one, surface)),
    ),
  context: (block, surface) =>
    h(
      "div",
      { class: "block block-context" },
      block.elements.map((one) => contextItem(one, surface)),
    ),
  divider: () => h("hr", { class: "block block-divider" }),
  header: (block, surface) => h("h3", { class: "block block-header" }, textNodes(block.text, surface.people)),
  image: (block, surface) =>
    h(
      "figure",
      { class: "block" },
      block.title && h("figcaption", {}, textNodes(block.title, surface.people)),
      picture(block),
    ),
  input: drawInput,
  rich_text: (block, surface) => h("div", { class: "block block-text" }, richText(block.elements, surface.people)),
};

/** @param {Json} block @param {Surface} surface */
function drawSection(block, surface) {
  const words = block.text && h("div", { class: "block-text" }, textNodes(block.text, surface.people));
  const fields = block.fields?.map((text) => h("div", { class: "block-text" }, textNodes(text, surface.people)));
  const body = h("div", { class: "section-body" }, words, fields && h("div", { class: "section-fields" }, fields));
  const beside =
    block.accessory && h("div", { class: "section-accessory" }, interactive(block, block.accessory, surface));
  return h("div", { class: "block block-section" }, body, beside);
}

/** @param {Json} block @param {Json} element @param {Surface} surface */
function interactive(block, element, surface) {
  if (element.type === "image") return picture(element);
  if (!elementIsKnown(element)) return unknown("element", element);
  const label = element.accessibility_label ?? element.placeholder?.text ?? block.text?.text;
  return drawElement(element, { block: block.block_id, label, dispatches: true }, surface);
}

/** @param {Json} element @param {Surface} surface */
function contextItem(element, surface) {
  if (element.type === "image") return picture(element);
  if (element.type !== "mrkdwn" && element.type !== "plain_text") return unknown("element", element);
  return h("span", { class: "block-text" }, textNodes(element, surface.people));
}

/** @param {Json} block @param {Surface} surface */
function drawInput(block, surface) {
  if (!elementIsKnown(block.element)) return unknown("element", block.element);
  const [id, label, hint, error] = ["field", "label", "hint", "error"].map(newId);
  const group = labelledAsGroup(block.element);
  const words = [
    ...textNodes(block.label, surface.people),
    block.optional && h("span", { class: "optional" }, " (optional)"),
  ];
  const place = {
    block: block.block_id,
    id,
    labelledBy: label,
    describedBy: `${error} ${hint}`,
    label: block.label.text,
    required: !block.optional,
    dispatches: Boolean(block.dispatch_action),
  };
  return h(
    "div",
    { class: "block field", data: { block: block.block_id } },
    group
      ? h("span", { class: "field-label", id: label }, words)
      : h("label", { class: "field-label", id: label, for: id }, words),
    drawElement(block.element, place, surface),
    h("p", { class: "field-error", id: error }),
    h("p", { class: "field-hint", id: hint }, block.hint && textNodes(block.hint, surface.people)),
  );
}

/**
 * Writes what is wrong under the fields, and takes away what is right again; gives the first field that is wrong.
 * @param {Element} parent
 * @param {Record<string, string>} errors by block
 * @returns {HTMLElement | null}
 */
export function showErrors(parent, errors) {
  /** @type {HTMLElement | null} */
  let first = null;
  for (const field of parent.querySelectorAll(".field")) {
    const words = errors[/** @type {HTMLElement} */ (field).dataset.block ?? ""] ?? "";
    const place = /** @type {HTMLElement} */ (field.querySelector(".field-error"));
    if (place.textContent !== words) fill(place, words);
    field.classList.toggle("is-wrong", Boolean(words));
    const control = /** @type {HTMLElement | null} */ (field.querySelector("[data-control]"));
    control?.setAttribute("aria-invalid", String(Boolean(words)));
    if (words) first ??= control;
  }
  return first;
}

/** No picture is fetched: this page speaks to nobody but the playground. @param {Json} image */
function picture(image) {
  return h(
    "span",
    { class: "picture", role: "img", "aria-label": image.alt_text, title: image.image_url },
    image.alt_text,
  );
}

/** @param {string} kind @param {Json} thing @returns {HTMLElement} */
function unknown(kind, thing) {
  const summary = h("summary", {}, `${kind} of type ${thing?.type ?? "(none)"}, not drawn here`);
  return h("details", { class: "block unknown" }, summary, h("pre", {}, JSON.stringify(thing, null, 2)));
}
