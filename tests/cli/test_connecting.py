"""`convo channel connect` has a pretended company call us, and takes nothing away unasked."""

import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner, Result

from convo.cli import main
from convo.cli.connecting import shown
from convo.fakes import Answer, Asked, Said
from convo.fakes.telnyx import NUMBER, PROFILE, FakeTelnyx
from convo.fakes.twilio import ACCOUNT, TOKEN
from convo.wiring.authored import settings_in
from tests.cli.conftest import Convo
from tests.cli.test_run import first_line, running
from tests.end_to_end.serving import soon
from tests.fakes.http_server import FakeServer
from tests.fakes.twilio import FakeTwilio

PUBLIC = "https://sms.salon.example"
OURS, ANN = "+12025550100", "+12025550101"
ELSEWHERE = "https://crm:secret@old.example/hooks/0123456789abcdef01234?key=1234"


@contextmanager
def at_twilio(shop: Path, *, public: str = PUBLIC) -> Generator[FakeTwilio]:
    """The shop with a channel `sms`, added as an operator does, and the company behind it."""
    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(FakeTwilio()) as fake,
    ):
        settings = shop / "convo.toml"
        text = settings.read_text("utf-8")
        settings.write_text(
            text.replace("[server]\n", f'[server]\npublic_url = "{public}"\n'), "utf-8"
        )
        given = {"address": OURS, "account": ACCOUNT, "base_url": fake.url}
        words = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
        added = typed(shop, "add", "sms", "--provider", "twilio", *words)
        assert added.exit_code == 0, added.output
        assert "Convo can do that for you: convo channel connect sms" in added.output
        with (shop / ".env").open("a", encoding="utf-8") as secrets:
            secrets.write(f"SMS_TOKEN={TOKEN}\n")
        yield fake


def typed(shop: Path, *words: str, says: str = "") -> Result:
    return CliRunner().invoke(main, ["-C", str(shop), "channel", *words], input=says)


def post(url: str, headers: dict[str, str], body: bytes) -> int:
    request = urllib.request.Request(url, body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.status


def test_a_text_comes_in_where_the_company_was_told_to_bring_it(shop: Path) -> None:
    with at_twilio(shop) as fake:
        told = typed(shop, "connect", "sms")
        assert told.exit_code == 0, told.output
        assert told.output == (
            f"Now: the number {OURS}: nothing\n"
            f"Done: twilio brings the texts of sms to {PUBLIC}/in/sms\n"
        )
        brought = fake.inbound(Said(sender=ANN, to=OURS, text="hello", id="SM1"), fake.calls)
        with running(shop) as process:
            first_line(process)
            url = brought.url.replace(PUBLIC, settings_in(shop).local_url)
            assert post(url, brought.headers, brought.body) == 200
            soon(
                lambda: [(each.to, each.text) for each in list(fake.taken)],
                [(ANN, "Hello! What is your name?")],
            )


def test_what_fits_is_left_alone(shop: Path) -> None:
    with at_twilio(shop) as fake:
        fake.calls = f"{PUBLIC}/in/sms#rc=5"
        told = typed(shop, "connect", "sms")
        assert told.exit_code == 0
        assert "Nothing to change: twilio brings" in told.output
        assert {asked.method for asked in fake.asked} == {"GET"}


@pytest.mark.parametrize("says", ["", "\n", "n\n"])
def test_texts_that_go_elsewhere_stay_there_until_somebody_says_yes(shop: Path, says: str) -> None:
    with at_twilio(shop) as fake:
        fake.calls = ELSEWHERE
        told = typed(shop, "connect", "sms", says=says)
        assert told.exit_code == 2
        assert f"Now: the number {OURS}: https://old.example/hooks/...?...\n" in told.output
        assert f"Replace that by {PUBLIC}/in/sms?" in told.output
        assert "Nothing was changed. To change it without a question: --replace" in told.output
        assert fake.calls == ELSEWHERE


@pytest.mark.parametrize(("words", "says"), [((), "y\n"), (("--replace",), "")])
def test_who_says_yes_replaces_what_stands_there(
    shop: Path, words: tuple[str, ...], says: str
) -> None:
    with at_twilio(shop) as fake:
        fake.calls = ELSEWHERE
        told = typed(shop, "connect", "sms", *words, says=says)
        assert told.exit_code == 0, told.output
        assert fake.calls == f"{PUBLIC}/in/sms"


def test_a_company_that_will_not_is_told_by_hand(shop: Path) -> None:
    with at_twilio(shop):
        env = shop / ".env"
        env.write_text(env.read_text("utf-8").replace(TOKEN, "another"), "utf-8")
        told = typed(shop, "connect", "sms")
        assert told.exit_code == 1
        assert "twilio: Twilio answered 401.\nBy hand: In Twilio's console" in told.output
        assert f"  {PUBLIC}/in/sms\n" in told.output


def test_a_company_that_does_not_do_as_it_was_told_is_found_out(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_twilio(shop) as fake:
        monkeypatch.setattr(fake.numbers, "answer", forgetful(fake))
        told = typed(shop, "connect", "sms")
        assert told.exit_code == 1
        assert f"it was told, and the number {OURS} has nothing still." in told.output


def forgetful(fake: FakeTwilio) -> Callable[[Asked], Answer]:
    """It says yes to everything and keeps nothing."""
    whole = fake.numbers.answer

    def answer(asked: Asked) -> Answer:
        answered = whole(asked)
        fake.calls = ""
        return answered

    return answer


@pytest.mark.parametrize("public", ["http://sms.salon.example", "http://127.0.0.1:8000"])
def test_an_address_that_is_not_https_is_given_to_nobody(shop: Path, public: str) -> None:
    with at_twilio(shop, public=public) as fake:
        told = typed(shop, "connect", "sms")
        assert told.exit_code == 2
        assert "server.public_url: a provider is told an https address" in told.output
        assert fake.asked == []


def test_a_company_without_an_api_for_it_and_a_name_nobody_has(convo: Convo, shop: Path) -> None:
    with at_twilio(shop) as fake:
        told = convo("-C", shop, "channel", "connect", "main")
        assert told.exit_code == 1
        assert "console: it has no API for this that Convo knows." in told.output
        token = settings_in(shop).connections["main"].path_token
        assert f"  {PUBLIC}/in/main/{token}\n" in told.output
        told = convo("-C", shop, "channel", "connect", "smm")
        assert told.exit_code == 2
        assert 'There is no channel "smm". Did you mean "sms"' in told.output
        assert fake.asked == []


def test_the_doctor_says_whether_texts_come_here(convo: Convo, shop: Path) -> None:
    with at_twilio(shop) as fake:
        fake.calls = ELSEWHERE
        told = convo("-C", shop, "doctor")
        assert told.exit_code == 1
        assert f"✗ webhook    channels.sms: twilio does not bring texts to {PUBLIC}" in told.output
        assert f"the number {OURS}: https://old.example/hooks/...?...\n" in told.output
        assert "To have it do so: convo channel connect sms\n" in told.output
        assert fake.calls == ELSEWHERE
        fake.calls = f"{PUBLIC}/in/sms"
        told = convo("-C", shop, "doctor")
        assert f"✓ webhook    sms: twilio brings texts to {PUBLIC}/in/sms\n" in told.output
        assert told.exit_code == 0
        fake.mode = "broken"
        told = convo("-C", shop, "doctor")
        assert "· webhook    sms: twilio does not say where it brings texts. " in told.output
        assert told.exit_code == 0
        assert {asked.method for asked in fake.asked} == {"GET"}


TELNYX = """
[channels.tel]
provider = "telnyx"
address = "{at}"
messaging_profile = "{profile}"
api_key = "env:TELNYX_API_KEY"
public_key = "{public_key}"
base_url = "{base_url}"
"""


@contextmanager
def at_telnyx(shop: Path, *, at: str = NUMBER) -> Generator[tuple[FakeTelnyx, FakeServer]]:
    """The shop with a channel `tel`, and the company behind it."""
    fake = FakeTelnyx()
    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(FakeServer(fake.answer)) as server,
    ):
        file = shop / "convo.toml"
        given = {**fake.settings(server.url), "profile": PROFILE, "at": at}
        text = file.read_text("utf-8")
        text = text.replace("[server]\n", f'[server]\npublic_url = "{PUBLIC}"\n')
        file.write_text(text + TELNYX.format(**given), "utf-8")
        with (shop / ".env").open("a", encoding="utf-8") as secrets:
            secrets.write(f"TELNYX_API_KEY={given['api_key']}\n")
        yield fake, server


def test_what_a_company_calls_things_cannot_speak_to_the_terminal(convo: Convo, shop: Path) -> None:
    with at_telnyx(shop) as (fake, _):
        fake.profile |= {"name": "Sa\nlon\x1b[2J", "webhook_url": ELSEWHERE}
        named = "the messaging profile Sa?lon?[2J, for all its numbers: https://old.example/"
        assert f"             {named}" in convo("-C", shop, "doctor").output
        assert f"Now: {named}" in typed(shop, "connect", "tel").output


def test_of_a_channel_that_sends_by_a_name_the_company_is_neither_asked_nor_told(
    convo: Convo, shop: Path
) -> None:
    """Its profile may be another channel's, and have that one's address."""
    with at_telnyx(shop, at="SALON") as (fake, server):
        fake.profile["webhook_url"] = ELSEWHERE
        told = typed(shop, "connect", "tel", "--replace")
        assert told.exit_code == 2
        assert told.output == (
            "channels.tel: nobody can text a sender name, so nobody has to call.\n"
        )
        told = convo("-C", shop, "doctor")
        assert told.exit_code == 0, told.output
        assert "webhook  " not in told.output
        assert server.asked == []


def test_the_doctor_asks_nobody_without_an_address(convo: Convo, shop: Path) -> None:
    with at_twilio(shop, public="http://sms.salon.example") as fake:
        told = convo("-C", shop, "doctor")
        assert "webhook  " not in told.output
        assert fake.asked == []


NOT_CALLED = """
[channels.out]
provider = "log"
file = "out.txt"

[channels.line]
provider = "smpp"
address = "12345"
host = "127.0.0.1"
system_id = "convo"
password = "a-password"

[channels.queue]
provider = "aws_sns"
address = "+12025550100"
region = "us-east-1"
access_key_id = "AKIAIOSFODNN7EXAMPLE"
secret_access_key = "a-secret-of-a-test"
topics = ["arn:aws:sns:us-east-1:123456789012:texts"]
queue = "http://127.0.0.1:9/123456789012/texts"
"""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("out", "channels.out: no texts come in by it, so nobody has to call."),
        ("line", "channels.line: nobody has to call, for Convo calls there."),
        ("queue", "channels.queue: nobody has to call, for Convo calls there."),
    ],
)
def test_a_channel_that_nobody_calls_needs_nothing(
    convo: Convo, shop: Path, name: str, why: str
) -> None:
    settings = shop / "convo.toml"
    text = settings.read_text("utf-8").replace("[server]\n", f'[server]\npublic_url = "{PUBLIC}"\n')
    settings.write_text(text + NOT_CALLED, "utf-8")
    told = convo("-C", shop, "channel", "connect", name)
    assert told.exit_code == 2
    assert told.output == why + "\n"


@pytest.mark.parametrize(
    ("stands", "said"),
    [
        ("", "nothing"),
        ("the application AP1", "the application AP1"),
        ("https://a.example/in/main by GET", "https://a.example/in/main by GET"),
        (
            "https://u:p@a.example:8443/in/0123456789abcdef/x?k=v#f",
            "https://a.example:8443/in/.../x?...",
        ),
        ("https://a.example/\x1b[2J", "https://a.example/?..."),
        ("https://[secret/x", "what is no address"),
    ],
)
def test_no_secret_of_an_address_is_shown(stands: str, said: str) -> None:
    assert shown(stands) == said
