"""The heart: what a gift is and how it lives. Knows no Slack, no SQL, no HTTP, and imports nobody of the house."""
