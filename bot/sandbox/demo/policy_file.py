"""The giftbot.toml of the policy story: every kind of rule in one file."""

from typing import Final

from bot.sandbox.demo.personas import Cast

LIMIT: Final = 250  # the largest gift, in each currency


def policy(cast: Cast) -> str:
    """The file, with the ids of these people."""
    fay = cast.person("Fay")
    return f"""\
[requests]
from = ["{cast.mia.id}", "{cast.abe.id}"]  # Mia and Abe
largest = "{LIMIT}"
countries = ["GB", "DE"]
cost_centres = ["Sales", "Support"]
count_together_days = 7

[pools]
leads = ["{cast.abe.id}", "{cast.ana.id}"]  # Abe and Ana
finance = ["{fay.id}", "{cast.abe.id}"]  # Fay and Abe

[[rules]]
name = "a small thank-you"
up_to = "20"
automatic = true
notify = ["{cast.approvals.id}"]  # #approvals

[[rules]]
name = "a gift"
up_to = "50"
steps = [{{ pool = "leads", backup = ["{fay.id}"] }}]

[[rules]]
name = "a large gift"
steps = [{{ pool = "leads", backup = ["{fay.id}"] }}, {{ pool = "finance" }}]

[[budgets]]
name = "each manager"
per = "requester"
every = "month"
amount = "300"

[[budgets]]
name = "the team"
per = "cost_centre"
every = "quarter"
amount = "1000"

[announcements]
hashtags = ["#teamwork", "#customers"]
may_name_amount = true
"""
