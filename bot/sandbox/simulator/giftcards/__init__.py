"""Gift card services on this machine, one folder a contract, with a ledger of what was really sold."""
