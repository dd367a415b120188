"""`giftbot playground`: a Slack in the browser to try the bot in, with nothing but this machine.

evening     all of it, from the first line in the terminal to the exit code
stage       the simulator, the company in it (company), the real bot (keeper), and a temporary folder
bot         the bot's process: what `giftbot run` runs, by a clock that can be moved (clock)
server      the page, its socket (live) and the reward pages (reward), for whoever has the token (guard)
shown       what people see; backstage, books, veil: what happens behind the scenes, without its secrets
commands    what a page can ask to be done; doer: the answer
switches    the promises put to the test: mishaps, trouble with orders, acts, and what came of it (verdicts)
page/       HTML, CSS and JavaScript, as the browser gets them

Slack's side of it is the simulator's people, and nothing else: the bot meets the protocols that it meets at a company.
"""
