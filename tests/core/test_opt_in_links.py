"""One-time opt-in links: what we signed comes back, and nothing else is ours."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from convo.core import opt_out_links
from convo.core.numbers import PhoneNumber
from convo.core.opt_in_links import Joining, joining_of, request_of, token_of
from convo.core.opt_out_links import Leaving, leaving_of

SECRET = b"a secret of this test"
JOINING = Joining(
    contact=PhoneNumber("+8613800138000"),
    channel="main",
    programme="survey",
    request=request_of("19a2b3c4d5e-1f"),
    language="zh-Hant",
)


def test_what_was_signed_comes_back_and_is_fit_for_an_address() -> None:
    token = token_of(JOINING, SECRET)
    assert joining_of(token, SECRET) == JOINING
    assert token.replace("-", "").replace("_", "").isalnum()
    assert token.isascii()
    assert joining_of(token, b"another secret") is None


def test_another_request_has_another_link() -> None:
    other = replace(JOINING, request=request_of("19a2b3c4d5e-20"))
    assert token_of(other, SECRET) != token_of(JOINING, SECRET)


def test_a_link_out_is_no_link_in() -> None:
    leaving = Leaving(contact=JOINING.contact, channel="main", programme="survey")
    assert joining_of(opt_out_links.token_of(leaving, SECRET), SECRET) is None
    assert leaving_of(token_of(JOINING, SECRET), SECRET) is None


@given(st.data())
def test_one_changed_letter_makes_it_nobody_s(data: st.DataObject) -> None:
    token = token_of(JOINING, SECRET)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_"))
    changed = token[:at] + letter + token[at + 1 :]
    assert (joining_of(changed, SECRET) is None) == (changed != token)


@given(st.text(max_size=400))
def test_any_text_is_read_without_a_mistake(text: str) -> None:
    assert joining_of(text, SECRET) is None
