// @ts-check
/** The people and conversations of the workspace as one of them knows them. */

/** @typedef {import("./workspace.js").Workspace} Workspace */

/** What one person knows. */
export class People {
  /** @param {Workspace} workspace @param {string} me */
  constructor(workspace, me) {
    this.workspace = workspace;
    this.me = me;
  }

  get rewardHosts() {
    return this.workspace.rewardHosts;
  }

  now() {
    return this.workspace.now();
  }

  /** @param {string} id */
  person(id) {
    return this.workspace.users.get(id)?.real_name ?? id;
  }

  /** @param {string} id */
  channel(id) {
    return this.workspace.channels.get(id)?.name ?? id;
  }

  /** @param {string} id */
  about(id) {
    return id === this.me ? "you" : "";
  }

  /** Everybody who can be named, whoever looks last. */
  everybody() {
    const people = [...this.workspace.users.values()].filter((user) => !user.deleted && user.name !== "slackbot");
    return people.sort((one, other) => Number(one.is_bot) - Number(other.is_bot));
  }

  /**
   * The conversations that a select offers: public ones, and others if this person is in them.
   * @param {{include?: string[]}} filter
   */
  conversations({ include }) {
    const kinds = { app: "im", self: "im" };
    return this.mine((channel) => {
      const kind = kinds[channel.kind] ?? channel.kind;
      return include ? include.includes(kind) : kind !== "im";
    }, true);
  }

  /**
   * The conversations of this person that fit; with `andPublic`, public ones of others too.
   * @param {(channel: Record<string, any>) => boolean} fits
   */
  mine(fits = () => true, andPublic = false) {
    return [...this.workspace.channels.values()].filter(
      (channel) => fits(channel) && (channel.members.includes(this.me) || (andPublic && channel.kind === "public")),
    );
  }

  /** @param {string} id */
  conversationName(id) {
    const channel = this.workspace.channels.get(id);
    if (channel?.kind === "self") return `${this.person(channel.of)} (you)`;
    return channel?.kind === "app" ? channel.name : `#${channel?.name ?? id}`;
  }
}
