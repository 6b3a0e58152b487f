"""What own systems post about contacts, understood: consents given elsewhere, two numbers of one.

Pure. Consents come in rows, and a row that cannot be meant is refused alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from convo.core.business import Business
from convo.core.events import ConsentBrought, MergeAsked
from convo.language.spelling import advice
from convo.ports import Arrival
from convo.routing.playbook import Playbook
from convo.web.posted import Nonsense, Posted, contact_of, fields_of, key_of, unknown_in, word_of

ROWS_AT_MOST = 200
"""Consents in one request: each is an arrival, and all of them are kept before the answer."""

MAX_TEXT = 1_600
UNPROVEN = ("refuse", "no_consent")
_BATCH = ("consents", "unproven")
_ROW = ("to", "programme", "given_at", "source", "evidence", "text")
_MERGE = ("from", "into", "key")
_DATE_LENGTH = len("2026-11-24")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows to keep, by their numbers from 1, and those that are refused, with complaints."""

    kept: Mapping[int, Arrival]
    refused: Mapping[int, tuple[str, ...]]
    #: Those of the kept that come without a consent, for nobody can show one.
    unproven: tuple[int, ...] = field(default=())


def read_consents(body: bytes, playbook: Playbook) -> Rows:
    """`{"consents": [...]}`, or one consent alone. Raises `Nonsense` when it is no such thing."""
    posted = fields_of(body)
    given: Any = posted.get("consents", [posted])
    complaints = unknown_in(posted, _BATCH) if "consents" in posted else []
    how = posted.get("unproven", "refuse") if "consents" in posted else "refuse"
    if how not in UNPROVEN:
        complaints.append(f"unproven: it must be one of: {', '.join(UNPROVEN)}.")
    if not isinstance(given, list) or not given:
        complaints.append("consents: it must be a list of consents that is not empty.")
    elif len(cast(list[Any], given)) > ROWS_AT_MOST:
        complaints.append(f"consents: {ROWS_AT_MOST} at once are the most.")
    if complaints:
        raise Nonsense(complaints)
    kept: dict[int, Arrival] = {}
    refused: dict[int, tuple[str, ...]] = {}
    unproven: list[int] = []
    for number, row in enumerate(cast(list[Any], given), start=1):
        try:
            event = _consent(row, playbook.business, how == "no_consent")
        except Nonsense as nonsense:
            refused[number] = nonsense.complaints
            continue
        same = (event.programme, event.contact.e164, event.given_at, event.source, event.evidence)
        kept[number] = Arrival(event=event, dedupe=f"consent:{same}")
        if not event.proven:
            unproven.append(number)
    return Rows(kept=kept, refused=refused, unproven=tuple(unproven))


def read_merge(body: bytes, playbook: Playbook) -> Posted:
    """Two numbers of one person. Raises `Nonsense`."""
    posted = fields_of(body)
    complaints = unknown_in(posted, _MERGE)
    old = contact_of(posted, playbook.business, complaints, "from")
    new = contact_of(posted, playbook.business, complaints, "into")
    key = key_of(posted, complaints)
    if old is not None and old == new:
        complaints.append("into: this is the same number.")
    if complaints or old is None or new is None:
        raise Nonsense(complaints)
    dedupe = f"merge:{key}" if key else ""
    return Posted(arrival=Arrival(event=MergeAsked(contact=old, into=new), dedupe=dedupe, raw=body))


def _consent(row: Any, business: Business, unproven: bool) -> ConsentBrought:
    if not isinstance(row, dict):
        raise Nonsense(['It must be an object, like {"to": "+8613800138000", ...}.'])
    fields = cast(dict[str, Any], row)
    complaints = unknown_in(fields, _ROW)
    contact = contact_of(fields, business, complaints, "to")
    programme = word_of(fields, "programme", complaints) or ""
    shown = not any(_lacks(fields, name) for name in _MISSING)
    if "programme" not in fields and (shown or not unproven):
        complaints.append("programme: it is missing. Name the one that they have joined.")
    elif programme and programme not in business.programmes:
        mend = advice(programme, business.programmes)
        complaints.append(f'programme: there is no programme "{programme}". {mend}')
    proof = {name: _told(fields, name, complaints) for name in ("source", "evidence", "text")}
    given_at = _given_at(fields, business, complaints)
    if not unproven:
        complaints += [why for name, why in _MISSING.items() if _lacks(fields, name)]
    if complaints or contact is None:
        raise Nonsense(complaints)
    return ConsentBrought(
        contact=contact,
        programme=programme,
        given_at=given_at if shown else 0,
        source=proof["source"],
        evidence=proof["evidence"],
        shown=proof["text"],
    )


_MISSING = {
    "source": 'source: it is missing. Say where they agreed, like "form on salon.example".',
    "given_at": 'given_at: it is missing. Say when they agreed, like "2026-11-24T15:00+08:00".',
    "evidence": "evidence: it is missing. Name what shows it, like the form's number or a scan.",
}


def _lacks(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    return value is None or (isinstance(value, str) and not value.strip())


def _told(fields: Mapping[str, Any], name: str, complaints: list[str]) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or "\0" in value or len(value) > MAX_TEXT:
        complaints.append(f"{name}: it must be a text of at most {MAX_TEXT} characters.")
        return ""
    return value.strip()


def _given_at(fields: Mapping[str, Any], business: Business, complaints: list[str]) -> int:
    """Milliseconds since 1970; 0 when it is not said or cannot be meant."""
    if _lacks(fields, "given_at"):
        return 0
    text = fields["given_at"]
    try:
        if not isinstance(text, str) or len(text) <= _DATE_LENGTH:
            raise ValueError
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(business.zone))
        at = int(moment.astimezone(UTC).timestamp() * 1_000)
    except (ValueError, OverflowError):
        at = 0
    if at <= 0:
        complaints.append(
            'given_at: it must be a date and time in ISO 8601, like "2026-11-24T15:00+08:00".'
        )
    return max(at, 0)
