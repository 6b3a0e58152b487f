"""A business that nobody can reach: its texts come by a queue of AWS, also over a `kill -9`."""

import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from convo.fakes import Answer, Asked, Said
from convo.fakes.aws_proof import KEY_ID, REGION, SECRET
from convo.fakes.aws_queue import PATH, TARGETS, VISIBILITY, FakeQueue
from convo.fakes.aws_sns import SET, TOPIC, FakeAwsSns, identity
from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import Serving, soon, written
from tests.end_to_end.test_lost_webhooks import COUNTED
from tests.end_to_end.test_twilio import DAY, MENU, OURS
from tests.fakes.http_server import FakeServer

ANNA, BEN, CEM = "+12025550111", "+12025550122", "+12025550133"
TAKING_OUT = f"{TARGETS}DeleteMessageBatch"
STRIKES = ("before it is kept", "before it is taken out", "behind it")

TABLES = """
[server]
bind = "127.0.0.1:{port}"

[channels.main]
provider = "aws_sns"
address = "{ours}"
region = "{region}"
access_key_id = "{key}"
secret_access_key = "env:AWS_SECRET_ACCESS_KEY"
topics = ["{topic}"]
queue = "{url}{path}"
configuration_set = "{set}"
certificates = [{certificate}]
base_url = "{url}"
"""


class Amazon:
    """Topic, queue and API at one address; kills who asks when it is told to strike."""

    def __init__(self) -> None:
        self._leap = 0.0
        self.topic, self.queue = FakeAwsSns(self.now), FakeQueue(self.now)
        #: When, of STRIKES; empty while it does not.
        self.strikes = ""
        self.convo: Serving
        self._said = 0

    def now(self) -> float:
        return time.time() + self._leap

    def out_of_sight_no_more(self) -> None:
        self._leap += VISIBILITY

    def answer(self, asked: Asked) -> Answer:
        target = asked.headers.get("x-amz-target", "")
        if not target.startswith(TARGETS):
            return self.topic.answer(asked)
        if self.strikes == "before it is taken out" and target == TAKING_OUT:
            return self._struck()
        answer = self.queue.answer(asked)
        if self.strikes == "behind it" and target == TAKING_OUT:
            return self._struck()
        if self.strikes == "before it is kept" and b"Messages" in answer.body:
            return self._struck()
        return answer

    def _struck(self) -> Answer:
        self.convo.kill()
        self.strikes = ""
        return Answer(status=500)  # to nobody

    def says(self, number: str, text: str) -> None:
        self._said += 1
        said = Said(sender=number, to=OURS, text=text, id=f"in-{self._said}")
        self.queue.put(self.topic.inbound(said, "").body)

    def heard(self, number: str) -> list[str]:
        return [each.text for each in [*self.topic.taken] if each.to == number]

    def hears(self, number: str, *texts: str) -> None:
        soon(lambda: self.heard(number), list(texts))


@contextmanager
def amazon(folder: Path) -> Generator[Amazon]:
    it = Amazon()
    (port,) = free_ports(1)
    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(FakeServer(it.answer)) as server,
    ):
        tables = TABLES.format(
            port=port,
            ours=OURS,
            region=REGION,
            key=KEY_ID,
            topic=TOPIC,
            url=server.url,
            path=PATH,
            set=SET,
            certificate=json.dumps(identity()[1]),
        )
        written(folder / "salon", tables, {})
        it.convo = Serving(folder / "salon", {"AWS_SECRET_ACCESS_KEY": SECRET})
        it.convo.start()
        try:
            yield it
        finally:
            it.convo.kill()


def test_a_conversation_by_a_queue_with_its_reports(tmp_path: Path) -> None:
    with amazon(tmp_path) as it:
        it.says(ANNA, "book")
        it.hears(ANNA, MENU)
        it.says(ANNA, "1")
        it.hears(ANNA, MENU, DAY)
        for taken in it.topic.taken:
            it.queue.put(it.topic.report(taken, "DELIVERED").body)
        it.convo.waits_for_statuses(ANNA, "delivered", "delivered")
        soon(lambda: it.queue.left, 0)
        it.convo.stop()


@pytest.mark.parametrize("when", STRIKES)
def test_kill_9_while_a_text_is_taken_out_of_the_queue_loses_and_doubles_nothing(
    tmp_path: Path, when: str
) -> None:
    with amazon(tmp_path) as it:
        it.says(ANNA, "book")
        it.hears(ANNA, MENU)
        soon(lambda: it.queue.left, 0)
        it.strikes = when
        for number, text in ((ANNA, "1"), (BEN, "book"), (CEM, "book")):
            it.says(number, text)
        soon(lambda: it.strikes, "")
        it.convo.start()
        it.out_of_sight_no_more()
        soon(lambda: it.queue.left, 0)
        # What came again was known. What was leaving at the strike may be held, as after any.
        it.convo.waits_for("SELECT count(*) FROM inbox", [], [(0,)])
        for number, said in ((ANNA, 2), (BEN, 1), (CEM, 1)):
            assert it.convo.rows(f"{COUNTED} AND contact = ?", number) == [(said,)]
            assert len(set(it.heard(number))) == len(it.heard(number))
        it.convo.stop()
