"""Every plug: what a store, a provider and a clock must be able to do, and `ledger` beside them."""

from convo.ports.clock import Clock, Sleep
from convo.ports.provider import Callback, HttpAnswer, Parsed, Provider, RawRequest, Sent
from convo.ports.store import (
    Acceptance,
    Arrival,
    Attendance,
    Claim,
    Done,
    ErrandClaim,
    Kept,
    Lease,
    Others,
    Pending,
    ProofDays,
    Settle,
    Standing,
    Store,
    Wants,
    Work,
)

__all__ = [
    "Acceptance",
    "Arrival",
    "Attendance",
    "Callback",
    "Claim",
    "Clock",
    "Done",
    "ErrandClaim",
    "HttpAnswer",
    "Kept",
    "Lease",
    "Others",
    "Parsed",
    "Pending",
    "ProofDays",
    "Provider",
    "RawRequest",
    "Sent",
    "Settle",
    "Sleep",
    "Standing",
    "Store",
    "Wants",
    "Work",
]
