"""One business in several processes over Redis: they share the work, and are missed by nobody."""

import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from tests.end_to_end.serving import Serving, soon
from tests.servers import ON_DISK, PROGRAMS, RunningServer, free_port, running

FLOW = """
flow: echo
about: Says again what was said
class: service
start: {words: [hello]}
answers: {said: text}
steps:
  first:
    ask: "Hello! Say something."
    expect: text
    save: said
    silent: [{after: 1d, go: end}]
  again:
    ask: "You said {{ said }}."
    expect: text
    save: said
    go: again
    silent: [{after: 1d, go: end}]
"""

TOML = """
[business]
name = "Echo"
zone = "UTC"
country = "GB"
languages = ["en"]

[store]
url = "{url}"
partitions = 8

[server]
bind = "127.0.0.1:{port}"
secret = "the same on all machines, and long enough"

[channels.main]
provider = "console"
address = "+447400000000"
path_token = "a-token-that-nobody-guesses-123"
"""

#: In every partition there are some.
CUSTOMERS = [f"+447400{n * 7919 % 1_000_000:06}" for n in range(1, 41)]


@dataclass
class Company:
    """The processes of one business, and what all of them have sent."""

    folder: Path
    port: int
    server: RunningServer
    staff: dict[str, Serving] = field(default_factory=dict[str, Serving])

    def hire(self, role: str, name: str) -> Serving:
        self.staff[name] = Serving(self.folder, {}, role, name)
        self.staff[name].start()
        return self.staff[name]

    def text(self, number: str, words: str) -> None:
        """As a provider does: until it hears 200."""
        body = json.dumps({"from": number, "text": words, "id": f"{number} {words}"}).encode()
        url = f"http://127.0.0.1:{self.port}/in/main/a-token-that-nobody-guesses-123"
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(url, body, timeout=30) as answer:
                    assert answer.status == 200
                    return
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < until
                time.sleep(0.05)

    def said(self) -> Counter[str]:
        """How often each text has been sent, by whichever process."""
        # A copy: a thread adds to it meanwhile.
        printed = [line for each in self.staff.values() for line in each.printed.copy()]
        return Counter(line.strip() for line in printed)

    def all_say(self, word: str) -> None:
        """Every customer writes, and hears it once."""
        for n, number in enumerate(CUSTOMERS):
            self.text(number, f"{word} {n}")
        wanted = {f"You said {word} {n}.": 1 for n in range(len(CUSTOMERS))}
        soon(lambda: {text: self.said()[text] for text in wanted}, wanted)

    def owners(self) -> Counter[bytes | str | None]:
        """How many partitions each worker owns."""
        with redis.Redis(port=self.server.port) as client:
            keys = list(client.scan_iter("convo:*state*"))
            states = [client.hmget(key, "owner", "token") for key in keys]
        return Counter(owner for owner, token in states if token)

    def shared_by(self, *shares: int) -> None:
        """Until the partitions are owned so."""
        soon(lambda: sorted(self.owners().values()), sorted(shares))

    def rests(self) -> None:
        """Until nothing is being sent: what is cut off then is in doubt, as it should be."""

        def sending() -> int:
            with redis.Redis(port=self.server.port) as client:
                return sum(client.hlen(key) for key in client.scan_iter("convo:*sending*"))

        soon(sending, 0)


@contextmanager
def company(folder: Path, url: str, server: RunningServer) -> Iterator[Company]:
    """A business whose store has this URL, and is on that server."""
    business = folder / "echo"
    (business / "flows").mkdir(parents=True)
    (business / "flows" / "echo.yaml").write_text(FLOW, "utf-8")
    port = free_port()
    (business / "convo.toml").write_text(TOML.format(url=url, port=port), "utf-8")
    made = Company(folder=business, port=port, server=server)
    try:
        yield made
    finally:
        for each in made.staff.values():
            each.kill()


@pytest.mark.parametrize("kind", PROGRAMS)
def test_workers_come_die_and_leave_and_every_customer_hears_everything_once(
    kind: str, tmp_path: Path
) -> None:
    with (
        running(PROGRAMS[kind](), tmp_path / "redis", *ON_DISK) as server,
        company(tmp_path, server.url, server) as shop,
    ):
        web = shop.hire("web", "web")
        for number in CUSTOMERS:
            shop.text(number, "hello")  # kept, though there is nobody yet to answer
        first = shop.hire("worker", "first")
        soon(lambda: shop.said()["Hello! Say something."], len(CUSTOMERS))
        second = shop.hire("worker", "second")
        shop.shared_by(4, 4)
        shop.all_say("one")
        assert any("one" in line for line in first.printed.copy())
        assert any("one" in line for line in second.printed.copy())
        shop.rests()
        first.kill()
        shop.all_say("two")  # once the lease of the dead has run out
        shop.shared_by(8)
        shop.hire("worker", "third")
        shop.shared_by(4, 4)
        shop.all_say("three")
        second.stop()
        shop.all_say("four")
        web.stop()
        shop.hire("run", "all in one")
        shop.all_say("five")
        shop.shared_by(4, 4)
        shop.rests()
        assert set(shop.said().values()) == {1, len(CUSTOMERS)}
