"""Seeds of a small world: services fail or are slow, people click twice, the bot dies, weeks pass, clocks are set."""

import pytest

from tests.proof.report_plugin import Size, Tell
from tests.proof.simulation.seed_runner import court, failing

PARTS = 4  # for the cores


@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_is_kept_whatever_happens(part: int, size: Size, proof_seed: int, tell: Tell) -> None:
    """One order a gift, one message, nothing lost, nothing leaked, one decision: in each seed, judged from outside."""
    count = size.seeds // PARTS
    first = proof_seed * 1000 + part * count
    wrong = [
        f"python -m tests.proof.simulation {seed}\n" + "\n".join(found)
        for seed, found in failing(range(first, first + count))
    ]
    tell("simulated office: faults, crashes, double clicks, wrong clocks, 31 days", count, "seeds", wrong)


def test_a_seed_can_be_played_again(proof_seed: int) -> None:
    """The same seed tells the same story, word for word."""
    with court() as judge:
        first: list[str] = []
        again: list[str] = []
        judge.judges(proof_seed, first.append)
        judge.judges(proof_seed, again.append)
    assert len(first) > 1
    assert first == again
