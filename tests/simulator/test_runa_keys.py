"""What a key of Runa's simulated API remembers, in every reading of documents that contradict themselves."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.simulator import Fault, Moment
from bot.sandbox.simulator.giftcards.runa.api import ORDER, RunaApi
from tests.simulator.test_runa_contract import body, caller, error, order, running

DAY = 24 * 3600.0


class Now:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.seconds


@pytest.fixture
def now() -> Now:
    """The time of the API."""
    return Now()


@pytest.fixture
async def api(now: Now) -> AsyncIterator[RunaApi]:
    """The API, with a clock to turn."""
    async with running(clock=now) as api:
        yield api


@pytest.fixture
async def http(api: RunaApi) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the right headers."""
    async with caller(api) as client:
        yield client


async def test_a_key_gives_its_first_reply_for_thirty_days(api: RunaApi, http: httpx.AsyncClient, now: Now) -> None:
    """After that, the same key makes a new order: the trap of this contract."""
    first = (await order(http)).json()
    api.claim(api.orders[0])
    now.seconds += 30 * DAY - 1
    assert (await order(http)).json() == first
    now.seconds += 1
    assert (await order(http)).json()["id"] != first["id"]
    assert [made.idempotency_key for made in api.orders] == ["k", "k"]
    assert len(api.requests) == 3


async def test_a_refusal_stays_with_its_key(api: RunaApi, http: httpx.AsyncClient) -> None:
    """Whatever was wrong is mended, and the key is spent."""
    api.refuse_next("insufficient_funds", 400)
    api.refuse_next("ordering_restricted", 403)
    replies = [await order(http, key=key) for key in ("a", "b", "a", "b", "c")]
    assert [reply.status_code for reply in replies] == [400, 403, 400, 403, 200]
    assert replies[0].json() == replies[2].json()
    assert len(api.orders) == 1


@pytest.mark.parametrize(("kind", "status"), [("unauthorized", 401), ("version_removed", 410)])
async def test_who_asks_is_looked_at_before_the_key(
    api: RunaApi, http: httpx.AsyncClient, kind: str, status: int
) -> None:
    """Whoever is let in again finds the key unused."""
    api.refuse_next(kind, status)
    assert [(await order(http)).status_code for _ in range(2)] == [status, 200]


async def test_an_account_that_may_not_order_spends_its_key_or_not(api: RunaApi, http: httpx.AsyncClient) -> None:
    """The documents do not say, so both readings are there."""
    api.idempotency.keeps_403 = False
    api.refuse_next("ordering_restricted", 403)
    assert [(await order(http)).status_code for _ in range(2)] == [403, 200]


async def test_another_body_under_the_same_key_is_refused(api: RunaApi, http: httpx.AsyncClient) -> None:
    """The first order is still there, under its own body."""
    first = await order(http)
    assert error(await order(http, body(100))) == (400, "idempotency_validation_error")
    assert (await order(http)).json() == first.json()
    assert len(api.orders) == 1


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize(("fault", "orders"), [(Fault.ERROR_BEFORE, 0), (Fault.ERROR_AFTER, 1)])
async def test_a_5xx_is_replayed_or_not(
    api: RunaApi, http: httpx.AsyncClient, fault: Fault, orders: int, *, keeps: bool
) -> None:
    """In one reading the same key brings the order, in the other it brings the error for ever."""
    api.idempotency.keeps_5xx = keeps
    api.faults.arm(ORDER, fault)
    assert error(await order(http)) == (500, "internal_server_error")
    assert len(api.orders) == orders
    for _ in range(2):
        assert (await order(http)).status_code == (500 if keeps else 200)
    assert len(api.orders) == (orders if keeps else 1)


@pytest.mark.parametrize("keeps", [False, True])
async def test_an_error_of_the_service_itself_is_replayed_or_not(
    api: RunaApi, http: httpx.AsyncClient, *, keeps: bool
) -> None:
    """So is the one that the playground gives to whoever asks."""
    api.idempotency.keeps_5xx = keeps
    await order(http, X_Trigger_Error="internal_server_error")
    assert (await order(http)).status_code == (500 if keeps else 200)


async def test_a_remembered_order_is_not_forgotten_for_a_later_error(api: RunaApi, http: httpx.AsyncClient) -> None:
    """Only the first reply is remembered."""
    api.idempotency.keeps_5xx = True
    first = await order(http)
    api.faults.arm(ORDER, Fault.ERROR_AFTER)
    assert (await order(http)).status_code == 500
    assert (await order(http)).json() == first.json()


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("limited", ["fault", "limit"])
async def test_a_429_is_replayed_or_not(api: RunaApi, http: httpx.AsyncClient, limited: str, *, keeps: bool) -> None:
    """Nothing was done either way."""
    api.idempotency.keeps_429 = keeps
    if limited == "fault":
        api.faults.arm(ORDER, Fault.RATE_LIMITED)
    else:
        api.orders_a_minute = 0
    assert (await order(http)).status_code == 429
    api.orders_a_minute = 300
    again = await order(http)
    assert again.status_code == (429 if keeps else 200)
    if keeps:
        assert int(again.headers["Retry-After"]) >= 5
    assert len(api.orders) == (0 if keeps else 1)


class OrderHold:
    """A watcher that holds the first call back until it is told to let go."""

    def __init__(self) -> None:
        self.holds = asyncio.Event()
        self.lets_go = asyncio.Event()

    async def __call__(self, _call: str, _moment: Moment) -> None:
        """Hold the first call, and nobody else."""
        if not self.holds.is_set():
            self.holds.set()
            await self.lets_go.wait()


async def test_a_key_in_progress_is_refused_with_400(api: RunaApi, http: httpx.AsyncClient) -> None:
    """The first call is done all the same, and its reply replayed; other keys need not wait."""
    api.faults.watcher = hold = OrderHold()
    first = asyncio.create_task(order(http))
    await hold.holds.wait()
    assert error(await order(http)) == (400, "idempotency_in_progress")
    assert (await order(http, key="another")).status_code == 200
    hold.lets_go.set()
    assert (await first).json() == (await order(http)).json()
    assert len(api.orders) == 2


async def test_a_key_in_progress_is_refused_with_102(api: RunaApi, http: httpx.AsyncClient) -> None:
    """Which httpx cannot take for a reply."""
    api.idempotency.in_progress = "102"
    api.faults.watcher = hold = OrderHold()
    first = asyncio.create_task(order(http))
    await hold.holds.wait()
    with pytest.raises(httpx.RemoteProtocolError):
        await order(http)
    hold.lets_go.set()
    assert (await first).json() == (await order(http)).json()
    assert [call.reply is None for call in api.calls] == [True, False, False]
    assert len(api.orders) == 1


async def test_a_key_is_in_progress_while_its_call_is_slow(api: RunaApi, http: httpx.AsyncClient) -> None:
    """A caller that gave up and asks again too soon is told so."""
    api.faults.arm(ORDER, Fault.SLOW, seconds=0.5)
    with pytest.raises(httpx.ReadTimeout):
        await http.post("/order", json=body(), headers={"X-Idempotency-Key": "k"}, timeout=0.1)
    assert error(await order(http)) == (400, "idempotency_in_progress")


async def test_a_lost_reply_is_found_under_its_key(api: RunaApi, http: httpx.AsyncClient) -> None:
    """The ledger has both requests, and one order."""
    api.faults.arm(ORDER, Fault.REPLY_LOST)
    with pytest.raises(httpx.RemoteProtocolError):
        await order(http)
    assert (await order(http)).json()["id"] == api.orders[0].id
    assert [call.arguments["idempotency_key"] for call in api.calls] == ["k", "k"]
    assert len(set(api.requests)) == 1


async def test_a_refused_caller_spends_no_key(http: httpx.AsyncClient) -> None:
    """The key and the version are looked at before anything is remembered."""
    assert (await order(http, X_Api_Key="wrong")).status_code == 401
    assert (await order(http, X_Api_Version="2031-01-01")).status_code == 400
    assert (await order(http)).status_code == 200
