"""An e-mail address, written or said, out of what people write around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from email_validator import EmailNotValidError, validate_email

from convo.understanding.near_misses import edits
from convo.understanding.normalise import (
    BETWEEN_WORDS,
    LETTERS,
    NO_WORD_GOES_ON,
    either,
    folded,
    letter_by_letter,
    match_key,
    words_of,
    written,
)
from convo.understanding.refusing import refusals
from convo.understanding.vocabulary import Vocabulary, vocabularies

MAX_ANSWER = 500
"""Characters: an address has 254 at most, and a sentence around it as many."""

SHORTEST_TLD = 2

#: Where most private addresses are, and their neighbours in spelling that are right as they are.
_WELL_KNOWN = frozenset(
    (
        *("gmail.com", "ymail.com", "mail.com", "email.com", "googlemail.com", "hotmail.com"),
        *("hotmail.fr", "hotmail.es", "hotmail.de", "hotmail.it", "hotmail.co.uk", "outlook.com"),
        *(
            "outlook.de",
            "outlook.fr",
            "outlook.es",
            "yahoo.com",
            "yahoo.fr",
            "yahoo.es",
            "yahoo.de",
        ),
        *("yahoo.ca", "yahoo.in", "yahoo.co.uk", "yahoo.co.in", "yahoo.co.jp", "yahoo.com.br"),
        *("icloud.com", "foxmail.com", "fastmail.com", "protonmail.com", "hotmail.com.br"),
    )
)
#: "at" is an ordinary word: of it alone nobody makes an address.
_ORDINARY = "at"

_PART = r"[^\s@<>()\[\]\\\",;:?|、。「」『』【】《》]+"
_WRITTEN = re.compile(rf"(?P<local>{_PART})@(?P<domain>{_PART})(?:\?\w+=\S*)?")
_SPREAD = re.compile(r" ?@ ?| \. (?=\w)|。(?=[a-z0-9])", re.IGNORECASE)
#: Signs of a sentence that an address neither begins nor ends with.
_LOOSE = "'.-!"
_SCHEME = re.compile(r"\bmailto:", re.IGNORECASE)
#: Where a sentence in another script begins right behind an address, or ends right before it.
_GOES_ON = re.compile("(?<=[a-z0-9])[\u2190-\U0010ffff].*", re.IGNORECASE | re.DOTALL)
_BEFORE_IT = re.compile(".*[\u2190-\U0010ffff](?=[a-z0-9])", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A valid address as it was written; and the one that was probably meant, to be asked back."""

    address: str
    meant: str | None


def understand_email(text: str, languages: tuple[str, ...]) -> Email | None:
    """The one address of a reply, its domain in small letters; None where there is none, or two.

    "anna at example dot com" is one; an address that the sentence denies or asks about is not.
    """
    said = written(text)
    if not said or len(said) > MAX_ANSWER:
        return None
    words = _words(languages)
    if "@" not in said:
        address = _spelt(said, words)
        return None if address is None else _made(address)
    said = _SCHEME.sub("", _SPREAD.sub(lambda sign: sign[0].strip().replace("。", "."), said))
    addresses, around = _found(said, words)
    if len(addresses) != 1 or "@" in around or "?" in folded(around):
        return None
    if refusals(languages).stand_in(match_key(around)):
        return None
    return _made(addresses.pop())


def _made(address: str) -> Email | None:
    """None for what no mail could go to."""
    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    if len(valid.domain.rpartition(".")[2]) < SHORTEST_TLD:
        return None
    near = _slip(valid.domain)
    meant = None if near is None else f"{valid.local_part}@{near}"
    return Email(address=valid.normalized, meant=meant)


def _slip(domain: str) -> str | None:
    """The one well-known domain that this one is a slip of the finger from."""
    if domain in _WELL_KNOWN:
        return None
    near = [known for known in _WELL_KNOWN if edits(domain, known, 1) is not None]
    return near[0] if len(near) == 1 else None


def _found(said: str, words: "_Words") -> tuple[set[str], str]:
    """The addresses that stand in a text, and what is left of it without them."""
    addresses: set[str] = set()
    around: list[str] = []
    at = 0
    while (found := _WRITTEN.search(said, at)) is not None:
        touching = _BEFORE_IT.match(found["local"]) or words.before.match(found["local"])
        start = found.start() + (touching.end() if touching else 0)
        domain = _GOES_ON.sub("", found["domain"])
        end = found.start("domain") + len(domain)
        addresses.add(f"{said[start : found.end('local')].lstrip(_LOOSE)}@{domain.rstrip(_LOOSE)}")
        around.append(said[at:start])
        at = end if domain != found["domain"] else found.end()
    return addresses, " ".join((*around, said[at:]))


def _spelt(said: str, words: "_Words") -> str | None:
    """Of "anna dot lee at example dot com", when that is all there is."""
    plain, origin = letter_by_letter(said)
    found = words.spelt.fullmatch(plain)
    if found is None or (found["ordinary"] and not words.dot.search(found["domain"])):
        return None
    sides: list[str] = []
    for side in ("local", "domain"):
        start, end = found.span(side)
        signs = [sign.span() for sign in words.dot.finditer(plain, start, end)]
        begins = [start, *(stop for _, stop in signs)]
        ends = [*(begin for begin, _ in signs), end]
        pieces = zip(begins, ends, strict=True)
        sides.append(".".join(said[origin[begin] : origin[stop]] for begin, stop in pieces))
    return "@".join(sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    spelt: re.Pattern[str]
    #: A dot that is said, with what stands around it.
    dot: re.Pattern[str]
    #: In front of an address of a script without spaces.
    before: re.Pattern[str]


@cache
def _words(languages: tuple[str, ...]) -> _Words:
    tables = vocabularies(languages)
    sign = f"(?:{BETWEEN_WORDS})"
    dot = _said([(word, t) for t in tables for word in t.addresses.dot])
    at = _said([(word, t) for t in tables for word in t.addresses.at if word != _ORDINARY])
    before = words_of(tables, lambda table: table.addresses.before)
    after = either(word for table in tables for word in table.names.after)
    endings = either(word for table in tables for word in table.names.endings)
    piece = rf"[{LETTERS}+_-]+"
    side = rf"{piece}(?:(?:{dot}|\.){piece})*"
    bracketed = rf" ?[(\[]{_ORDINARY}[)\]] ?"
    return _Words(
        spelt=re.compile(
            rf"{sign}*(?>(?:{before}{sign}*)*)(?P<local>{side})"
            rf"(?:{at}|{bracketed}|(?P<ordinary> {_ORDINARY} ))(?P<domain>{side})"
            rf"(?:{sign}+{after}{NO_WORD_GOES_ON}|{sign}*{endings})*{sign}*"
        ),
        dot=re.compile(dot),
        before=re.compile(either(w for t in tables if not t.spaced for w in t.addresses.before)),
    )


def _said(words: Sequence[tuple[str, Vocabulary]]) -> str:
    """The pattern of a sign that is said: between spaces or in brackets, where there are spaces."""
    spaced = either(word for word, table in words if table.spaced or word.isascii())
    joined = either(word for word, table in words if not (table.spaced or word.isascii()))
    return rf"(?: ?{joined} ?|(?: [(\[]?|[(\[]){spaced}(?:[)\]] ?| ))"
