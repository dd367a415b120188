// @ts-check
/** The emoji that people and bots write as shortcodes; one that is not here stays as it was written. */

const EMOJI = {
  "+1": "👍", "-1": "👎", "100": "💯", airplane: "✈️", alarm_clock: "⏰", arrow_right: "➡️", balloon: "🎈", bell: "🔔",
  birthday: "🎂", bouquet: "💐", bug: "🐛", bulb: "💡", cake: "🍰", calendar: "📅", champagne: "🍾", clap: "👏",
  clipboard: "📋", coffee: "☕", confetti_ball: "🎊", construction: "🚧", credit_card: "💳", exclamation: "❗", eyes: "👀",
  fire: "🔥", gift: "🎁", gift_heart: "💝", grey_question: "❔", grin: "😁", handshake: "🤝", heart: "❤️",
  heart_eyes: "😍", heavy_check_mark: "✔️", hourglass: "⌛", hourglass_flowing_sand: "⏳", hugging_face: "🤗",
  information_source: "ℹ️", joy: "😂", key: "🔑", leftwards_arrow_with_hook: "↩️", link: "🔗", lock: "🔒",
  mag: "🔍", medal: "🏅", memo: "📝", moneybag: "💰", muscle: "💪", no_entry: "⛔", no_entry_sign: "🚫",
  ok_hand: "👌", partying_face: "🥳", pencil: "📝", pensive: "😔", point_right: "👉", pray: "🙏", pushpin: "📌",
  question: "❓", raised_hands: "🙌", rocket: "🚀", rose: "🌹", rotating_light: "🚨", slightly_smiling_face: "🙂",
  smile: "😄", smiley: "😃", sparkles: "✨", star: "⭐", star2: "🌟", stopwatch: "⏱️", sunny: "☀️", tada: "🎉",
  thinking_face: "🤔", thumbsdown: "👎", thumbsup: "👍", trophy: "🏆", warning: "⚠️", wave: "👋",
  white_check_mark: "✅", wink: "😉", wrapped_gift: "🎁", x: "❌", yellow_heart: "💛", zap: "⚡",
};

/** @type {Map<string, string>} */
const known = new Map(Object.entries(EMOJI));

/**
 * Gives the emoji of a shortcode, if there is one.
 * @param {string} name
 */
export function emoji(name) {
  return known.get(name);
}
