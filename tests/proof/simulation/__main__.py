"""The simulation by hand.

python -m tests.proof.simulation 4711         tells everything that happens in seed 4711, and judges it
python -m tests.proof.simulation 4711 1000    judges a thousand seeds from 4711 on, until a promise is broken
"""

import sys

from tests.proof.simulation.seed_runner import court, failing


def _tell(seed: int) -> int:
    with court() as judge:
        found = judge.judges(seed, print)
    print(*(found or ["every promise was kept"]), sep="\n")
    return bool(found)


def _judge(first: int, count: int) -> int:
    for seed, found in failing(range(first, first + count)):
        print(f"seed {seed}:", *found, sep="\n  ")
        return 1
    print(f"{count} seeds from {first} on: every promise was kept")
    return 0


numbers = [int(argument) for argument in sys.argv[1:]]
match numbers:
    case [seed]:
        sys.exit(_tell(seed))
    case [first, count]:
        sys.exit(_judge(first, count))
    case _:
        sys.exit(__doc__)
