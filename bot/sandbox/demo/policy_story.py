"""A company's policy at work, rule by rule: who has to agree, what is left, and what happens when nobody does."""

from datetime import timedelta
from typing import Final

from rich.panel import Panel
from rich.text import Text

from bot.sandbox.bot_process import said
from bot.sandbox.demo.personas import PATIENCE
from bot.sandbox.demo.policy_file import LIMIT
from bot.sandbox.demo.slack_panels import messages, modal
from bot.sandbox.demo.story_base import DIRECT, Scenes
from bot.sandbox.simulator import CannotDoThat, Modal, Person, ShownMessage

SALES: Final = {"Cost centre": "Sales"}
EXPLAINED: Final = ("@Mia", "@Rob", "120", "GBP", "--cost-centre", "Sales")


class PolicyStory(Scenes):
    """Nine scenes, each about a part of the policy that is printed first."""

    async def _play(self) -> None:
        await self._the_policy()
        await self._nobody_has_to_approve()
        await self._one_lead_decides()
        await self._two_steps()
        await self._refused()
        await self._somebody_leaves()
        await self._somebody_is_away()
        await self._mia_changes_it()
        await self._nobody_decides()

    async def _the_policy(self) -> None:
        self._screen.act("1  The policy, and what it would make of a request")
        self._screen.shows(
            Panel(Text(self._stage.policy.rstrip()), title="giftbot.toml", title_align="left", padding=(0, 1))
        )
        explained = await said(self._stage.settings, self._stage.folder, "bot", "policy", "explain", *EXPLAINED)
        command = f"giftbot policy explain {' '.join(EXPLAINED)}"
        self._screen.shows(Panel(Text(explained.rstrip()), title=command, title_align="left", padding=(0, 1)))

    async def _nobody_has_to_approve(self) -> None:
        self._screen.act("2  A small gift needs nobody, and may be announced with its amount")
        mia, rob, general = self._cast.mia, self._cast.rob, self._cast.general
        more = {**SALES, "Announce in": general, "What for": "#teamwork", "In the announcement": ["Name the amount"]}
        form = await self._fills_in(mia, "/gift @Rob 20 GBP coffee on me", more)
        filled = modal(mia, form)
        await mia.submits()
        await mia.sees_modal("Gift asked for", PATIENCE)
        await mia.closes()
        gift = await self._receives(rob)
        told = await self._approvals("coffee on me", "Approved by the rule")
        announced = await rob.sees("#teamwork", PATIENCE)
        self._screen.shows(
            filled,
            messages(self._cast.approvals, "those who approve are told", [told]),
            messages(rob, DIRECT, [gift]),
            messages(general, "seen by everybody", [announced]),
        )

    async def _one_lead_decides(self) -> None:
        self._screen.act("3  One lead decides, for less than was asked")
        mia, abe, eve = self._cast.mia, self._cast.abe, self._cast.eve
        note = await self._asks("/gift @Eve 45 GBP for the slides", SALES)
        card = await self._card(note, 1)
        before = messages(self._cast.approvals, "the card says what is left", [card])
        await abe.clicks("Note or lower amount", card)
        form = await abe.sees_modal("Approve the gift", PATIENCE)
        await abe.fills({"Amount each": "40", "Note": "40 is what we give for slides."})
        filled = modal(abe, form)
        await abe.submits()
        gift = await self._receives(eve)
        told = await mia.sees_message("40 is what we give", PATIENCE)
        self._screen.does(abe, "approves a lower amount, and says why; Mia is told.")
        self._screen.shows(before, filled, messages(mia, DIRECT, [told]), messages(eve, DIRECT, [gift]))

    async def _two_steps(self) -> None:
        self._screen.act("4  Two small gifts in a week are one large gift: two steps, two people")
        abe, fay, rob, approvals = self._cast.abe, self._cast.person("Fay"), self._cast.rob, self._cast.approvals
        note = await self._asks("/gift @Rob 40 GBP for the launch", SALES)
        first = await self._card(note, 1)
        shown = messages(approvals, "with the £20 of before it is £60", [first])
        await abe.clicks("Approve", first, confirm=True)
        second = await self._card(note, 2)
        await abe.clicks("Approve", second, confirm=True)
        too_much = modal(abe, await abe.sees_modal("Giftbot", PATIENCE))
        await abe.closes()
        then = messages(approvals, "the second step", [second])
        await fay.clicks("Approve", second, confirm=True)
        gift = await self._receives(rob, "£40.00")
        self._screen.does(abe, "approves as a lead. He is in finance too, but nobody counts twice; Fay does.")
        self._screen.shows(shown, then, too_much, messages(rob, DIRECT, [gift]))

    async def _refused(self) -> None:
        self._screen.act("5  More than the budget has, and somebody who may not ask")
        mia, rob = self._cast.mia, self._cast.rob
        too_much = await self._is_refused(mia, f"/gift @Ana {LIMIT} GBP for everything", "Amount each")
        not_he = await self._is_refused(rob, "/gift @Eve 10 GBP thanks", "Recipients")
        self._screen.shows(too_much, not_he)

    async def _somebody_leaves(self) -> None:
        self._screen.act("6  A recipient leaves before the order: nothing is bought")
        mia, abe, fay, approvals = self._cast.mia, self._cast.abe, self._cast.person("Fay"), self._cast.approvals
        note = await self._asks("/gift @Eve 45 GBP for the demo", SALES)
        await abe.clicks("Approve", await self._card(note, 1), confirm=True)
        second = await self._card(note, 2)
        await self._simulator.slack.deactivate(self._cast.eve)
        await fay.clicks("Approve", second, confirm=True)
        trouble = await self._approvals("needs somebody", "@Eve")
        told = await mia.sees_message("needs somebody", PATIENCE)
        self.in_review += 1
        self._screen.does(
            fay, "approves, but Eve's account is deactivated: the gift waits, and its money is free again."
        )
        self._screen.shows(messages(approvals, "nobody ordered", [trouble]), messages(mia, DIRECT, [told]))

    async def _somebody_is_away(self) -> None:
        self._screen.act("7  Abe is away, and Fay decides for him")
        abe, fay, ana = self._cast.abe, self._cast.person("Fay"), self._cast.ana
        until = self._stage.clock.now() + timedelta(days=3)
        await self._types(abe, f"/gift away until {until.day} {until:%b} @Fay")
        note = await self._asks("/gift @Ana 30 GBP for her patience", SALES)
        card = await fay.sees_message(note, PATIENCE)
        before = messages(fay, DIRECT, [await fay.sees_message("is away until", PATIENCE), card])
        await fay.clicks("Approve", card, confirm=True)
        gift = await self._receives(ana)
        decided = messages(fay, "for the record", [await fay.sees_message("for @Abe", PATIENCE)])
        self._screen.shows(before, decided, messages(ana, DIRECT, [gift]))
        await self._types(abe, "/gift back")
        self._screen.shows(messages(abe, "private replies", abe.private_replies[-2:]))

    async def _mia_changes_it(self) -> None:
        self._screen.act("8  Mia changes what Abe has approved, and it begins anew")
        mia, abe, approvals = self._cast.mia, self._cast.abe, self._cast.approvals
        note = await self._asks("/gift @Ana 40 GBP for the quiz", SALES)
        await abe.clicks("Approve", await self._card(note, 1), confirm=True)
        await self._card(note, 2)
        await mia.clicks("Change", await mia.opens_home())
        form = await mia.sees_modal("Change your request", PATIENCE)
        await mia.fills({"Amount each": "30"})
        filled = modal(mia, form)
        await mia.submits()
        await mia.sees_modal("Gift asked for", PATIENCE)
        await mia.closes()
        anew = await self._approvals(note, "£30.00", "step 1 of", button="Approve")
        before = await self._approvals(note, "A newer card shows it")
        self._screen.does(mia, "clicks Change on her Home tab; the older cards lose their buttons.")
        self._screen.shows(filled, messages(approvals, "the old card and the new one", [before, anew]))

    async def _nobody_decides(self) -> None:
        self._screen.act("9  Nobody decides: a reminder, the backup, and the end")
        mia, fay, approvals = self._cast.mia, self._cast.person("Fay"), self._cast.approvals
        self._screen.says("Some days pass.")
        self._stage.turn_to_wednesday(days=5)
        reminded = await self._approvals("Please decide", "@Ana")
        backed_up = await fay.sees_message("Nobody has decided about this yet", PATIENCE)
        shown = [messages(approvals, "a reminder", [reminded]), messages(fay, "the backup", [backed_up])]
        self._screen.says("Another two weeks pass.")
        self._stage.turn_to_wednesday(days=14)
        told = await mia.sees_message("Expired", PATIENCE)
        self._screen.shows(*shown, messages(mia, DIRECT, [told]))

    async def _is_refused(self, person: Person, line: str, field: str) -> Panel:
        """What a form says that somebody submits in vain."""
        form: Modal = await self._fills_in(person, line, SALES)
        await person.submits()
        if field not in form.errors:
            raise CannotDoThat(f"{person.name} should be refused, but reads {form.errors}")
        shown = modal(person, form)
        await person.closes()
        return shown

    async def _card(self, note: str, step: int) -> ShownMessage:
        """The card of a step, with its buttons."""
        return await self._approvals(note, f"step {step} of", button="Approve")

    async def _approvals(self, *words: str, button: str | None = None) -> ShownMessage:
        """Wait for a message in the approvals channel that says all of this."""
        slack, channel = self._simulator.slack, self._cast.approvals

        def look() -> ShownMessage | None:
            shown = (message for message in reversed(slack.messages(channel)) if not button or message.button(button))
            return next((message for message in shown if all(word in message.text_shown for word in words)), None)

        try:
            return await slack.workspace.bell.until(look, PATIENCE)
        except TimeoutError:
            raise CannotDoThat(f"#{channel.name} has no message with {words}") from None
