"""Which links may be handed to a recipient: plain https to a host on the list, and nothing that could disguise it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.gifts.model.redemption_link import is_trusted

HOSTS = frozenset({"gifts.example.com", "spend.example.org"})

TRUSTED = [
    "https://gifts.example.com/r/abc",
    "https://spend.example.org/r/abc",
    "https://gifts.example.com",
    "https://gifts.example.com:443/r/abc",
    "https://GIFTS.Example.COM/r/abc",
    "HTTPS://gifts.example.com/r/abc",
    "https://gifts.example.com/r/abc?token=1&next=%2Fhome#top",
    "https://gifts.example.com/r/" + "x" * 2900,
]

NOT_TRUSTED = {
    "nothing": "",
    "no scheme": "gifts.example.com/r/abc",
    "no scheme, two slashes": "//gifts.example.com/r/abc",
    "http": "http://gifts.example.com/r/abc",
    "ftp": "ftp://gifts.example.com/r/abc",
    "javascript": "javascript:alert(1)//gifts.example.com",
    "data": "data:text/html,https://gifts.example.com",
    "one slash": "https:/gifts.example.com/r/abc",
    "three slashes": "https:///gifts.example.com/r/abc",
    "another host": "https://evil.test/r/abc",
    "a subdomain of a host on the list": "https://evil.gifts.example.com/r/abc",
    "the parent of a host on the list": "https://example.com/r/abc",
    "a host that ends like one": "https://evilgifts.example.com/r/abc",
    "a host that begins like one": "https://gifts.example.com.evil.test/r/abc",
    "a host that stands in the path": "https://evil.test/gifts.example.com/r/abc",
    "a host that stands in the query": "https://evil.test/?https://gifts.example.com/r/abc",
    "a host that stands in the fragment": "https://evil.test#@gifts.example.com/r/abc",
    "a trailing dot": "https://gifts.example.com./r/abc",
    "an encoded dot": "https://gifts%2eexample.com/r/abc",
    "a user": "https://rob@gifts.example.com/r/abc",
    "an empty user": "https://@gifts.example.com/r/abc",
    "a user and a password": "https://rob:secret@gifts.example.com/r/abc",
    "a host as the user": "https://gifts.example.com@evil.test/r/abc",
    "a host and port as the user": "https://gifts.example.com:443@evil.test/r/abc",
    "another port": "https://gifts.example.com:8443/r/abc",
    "port 80": "https://gifts.example.com:80/r/abc",
    "port 0": "https://gifts.example.com:0/r/abc",
    "a port that is none": "https://gifts.example.com:https/r/abc",
    "a port beyond ports": "https://gifts.example.com:99999/r/abc",
    "a line break": "https://gifts.example.com/r/abc\n",
    "a line break inside": "https://gifts.exam\nple.com/r/abc",
    "a tab": "https://gifts.example.com/\tr/abc",
    "a leading space": " https://gifts.example.com/r/abc",
    "a space inside": "https://gifts.example.com/r/a bc",
    "NUL": "https://gifts.example.com/r/abc\x00",
    "DEL": "https://gifts.example.com/r/abc\x7f",
    "a bar, which divides a link from its words in mrkdwn": "https://gifts.example.com/r|https://bank.test",
    "an opening bracket": "https://gifts.example.com/r/<abc",
    "a closing bracket": "https://gifts.example.com/r/abc>",
    "a quote": 'https://gifts.example.com/r/abc"',
    "a backslash": "https://gifts.example.com\\@evil.test/r/abc",
    "a backslash as a slash": "https:\\\\gifts.example.com\\r",
    "square brackets": "https://[gifts.example.com]/r/abc",
    "half a square bracket": "https://[gifts.example.com/r/abc",
    "a Cyrillic look-alike": "https://gifts.ex\u0430mple.com/r/abc",
    "a look-alike in punycode": "https://gifts.xn--exmple-4nf.com/r/abc",
    "a fullwidth dot": "https://gifts.example\uff0ecom/r/abc",
    "an ideographic full stop": "https://gifts\u3002example.com/r/abc",
    "a reversal of the reading direction": "https://gifts.example.com/\u202er/abc",
    "longer than a button takes": "https://gifts.example.com/r/" + "x" * 3000,
}


@pytest.mark.parametrize("link", TRUSTED)
def test_a_link_to_a_host_on_the_list_is_trusted(link: str) -> None:
    """Upper case and the port of https change nothing."""
    assert is_trusted(SecretStr(link), HOSTS)


@pytest.mark.parametrize("link", NOT_TRUSTED.values(), ids=NOT_TRUSTED.keys())
def test_every_other_link_is_not_trusted(link: str) -> None:
    """A gift whose link leads elsewhere, or could be mistaken, needs review."""
    assert not is_trusted(SecretStr(link), HOSTS)


def test_without_a_list_nothing_is_trusted() -> None:
    """An empty list is not a list of everything."""
    assert not is_trusted(SecretStr(TRUSTED[0]), frozenset())


@settings(deadline=None)
@given(
    st.builds(
        "".join,
        st.lists(
            st.sampled_from(["https", "://", "/", "gifts.example.com", "evil.test", "@", ":", "443", *"[]?#"])
            | st.text(max_size=3),
            max_size=8,
        ),
    )
)
def test_no_text_is_trusted_but_https_to_a_host_on_the_list(text: str) -> None:
    """Whatever the service sends is judged without an accident, and what passes leads where it seems to lead."""
    if is_trusted(SecretStr(text), HOSTS):
        beginning = text.lower().split("/")[:3]
        assert beginning[:2] == ["https:", ""]
        host = beginning[2].split("?")[0].split("#")[0]
        assert host in {"gifts.example.com", "gifts.example.com:443", "gifts.example.com:"}
