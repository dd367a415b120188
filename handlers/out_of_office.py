"""Being away: `/gift away until 14 Aug @backup`, `/gift away` and `/gift back`, each answered in private."""

from bot.gifts.model.out_of_office import Absence
from bot.gifts.model.text import Mention
from bot.gifts.services import Services
from handlers.inbound.command_text import read_absence
from handlers.localization import Language
from handlers.slack_api.directory import SlackDirectory


class OutOfOffice:
    """What an approver says about being away, and reads as the answer."""

    def __init__(self, services: Services, directory: SlackDirectory) -> None:
        self._services = services
        self._directory = directory

    async def away(self, person: str, words: str) -> str:
        """Go away, until a day and with a deputy; without any words, whether one is away."""
        until, deputies = read_absence(words)
        if until or deputies:
            absence = await self._services.delegate.begin(person, until, deputies)  # which asks Slack who they are
            return self._shown(absence, await self._directory.language(person))
        language = await self._directory.language(person)  # first, so that a refusal is in it as well
        return self._shown(await self._services.delegate.of(person), language)

    async def back(self, person: str) -> str:
        """Be back."""
        language = await self._directory.language(person)
        absence = await self._services.delegate.end(person)
        return language.say(
            ":wave: Welcome back! {deputy} no longer decides for you; what waits is yours again.",
            deputy=Mention(absence.deputy),
        )

    def _shown(self, absence: Absence, language: Language) -> str:
        deputy, decides = Mention(absence.deputy), Mention(self._services.approvers.cached().stand_ins[absence.person])
        text = language.say(
            ":palm_tree: You are away until {when}, and {deputy} decides for you. `/gift back` ends it earlier.",
            when=absence.last_minute,
            deputy=deputy,
        )
        if decides == deputy:
            return text
        as_well = language.say("{deputy} is away as well, so for now it is {other}.", deputy=deputy, other=decides)
        return f"{text}\n{as_well}"
