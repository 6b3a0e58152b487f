"""The door for decisions: who is let in, and what is answered."""

from collections.abc import Sequence

import httpx
import pytest
from starlette.applications import Starlette

from convo.core.decision_codec import Decided, encode
from convo.core.decisions import HeldDecision, ParkedDecision
from convo.core.events import Recalled
from convo.core.recalls import Recall
from convo.errors import StoreUnavailable
from convo.ports import Acceptance
from convo.web.operator import MAX_BODY_BYTES, PATH, Operator, pass_of
from tests.steps.conversation import ANNA

pytestmark = pytest.mark.anyio

SECRET = b"the secret of this very test"
DECISIONS: Sequence[Decided] = (
    HeldDecision(contact=ANNA, message="m1", choice="sent", by="mei"),
    ParkedDecision(contact=ANNA, parked="7", choice="again", by="梅"),
    Recall(flow="offer", version="ab", request="k/*", by="mei"),
    Recall(contact=ANNA, by="mei"),
    Recalled(contact=ANNA, recall=Recall(flow="offer", contact=ANNA, by="mei")),
)


class House:
    """The door, and who does what is decided: nothing twice."""

    def __init__(self) -> None:
        self.done: list[Decided] = []
        self.failure: Exception | None = None
        self.app = Starlette(routes=Operator(secret=SECRET, decide=self.decide).routes())

    async def decide(self, decisions: Sequence[Decided]) -> Sequence[Acceptance]:
        if self.failure is not None:
            raise self.failure
        answers: list[Acceptance] = []
        for each in decisions:
            answers.append("duplicate" if each in self.done else "accepted")
            self.done.append(each)
        return answers

    async def post(self, body: bytes, shown: str = f"Bearer {pass_of(SECRET)}") -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.post(PATH, content=body, headers={"Authorization": shown})


async def test_every_decision_comes_as_it_was_sent_and_has_an_answer() -> None:
    house = House()
    answer = await house.post(encode(DECISIONS))
    assert answer.json() == {"answers": ["accepted"] * len(DECISIONS)}
    assert house.done == [*DECISIONS]
    again = await house.post(encode(DECISIONS[:1]))
    assert again.json() == {"answers": ["duplicate"]}


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer operator-0000", f"Basic {pass_of(SECRET)}", pass_of(SECRET)]
)
async def test_nobody_decides_without_the_pass(shown: str) -> None:
    house = House()
    assert (await house.post(encode(DECISIONS), shown)).status_code == 401
    assert (await house.post(encode(DECISIONS), f"Bearer {pass_of(b'other')}")).status_code == 401
    assert house.done == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[[]]",
        b'[["held"]]',
        b'[["held", "+8613800138000", "m1", "explode", "mei"]]',
        b'[["parked", "+8613800138000", "7", "send", "mei"]]',
        b'[["held", "12", "m1", "send", "mei"]]',
        b'[["forget", "+8613800138000", "m1", "send", "mei"]]',
    ],
)
async def test_what_is_no_decision_is_refused_whole(body: bytes) -> None:
    house = House()
    answer = await house.post(body)
    assert answer.status_code == 400
    assert answer.json()["complaint"].startswith("What was posted is no list of decisions")
    assert house.done == []


async def test_too_much_is_not_read_and_a_failing_store_is_told() -> None:
    house = House()
    assert (await house.post(b"[" * (MAX_BODY_BYTES + 1))).status_code == 413
    house.failure = StoreUnavailable("The disk is gone.")
    answer = await house.post(encode(DECISIONS))
    assert (answer.status_code, answer.json()) == (503, {"complaint": "The disk is gone."})
