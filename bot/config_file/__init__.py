"""What a company settles beyond the environment: giftbot.toml, read, checked and understood."""

from bot.config_file.loader import Company, read_company

__all__ = ["Company", "read_company"]
