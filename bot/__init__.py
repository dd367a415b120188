"""Giftbot: gift cards as a thank-you from Slack, asked for, approved, ordered once and delivered."""
