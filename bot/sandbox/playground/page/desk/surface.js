// @ts-check
/** What a click or a choice does, on a message, in a modal or on the Home tab: it is asked about, sent, and answered. */

import { fieldsOf, toldValue } from "../blocks/fields.js";

/** @typedef {import("../blocks/blockkit.js").Json} Json */
/** @typedef {import("../blocks/blockkit.js").Place} Place */

/** One surface of one person; it remembers what was filled in until the app shows something else. */
export class PersonSurface {
  /**
   * @param {import("./column.js").Column} column
   * @param {Json} on  the message or the view, as the playground knows it
   * @param {(words: string) => void} complain  shows what went wrong
   */
  constructor(column, on, complain) {
    this.column = column;
    this.people = column.people;
    this.on = on;
    this.complain = complain;
    /** @type {Json} */
    this.filled = {};
    /** @type {Map<string, Json>} */
    this.held_ = new Map();
  }

  /** @param {Place} place @param {Json} element */
  held(place, element) {
    return this.held_.get(key(place.block, element)) ?? this.filled[place.block]?.[element.action_id];
  }

  /** @param {Place} place @param {Json} element @param {Json} state */
  hold(place, element, state) {
    this.held_.set(key(place.block, element), state);
  }

  /** @param {Place} place @param {Json} element @param {Json} state */
  async change(place, element, state) {
    if (place.dispatches && !(await this.isMeant(element))) return false;
    this.hold(place, element, state);
    const command = { do: "fills", ...this.at(place, element), value: toldValue(element, state) };
    if (place.dispatches) await this.tell(command);
    else await this.column.ask(command); // what does not fit is said under the field
    return true;
  }

  /** @param {Place} place @param {Json} element @param {Json} [option] */
  async press(place, element, option) {
    if (!(await this.isMeant(element))) return false;
    await this.tell({ do: "clicks", ...this.at(place, element), ...(option && { option: option.value }) });
    return true;
  }

  /** @param {Place} place @param {Json} element @param {string} typed */
  async suggest(place, element, typed) {
    return this.tell({ do: "searches", ...this.at(place, element), text: typed });
  }

  /**
   * Everything that is filled in here, as a submission tells it.
   * @param {Json[]} blocks
   */
  values(blocks) {
    /** @type {Json} */
    const values = {};
    for (const { block, element } of fieldsOf(blocks)) {
      const state = this.held({ block, dispatches: false }, element);
      (values[block] ??= {})[element.action_id] = toldValue(element, state);
    }
    return values;
  }

  /** @param {Json} element */
  async isMeant(element) {
    return !element.confirm || this.column.confirm(element.confirm);
  }

  /** @param {Place} place @param {Json} element */
  at(place, element) {
    return { on: this.on, block_id: place.block, action_id: element.action_id };
  }

  /** @param {Json} command */
  async tell(command) {
    const answer = await this.column.ask(command);
    this.complain(answer.ok ? "" : answer.say);
    return answer;
  }
}

/** @param {string} block @param {Json} element */
function key(block, element) {
  return `${block}/${element.action_id}/${element.type}`;
}
