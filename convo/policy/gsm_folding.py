"""Signs that cost a whole alphabet and mean nothing more than their plain kin."""

import re
from collections.abc import Mapping

from convo.core.parts import gsm7_encodable, parts_of

#: Dropped. Joiners are not among them, for emoji and Persian are written with them.
UNSEEN = "\u00ad\u200b\u2060\ufeff"

#: Punctuation and spaces alone. No letter: who writes ç or ő means it.
PLAIN: Mapping[str, str] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2039", "<"),
    **dict.fromkeys("\u203a", ">"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
    **dict.fromkeys("\u2022\u00b7\u2023\u25cf", "*"),
    **dict.fromkeys("\u00a0\u202f\u205f", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    **dict.fromkeys("\u2028\u2029", "\n"),
    "\u2044": "/",
}
_UNSEEN = re.compile(f"[{UNSEEN}]")
_FOLDS = str.maketrans(dict(PLAIN))


def folded(text: str, around: str = "") -> str:
    """`text` with plain signs for costly ones, where that saves parts; else as it is.

    `around` is what leaves with it and stays as it is. Parts are saved when everything together
    becomes GSM-7, or takes fewer parts.
    """
    if text.isascii():
        return text
    seen = _UNSEEN.sub("", text)
    plain = seen.translate(_FOLDS)
    now = parts_of(text + around)
    if plain != text and now.encoding == "UCS-2" and gsm7_encodable(plain + around):
        return plain
    for other in (seen, plain):
        if other != text and parts_of(other + around).count < now.count:
            return other
    return text
