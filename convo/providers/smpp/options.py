"""What a channel at an SMSC needs in convo.toml."""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from convo.providers.smpp.alphabets import Alphabet
from convo.providers.smpp.outcomes import Meaning
from convo.providers.smpp.parts import Numbering
from convo.providers.smpp.receipts import IdFormat

_STATUS = re.compile(r"0x[0-9A-Fa-f]{1,8}")


class Options(BaseModel):
    """What a channel at an SMSC needs in convo.toml. No webhook is called: it needs none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1, description="The SMSC.", examples=["smsc.carrier.example"])
    port: int = Field(default=2775, ge=1, le=65_535, description="Its port.")
    tls: bool = Field(default=False, description="Whether the connection is TLS from its start.")
    system_id: str = Field(min_length=1, max_length=64, description="Who binds.")
    password: SecretStr = Field(
        description="Its password. The protocol has room for 8 letters, many SMSCs for more."
    )
    system_type: str = Field(default="", max_length=12, description="Where the SMSC asks for one.")
    bind: Literal["transceiver", "pair"] = Field(
        default="transceiver",
        description="One connection for both ways, or a `pair` of a transmitter and a receiver.",
    )
    binds: int = Field(
        default=1,
        ge=1,
        le=100,
        description="Processes that may be bound at the same time; a pair counts once. Workers "
        "beyond that stand by.",
    )
    window: int = Field(
        default=10, ge=1, le=1_000, description="Messages that may wait for the SMSC's answer."
    )
    enquire_s: float = Field(
        default=30.0,
        gt=0,
        le=3_600,
        description="Seconds between two questions whether it is there.",
    )
    answer_s: float = Field(
        default=20.0,
        gt=0,
        le=25,
        description="Seconds that an answer may take; a message without one is in doubt.",
    )
    alphabet: Alphabet = Field(
        default="gsm7",
        description="What `data_coding` 0 is at this SMSC. `gsm7` is unpacked, an octet a letter. "
        "What it has no letter for leaves as UCS-2.",
    )
    long_texts: Numbering = Field(
        default="udh8",
        description="How long texts are cut: by a header with a reference of 8 or 16 bits, by the "
        "SMSC's own parameters (`sar`), or by the SMSC itself (`payload`).",
    )
    receipts: bool = Field(
        default=True, description="Whether delivery receipts are asked for; of parts, for the last."
    )
    plain_receipts: bool = Field(
        default=False,
        description="Whether a text that looks like a receipt is one, though nothing marks it.",
    )
    id_format: IdFormat = Field(
        default="same",
        description="How receipts write the ids of answers: `hex_to_dec` where an answer says "
        "1A2B1 and its receipt 107185. Case and leading zeros never count.",
    )
    reference: bool = Field(
        default=False,
        description="Whether messages bear a `user_message_reference`. An SMSC that gives it back "
        "in receipts settles by them what was in doubt.",
    )
    short_code_ton: int = Field(
        default=3, ge=0, le=7, description="Type of number of a short code; 3 or 6."
    )
    service_type: str = Field(default="", max_length=5, description="Where the SMSC asks for one.")
    statuses: Mapping[str, Meaning] = Field(
        default={},
        description="What a status of this SMSC means: `slower`, `later`, `invalid`, `settings` or "
        "`opted_out`. Others are read as the specification has them.",
        examples=[{"0x0402": "opted_out"}],
    )
    opted_out: tuple[str, ...] = Field(
        default=(), description="Errors of receipts (`err`) that say the contact is opted out."
    )

    @field_validator("statuses")
    @classmethod
    def _are_statuses(cls, given: Mapping[str, Meaning]) -> Mapping[str, Meaning]:
        for status in given:
            if not _STATUS.fullmatch(status):
                raise ValueError(f'{status[:20]!r} is no status. Write it like "0x0402".')
        return given
