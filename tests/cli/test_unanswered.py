"""`convo unanswered` while the server has the file."""

import asyncio
import json
from pathlib import Path

from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded
from convo.core.records import Record
from convo.core.turns import FromInbox, Turn
from convo.ledger.unanswered import unanswered_in
from convo.ports import Arrival, Done, Wants
from convo.stores.sqlite.store import SqliteStore
from tests.cli.conftest import Convo

ANNA = PhoneNumber("+8613800138000")


async def wrote(file: Path, *texts: str) -> SqliteStore:
    """A store that a server has open; a person has the conversation from the first text on."""
    store = await SqliteStore.open(str(file), clock=lambda: 1_795_312_800_000)
    await store.accept(
        [
            Arrival(event=Inbound(channel="main", contact=ANNA, text=text), dedupe=text)
            for text in texts
        ]
    )
    lease = await store.acquire(0, "test")
    assert lease is not None
    work = await store.advance(lease, Done(), Wants(events=len(texts)))
    facts = {"session": "s1", "step": "noted", "flow": "front_desk"}
    turns = tuple(
        Turn(
            source=FromInbox(entry=pending.order),
            contact=ANNA,
            at=pending.event.at,
            record=None,
            records=(
                Record(kind="inbound", facts={"channel": "main", "text": text}),
                Record(kind="handed_over", facts=facts),
            ),
        )
        for pending, text in zip(work.events, texts, strict=True)
    )
    await store.advance(lease, Done(turns=turns), Wants())
    return store


def test_what_waits_is_read_beside_a_running_server_and_cannot_speak_to_the_terminal(
    convo: Convo, shop: Path
) -> None:
    async def read() -> tuple[str, str]:
        store = await wrote(shop / "data" / "convo.db", "hello", "my hair\n\x1b[31mis green")
        try:
            plain = await asyncio.to_thread(lambda: convo("-C", shop, "unanswered").output)
            rows = await asyncio.to_thread(
                lambda: convo("-C", shop, "unanswered", "--json", "--most", "1")
            )
            return plain, rows.output
        finally:
            await store.close()

    said, rows = asyncio.run(read())
    first, *lines = said.splitlines()
    assert first.endswith("+8613****00  front_desk: noted  (a person was asked for)")
    assert lines[:3] == ["    before: hello", "    my hair", "    ?[31mis green"]
    assert json.loads(rows)["before"] == ["hello"]
    assert ANNA.e164 not in said + rows


def test_a_text_that_was_not_taken_for_its_id_waits_for_a_person() -> None:
    facts = {"channel": "main", "text": "and at four?", "provider_id": "SM1"}
    records = (Record(kind="altered", facts=facts),)
    (found,) = unanswered_in([Recorded(at=1, contact=ANNA.e164, event="", records=records)])
    assert (found.channel, found.text, found.why) == (
        "main",
        "and at four?",
        "it came under the id of another text",
    )


def test_a_picture_is_shown_by_its_link_with_the_text_and_without_one() -> None:
    link = "https://api.twilio.example/Media/ME1"
    asked = Record(kind="handed_over", facts={"session": "s1", "step": "a", "flow": "desk"})
    found = unanswered_in(
        [
            Recorded(
                at=1,
                contact=ANNA.e164,
                event="e",
                records=(
                    Record(kind="inbound", facts={"channel": "m", "text": text, "media": [link]}),
                    asked,
                ),
            )
            for text in ("", "This one.")
        ]
    )
    assert [each.text for each in found] == [f"This one.\n{link}", link]
    assert found[0].before == (link,)
