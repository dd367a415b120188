// @ts-check
/** The switches that make things go wrong, each with a sentence of what it does and of what happened. */

import { fill, h, keep, set } from "../base/dom.js";

/** @typedef {Record<string, any>} Json */

/** All switches, drawn from the list that the playground tells. */
export class Switches {
  /**
   * @param {import("../base/workspace.js").Workspace} workspace
   * @param {import("../base/wire.js").Wire} wire
   */
  constructor(workspace, wire) {
    this.workspace = workspace;
    this.wire = wire;
    this.element = h("div", { class: "switches" });
    /** @type {Map<string, {row: HTMLElement, button: HTMLElement, said: HTMLElement, now: Json}>} */
    this.known = new Map();
  }

  draw() {
    for (const one of this.workspace.switches) this.show(one);
    const rows = this.workspace.switches.map((one) => this.known.get(one.name));
    keep(
      this.element,
      rows,
      (known) => known.now.name,
      (known) => known.row,
    );
  }

  /** @param {Json} one */
  show(one) {
    const known = this.known.get(one.name) ?? this.make(one);
    known.now = one;
    known.row.dataset.state = one.state;
    if (one.kind !== "act") set(known.button, { "aria-checked": String(one.state === "on") });
    if (known.said.textContent !== one.said) fill(known.said, one.said);
  }

  /** @param {Json} one */
  make(one) {
    const flip = async () => {
      const { name, kind, state } = known.now;
      const answer = await this.wire.ask({ do: "switch", name, on: kind === "act" || state !== "on" });
      if (!answer.ok) fill(said, answer.say);
    };
    const about = `about-${one.name}`;
    const look = one.kind === "act" ? { class: "button" } : { class: "switch", role: "switch" };
    const words =
      one.kind === "act" ? one.label : [h("span", { class: "knob", "aria-hidden": "true" }), h("span", {}, one.label)];
    const button = h(
      "button",
      { type: "button", ...look, "aria-describedby": about, data: { switch: one.name }, on: { click: flip } },
      words,
    );
    const said = h("p", { class: "said", role: "status" });
    const row = h(
      "div",
      { class: `switch-row is-${one.kind}` },
      button,
      h("p", { class: "about", id: about }, one.about),
      said,
    );
    const known = { row, button, said, now: one };
    this.known.set(one.name, known);
    return known;
  }
}
