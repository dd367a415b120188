"""What an order of Runa looks like, in each of its states and in none."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from bot.gifts.model.money import Money
from bot.gifts.model.outcomes import LinkReady, NotYet, OrderFailed, OutcomeUnknown, Placed, Unavailable
from tests.harness.runa_server import TWENTY_FIVE, UNREADABLE, reply, says, stranger


async def test_an_order_that_is_complete_brings_its_link() -> None:
    """One call: the id, the value and the link; nothing that prints the answer prints the link."""
    async with stranger(says(reply())) as here:
        link = LinkReady(SecretStr("https://spend.runa.test/one-secret-link"), TWENTY_FIVE)
        answers = [await here.places(), await here.fetches()]
    assert answers == [Placed("O-1", TWENTY_FIVE, link), link]
    assert "one-secret-link" not in f"{answers} {answers[0]} {answers[1]}"


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_an_order_that_is_being_worked_on_is_placed(status: int) -> None:
    """It has an id, by which it is asked for again, and nothing else."""
    async with stranger(says({"id": "O-1", "status": "PROCESSING", "message": "wait"}, status)) as here:
        assert await here.places() == Placed("O-1")
        assert await here.fetches() == NotYet()


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_an_order_that_failed_says_so_itself(status: int) -> None:
    """Nothing was sold, which is final: at once, or when it is asked for again."""
    async with stranger(says({"id": "O-1", "status": "FAILED", "message": "no"}, status)) as here:
        assert await here.places() == OrderFailed("O-1 failed")
        assert await here.fetches() == OrderFailed("O-1 failed")


@pytest.mark.parametrize("status", ["CANCELLED", "QUEUED", "completed", "", None, 1, ["FAILED"]])
async def test_an_order_in_an_unknown_status_may_exist(status: Any) -> None:
    """A word that nobody knows is neither a yes nor a no."""
    async with stranger(says(reply(status=status))) as here:
        for answer in (await here.places(), await here.fetches()):
            assert isinstance(answer, OutcomeUnknown)
            assert answer.reason is UNREADABLE


async def test_an_order_that_is_being_worked_on_has_no_link_yet() -> None:
    """It may still come to nothing: what it shows before its end is not handed over."""
    async with stranger(says(reply(status="PROCESSING"))) as here:
        assert await here.places() == Placed("O-1")
        assert await here.fetches() == NotYet()


@pytest.mark.parametrize("url", [None, ""])
async def test_an_order_without_its_link_is_placed_all_the_same(url: str | None) -> None:
    """The link is asked for later."""
    async with stranger(says(reply(url=url))) as here:
        assert await here.places() == Placed("O-1", TWENTY_FIVE)
        assert await here.fetches() == NotYet()


async def test_an_order_with_a_payout_that_says_nothing_is_placed_all_the_same() -> None:
    """Neither has that a link."""
    async with stranger(says(reply(payout={}))) as here:
        assert await here.places() == Placed("O-1", TWENTY_FIVE)
        assert await here.fetches() == NotYet()


async def test_what_is_new_in_a_reply_is_passed_over() -> None:
    """Unknown fields, at every place, and known ones that nobody reads."""
    new = reply(new={"deeply": [None]}, metadata=7, transaction_detail=[], completed_at=None, url="https://x.test/1")
    new["items"][0] |= {"new": 1, "products": {"type": "UNKNOWN"}, "price": None, "distribution_method": None}
    new["items"][0]["payout"] |= {"status": "OF_A_NEW_KIND", "new": 1, "expiry_date": 7}
    async with stranger(says(new)) as here:
        assert await here.places() == Placed("O-1", TWENTY_FIVE, LinkReady(SecretStr("https://x.test/1"), TWENTY_FIVE))


@pytest.mark.parametrize("currency", ["USD", "gbp", "", "GBPX"])
async def test_another_currency_is_told_as_it_is(currency: str) -> None:
    """Whoever compares sees that it is another order."""
    async with stranger(says(reply(currency=currency, item_currency=currency))) as here:
        answers = [await here.places(), await here.fetches()]
    for answer in answers:
        assert isinstance(answer, OutcomeUnknown) or answer.value != TWENTY_FIVE


@pytest.mark.parametrize("currency", ["USD", "JPY"])
async def test_a_link_in_another_currency_than_its_order_is_not_ours(currency: str) -> None:
    """The link's own currency is that of the item: 25 of something else are not 25 pounds."""
    async with stranger(says(reply(item_currency=currency))) as here:
        answers = [await here.places(), await here.fetches()]
    for answer in answers:
        assert isinstance(answer, OutcomeUnknown) or answer.value != TWENTY_FIVE


async def test_an_order_that_says_that_it_is_another_gift_s_is_not_ours() -> None:
    """The gift's id went out with the order, and it comes back: another one's link is not this one's."""
    async with stranger(says(reply(description="gift of key-2", metadata={"gift": "gift of key-2"}))) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)


@pytest.mark.parametrize("status", ["FAILED", "PROCESSING"])
async def test_what_became_of_another_gift_s_order_says_nothing_of_ours(status: str) -> None:
    """A failure that is another's is no reason to order anew."""
    async with stranger(says({"id": "O-1", "status": status, "description": "gift of key-2"})) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)


@pytest.mark.parametrize("amount", ["250.00", "25.01", "24", 26, 19.99, 0.07])
async def test_another_amount_is_told_as_it_is(amount: Any) -> None:
    """The service says that the order has another value; whoever asked compares."""
    async with stranger(says(reply(face_value=amount))) as here:
        value = Money(int(Decimal(str(amount)) * 100), "GBP", 2)
        link = LinkReady(SecretStr("https://spend.runa.test/one-secret-link"), value)
        assert [await here.places(), await here.fetches()] == [Placed("O-1", value, link), link]


@pytest.mark.parametrize("amount", ["25", "25.0", "25.00", "25.0000", "2.5E1", 25, 25.0])
async def test_the_same_amount_is_the_same_however_it_is_written(amount: Any) -> None:
    """As text, as a number, with or without pence."""
    async with stranger(says(reply(face_value=amount))) as here:
        assert (await here.places()).value == TWENTY_FIVE


TWICE = reply()["items"] * 2


NONSENSE: dict[str, tuple[int, Any]] = {
    "nothing": (200, ""),
    "null": (200, "null"),
    "a list": (200, "[]"),
    "an object": (200, "{}"),
    "words": (200, "OK"),
    "cut off": (200, json.dumps(reply())[:40]),
    "twice": (200, json.dumps(reply()) * 2),
    "not UTF-8": (200, b"\xff\xfe\xfd"),
    "with a byte order mark": (200, b"\xef\xbb\xbf{}"),
    "nested too deeply": (200, "[" * 5000),
    "no content": (204, ""),
    "no id": (200, {name: value for name, value in reply().items() if name != "id"}),
    "no items": (200, reply(items=[])),
    "items that are missing": (200, {name: value for name, value in reply().items() if name != "items"}),
    "accepted and complete": (202, {"id": "O-1", "status": "COMPLETED"}),
    "items that are none": (200, reply(items="O-1")),
    "items that are null": (200, reply(items=None)),
    "an item that is null": (200, reply(items=[None])),
    "two items": (200, reply(items=TWICE)),
    "a payout that is null": (200, reply(payout=None)),
    "a link that is a number": (200, reply(url=7)),
    "a link that is a list": (200, reply(url=["https://spend.runa.test/one-secret-link"])),
    "an id that is a path": (200, reply(id="../../account")),
    "an empty id": (200, reply(id="")),
    "an id that is a number": (200, reply(id=1)),
    "an id that is null": (200, reply(id=None)),
    "an id with a line break": (200, reply(id="O-1\n")),
    "an id with a query": (200, reply(id="O-1?limit=1")),
    "an id in other letters": (200, reply(id="\u041e-1")),
    "an endless id": (200, reply(id="O" * 101)),
    "no amount": (200, reply(face_value=None)),
    "an amount of nothing": (200, reply(face_value=0)),
    "an amount below nothing": (200, reply(face_value="-25.00")),
    "an amount finer than a penny": (200, reply(face_value="25.001")),
    "an amount finer than a penny, by very little": (200, reply(face_value="25." + "0" * 40 + "1")),
    "an amount that is no number": (200, reply(face_value="NaN")),
    "an amount that is no number, as JSON has none": (200, reply(face_value=float("nan"))),
    "an amount without end": (200, reply(face_value="Infinity")),
    "an amount without end, as JSON has none": (200, reply(face_value=float("inf"))),
    "an absurd amount": (200, reply(face_value=1e30)),
    "an amount beyond numbers": (200, reply(face_value="1E999999")),
    "an amount below numbers": (200, reply(face_value="1E-999999")),
    "an amount of very many digits": (200, json.dumps(reply()).replace('"25.00"', "1" * 5000)),
    "an amount of very many digits, as text": (200, reply(face_value="1" * 5000)),
    "an amount of very many decimal places": (200, json.dumps(reply()).replace('"25.00"', f"0.{'0' * 5000}1")),
    "an amount that is true": (200, reply(face_value=True)),
    "no currency": (200, reply(currency=None)),
    "a page of a proxy": (502, "<html>Bad Gateway</html>"),
    "too busy": (503, ""),
    "too late": (504, {"type": "timeout", "message": "…"}),
    "an order on a 500": (500, reply()),
    "a refusal without a type": (400, {"message": "no"}),
    "a refusal of another type": (400, {"type": 7}),
    "a refusal of no type": (400, {"type": None}),
    "a refusal that is a list": (400, "[]"),
    "a refusal that is a page": (404, "<html>Not Found</html>"),
    "a refusal that is an order": (400, reply()),
    "a refusal that is nothing": (400, ""),
    "a refusal in the shape of a 429": (400, {"error": "rate exceeded"}),
}


@pytest.mark.parametrize(("status", "content"), NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_means_that_nobody_knows(status: int, content: Any) -> None:
    """Whatever comes back from the service's address, nothing is taken for an order or for a refusal of one."""
    async with stranger(says(content, status)) as here:
        answers = [await here.places(), await here.fetches()]
        found = await here.finds()
    async with stranger(says(content, status), {}) as here:
        written_of = await here.writes()
    assert [type(answer) for answer in (*answers, written_of)] == [OutcomeUnknown, OutcomeUnknown, Unavailable]
    assert isinstance(found, Unavailable), "it is no list of orders"
    assert "one-secret-link" not in f"{answers}"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_an_answer_that_cannot_be_unpacked_means_that_nobody_knows(encoding: str) -> None:
    """It says that it is packed, and is not, or not in a way that anybody knows."""
    async with stranger(says(b"\x00\x01 no such thing", Content_Encoding=encoding)) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)
