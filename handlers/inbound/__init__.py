"""What comes in from Slack: requests, envelopes, payloads and the text of commands."""
