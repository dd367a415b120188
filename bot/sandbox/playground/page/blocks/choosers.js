// @ts-check
/** Slack's selects: what each offers, and how a choice is written into the state. */

import { Combobox } from "./combobox.js";
import { stateOf, valueOf } from "./fields.js";
import { unescaped } from "./mrkdwn.js";

/** @typedef {import("./blockkit.js").Json} Json */
/** @typedef {import("./blockkit.js").Place} Place */
/** @typedef {import("./blockkit.js").Surface} Surface */
/** @typedef {import("../base/listbox.js").Choice} Choice */

const MOST = 1000;

/**
 * How a kind of select is offered: what there is to choose, and a held value as a choice.
 * @typedef {object} Offer
 * @property {(element: Json, place: Place, surface: Surface, typed: string) => Choice[] | Promise<Choice[]>} choices
 * @property {(value: any, surface: Surface) => Choice} choice
 */

/** @type {Offer} */
const OPTIONS = { choices: (element) => optionsOf(element), choice: optionChoice };

/** @type {Offer} */
const ASKED = {
  choices: async (element, place, surface, typed) => {
    if (typed.length < (element.min_query_length ?? 3)) return [];
    return optionsOf(await surface.suggest(place, element, typed));
  },
  choice: optionChoice,
};

/** @type {Offer} */
const USERS = {
  choices: (_element, _place, surface) => surface.people.everybody().map((person) => personChoice(person.id, surface)),
  choice: personChoice,
};

/** @type {Offer} */
const CONVERSATIONS = {
  choices: (element, _place, surface) =>
    surface.people.conversations(element.filter ?? {}).map((one) => channelChoice(one.id, surface)),
  choice: channelChoice,
};

/** @type {Offer} */
const CHANNELS = {
  choices: (_element, _place, surface) =>
    surface.people.conversations({ include: ["public"] }).map((one) => channelChoice(one.id, surface)),
  choice: channelChoice,
};

/** @type {Record<string, Offer>} */
const OFFERS = {
  static_select: OPTIONS,
  external_select: ASKED,
  users_select: USERS,
  conversations_select: CONVERSATIONS,
  channels_select: CHANNELS,
  multi_static_select: OPTIONS,
  multi_external_select: ASKED,
  multi_users_select: USERS,
  multi_conversations_select: CONVERSATIONS,
  multi_channels_select: CHANNELS,
};

/**
 * Says whether an element is a select.
 * @param {Json} element
 */
export function isChooser(element) {
  return element?.type in OFFERS;
}

/**
 * Draws a select.
 * @param {Json} element
 * @param {Place} place
 * @param {Surface} surface
 */
export function drawChooser(element, place, surface) {
  const offer = OFFERS[element.type];
  const many = element.type.startsWith("multi_");
  const held = [valueOf(element, surface.held(place, element))].flat().filter((value) => value != null);
  const field = new Combobox({
    place,
    chosen: held.map((value) => offer.choice(value, surface)),
    most: many ? (element.max_selected_items ?? MOST) : 1,
    many,
    canClear: !place.required && place.labelledBy !== undefined,
    isAsked: offer === ASKED,
    focus: Boolean(element.focus_on_load),
    placeholder: element.placeholder ? unescaped(element.placeholder.text) : "Choose",
    choices: async (typed) => offer.choices(element, place, surface, typed),
    changed: (chosen) => {
      const values = chosen.map((choice) => choice.value);
      return surface.change(place, element, stateOf(element, many ? values : (values[0] ?? null)));
    },
  });
  return field.element;
}

/** @param {Json} offered @returns {Choice[]} */
function optionsOf(offered) {
  const groups = (offered.option_groups ?? []).flatMap((group) =>
    group.options.map((option) => ({ ...optionChoice(option), group: unescaped(group.label.text) })),
  );
  return [...(offered.options ?? []).map(optionChoice), ...groups];
}

/** @param {Json} option @returns {Choice} */
function optionChoice(option) {
  const hint = option.description ? unescaped(option.description.text) : "";
  return { key: option.value, text: unescaped(option.text.text), hint, value: option };
}

/** @param {string} id @param {Surface} surface @returns {Choice} */
function personChoice(id, surface) {
  return { key: id, text: surface.people.person(id), hint: surface.people.about(id), value: id, person: id };
}

/** @param {string} id @param {Surface} surface @returns {Choice} */
function channelChoice(id, surface) {
  return { key: id, text: surface.people.conversationName(id), hint: "", value: id };
}
