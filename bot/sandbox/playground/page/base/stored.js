// @ts-check
/** The few things that this browser remembers about the page; without storage nothing is remembered. */

/**
 * Reads what is remembered under a name, after remembering a value if there is one.
 * @param {string} name
 * @param {string} [value]
 */
export function stored(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(`playground.${name}`, value);
    return localStorage.getItem(`playground.${name}`);
  } catch {
    return null;
  }
}
