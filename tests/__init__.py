"""The story of a gift, and everything that can happen to it."""
