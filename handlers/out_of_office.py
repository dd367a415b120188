"""Being away: `/gift away until 14 Aug @backup`, `/gift away` and `/gift back`, each answered in private."""

from bot.gifts.flow import Flow
from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.text import Who
from handlers.inbound.command_text import read_absence
from handlers.localization import Language
from handlers.slack_api.directory import SlackDirectory


class Away:
    """What an approver says about being away, and reads as the answer."""

    def __init__(self, flow: Flow, directory: SlackDirectory) -> None:
        self._flow = flow
        self._directory = directory

    async def away(self, person: str, words: str) -> str:
        """Go away, until a day and with a deputy; without any words, whether one is away."""
        until, deputies = read_absence(words)
        if until or deputies:
            absence = await self._flow.away(person, until, deputies)  # which asks Slack who they are
            return self._shown(absence, await self._directory.language(person))
        language = await self._directory.language(person)  # first, so that a refusal is in it as well
        return self._shown(self._flow.absence(person), language)

    async def back(self, person: str) -> str:
        """Be back."""
        language = await self._directory.language(person)
        absence = self._flow.back(person)
        return language.say(
            ":wave: Welcome back! {deputy} no longer decides for you; what waits is yours again.",
            deputy=Who(absence.deputy),
        )

    def _shown(self, absence: Absence, language: Language) -> str:
        deputy, decides = Who(absence.deputy), Who(self._flow.roll.last.stand_ins[absence.person])
        text = language.say(
            ":palm_tree: You are away until {when}, and {deputy} decides for you. `/gift back` ends it earlier.",
            when=absence.last_minute,
            deputy=deputy,
        )
        if decides == deputy:
            return text
        as_well = language.say("{deputy} is away as well, so for now it is {other}.", deputy=deputy, other=decides)
        return f"{text}\n{as_well}"
