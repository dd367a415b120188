"""PURE: how long to leave a service alone that asked for it."""

import re

LONGEST_REST = 3600.0  # seconds; what asks for more is asked again after that


def rest_of(retry_after: str, shortest: float) -> float:
    """What a Retry-After header asks for, in seconds, within reason; `shortest` where it says nothing sensible."""
    asked = float(retry_after) if re.fullmatch(r"\d{1,9}", retry_after.strip(), re.ASCII) else 0.0
    return min(max(asked, shortest), LONGEST_REST)
