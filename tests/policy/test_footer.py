"""Every message bears its channel's signature once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.business import Channel
from convo.policy.footer import signed


def channel(signature: str) -> Channel:
    return Channel(name="main", provider="console", address=None, signature=signature)


@pytest.mark.parametrize(
    ("signature", "text", "expected"),
    [
        ("", "Hello", "Hello"),
        ("   ", "Hello", "Hello"),
        ("Salon Mei: ", "Hello", "Salon Mei: Hello"),
        ("Salon Mei: ", "Salon Mei: Hello", "Salon Mei: Hello"),
        ("Salon Mei: ", "Salon Mei:Hello", "Salon Mei: Hello"),
        ("Salon Mei: ", " Salon Mei: Salon Mei: Hello", "Salon Mei: Hello"),
        ("Mei ", "Meiling waits", "Mei Meiling waits"),
        ("Mei ", "Mei waits", "Mei waits"),
        ("【美发】", "您好", "【美发】您好"),
        ("【美发】", "【美发】您好", "【美发】您好"),
        ("【美发】", "【美发】 【美发】您好", "【美发】您好"),
        ("【美发】", "您好【美发】", "您好【美发】"),
        ("美发店", "美发店您好", "美发店您好"),
    ],
)
def test_a_text_is_signed_once(signature: str, text: str, expected: str) -> None:
    assert signed(text, channel(signature)) == expected


@given(st.sampled_from(["Salon Mei: ", "【美发】", "Mei "]), st.text(max_size=40))
def test_signing_twice_is_signing_once(signature: str, text: str) -> None:
    once = signed(text, channel(signature))
    assert signed(once, channel(signature)) == once
    assert once.count(signature.strip()) >= 1
