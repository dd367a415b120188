"""What Runa documents about errors, limits and idempotency keys, read on developer.runa.io."""

from datetime import timedelta

from pydantic import ValidationError

from bot.giftcards.api import Reply
from bot.giftcards.contract import Contract
from bot.gifts.model.failure_reasons import Reason


class _Problem(Reply):
    """An error as the contract writes it; those of gateways (RFC 9457, say) have a type too, and no message."""

    type: str
    message: str


def _word_of(_status: int, body: bytes) -> str | None:
    try:
        return _Problem.model_validate_json(body).type
    except ValidationError:
        return None


CONTRACT = Contract(
    word_of=_word_of,
    refusals={
        "insufficient_funds": Reason.INSUFFICIENT_FUNDS,
        "payment_method_unavailable": Reason.CARD_REFUSED,
        "validation_error": Reason.NOT_OFFERED,
        "product_validation_error": Reason.NOT_OFFERED,
        "currency_mismatch": Reason.CURRENCY_MISMATCH,
        "bad_request": Reason.ORDER_REFUSED,
        "invalid_execution_mode": Reason.ORDER_REFUSED,
        "insecure_protocol": Reason.ORDER_REFUSED,
        "not_found": Reason.ORDER_REFUSED,
        "pagination_error": Reason.ORDER_REFUSED,
    },
    no_word={
        "unauthorized": Reason.NOT_AUTHORIZED,
        "invalid_api_key": Reason.NOT_AUTHORIZED,
        "forbidden": Reason.NOT_AUTHORIZED,
        "ordering_restricted": Reason.ORDERING_RESTRICTED,
        "version_removed": Reason.OUT_OF_DATE,
        "invalid_version": Reason.OUT_OF_DATE,
        "internal_server_error": Reason.NO_ANSWER,
        "timeout": Reason.NO_ANSWER,
        "idempotency_in_progress": Reason.NO_ANSWER,
        "idempotency_validation_error": Reason.ANSWER_DIFFERS,
    },
    order_interval=timedelta(milliseconds=210),  # the limit is 300 orders a minute, failures included, by their clock
    shortest_rest=timedelta(seconds=5),
    key_life=timedelta(days=30),  # the same key would then order again
)
