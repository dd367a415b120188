"""Runa: the contract of 2024-02-05, which is live today."""
