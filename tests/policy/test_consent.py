"""What texts and flows do to consent."""

import pytest

from convo.policy.consent import consent_act, may_ask
from convo.policy.law_words import law_word
from convo.ports import ConsentAct


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
    found = consent_act(law_word(text, "US"), text)
    assert (found.act if found else None) == act


def test_the_proof_is_the_very_text_and_is_in_no_repr() -> None:
    act = consent_act("stop", "ＳＴＯＰ!!")
    assert act == ConsentAct(act="stop", proof="ＳＴＯＰ!!")
    assert "ＳＴＯＰ" not in repr(act)


def test_consent_is_asked_once_and_again_only_at_their_own_wish() -> None:
    assert may_ask("unknown", just_texted_join_word=False)
    assert not may_ask("asked", just_texted_join_word=False)
    assert may_ask("asked", just_texted_join_word=True)
    assert not may_ask("withdrawn", just_texted_join_word=False)
    assert may_ask("withdrawn", just_texted_join_word=True)
    assert not may_ask("given", just_texted_join_word=True)
