"""One spelling for a whole message, so that `ＳＴＯＰ!!` and `stop` are the same word."""

import re
import string
import unicodedata

_ASCII_EDGES = string.whitespace + string.punctuation
# Unicode categories: a letter or a digit is worth keeping, and so is a mark on one. Control and
# format characters are mostly invisible; punctuation, symbols (emoji) and spaces are edges.
_EDGES = frozenset("PSZC")
#: What says nothing wherever it stands: control signs that are no white space, zero-width and
#: bidirectional signs, fillers, variation selectors, the keycap that makes 1 into an emoji, skin
#: tones and tags.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\u301c\u3030]")
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bc]")
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_SPACE_BETWEEN_HAN = re.compile(f"(?<={_HAN}) (?={_HAN})")


def _plain_letters() -> dict[int, str]:
    """Every accented Latin letter with the letter or letters that people write for it in haste."""
    found = {ord(a): b for a, b in zip("æœøđłıŋÆŒØĐŁ", _HASTY, strict=True)}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter, *marks = unicodedata.normalize("NFD", chr(code))
        if marks and letter.isascii() and all(map(unicodedata.combining, marks)):
            found[code] = letter
    return found


_HASTY = ("ae", "oe", "o", "d", "l", "i", "n", "AE", "OE", "O", "D", "L")
_PLAIN_LETTERS = _plain_letters()


def without_accents(text: str) -> str:
    """`text` with plain Latin letters: a telephone's keyboard makes "si" of "sí". For matching."""
    return text if text.isascii() else text.translate(_PLAIN_LETTERS)


def _one_spelling() -> dict[int, str | None]:
    """Letters of other scripts that people write in more ways than one, each as the plainest."""
    found: dict[int, str | None] = {}
    # Arabic: the vowel signs and tatweel say nothing; alef, ya, ta marbuta and the Persian keys.
    found |= dict.fromkeys((*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, 0x640, 0x621), None)
    for letters, plain in _ARABIC_FORMS.items():
        found |= dict.fromkeys(map(ord, letters), plain)
    # Devanagari: without nukta, and one sign for a nasal vowel.
    found |= {0x93C: None, 0x901: "\u0902"}
    for code in range(0x958, 0x960):
        found[code] = unicodedata.normalize("NFD", chr(code))[0]
    # Katakana as hiragana, mark by mark.
    found |= {code: chr(code - 0x60) for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
    return found


_ARABIC_FORMS = {
    "أإآٱ": "ا",
    "ىئیې": "ي",
    "ؤ": "و",
    "ةۃە": "ه",
    "ک": "ك",
    "چ": "ج",
    "پ": "ب",
    "گ": "ك",
}
_ONE_SPELLING = _one_spelling()


def one_spelling(text: str) -> str:
    """`text` in one way of spelling its script, for matching: إلغاء as الغا, カット as かっと."""
    return text if text.isascii() else text.translate(_ONE_SPELLING)


def whole_message(text: str) -> str:
    """`text` with case, width, invisible characters and spacing folded and its edges trimmed.

    Edges are punctuation, emoji and white space. Spaces inside become one, and none between
    two Chinese characters; dashes become `-` and apostrophes `'`. What is nothing but edges
    becomes the empty string.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().strip(_ASCII_EDGES).split())
    # Full-width punctuation folds to ASCII here, so that it is an edge like any other.
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).casefold()
    # Casefolding may take a text out of its composed form again (ΐ, ǰ).
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", folded))
    folded = _APOSTROPHES.sub("'", _DASHES.sub("-", folded))
    start, end = 0, len(folded)
    while start < end and _is_edge(folded[start]):
        start += 1
    while end > start and _is_edge(folded[end - 1]):
        end -= 1
    return one_spelling(_SPACE_BETWEEN_HAN.sub("", " ".join(folded[start:end].split())))


def _is_edge(character: str) -> bool:
    return unicodedata.category(character)[0] in _EDGES
