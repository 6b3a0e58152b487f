"""What leaves: a text with its signature and its way out, each once, and what that costs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from convo.core.approved import covering
from convo.core.business import Channel, MessageClass
from convo.core.parts import Parts, parts_of
from convo.policy import opt_out
from convo.policy.clipping import clipped
from convo.policy.gsm_folding import folded
from convo.policy.opt_out import Stops
from convo.sentences import sentence

LONGEST = 1_600
"""Characters of one message, everything included: Twilio takes no more (error 21617)."""

UNAPPROVED = "no-template"

#: Why a text cannot leave as it is. Kept in records, so a rule's name stays what it is.
LEAVING_RULES: Mapping[str, str] = {
    "signature-unlisted": sentence(
        "The text bears a signature that its channel does not list (`signature`, "
        "`signatures` in convo.toml)."
    ),
    "signature-twice": sentence("The text bears more than one signature."),
    "no-opt-out-phrase": sentence(
        "Marketing must end with one way to refuse it, and this text does not."
    ),
    UNAPPROVED: sentence(
        "No template that the provider has approved covers the text (`templates` in "
        "convo.toml; `convo templates` lists what to register)."
    ),
}

_IN_BRACKETS = re.compile(r"【[^【】\n]{1,40}】")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A text as the provider gets it."""

    text: str = field(repr=False)
    parts: Parts
    #: What travels with it, by https:// links.
    media: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It must not leave; `rule` is one of `LEAVING_RULES`."""

    rule: str


def leaving(
    text: str,
    *,
    media: tuple[str, ...] = (),
    channel: Channel,
    others: Sequence[Channel],
    kind: MessageClass,
    phrase: str,
    stops: Stops,
) -> Leaving | Refused:
    """`text` as it leaves on `channel`.

    `phrase` is the way out that marketing gets, `stops` what stops us where the contact lives;
    `others` are our other channels, whose signatures have no place here.
    """
    body, signature, rule = _unsigned(text, channel, others)
    if rule:
        return Refused(rule=rule)
    if kind == "marketing":
        body = opt_out.ended(body, phrase, stops)
        if not opt_out.stands_once(body, phrase, stops):
            return Refused(rule="no-opt-out-phrase")
        # A mark that stood behind the author's own way out stands in front now.
        rest, _, rule = _unsigned(body, channel, others)
        if rule or (signature.strip() and rest != body.strip()):
            return Refused(rule=rule or "signature-twice")
    if not media:
        body = folded(body, signature)
    if len(body) + len(signature) > LONGEST:
        body = _shortened(body, LONGEST - len(signature), kind, phrase, stops)
    if channel.templates is not None and covering(body.strip(), channel.templates) is None:
        return Refused(rule=UNAPPROVED)
    whole = _put(body, signature, channel)
    return Leaving(text=whole, parts=parts_of(whole, mms=bool(media)), media=media)


def _shortened(body: str, most: int, kind: MessageClass, phrase: str, stops: Stops) -> str:
    """A body that fits, its way out kept."""
    if kind != "marketing":
        return clipped(body, most)
    return opt_out.ended(clipped(body, most - len(phrase) - 1), phrase, stops)


def _put(body: str, signature: str, channel: Channel) -> str:
    if not signature.strip():
        return body
    if channel.sign_at == "end":
        return body.rstrip() + signature.rstrip()
    return signature + body


# --- signatures -----------------------------------------------------------------------------------


def signed(text: str, channel: Channel) -> tuple[str, str]:
    """A text that leaves on the channel as its body and its signature; empty if it bears none."""
    listed = signatures_of(channel)
    return _taken(text.strip(), listed, at_end=channel.sign_at == "end") or (text, "")


def _unsigned(text: str, channel: Channel, others: Sequence[Channel]) -> tuple[str, str, str]:
    """The text without its signature, the signature that it is to bear, and the rule against it."""
    listed = signatures_of(channel)
    if not listed:
        return text, "", ""
    body, found = text.strip(), list[str]()
    while taken := _taken(body, listed, at_end=channel.sign_at == "end"):
        body, signature = taken
        found.append(signature)
    if len(found) > 1:
        return body, "", "signature-twice"
    if _foreign(body, listed, others):
        return body, "", "signature-unlisted"
    return body, found[0] if found else listed[0], ""


def signatures_of(channel: Channel) -> tuple[str, ...]:
    """What a text of the channel may be signed with, the usual one first."""
    return tuple(
        dict.fromkeys(each for each in (channel.signature, *channel.signatures) if each.strip())
    )


def _taken(body: str, listed: Sequence[str], *, at_end: bool) -> tuple[str, str] | None:
    """The body without the signature that stands before or behind it, and that signature."""
    for signature in sorted(listed, key=len, reverse=True):
        mark = signature.strip()
        if _begins_with(body, mark):
            return body[len(mark) :].lstrip(), signature
        if (at_end or mark.startswith("【")) and body.endswith(mark):
            return body[: -len(mark)].rstrip(), signature
    return None


def _begins_with(text: str, mark: str) -> bool:
    """Whether `mark` stands in front as a whole: `Mei` does not in `Meiling`."""
    if not text.startswith(mark):
        return False
    follows = text[len(mark) : len(mark) + 1]
    return not (mark[-1].isascii() and mark[-1].isalnum() and follows.isalnum())


def _foreign(body: str, listed: Sequence[str], others: Sequence[Channel]) -> bool:
    """Whether the body bears a signature of its own making, or of another channel.

    What stands in 【】 before or behind a text is a signature to Chinese platforms, whatever it was
    meant as; elsewhere in it, it is nothing.
    """
    if any(signature.strip().startswith("【") for signature in listed):
        spots = [*_IN_BRACKETS.finditer(body)]
        if spots and (spots[0].start() == 0 or spots[-1].end() == len(body)):
            return True
    marks = {each.strip() for other in others for each in signatures_of(other)}
    return any(_begins_with(body, mark) for mark in marks)
