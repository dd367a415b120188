"""A developer's tools, which are no tests."""
