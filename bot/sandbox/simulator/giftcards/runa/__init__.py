"""Runa's API of 2024-02-05 on this machine."""
