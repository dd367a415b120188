"""A small world for the real flow, worker and storage, played from a seed without waiting for anything.

    virtual_time      a loop on which waiting takes no time, a clock that can jump by weeks, and that of the bot's
    machine fault_schedule    everything that chance decides network           what can happen to a call on its way
    fake_provider     a gift card service in memory, with its ledger; shop_client reads what it says, refusals how it
    says no fake_slack        Slack in memory, with everything that it shows disk              the database's file, and
    a backup that comes back bot_lifecycle     the bot's process: it dies at calls and commits, and is started again
    actors            who ask, decide, meddle and mend run_seed          one seed from the first form to the last
    notice, and its evidence

`python -m tests.proof.simulation 4711` plays seed 4711 and tells everything that happens in it.
"""
