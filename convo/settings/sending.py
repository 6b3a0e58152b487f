"""How messages leave: [accounts], [registrations] and [doubts], and what channels share."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from convo.core.limits import PACIFIC, Limit
from convo.language.spelling import advice
from convo.policy.rate_limit import STOP_AT
from convo.runtime.breaker import RULES, Rules
from convo.settings import meanings
from convo.settings.complaints import Spot
from convo.settings.settled import Doubt

DAY_LEAST = 500
"""Parts of a day's cap at least: then the longest text that begins below STOP_AT ends below it."""


class SendingSection(BaseModel):
    """A table of the file: nothing in it may be misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class AccountSection(SendingSection):
    """What an account as a whole may send; channels name it by `account_limit` and share it."""

    rate: Annotated[str, AfterValidator(meanings.rate)] = Field(
        description="Parts that the provider takes of all its channels together.",
        examples=["10 parts/s"],
    )


class RegistrationSection(SendingSection):
    """What 10DLC lets a brand or a campaign send; channels name it by `registrations`."""

    rate: Annotated[str, AfterValidator(meanings.rate)] | None = Field(
        default=None,
        description="Parts that carriers take of it: AT&T counts by campaign and minute.",
        examples=["75 parts/min"],
    )
    per_day: int | None = Field(
        default=None,
        ge=DAY_LEAST,
        description="Parts that carriers take of it from midnight to midnight: T-Mobile counts by "
        f"brand. Nothing more begins to leave at {STOP_AT} %, for what is beyond is refused.",
        examples=[2000],
    )
    zone: Annotated[str, AfterValidator(meanings.zone)] = Field(
        default=PACIFIC, description="Whose midnight."
    )


class DoubtsSection(SendingSection):
    """What becomes of a message when nobody can say whether it left."""

    service: Doubt = Field(
        default="hold", description='"hold" it for a person, or send it "once" more.'
    )
    otp: Doubt = Field(default="once", description="The same for one-time passwords.")
    marketing: Doubt = Field(default="hold", description="The same for marketing.")
    emergency: Doubt = Field(default="once", description="The same for emergencies.")
    within: Annotated[str, AfterValidator(meanings.length)] = Field(
        default="30s",
        description="How long a provider may take to a send: one that has no answer then is in "
        "doubt.",
        examples=["30s"],
    )
    grace: Annotated[str, AfterValidator(meanings.length)] = Field(
        default="30s",
        description="How long a delivery report is waited for before the provider is asked, and "
        "before any of these is done. Where several processes send, not shorter than `within`.",
        examples=["30s"],
    )


def hasty(doubts: DoubtsSection, *, shared: bool) -> str:
    """What is wrong with the grace where a store is `shared` by processes; "" when nothing is.

    A process that stood still too long may be sending what another has taken over from it.
    """
    if not shared or meanings.seconds(doubts.grace) >= meanings.seconds(doubts.within):
        return ""
    return (
        f'"{doubts.grace}" is shorter than a send may take ("{doubts.within}"): what another '
        "process is still sending would be sent twice. Make it longer, or `within` shorter."
    )


class BreakerSection(SendingSection):
    """When a channel whose sends fail is left alone, and when it is trusted again.

    A send fails where the provider cannot be reached, does not answer or breaks. One that it
    refuses, or asks to send later, does not count. Each worker judges by its own sends.
    """

    window: Annotated[str, AfterValidator(meanings.length)] = Field(
        default="10m", description="How far back sends are looked at."
    )
    share: int = Field(
        default=RULES.share,
        ge=1,
        le=99,
        description="Percent of them that may fail where the channel has `backups`; above it they "
        "carry its texts.",
    )
    least: int = Field(
        default=RULES.least, ge=1, description="Sends before such a share means anything."
    )
    in_a_row: int = Field(
        default=RULES.in_a_row,
        ge=1,
        description="Sends failing one behind the other that stop a channel, with backups or "
        "without.",
    )
    every: Annotated[str, AfterValidator(meanings.length)] = Field(
        default="30s", description="A stopped channel is tried with one text so often."
    )
    tries: int = Field(
        default=RULES.tries,
        ge=1,
        description="Such tries that must go well, one behind the other, until a channel with "
        "backups carries its texts itself again. Without backups one is enough.",
    )


def rules_of(written: BreakerSection) -> Rules:
    """The breaker's rules as they are written."""
    return Rules(
        window=_milliseconds(written.window),
        share=written.share,
        least=written.least,
        in_a_row=written.in_a_row,
        every=_milliseconds(written.every),
        tries=written.tries,
    )


def _milliseconds(length: str) -> int:
    return max(1, round(meanings.seconds(length) * 1_000))


Accounts = Mapping[str, AccountSection]
Registrations = Mapping[str, RegistrationSection]


def own_limit(channel: str, rate: str | None) -> Limit | None:
    """What the channel itself may send."""
    return Limit(name=f"channels.{channel}", rate=meanings.rate_of(rate)) if rate else None


def shared_limits(
    account: str | None, registered: Sequence[str], accounts: Accounts, registrations: Registrations
) -> Iterator[Limit]:
    """What a channel of this account and under these registrations shares with others."""
    if account is not None:
        yield Limit(name=f"accounts.{account}", rate=meanings.rate_of(accounts[account].rate))
    for name in registered:
        found = registrations[name]
        yield Limit(
            name=f"registrations.{name}",
            rate=meanings.rate_of(found.rate) if found.rate else None,
            per_day=found.per_day,
            zone=found.zone,
        )


def unfit_limits(
    named: Mapping[str, tuple[str | None, Sequence[str]]],
    accounts: Accounts,
    registrations: Registrations,
) -> Iterator[tuple[Spot, str]]:
    """What is wrong with the limits that channels name, by their names: where, and what."""
    met: set[Spot] = set()
    for channel, (account, registered) in named.items():
        of = [("account_limit", "accounts", account)] if account is not None else []
        of += [("registrations", "registrations", name) for name in registered]
        for key, kind, name in of:
            met.add((kind, name))
            known = accounts if kind == "accounts" else registrations
            if name not in known:
                mend = advice(name, known) if known else f"Write [{kind}.{name}] with its limits."
                yield ("channels", channel, key), f"there is no [{kind}.{name}]. {mend}"
    for kind, tables in (("accounts", accounts), ("registrations", registrations)):
        for name in tables:
            if (kind, name) not in met:
                yield (kind, name), "no channel names it, so it would limit nothing."
