"""Carries out what an open page asks for, and answers each command once: it is done, or a sentence says why not."""

from typing import Any, Final

from pydantic import BaseModel, ValidationError

from bot.sandbox.playground.commands import COMMAND, NOT_UNDERSTOOD, Flips, Known
from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.switchboard import Switchboard
from bot.sandbox.simulator import AppDidNotRespond, CannotDoThat
from bot.sandbox.simulator.slack.records import SlackError

Json = dict[str, Any]

NONSENSE: Final = "The app answered something that Slack does not accept: {}."


class Doer:
    """Has the company and the switches at hand."""

    def __init__(self, stage: Stage, switches: Switchboard) -> None:
        self._stage = stage
        self._switches = switches

    async def answer(self, text: str) -> Json:
        """Carry a command out, and give the answer."""
        try:
            command = COMMAND.validate_json(text)
        except ValidationError:
            return _no(_number_of(text), NOT_UNDERSTOOD)
        try:
            return {"is": "answer", "id": command.id, "ok": True, **await self._do(command)}
        except CannotDoThat as reason:
            return _no(command.id, str(reason))
        except AppDidNotRespond:
            return _no(command.id, command.trouble)
        except SlackError as refused:
            return _no(command.id, NONSENSE.format(refused))

    async def _do(self, command: Known) -> Json:
        if isinstance(command, Flips):
            await self._switches.flip(command.name, on=command.on)
            return {}
        hand = self._stage.company.eligible_approvers.get(command.person)
        if hand is None:
            raise CannotDoThat(NOT_UNDERSTOOD)
        return await command.done(self._stage, hand)


class _Numbered(BaseModel):
    id: int = 0


def _number_of(text: str) -> int:
    try:
        return _Numbered.model_validate_json(text).id
    except ValidationError:
        return 0


def _no(number: int, say: str) -> Json:
    return {"is": "answer", "id": number, "ok": False, "say": say}
