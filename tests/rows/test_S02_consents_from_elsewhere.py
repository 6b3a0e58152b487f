"""S02: a consent from elsewhere needs source, time and evidence, row by row; then it counts."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from convo.rehearsal.rehearsal import Rehearsal
from convo.web.posted import Nonsense
from convo.web.posted_contacts import Rows, read_consents
from tests.rows.acting import JOIN, OFFER, acting, posted, refusals, words
from tests.steps.conversation import ANNA, loaded

GIVEN_AT = int(datetime(2026, 11, 20, 7, tzinfo=UTC).timestamp() * 1_000)
WHOLE = {
    "to": ANNA.e164,
    "programme": "survey",
    "given_at": "2026-11-20T15:00+08:00",
    "source": "form on salon.example",
    "evidence": "form 4711",
    "text": "Yes, send me about 2 survey texts a month.",
}


async def offer(talk: Rehearsal, key: str) -> list[str]:
    event = {"event": "offer.made", "to": ANNA.e164, "channel": "main", "key": key}
    await posted(talk, "/v1/events", event)
    return words(talk)


def read(*rows: Mapping[str, Any], **more: Any) -> Rows:
    body = json.dumps({"consents": rows, **more}).encode()
    return read_consents(body, loaded(OFFER).playbook)


@pytest.mark.anyio
async def test_with_all_three_the_contact_becomes_messageable_and_the_evidence_is_shown() -> None:
    async with acting(OFFER) as talk:
        assert await offer(talk, "before") == []
        assert await refusals(talk) == ["no-consent"]
        assert await posted(talk, "/v1/consents", WHOLE) == ["accepted"]
        assert await offer(talk, "after") == ["An offer. Reply STOP to opt out"]
        (act,) = await talk.acts()
        assert (act.state, act.proof, act.at) == ("given", WHOLE["text"], GIVEN_AT)
        assert (act.origin.how, act.origin.source) == ("import", "form on salon.example")
        assert act.origin.evidence == "form 4711"


@pytest.mark.anyio
async def test_a_row_that_lacks_any_of_the_three_is_refused_alone_with_the_reason() -> None:
    needed = ("source", "given_at", "evidence")
    lacking = [{**WHOLE, name: value} for name in needed for value in ("", None)]
    rows = read(lacking[0], WHOLE, *lacking[1:])
    assert list(rows.kept) == [2]
    assert sorted(rows.refused) == [1, 3, 4, 5, 6, 7]
    for row, name in ((1, "source"), (4, "given_at"), (6, "evidence")):
        assert rows.refused[row][0].startswith(f"{name}: it is missing.")
    async with acting(OFFER) as talk:
        assert await posted(talk, "/v1/consents", {"consents": lacking}) == []
        assert await offer(talk, "k") == []


@pytest.mark.anyio
@pytest.mark.parametrize("left", [["STOP"], ["join", "yes", "STOP"]])
async def test_an_import_never_lifts_a_stop(left: list[str]) -> None:
    async with acting(JOIN, OFFER) as talk:
        for text in left:
            await talk.text(text)
        words(talk)
        await posted(talk, "/v1/consents", WHOLE)
        assert await offer(talk, "k") == []
        assert (await talk.state()).stopped
        await talk.text("START")
        words(talk)
        assert bool(await offer(talk, "k2")) is (len(left) > 1)


@pytest.mark.anyio
async def test_a_row_that_nobody_can_show_may_be_loaded_as_a_contact_without_consent() -> None:
    bare = {"to": ANNA.e164, "programme": "survey"}
    rows = read(bare, WHOLE, unproven="no_consent")
    assert (rows.unproven, rows.refused) == ((1,), {})
    async with acting(OFFER) as talk:
        await posted(talk, "/v1/consents", {"consents": [bare], "unproven": "no_consent"})
        assert (await talk.state()).first_seen > 0
        assert (await talk.state()).consent_to("survey") == "unknown"
        assert await offer(talk, "k") == []


@pytest.mark.anyio
async def test_a_consent_of_the_future_counts_for_nothing() -> None:
    async with acting(OFFER) as talk:
        await posted(talk, "/v1/consents", {**WHOLE, "given_at": "2030-01-01T00:00+00:00"})
        assert (await talk.state()).consent_to("survey") == "unknown"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"to": "12"}, "to: This is a short code"),
        ({"programme": "surveys"}, 'programme: there is no programme "surveys". Did you mean'),
        ({"given_at": "2026-11-24"}, "given_at: it must be a date and time"),
        ({"given_at": "yesterday afternoon"}, "given_at: it must be a date and time"),
        ({"evidence": 4711}, "evidence: it must be a text"),
        ({"evidance": "x"}, "evidance: nothing here is called so. Did you mean"),
    ],
)
def test_a_row_that_cannot_be_meant_says_why(change: Mapping[str, Any], complaint: str) -> None:
    (complaints,) = read({**WHOLE, **change}).refused.values()
    assert any(each.startswith(complaint) for each in complaints), complaints


@pytest.mark.parametrize(
    "body", [{"consents": []}, {"consents": [WHOLE] * 201}, {"consents": [WHOLE], "unproven": "x"}]
)
def test_a_batch_that_cannot_be_meant_is_refused_whole(body: Mapping[str, Any]) -> None:
    with pytest.raises(Nonsense):
        read_consents(json.dumps(body).encode(), loaded(OFFER).playbook)


def test_a_row_that_is_no_object_is_refused_alone() -> None:
    odd = json.dumps({"consents": ["x", WHOLE]}).encode()
    rows = read_consents(odd, loaded(OFFER).playbook)
    assert (list(rows.kept), list(rows.refused)) == ([2], [1])
