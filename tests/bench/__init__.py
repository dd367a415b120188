"""How fast the bot is, as ratios of two things measured in the same run, so that any machine can judge them.

`python -m tests.bench` measures everything and prints a table; `--quick` measures less, and judges just as much.

    clicks      the real process over signed HTTP, beside a Bolt app that does nothing
    worker      what the worker commits, alone and with a million gifts in the database
    calls       what one gift costs at Slack and at the gift card service
    burst       thousands of approved gifts at once, with clocks that run faster
    start       until it serves, and what it weighs
"""
