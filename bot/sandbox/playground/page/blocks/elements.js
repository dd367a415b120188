// @ts-check
/** Slack's interactive elements: buttons, menus, and fields that are not chosen from a list. */

import { h, newId } from "../base/dom.js";
import { openMenu } from "../base/menu.js";
import { drawChooser, isChooser } from "./choosers.js";
import { described } from "./described.js";
import { stateOf, valueOf } from "./fields.js";
import { safe } from "./links.js";
import { textNodes, unescaped } from "./mrkdwn.js";

/** @typedef {import("./blockkit.js").Json} Json */
/** @typedef {import("./blockkit.js").Place} Place */
/** @typedef {import("./blockkit.js").Surface} Surface */

/** @type {Record<string, (element: Json, place: Place, surface: Surface) => HTMLElement>} */
const ELEMENTS = {
  button: drawButton,
  overflow: drawOverflow,
  plain_text_input: drawText,
  email_text_input: (element, place, surface) => drawLine("email", element, place, surface),
  url_text_input: (element, place, surface) => drawLine("url", element, place, surface),
  number_input: (element, place, surface) => drawNumber(element, place, surface),
  datepicker: (element, place, surface) => drawLine("date", element, place, surface),
  timepicker: (element, place, surface) => drawLine("time", element, place, surface),
  datetimepicker: drawMoment,
  checkboxes: (element, place, surface) => drawBoxes("checkbox", element, place, surface),
  radio_buttons: (element, place, surface) => drawBoxes("radio", element, place, surface),
};

/**
 * Says whether an element can be drawn.
 * @param {Json} element
 */
export function elementIsKnown(element) {
  return element?.type in ELEMENTS || isChooser(element);
}

/**
 * Says whether a label names several controls, so that it cannot be one's own.
 * @param {Json} element
 */
export function labelledAsGroup(element) {
  return element.type === "checkboxes" || element.type === "radio_buttons";
}

/**
 * Draws an element at its place.
 * @param {Json} element
 * @param {Place} place
 * @param {Surface} surface
 */
export function drawElement(element, place, surface) {
  return (ELEMENTS[element.type] ?? drawChooser)(element, place, surface);
}

/** @param {Json} element @param {Place} place @param {Surface} surface */
function drawButton(element, place, surface) {
  const href = element.url && safe(element.url, surface.people);
  const look = {
    class: `button ${element.style ? `button-${element.style}` : ""}`,
    "aria-label": element.accessibility_label,
    data: { action: element.action_id },
  };
  const words = textNodes(element.text, surface.people);
  if (!href) return h("button", { type: "button", ...look, on: { click: () => surface.press(place, element) } }, words);
  /** @param {MouseEvent} event */
  const follow = async (event) => {
    if (element.confirm) event.preventDefault();
    if ((await surface.press(place, element)) && element.confirm) window.open(href, "_blank", "noopener");
  };
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...look, on: { click: follow } }, words);
}

/** @param {Json} element @param {Place} place @param {Surface} surface */
function drawOverflow(element, place, surface) {
  /** @param {MouseEvent} click */
  const open = (click) => {
    const entries = element.options.map((option) => ({
      text: unescaped(option.text.text),
      hint: option.description && unescaped(option.description.text),
      choose: () => surface.press(place, element, option),
    }));
    openMenu(/** @type {HTMLElement} */ (click.currentTarget), "More", entries);
  };
  return h(
    "button",
    { type: "button", class: "button", "aria-haspopup": "menu", "aria-label": "More", on: { click: open } },
    "…",
  );
}

/** @param {Json} element @param {Place} place @param {Surface} surface */
function drawText(element, place, surface) {
  return element.multiline
    ? control("textarea", { rows: 3 }, element, place, surface)
    : drawLine("text", element, place, surface);
}

/** @param {string} type @param {Json} element @param {Place} place @param {Surface} surface */
function drawLine(type, element, place, surface) {
  return control("input", { type, autocomplete: "off" }, element, place, surface);
}

/** @param {Json} element @param {Place} place @param {Surface} surface */
function drawNumber(element, place, surface) {
  const limits = { min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? "any" : "1" };
  return control("input", { type: "number", autocomplete: "off", ...limits }, element, place, surface);
}

/** @param {Json} element @param {Place} place @param {Surface} surface */
function drawMoment(element, place, surface) {
  const seconds = valueOf(element, surface.held(place, element));
  const local =
    seconds == null
      ? ""
      : new Date(seconds * 1000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  const read = (/** @type {string} */ text) => Math.round(new Date(text).getTime() / 1000);
  return control("input", { type: "datetime-local" }, element, place, surface, local, read);
}

/**
 * Draws a field that is typed into.
 * @param {string} tag
 * @param {Json} attributes
 * @param {Json} element
 * @param {Place} place
 * @param {Surface} surface
 * @param {string} [value]
 * @param {(text: string) => any} [read]
 */
function control(tag, attributes, element, place, surface, value, read = (text) => text) {
  const field = h(tag, {
    ...attributes,
    ...described(place),
    id: place.id,
    class: "control",
    placeholder: element.placeholder && unescaped(element.placeholder.text),
    minlength: element.min_length,
    maxlength: element.max_length ?? (tag === "textarea" || attributes.type === "text" ? 3000 : null),
    "data-autofocus": element.focus_on_load,
  });
  field.value = value ?? valueOf(element, surface.held(place, element)) ?? "";
  const state = () => stateOf(element, field.value === "" ? null : read(field.value));
  field.addEventListener("input", () => surface.hold(place, element, state()));
  field.addEventListener("change", () => surface.change(place, element, state()));
  return field;
}

/** @param {"checkbox" | "radio"} type @param {Json} element @param {Place} place @param {Surface} surface */
function drawBoxes(type, element, place, surface) {
  const name = newId("boxes");
  let held = [valueOf(element, surface.held(place, element))].flat().filter(Boolean);
  const rows = element.options.map((option) => drawBox({ type, name, option, surface }));
  const show = () => rows.forEach(({ box, option }) => (box.checked = held.some((one) => one.value === option.value)));
  const change = async () => {
    const chosen = rows.filter(({ box }) => box.checked).map(({ option }) => option);
    const value = type === "radio" ? (chosen[0] ?? null) : chosen;
    if (await surface.change(place, element, stateOf(element, value))) held = chosen;
    show();
  };
  show();
  const role = type === "radio" ? "radiogroup" : "group";
  const look = { class: "boxes", role, ...described(place), "aria-labelledby": place.labelledBy, tabindex: -1 };
  return h(
    "div",
    { ...look, on: { change } },
    rows.map(({ row }) => row),
  );
}

/** @param {{type: string, name: string, option: Json, surface: Surface}} one */
function drawBox({ type, name, option, surface }) {
  const id = newId("box");
  const box = h("input", { type, id, name });
  const label = h("label", { for: id }, textNodes(option.text, surface.people));
  const hint = option.description && h("span", { class: "field-hint" }, textNodes(option.description, surface.people));
  return { box, option, row: h("div", { class: "box" }, box, h("div", {}, label, hint)) };
}
