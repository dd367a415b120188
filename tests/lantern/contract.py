"""What Lantern would document: the status of an error says everything, and a key is remembered for ever."""

from datetime import timedelta

from pydantic import ValidationError

from bot.giftcards.api import Reply
from bot.giftcards.contract import Contract
from bot.gifts.model.failure_reasons import Reason

_WORDS = {401: "unknown token", 402: "payment required", 404: "no such voucher", 409: "conflict", 422: "unprocessable"}


class _Problem(Reply):
    error: str


def _word_of(status: int, body: bytes) -> str | None:
    try:
        _Problem.model_validate_json(body)
    except ValidationError:
        return None
    return _WORDS.get(status)


CONTRACT = Contract(
    word_of=_word_of,
    refusals={
        "payment required": Reason.INSUFFICIENT_FUNDS,
        "no such voucher": Reason.ORDER_REFUSED,
        "unprocessable": Reason.NOT_OFFERED,
    },
    no_word={"unknown token": Reason.NOT_AUTHORIZED},
    never_again={"conflict": Reason.REPEAT_REFUSED},
    order_interval=timedelta(milliseconds=50),
)
