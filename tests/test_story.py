"""The story: asked, approved, ordered once, delivered."""

import pytest

from tests.office import Office, Transport


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_gift_from_slack_to_its_recipient(office: Office, transport: Transport) -> None:
    """Mia asks, Abe approves, one order is placed, and Rob gets its link in a direct message."""
    async with office.open(transport):
        await office.mia.types("/gift @Rob 25 GBP thank you for the launch")
        form = await office.mia.sees("Send a gift")
        print(form)
        await office.mia.fills({"Announce in": office.general})
        await office.mia.submits()
        print(office.mia.modal)
        card = await office.abe.sees_message("would like to thank")
        print(card)
        await office.abe.clicks("Approve", confirm=True)
        link = await office.delivered()
        await office.mia.sees_message("has your gift")
        await office.abe.sees("thanked @Rob")
        await office.rests()
        for m in [*office.mia.messages(), *office.abe.messages(), *office.rob.messages()]:
            print(m)
        print(link, office.giftcards.orders)
        print(office.rows("select * from history"))
        await office.mia.types("/gift status")
        print(office.mia.private_replies)
        print(await office.abe.opens_home())
