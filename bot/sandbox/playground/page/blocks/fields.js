// @ts-check
/** What Slack's view.state says of each kind of field: the key of its value, of its initial value, and what empty is. */

/** @typedef {Record<string, any>} Json */

/** @type {Record<string, [string, string, any]>} */
const STATE = {
  plain_text_input: ["value", "initial_value", null],
  email_text_input: ["value", "initial_value", null],
  url_text_input: ["value", "initial_value", null],
  number_input: ["value", "initial_value", null],
  static_select: ["selected_option", "initial_option", null],
  external_select: ["selected_option", "initial_option", null],
  users_select: ["selected_user", "initial_user", null],
  conversations_select: ["selected_conversation", "initial_conversation", null],
  channels_select: ["selected_channel", "initial_channel", null],
  multi_static_select: ["selected_options", "initial_options", []],
  multi_external_select: ["selected_options", "initial_options", []],
  multi_users_select: ["selected_users", "initial_users", []],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  multi_channels_select: ["selected_channels", "initial_channels", []],
  checkboxes: ["selected_options", "initial_options", []],
  radio_buttons: ["selected_option", "initial_option", null],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
  datetimepicker: ["selected_date_time", "initial_date_time", null],
};

/**
 * Writes a value as view.state does.
 * @param {Json} element
 * @param {any} value
 * @returns {Json}
 */
export function stateOf(element, value) {
  return { type: element.type, [STATE[element.type][0]]: value };
}

/**
 * Gives the value of a field: what somebody filled in, or what it held at first.
 * @param {Json} element
 * @param {Json | undefined} state
 */
export function valueOf(element, state) {
  const [key, initial, empty] = STATE[element.type];
  return state && key in state ? state[key] : (element[initial] ?? empty);
}

/**
 * Gives what a field holds as the playground is told of it: an option by its value, unless the app offered it.
 * @param {Json} element
 * @param {Json | undefined} state
 */
export function toldValue(element, state) {
  const value = valueOf(element, state);
  if (element.type.endsWith("external_select")) return value;
  if (STATE[element.type][0] === "selected_option") return value?.value ?? null;
  if (STATE[element.type][0] === "selected_options") return value.map((option) => option.value);
  return value;
}

/**
 * Gives every field of some blocks, with its place.
 * @param {Json[]} blocks
 * @returns {{block: string, element: Json}[]}
 */
export function fieldsOf(blocks) {
  return blocks.flatMap((block) =>
    [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])]
      .filter((element) => element?.type in STATE)
      .map((element) => ({ block: block.block_id, element })),
  );
}
