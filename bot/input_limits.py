"""How much is read from outside before it is refused: the one table of input limits, each with where it comes from.

Three kinds of senders: anybody at all, who may cost next to nothing; Slack and the gift card service, who signed or
whom we asked, and who may be broken or impersonated by a proxy; and people, who paste.
"""

from typing import Final

_KIB, _MIB = 1 << 10, 1 << 20

# Anybody, over HTTP. Sizes in bytes, times in seconds.
LARGEST_REQUEST: Final = (
    1 * _MIB
)  # Slack's longest message: 40,000 characters, each 8 bytes here, as text and as blocks
LARGEST_WEBHOOK: Final = 64 * _KIB  # those of gift card services are below two thousand
LARGEST_UNSIGNED: Final = 1 * _KIB  # Slack's look at our certificate is a token: docs.slack.dev, "Slash commands"
LONGEST_HEADER: Final = 4 * _KIB  # a line or a field; proxies add some, Slack's longest is a signature of 67
MOST_HEADERS: Final = 64  # Slack sends some ten, a proxy as many
UNVERIFIED_AT_ONCE: Final = 32 * _MIB  # all bodies together whose signature is not verified yet
TIME_TO_SIGN: Final = 10.0  # from the first byte to the last of a signed request; Slack itself gives up after three
SIGNATURE_AGE: Final = 300  # both Slack ("Verifying requests from Slack") and Svix ("Verifying payloads") say so
KEPT_IDLE: Final = 150.0  # a sender who signed: longer than proxies keep theirs (ALB, nginx 60; Caddy 120)
LINGER: Final = 1.0  # for a refused body, so that an honest sender reads the refusal

# Connections, which cost a file descriptor each
MOST_CONNECTIONS: Final = 512  # a second's worth of clicks in a company of thousands is some ten
OWN_FILES: Final = 256  # database 4, Slack 100 (aiohttp's own limit), the gift card service 100 (httpx's), and the rest

# Slack's and the gift card service's replies, unpacked
LARGEST_REPLY: Final = 8 * _MIB  # 500 products or 200 messages of 16 KiB each, the largest pages that we ask for
LARGEST_ENVELOPE: Final = LARGEST_REQUEST  # Socket Mode carries what HTTP would

# Whoever runs the bot
LARGEST_CONFIG: Final = 256 * _KIB  # giftbot.toml; a hundred rules and a thousand people have 40

# People
LONGEST_COMMAND: Final = 40_000  # characters; Slack cuts a message's text there: docs.slack.dev, chat.postMessage
