"""`python -m tests.lantern ...`: the `giftbot` command where Lantern is registered, in its demo too."""

import sys

from bot.__main__ import main
from bot.giftcards import registry as providers
from bot.sandbox.demo import play
from bot.sandbox.simulator.giftcards import registry as simulators
from tests.lantern.account import LanternAccount
from tests.lantern.simulator import LanternApi

providers.register(LanternAccount)
simulators.register(LanternApi)
if sys.argv[1:2] == ["demo"]:
    sys.exit(play("gift", "lantern", keep=False, bot=("tests.lantern", "run")))
main()
