"""What is wrong, said in Chinese: a catalogue from English template to Chinese, a table a room."""

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from convo.chinese.checks import CHECKS
from convo.chinese.files import FILES
from convo.chinese.flows import FLOWS
from convo.chinese.keys import KEYS
from convo.chinese.reasons import REASONS
from convo.chinese.texts import KINDS, TEXTS
from convo.chinese.working_out import WORKING_OUT
from convo.sentences import recognised, retold

#: A kind of value that begins a sentence.
_BEGINNING = {f"{english[0].upper()}{english[1:]}": chinese for english, chinese in KINDS.items()}

CATALOGUE: Mapping[str, str] = {
    **FILES,
    **TEXTS,
    **FLOWS,
    **CHECKS,
    **REASONS,
    **WORKING_OUT,
    **KINDS,
    **_BEGINNING,
    **KEYS,
    # Behind a comma, a description begins with a small letter.
    **{f"{english[0].lower()}{english[1:]}": chinese for english, chinese in KEYS.items()},
}


#: Of what only the words may be left.
_LEFT = (*REASONS, *WORKING_OUT, *KINDS, *_BEGINNING)


def in_chinese(text: str) -> str:
    """The same in Chinese; as it is where it is no `Sentence`, or one that no table has."""
    return retold(text, CATALOGUE)


def reason_in_chinese(text: str) -> str:
    """The same for a reason of which only the words are left: kept, or told by another process."""
    return in_chinese(recognised(text, _LEFT))


Saying: TypeAlias = Callable[[str], str]
#: How a mistake is said in each language that it may be said in.
SAYING: Mapping[Literal["en", "zh"], Saying] = {"en": str, "zh": in_chinese}
