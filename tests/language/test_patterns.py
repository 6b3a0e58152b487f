"""What RE2 refuses is told in plain words, where it stands."""

import pytest

from convo.language.patterns import MAX_SOURCE, Pattern
from convo.language.text_problems import TextProblem

#: Pattern, the column that is pointed at, and what is said.
REFUSED = (
    (r"(a)\1", 4, r"A group cannot be asked for again (\1)."),
    ("a(?=b)", 2, "Looking ahead or behind is not used."),
    ("a(?!b)", 2, "Looking ahead or behind is not used."),
    ("(?<=a)b", 1, "Looking ahead or behind is not used."),
    ("(?<!a)b", 1, "Looking ahead or behind is not used."),
    ("a(?>b)", 2, '"(?>" is not used in patterns.'),
    ("a(?P=n)", 2, '"(?P" is not used in patterns.'),
    (r"a\Z", 2, r'"\Z" has no meaning.'),
    (r"[\u4e00-\u9fff]", 2, r'"\u" has no meaning. Write the characters themselves.'),
    ("a{2000}", 2, '"{2000}" is no count, or repeats more than 1,000 times in all.'),
    ("a{3,2}", 2, '"{3,2}" is no count'),
    ("((a{100}){100}){100}", 4, "repeats more than 1,000 times in all."),
    ("a**", 2, '"**" repeats a repetition.'),
    ("*a", 1, r'Nothing stands before "*" to repeat. The sign is "\*".'),
    ("x[a-", 2, "A [ opened here is never closed."),
    ("(a", 1, "A ( opened here is never closed."),
    ("a)", 1, r"A ) stands here that no ( has opened. The sign is \)."),
    ("x[[:foo:]]", 3, '"[:foo:]" names no characters.'),
    (r"\p{Foo}", 1, r'"\p{Foo}" names no characters.'),
    ("a\\", 2, "A backslash at the end means nothing."),
    (r"(\pL{1,20} ?){8}", 1, "The pattern is too large"),
    (r"\pL{9}", 1, "The pattern is too large (1"),
    ("a" * (MAX_SOURCE + 1), 1, "The pattern is longer than 500 characters."),
    ("", 1, "A pattern is missing"),
    (True, 1, "A pattern is missing"),
)


@pytest.mark.parametrize(("source", "column", "told"), REFUSED)
def test_what_re2_refuses_is_told_in_plain_words(source: object, column: int, told: str) -> None:
    with pytest.raises(TextProblem) as refused:
        Pattern.read(source)
    assert told in str(refused.value)
    assert refused.value.offset_column == column


def test_letters_of_any_script_may_be_asked_for() -> None:
    for source in (r"\pL{2}\d{6}", r"\p{Han}{2,4}", "[京沪][A-Z]·?[A-Z0-9]{5}"):
        assert Pattern.read(source).written == source
