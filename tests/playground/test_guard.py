"""Who is let in: the browser that was given the token, and no page of another site."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from bot.sandbox.playground.environment import Stage
from tests.playground.visitor import Visitor


@pytest.fixture
def origin(door: str) -> str:
    """The address without its token."""
    return door.partition("/?")[0]


@pytest.fixture
async def visitor(door: str) -> AsyncGenerator[Visitor]:
    """Somebody who has opened the page; no bot is needed for that."""
    async with Visitor.at(door) as visitor:
        yield visitor


async def status(url: str) -> int:
    """What a stranger without a cookie is answered."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status


async def test_only_the_token_opens_the_page(origin: str) -> None:
    """Neither the page nor its files, its socket or a reward can be had without it, and the answer says how."""
    for path in ("", "/", "/?token=wrong", "/page/index.html", "/live", "/reward/x", "/nowhere"):
        assert await status(f"{origin}{path}") == 403
    async with aiohttp.ClientSession() as session, session.get(origin) as response:
        assert "Please open the address that giftbot playground has printed" in await response.text()


async def test_the_token_is_in_the_address_only_once(door: str, origin: str) -> None:
    """It becomes a cookie that scripts cannot read and other sites do not send, and leaves the address."""
    async with aiohttp.ClientSession() as session, session.get(door, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/")
        cookie = response.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert cookie.startswith(f"giftbot-playground-{origin.rpartition(':')[2]}=")


async def test_no_other_name_leads_here(visitor: Visitor) -> None:
    """A page that lets its own name point to this machine gets nothing, cookie or not."""
    for host in ("evil.example", "127.0.0.1:1", "evil.example:80"):
        async with visitor.session.get(f"{visitor.origin}/", headers={"Host": host}) as response:
            assert response.status == 403


@pytest.mark.parametrize("other", ["http://evil.example", "null", "http://127.0.0.1:1", ""])
async def test_no_page_of_another_site_can_drive_it(visitor: Visitor, other: str) -> None:
    """With the right cookie, but from elsewhere, neither a socket nor a form is taken."""
    headers = {"Origin": other} if other else {}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await visitor.session.ws_connect(f"{visitor.origin}/live", headers=headers)
    assert refused.value.status == 403
    async with visitor.session.post(f"{visitor.origin}/reward/x", headers=headers) as response:
        assert response.status == 403


async def test_nothing_leaves_this_machine(visitor: Visitor) -> None:
    """Every answer forbids foreign sources, inline scripts, frames and copies, the refusals too."""
    for url in (f"{visitor.origin}/", f"{visitor.origin}/page/reward.css", f"{visitor.origin}/nowhere"):
        async with visitor.session.get(url) as response:
            policy = response.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_only_the_pages_files_are_served(visitor: Visitor) -> None:
    """No way leads out of their folder."""
    for path in ("../server.py", "%2e%2e/server.py", "..%2fserver.py", "", "/etc/passwd"):
        async with visitor.session.get(f"{visitor.origin}/page/{path}") as response:
            assert response.status in {403, 404}


async def test_it_listens_on_this_machine_only(stage: Stage, door: str) -> None:
    """The playground and both services are on the loopback address."""
    assert door.startswith("http://127.0.0.1:")
    assert stage.simulator.slack.base_url.startswith("http://127.0.0.1:")
    assert stage.simulator.giftcards.base_url.startswith("http://127.0.0.1:")
