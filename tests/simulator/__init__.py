"""The simulator, tested with real clients: slack_sdk, Bolt, aiohttp and httpx."""
