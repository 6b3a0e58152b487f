"""Another text under an id that is known: the first counts, and this one is told to people."""

import hashlib

from convo.core.events import Arriving, Event, Inbound
from convo.core.records import Record


def said(event: Arriving | Event) -> int | None:
    """32 bits of who wrote what: a change is missed once in 4 * 10^9. None of what is no text.

    Blanks do not count, nor pictures: a company's list of texts (ports/listings.py) differs in them
    from its webhooks, and may have lost the words (Twilio empties a text that was redacted), so
    what says nothing is no other text. A report needs none of this, for what it says is a part of
    its dedupe key.
    """
    if not isinstance(event, Inbound) or not event.text.strip():
        return None
    told = f"{event.contact.e164} {' '.join(event.text.split())}"
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, signed=True)


def key(dedupe: str, said: int) -> str:
    """The dedupe key of telling it: the provider may repeat these other words, too."""
    return f"altered:{dedupe}:{said}"


def record(event: Inbound) -> Record:
    """What is told of it."""
    facts = {"channel": event.channel, "text": event.text, "provider_id": event.provider_id}
    return Record(kind="altered", facts=facts | ({"media": event.media} if event.media else {}))
