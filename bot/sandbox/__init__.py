"""Slack and gift card services on localhost, and what plays with them; the bot never imports anything of it."""
