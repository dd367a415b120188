// @ts-check
/** What ties a control to its label, its hint and its error. */

/**
 * Gives the attributes of a control at its place.
 * @param {import("./blockkit.js").Place} place
 */
export function described(place) {
  return {
    "aria-describedby": place.describedBy,
    "aria-label": place.labelledBy ? null : place.label,
    "aria-required": place.required || null,
    "data-control": true,
  };
}
