"""A small world for the real flow, worker and storage, played from a seed without waiting for anything.

    clock      a loop on which waiting takes no time, a clock that can jump by weeks, and that of the bot's machine
    fate       everything that chance decides
    wire       what can happen to a call on its way
    shop       a gift card service in memory, with its ledger; shop_client reads what it says, refusals how it says no
    chat       Slack in memory, with everything that it shows
    disk       the database's file, and a backup that comes back
    lives      the bot's process: it dies at calls and commits, and is started again
    people     who ask, decide, meddle and mend
    play       one seed from the first form to the last notice, and its evidence

`python -m tests.proof.world 4711` plays seed 4711 and tells everything that happens in it.
"""
