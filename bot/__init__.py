"""Giftbot: gift cards as a thank-you from Slack, asked for, approved, ordered once and delivered."""

__version__ = "0.1.0"
