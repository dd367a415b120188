"""Ids begin with the time, so that the database stays quick however large it is, and end with chance."""

import time
from uuid import RFC_4122, UUID

from bot.app import time_ordered_id


def test_ids_are_uuids_of_version_7() -> None:
    """As RFC 9562 draws them: 48 bits of milliseconds, the version, the variant, and chance."""
    before = time.time_ns() // 1_000_000
    one = UUID(time_ordered_id())
    after = time.time_ns() // 1_000_000
    assert (one.version, one.variant) == (7, RFC_4122)
    assert before <= one.int >> 80 <= after


def test_later_ids_sort_after_earlier_ones() -> None:
    """As texts, which is how they are kept."""
    one = time_ordered_id()
    time.sleep(0.002)
    assert one < time_ordered_id()


def test_no_two_ids_are_the_same() -> None:
    """Not even in their last eight characters, by which people name a gift."""
    ids = [time_ordered_id() for _ in range(100)]
    assert len({one[-8:] for one in ids}) == 100
