"""Between the port's values and what the Lua functions are given and give."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from convo.core.act_rows import act_in, act_row
from convo.core.contacts import Consent, ConsentState
from convo.core.numbers import PhoneNumber
from convo.core.overview import Stage, Tracked
from convo.core.turns import Outbound
from convo.core.voices import voice_in, voice_row
from convo.ports import Claim, Kept

NUMBER, CREATED, WIDTH = 5, 6, 19
"""Places in a message's row, and how long it is; one that was tried has when it was claimed last,
and why it did not leave, behind it (chains.lua)."""

encode = msgspec.msgpack.Encoder().encode
_row = msgspec.msgpack.Decoder(tuple[Any, ...]).decode
_consents = msgspec.msgpack.Decoder(list[tuple[str, str, int, str, int, str, int]]).decode
_Act = tuple[str, ConsentState, int, str, int, str, str, bool]
_act = msgspec.msgpack.Decoder(_Act).decode
_acts = msgspec.msgpack.Decoder(list[_Act]).decode
_apart = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_word = msgspec.msgpack.Decoder(str).decode
_done = msgspec.msgpack.Decoder(tuple[Any, ...]).decode


def embedded(packed: bytes) -> msgspec.Raw:
    """Bytes inside MessagePack as Lua reads them: its strings are bytes, and it knows no others."""
    return msgspec.Raw(b"\xdb" + len(packed).to_bytes(4) + packed)


def said_row(said: int | None) -> str:
    """What an arrival said (core/altered.py), as it is kept: empty for what is no text."""
    return "" if said is None else str(said)


def hashed(key: str) -> int:
    """64 bits of a dedupe key: a false twin has odds of 1 in 10^13. No key has no twin."""
    if not key:
        return int.from_bytes(secrets.token_bytes(8), signed=True)
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def row(message: Outbound, number: int, created: int) -> bytes:
    """A message as the store keeps it (chains.lua names the places)."""
    return encode(
        (
            message.id,
            message.contact.e164,
            message.channel,
            message.lane,
            message.due,
            number,
            created,
            message.tries,
            message.not_after or 0,
            message.purpose,
            message.programme,
            message.parts,
            message.kind,
            message.to,
            message.text,
            message.media,
            voice_row(message.voice),
            message.by,
            message.stays,
        )
    )


def outbound(kept: bytes) -> tuple[int, Outbound]:
    """The number and the message in a row."""
    row = _row(kept)
    return row[NUMBER], _message(row)


def _message(row: tuple[Any, ...]) -> Outbound:
    id, contact, channel, lane, due, _, _, tries, not_after, *others = row[:WIDTH]
    purpose, programme, parts, kind, to, text, media, voice, by, stays = others
    return Outbound(
        id=id,
        contact=PhoneNumber(contact),
        channel=channel,
        text=text,
        media=tuple(media),
        kind=kind,
        purpose=purpose,
        lane=lane,
        parts=parts,
        programme=programme,
        to=to,
        due=due,
        not_after=not_after or None,
        tries=tries,
        voice=voice_in(voice),
        by=by,
        stays=stays,
    )


def tracked(kept: bytes, stage: Stage, at: int | None = None, code: str | None = None) -> Tracked:
    """A message that is not done: its row, and when it was claimed and why it is held."""
    row = _row(kept)
    claimed, why = row[WIDTH:] or (0, "")
    return Tracked(
        message=_message(row),
        stage=stage,
        status="waiting",
        code=why if code is None else code,
        created=row[CREATED],
        claimed=claimed if at is None else at,
    )


def done(kept: bytes) -> Tracked | None:
    """A message that is done; None for one of a Convo that did not keep it whole."""
    _, _, status, _, *whole = _done(kept)
    if not whole:
        return None
    row, code, claimed, names = whole
    return Tracked(
        message=_message(row),
        stage="done",
        status=status,
        code=code,
        created=row[CREATED],
        claimed=claimed,
        provider_ids=tuple(names),
    )


def consent_row(consent: Consent) -> tuple[Any, ...]:
    """An act of consent, and whether a law word did it."""
    return (*act_row(consent), consent.origin.how == "law")


def kept(consents: bytes, record: bytes) -> Kept:
    """What the store has of a contact."""
    rows = sorted(_consents(consents))
    return Kept(
        record=record or None,
        consents=tuple(
            Consent(
                programme=programme,
                state=state,  # pyright: ignore[reportArgumentType]
                at=at,
                event=event,
                order=order,
                proof=proof,
            )
            for programme, state, at, event, order, proof, _ in rows
        ),
    )


def acts(packed: bytes) -> tuple[Consent, ...]:
    """Every act of a contact, oldest first."""
    return tuple(act_in(each[:-1]) for each in _acts(packed))


def act(packed: bytes) -> Consent:
    """One of them, as it is kept."""
    return act_in(_act(packed)[:-1])


def doubts(flat: Sequence[Any]) -> tuple[Claim, ...]:
    """What was claimed and not settled, in the order in which it was made."""
    found = [(*outbound(body), step.decode(), at) for body, at, step in threes(flat)]
    found.sort(key=lambda each: each[0])
    return tuple(
        Claim(message=message, attempt=attempt_at(step, message.id), at=at)
        for _, message, step, at in found
    )


def attempt_at(step: str, message: str) -> str:
    """The attempt at one message of all that a step has claimed."""
    return f"{step} {message}"


def step_of(attempt: str) -> str:
    """The step that claimed it, which is what the server keeps of an attempt."""
    return attempt.partition(" ")[0]


def word_at(place: int, packed: bytes) -> str:
    """One of the words in a list, whatever the others are."""
    return _word(_apart(packed)[place])


def twos(flat: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """Every two of a flat reply."""
    return zip(flat[::2], flat[1::2], strict=True)


def threes(flat: Sequence[Any]) -> Iterable[tuple[Any, Any, Any]]:
    """Every three of a flat reply."""
    return zip(flat[::3], flat[1::3], flat[2::3], strict=True)
