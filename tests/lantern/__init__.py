"""Lantern, a gift card service that nobody has heard of: all that giftbot needs to order from one more, in one folder.

Its errors have no type, only a status. It never forgets an idempotency key, has no list of orders and no catalogue, and
takes amounts to the penny.
"""
