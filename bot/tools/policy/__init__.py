"""`giftbot policy`: what the policy in force says, before anybody asks for a gift; changes nothing.

check       pools, rules and budgets as a table, with what is worth knowing about them
notes       what a policy leaves open: rules that nobody can finish or reach, amounts without a rule
explain     what would become of one request: rule, steps, people, budgets, and whether it would be accepted
people      who is who: from Slack where it can be asked, otherwise by member ids alone
page        how both are printed
"""
