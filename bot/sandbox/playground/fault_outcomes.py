"""What came of a mishap, in a sentence: read from what the services saw, never from what the bot says of itself."""

from typing import Any, Final

from bot.sandbox.simulator import Call, Simulator

Json = dict[str, Any]

POST: Final = "chat.postMessage"
LOOK_UP: Final = "conversations.history"
CHANGE: Final = "chat.update"
WAIT: Final = "What the bot does about it is seen here in a moment."


def of_order(simulator: Simulator, request: Json) -> str:
    """Say how often an order was asked for in all, and how many there are."""
    key = request["idempotency_key"]
    calls = [call for call in simulator.giftcards.calls if call.name == simulator.giftcards.order_call]
    if all(call.arguments["idempotency_key"] != key for call in _after(calls, request)):
        return WAIT
    asked = sum(call.arguments["idempotency_key"] == key for call in calls)
    made = sum(order.idempotency_key == key for order in simulator.giftcards.orders)
    return f"The bot asked again with the same key, {asked} times in all: there is {_counted(made, 'order')}."


def of_post(simulator: Simulator, request: Json) -> str:
    """Say how the bot found out whether a message was there, and how many there are."""
    slack, message_id = simulator.slack, request["metadata"]
    later = _after(slack.calls, request)
    shown = [message.ts for message in slack.workspace.all_messages if message.metadata == message_id]
    posted = any(call.name == POST and call.arguments.get("metadata") == message_id for call in later)
    looked = any(call.name == LOOK_UP and call.arguments["channel"] == request["channel"] for call in later)
    changed = any(call.name == CHANGE and call.arguments["ts"] in shown for call in later)
    match posted, looked, changed:
        case True, True, _:
            found_out = "The bot looked for it in the conversation, and sent it again"
        case True, False, _:
            found_out = "The bot sent it again"
        case False, True, _:
            found_out = "The bot found it in the conversation, and did not send it again"
        case False, False, True:
            found_out = "Somebody's click told the bot that it was there, and it was not sent again"
        case _:
            return WAIT
    return f"{found_out}: there is {_counted(len(shown), 'message')}."


def _after(calls: list[Call], request: Json) -> list[Call]:
    """Give the calls after the one with this request; none while that is not over."""
    numbers = [number for number, call in enumerate(calls) if call.arguments is request]
    return calls[numbers[0] + 1 :] if numbers else []


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
