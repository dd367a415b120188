// @ts-check
/** Everything that the playground has told: the only state of the page, changed by its increments and nothing else. */

/** @typedef {Record<string, any>} Json */

const MOST_CALLS = 200;

/** The workspace as it is now. */
export class Workspace {
  /** @param {Json} snapshot */
  constructor(snapshot) {
    this.app = snapshot.app;
    this.rewardHosts = new Set(snapshot.reward_hosts);
    this.commands = snapshot.commands;
    this.shortcuts = snapshot.shortcuts;
    this.players = snapshot.players;
    this.users = new Map(snapshot.users.map((user) => [user.id, user]));
    this.channels = new Map(snapshot.channels.map((channel) => [channel.id, channel]));
    this.isRedeemable = snapshot.redeemable;
    this.clock = snapshot.clock;
    this.told = performance.now();
    this.views = snapshot.views;
    this.homes = snapshot.homes;
    this.read = snapshot.read;
    this.bot = snapshot.bot;
    this.switches = snapshot.switches;
    this.backstage = snapshot.backstage;
    /** @type {Map<string, Json[]>} */
    this.messages = new Map();
    for (const message of snapshot.messages) this.put(message);
  }

  /**
   * Takes one increment in.
   * @param {Json} change
   */
  take(change) {
    switch (change.is) {
      case "message":
        return this.put(change.message);
      case "message_gone":
        return this.messages.set(
          change.channel,
          this.in(change.channel).filter((one) => one.ts !== change.ts),
        );
      case "views":
        return (this.views[change.user] = change.views);
      case "home":
        return (this.homes[change.user] = change.view);
      case "read":
        return ((this.read[change.user] ??= {})[change.channel] = change.ts);
      case "backstage":
        return this.takeBackstage(change);
      case "clock":
        this.told = performance.now();
        return (this.clock = change.clock);
      case "bot":
      case "switches":
        return (this[change.is] = change[change.is]);
    }
  }

  /** @param {Json} message */
  put(message) {
    const messages = this.in(message.channel);
    this.messages.set(message.channel, messages);
    let at = messages.length;
    while (at > 0 && messages[at - 1].ts > message.ts) at -= 1;
    const isKnown = messages[at - 1]?.ts === message.ts;
    messages.splice(isKnown ? at - 1 : at, isKnown ? 1 : 0, message);
  }

  /** @param {Json} change */
  takeBackstage({ gifts = [], orders = [], work, history = [], calls = [] }) {
    const stage = this.backstage;
    stage.gifts = upserted(stage.gifts, gifts);
    stage.orders = upserted(stage.orders, orders);
    stage.work = work ?? stage.work;
    stage.history = [...stage.history, ...history];
    stage.calls = [...stage.calls, ...calls].slice(-MOST_CALLS);
  }

  /** @param {string} channel */
  in(channel) {
    return this.messages.get(channel) ?? [];
  }

  /**
   * The messages of a channel that somebody sees, oldest first.
   * @param {string} channel
   * @param {string} person
   */
  seenBy(person, channel) {
    return this.in(channel).filter((one) => !one.only_for || one.only_for === person);
  }

  /**
   * How many messages of others somebody has not read in a channel.
   * @param {string} person
   * @param {string} channel
   */
  unread(person, channel) {
    const read = this.read[person]?.[channel] ?? "";
    const messages = this.in(channel);
    let count = 0;
    for (let at = messages.length - 1; at >= 0 && messages[at].ts > read; at -= 1) {
      const { only_for: only, message } = messages[at];
      if (message.user !== person && (!only || only === person)) count += 1;
    }
    return count;
  }

  /** The time on the playground's clock, which can be moved. */
  now() {
    return new Date(this.clock.now * 1000 + performance.now() - this.told);
  }
}

/** @param {Json[]} before @param {Json[]} changed */
function upserted(before, changed) {
  if (!changed.length) return before;
  const all = new Map(before.map((one) => [one.id, one]));
  for (const one of changed) all.set(one.id, one);
  return [...all.values()];
}
