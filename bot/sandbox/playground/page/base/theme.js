// @ts-check
/** Light or dark: as the system has it, until somebody chooses. */

import { stored } from "./stored.js";

/** Takes up what was chosen last. */
export function keepTheme() {
  const chosen = stored("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
}

/** Turns from light to dark, or back. */
export function turnTheme() {
  const now = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = now;
  stored("theme", now);
}

/** Says whether it is dark now. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
