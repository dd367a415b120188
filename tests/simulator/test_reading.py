"""What people read, what they wait for, and what can be searched when a secret must not have been shown."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.simulator import CannotDoThat, Slack


async def test_words_are_shown_as_people_read_them(slack: Slack, client: AsyncWebClient) -> None:
    """Mentions become names, entities characters, and marks disappear; the raw form stays at hand."""
    ann = slack.add_person("Ann Lee")
    general = slack.add_channel("general", [ann])
    said = f"*Hi* <@{ann.id}> in <#{general.id}>, R&amp;D_s `x` <https://a.test/1?b=1&amp;c|here> <!here>"
    await client.chat_postMessage(channel=ann.id, text=said)
    message = ann.messages()[0]
    assert message.text_shown == "Hi @Ann Lee in #general, R&D_s x here @here"
    assert message.links == ["https://a.test/1?b=1&c"]
    assert "<!here>" in message.raw


async def test_a_link_shown_to_anybody_else_is_found(slack: Slack, client: AsyncWebClient) -> None:
    """Everything ever shown is searched, also what was changed since, except what one person alone could see."""
    ann, bob = slack.add_person("Ann"), slack.add_person("Bob")
    await client.chat_postMessage(channel=ann.id, text="https://secret")
    assert not any("secret" in shown for shown in slack.everything_shown(except_to=ann))
    assert any("secret" in shown for shown in slack.everything_shown(except_to=bob))

    general = slack.add_channel("general", [ann], bot_in_it=True)
    leaked = await client.chat_postMessage(channel=general.id, text="https://secret")
    await client.chat_update(channel=general.id, ts=str(leaked["ts"]), text="never mind")
    assert any("secret" in shown for shown in slack.everything_shown(except_to=ann))


async def test_waiting_for_what_never_comes_says_what_is_there(slack: Slack, client: AsyncWebClient) -> None:
    """A failed test shows the screen."""
    ann = slack.add_person("Ann")
    await client.chat_postMessage(channel=ann.id, text="Something else")
    with pytest.raises(CannotDoThat, match="Something else"):
        await ann.sees("A gift", timeout=0.05)
