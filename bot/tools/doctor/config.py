"""What the company has settled: complete, and fitting together."""

from collections.abc import Iterator, Mapping

from bot.config_file import Company
from bot.findings import Finding, fine, note, warning
from bot.giftcards.account import Account
from bot.gifts.model.currencies import currency_of
from bot.settings import HttpSettings, SocketSettings


def check(settings: SocketSettings | HttpSettings, account: Account) -> Iterator[Finding]:
    """The settings, which are complete and in order, or nobody would have come here."""
    transport = "Socket Mode" if isinstance(settings, SocketSettings) else "HTTP"
    yield fine("Settings", f"complete, for {transport} and {account.title}")
    yield _configuration(settings.giftbot_config)
    policy = settings.policy(whole_amounts=account.whole_amounts)
    largest = ", ".join(limit.format("en") for limit in policy.largest.values())
    yield fine("Offered", f"{', '.join(policy.countries)}; at most {largest}")
    yield from _currencies(policy.currencies)
    yield _link_hosts(account)


def _configuration(company: Company) -> Finding:
    if company.path is None:
        return note("Configuration", "there is no giftbot.toml, and so everything is as usual")
    settled = ", ".join(f"{key} = {value}" for key, value in company.settled.items())
    return fine("Configuration", f"{company.path.resolve()} settles {settled or 'nothing'}")


def _currencies(settled: Mapping[str, str]) -> Iterator[Finding]:
    """Countries whose gifts are in another currency than people pay in there."""
    for country, currency in settled.items():
        if currency != (usual := currency_of(country)):
            remedy = f"Take {country} out of [requests.currencies], unless the gift card service sells in {currency}."
            yield note("Currency", f"{country} is settled to be in {currency}; people pay in {usual} there", remedy)


def _link_hosts(account: Account) -> Finding:
    found = ", ".join(sorted(account.link_hosts))
    if missing := account.own_link_hosts - account.link_hosts:
        own = ", ".join(sorted(missing))
        remedy = f"Add {own} to GIFTBOT_LINK_HOSTS, or no link is delivered."
        return warning("Link hosts", f"{found}, but {account.title}'s links are on {own}", remedy)
    return fine("Link hosts", found)
