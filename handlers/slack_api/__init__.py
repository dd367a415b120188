"""What goes out to Slack: calls of its Web API, and what their answers mean."""
