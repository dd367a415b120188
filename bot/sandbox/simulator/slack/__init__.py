"""A Slack workspace on this machine: its state, its Web API, its ways to the bot, and what it accepts as Block Kit."""
