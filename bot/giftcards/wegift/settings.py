"""What the environment says about an account at WeGift."""

from bot.environment import Hosts, Secret, Url
from bot.giftcards.account import Account

DEFAULT_URL = "https://api.wegift.io/v2"


class WeGiftSettings(Account):
    """The account, and the saved card that pays."""

    wegift_api_key: Secret
    wegift_card_id: str
    wegift_api_url: Url = DEFAULT_URL
    giftbot_link_hosts: Hosts

    @property
    def link_hosts(self) -> frozenset[str]:
        """The hosts that a redemption link may have."""
        return frozenset(self.giftbot_link_hosts)
