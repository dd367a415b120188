"""The people of the workspace: what they see, and what they type, fill in and click."""
