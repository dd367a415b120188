"""What people do, in the order it happens. They click only what is really on their screens, or the demo fails."""

from rich.panel import Panel
from rich.table import Table

from bot.sandbox.demo.personas import PATIENCE
from bot.sandbox.demo.slack_panels import messages, modal, question
from bot.sandbox.demo.story_base import DIRECT, Scenes
from bot.sandbox.simulator import Fault


class GiftStory(Scenes):
    """Three requests: one on a good day, one that is declined, one on a bad day."""

    async def _play(self) -> None:
        await self._mia_asks()
        await self._abe_approves()
        await self._rob_receives()
        await self._abe_declines()
        await self._a_reply_is_lost()

    async def _mia_asks(self) -> None:
        self._screen.act("1  Mia asks")
        mia = self._cast.mia
        await self._types(mia, "/gift @Rob 25 GBP thank you for the launch")
        form = await mia.sees_modal("Send a gift", PATIENCE)
        await mia.fills({"Announce in": self._cast.general})
        filled = modal(mia, form)
        await mia.submits()
        asked = modal(mia, await mia.sees_modal("Gift asked for", PATIENCE))
        await mia.closes()
        self._screen.does(mia, "finds the form filled in, picks a channel to announce it in, and submits.")
        self._screen.shows(filled, asked)

    async def _abe_approves(self) -> None:
        self._screen.act("2  Abe approves, and Ana is a moment too late")
        abe, ana = self._cast.approvers
        card = await abe.sees_message("would like to thank", PATIENCE)
        before = messages(abe, DIRECT, [card])
        await ana.clicks("Approve")  # her question stays open while he answers his
        await abe.clicks("Approve")
        assert abe.dialog, "Slack asks before an approval counts"
        asked = question(abe, abe.dialog)
        await abe.confirms()
        await ana.confirms()
        too_late = modal(ana, await ana.sees_modal("Giftbot", PATIENCE))
        await ana.closes()
        after = messages(abe, DIRECT, [await abe.sees_message("Approved by", PATIENCE)])
        self._screen.does(abe, "clicks Approve, as Ana does; both are asked if they are sure, and he is faster.")
        self._screen.shows(before, asked, after, too_late)

    async def _rob_receives(self) -> None:
        self._screen.act("3  Rob gets his gift, and everybody hears of it")
        mia, rob, general = self._cast.mia, self._cast.rob, self._cast.general
        gift = await self._receives(rob)
        await rob.clicks("Open your gift", gift)
        announced = await rob.sees("thanked @Rob", PATIENCE)
        await mia.sees_message("has your gift", PATIENCE)
        self._screen.does(rob, "opens his gift; Mia and the channel are told, but not the link.")
        await self._types(mia, "/gift status")
        self._screen.shows(
            messages(rob, DIRECT, [gift]),
            messages(general, "seen by everybody", [announced]),
            messages(mia, DIRECT, mia.messages()),
            messages(mia, "private reply", mia.private_replies[-1:]),
        )

    async def _abe_declines(self) -> None:
        self._screen.act("4  Abe declines")
        mia, abe = self._cast.mia, self._cast.abe
        card = await abe.sees_message(await self._asks("/gift @Eve 200 GBP for the party"), PATIENCE)
        await abe.clicks("Decline", card)
        form = await abe.sees_modal("Decline the gift", PATIENCE)
        await abe.fills({"Reason": "Parties have a budget of their own."})
        filled = modal(abe, form)
        await abe.submits()
        told = await mia.sees_message("Declined by", PATIENCE)
        self._screen.does(abe, "clicks Decline and says why.")
        self._screen.shows(filled, messages(mia, DIRECT, [told]))

    async def _a_reply_is_lost(self) -> None:
        self._screen.act("5  A reply is lost, and still there is one order")
        abe, eve = self._cast.abe, self._cast.eve
        card = await abe.sees_message(await self._asks("/gift @Eve 10 GBP for the cake"), PATIENCE)
        self._simulator.giftcards.faults.arm(self._simulator.giftcards.order_call, Fault.REPLY_LOST)
        await abe.clicks("Approve", card, confirm=True)
        gift = await self._receives(eve)
        await self._cast.mia.sees_message("@Eve has your gift", PATIENCE)
        self._screen.does(
            abe,
            "approves. The gift card service makes the order, but the connection breaks before it has answered; "
            "the bot asks again with the same key and is given the same order.",
        )
        self._screen.shows(self._last_order_as_the_service_saw_it(), messages(eve, DIRECT, [gift]))

    def _last_order_as_the_service_saw_it(self) -> Panel:
        giftcards = self._simulator.giftcards
        order, name = giftcards.orders[-1], giftcards.order_call
        key = order.idempotency_key
        seen = Table("Key", "Answer", box=None, pad_edge=False, header_style="dim")
        for call in giftcards.calls:
            if call.name == name and call.arguments["idempotency_key"] == key:
                seen.add_row(f"{key[:18]}…", order.id if call.reply else "lost")
        return Panel(seen, title=f"Gift card service · {name}", title_align="left", padding=(0, 1))
