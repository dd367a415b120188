"""`giftbot demo`: the whole story of a gift, or of a policy, in the terminal, with nothing but this machine.

cast      who plays, and in which colour
stage     the simulator, the real bot as a process of its own, and a temporary folder
scenes    what every story is made of
story     a gift: what people do, in the order it happens
policy_story, policy_file   a company's policy, rule by rule, and the giftbot.toml for it
screen    what they see, as panels
ledger    what was ordered, delivered and stored in the end, and whether that is what was promised
theatre   all of it together: from the first line to the exit code
"""

from bot.sandbox.demo.runner import play

__all__ = ["play"]
