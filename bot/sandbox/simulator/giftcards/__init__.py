"""Gift card services on this machine, one file a contract, with a ledger of what was really sold."""
