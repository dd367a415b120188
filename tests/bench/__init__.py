"""How fast the bot is, as ratios of two things measured in the same run, so that any machine can judge them.

`python -m tests.bench` measures everything and prints README's table; `--quick` measures less, and judges as much.

    clicks      the real process over signed HTTP, beside a Bolt app that does nothing
    worker      what the worker commits in a second
    years       what a gift and a look cost once there are many gifts in the database
    burst       many approved gifts at once, with clocks that run faster
    start       until it serves, and what it weighs
"""
