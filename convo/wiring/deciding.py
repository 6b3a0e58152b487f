"""Having people's decisions done: by the store itself, or by the one process that has it open."""

from collections.abc import Sequence

import httpx

from convo.core.decision_codec import Decided, encode
from convo.errors import AlreadyRunning, ConvoError
from convo.ports import Acceptance, Arrival
from convo.runtime import clock
from convo.settings import Settings
from convo.web.operator import PATH, pass_of
from convo.wiring.brands import open_store
from convo.wiring.secret import link_secret

AT_ONCE = 500
"""Decisions in one request."""

UNAUTHORIZED, NOT_FOUND = 401, 404

ANSWERED_WITHIN = 30.0
"""Seconds that the process is waited for."""


async def decide(settings: Settings, decisions: Sequence[Decided]) -> Sequence[Acceptance]:
    """What came of each; once this returns it is done for good, whoever dies then.

    Raises `ConvoError` when nothing is known to be done: asked again, what was done is told as a
    duplicate.
    """
    answers: list[Acceptance] = []
    try:
        store = await open_store(settings, clock.now)
    except AlreadyRunning:
        for first in range(0, len(decisions), AT_ONCE):
            answers += await _asked(settings, decisions[first : first + AT_ONCE])
        return answers
    try:
        return await store.accept([Arrival(event=each, dedupe="") for each in decisions])
    finally:
        await store.close()


async def _asked(settings: Settings, decisions: Sequence[Decided]) -> Sequence[Acceptance]:
    """Ask the process that has the store. Straight to this machine: by no proxy."""
    url = settings.local_url + PATH
    headers = {"Authorization": f"Bearer {pass_of(link_secret(settings))}"}
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWERED_WITHIN) as client:
            answer = await client.post(url, content=encode(decisions), headers=headers)
    except httpx.HTTPError as error:
        raise ConvoError(
            f"Another process has this business open, and does not answer at {url} "
            f"({type(error).__name__}). It may be starting or stopping: try again."
        ) from None
    if answer.is_success:
        return answer.json()["answers"]
    if answer.status_code in (UNAUTHORIZED, NOT_FOUND):
        raise ConvoError(
            f"What answers at {url} does not know this business's secret. Was it started with "
            "another server.secret, or by an older Convo? Start it again."
        )
    raise ConvoError(f"Not done: {url} answers {answer.status_code}: {answer.text[:200]}")
