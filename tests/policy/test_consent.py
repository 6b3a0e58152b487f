"""What texts and flows do to consent."""

from dataclasses import replace

import pytest

from convo.core.business import Business, Law, Programme
from convo.core.consent_acts import ConsentAct
from convo.core.contacts import Origin
from convo.core.events import LawWord
from convo.core.numbers import PhoneNumber
from convo.policy.consent import confirm_within, consent_act, may_ask, proof_days, yes_rule
from convo.policy.law_words import law_word

SHOP = Business(name="Shop", zone="Europe/London", country="GB", languages=("en",), channels={})
START_OR_YES: tuple[tuple[LawWord | None, str], ...] = (("start", "START"), (None, "yes"))
BY_PROGRAMME = replace(SHOP, law=Law(stop_scope="programme"))


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Stop.", "stop"),
        ("退订", "stop"),
        ("START", "start"),
        ("恢复订阅", "start"),
        ("Yes!", "start"),
        ("HELP", None),
        ("no", None),
        ("yes please", None),
    ],
)
def test_a_text_acts_on_consent(text: str, act: str | None) -> None:
    found = consent_act(law_word(text, "US"), text, SHOP, Origin())
    assert (found.act if found else None) == act


def test_the_proof_is_the_very_text_and_is_in_no_repr() -> None:
    act = consent_act("stop", "ＳＴＯＰ!!", SHOP, Origin(how="law"))
    assert act == ConsentAct(act="stop", proof="ＳＴＯＰ!!")
    assert "ＳＴＯＰ" not in repr(act)


def test_consent_is_asked_once_and_again_only_at_their_own_wish() -> None:
    assert may_ask("unknown", just_texted_join_word=False)
    assert not may_ask("asked", just_texted_join_word=False)
    assert may_ask("asked", just_texted_join_word=True)
    assert not may_ask("withdrawn", just_texted_join_word=False)
    assert may_ask("withdrawn", just_texted_join_word=True)
    assert not may_ask("given", just_texted_join_word=True)


@pytest.mark.parametrize(
    ("text", "narrow"),
    [("STOP", True), ("退订", True), ("STOP ALL", False), ("stopall!", False), ("全部退订", False)],
)
def test_a_stop_ends_one_programme_only_where_that_is_chosen_and_not_all_is_meant(
    text: str, narrow: bool
) -> None:
    found = consent_act("stop", text, BY_PROGRAMME, Origin())
    assert found is not None
    assert found.narrow is narrow
    everything = consent_act("stop", text, SHOP, Origin())
    assert everything is not None
    assert not everything.narrow


def test_a_start_gives_single_programmes_back_and_a_yes_never_does() -> None:
    start, yes = (consent_act(law, text, BY_PROGRAMME, Origin()) for law, text in START_OR_YES)
    assert start is not None
    assert start.narrow
    assert yes is not None
    assert not yes.narrow


def test_a_request_stays_open_as_long_as_its_programme_says() -> None:
    programmes = {"news": Programme(name="news", about="News", confirm_within=60_000)}
    shop = replace(SHOP, programmes=programmes)
    assert confirm_within("news", shop) == 60_000
    assert confirm_within("gone", shop) == 24 * 3_600_000


def test_proof_of_what_is_over_is_kept_as_long_as_the_contacts_law_says() -> None:
    days = {"+8613800138000": 153, "+14165550147": 1_096, "+12025550147": 1_461}
    days |= {"+4915123456789": 1_826, "+5511987654321": 1_826}
    assert {number: proof_days(PhoneNumber(number), SHOP) for number in days} == days


def test_some_laws_want_a_yes_from_the_number_itself() -> None:
    assert yes_rule("DE", SHOP) == "eu-consent-marketing"
    assert yes_rule("CN", SHOP) == ""
    assert yes_rule("BR", SHOP) == "strict-consent-marketing"
