"""Names that were nearly right."""

from convo.language.spelling import advice, did_you_mean


def test_the_nearest_word_is_meant() -> None:
    assert did_you_mean("unclaer", ["say", "unclear", "tries"]) == "unclear"
    assert did_you_mean("SAY", ["say"]) == "say"
    assert did_you_mean("xyz", ["say", "ask"]) is None


def test_advice_is_one_sentence() -> None:
    assert advice("chose", ["choose", "ask"]) == 'Did you mean "choose"?'
    assert advice("xyz", ["say", "ask"]) == "One of: say, ask."
    assert advice("xyz", []) == ""
