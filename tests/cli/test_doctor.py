"""`convo doctor` looks at everything that must hold, and tries the ways in of a running server."""

from pathlib import Path

from anyio.from_thread import start_blocking_portal

from convo.fakes import Answer, Asked
from convo.fakes.aws_proof import SECRET
from convo.fakes.aws_queue import PATH, FakeQueue
from convo.wiring.authored import settings_in
from tests.cli.conftest import Convo
from tests.cli.test_run import ended, first_line, running
from tests.fakes.http_server import FakeServer

TWILIO = """
[channels.sms]
provider = "twilio"
address = "+12025550100"
account = "AC00000000000000000000000000000001"
token = "env:TWILIO_AUTH_TOKEN"
base_url = "http://127.0.0.1:9"
"""

KANNEL = """
[channels.gate]
provider = "kannel"
address = "12345"
sendsms_url = "http://127.0.0.1:13013/cgi-bin/sendsms"
username = "convo"
password = "a-password-of-a-test"
path_token = "a-path-token-of-this-test"
names = {sender = "who"}
"""


def test_a_business_that_is_ready_is_told_so(convo: Convo, shop: Path) -> None:
    answer = convo("-C", shop, "doctor")
    assert answer.exit_code == 0, answer.output
    assert "✓ settings   Shop, every secret is set" in answer.output
    assert "✓ flows      hello; in en; 1 handler\n" in answer.output
    assert "data/convo.db opens" in answer.output
    assert "no webhook was tried" in answer.output
    assert answer.output.endswith("Ready to serve: convo run\n")


def test_a_secret_that_is_not_set_is_named(convo: Convo, shop: Path) -> None:
    (shop / ".env").write_text("", "utf-8")
    answer = convo("-C", shop, "doctor")
    assert answer.exit_code == 1
    assert "✗ settings" in answer.output
    assert "the environment variable CONSOLE_PATH_TOKEN is not set" in answer.output
    assert "One thing is wrong; each says how to mend it." in answer.output


def test_every_fault_is_told_not_only_the_first(convo: Convo, shop: Path) -> None:
    with (shop / "convo.toml").open("a", encoding="utf-8") as settings:
        settings.write(TWILIO.replace("env:TWILIO_AUTH_TOKEN", "a-token-of-a-test"))
    (shop / "flows" / "hello.yaml").write_text("flow: hello\nsteps: 5\n", "utf-8")
    answer = convo("-C", shop, "doctor")
    assert answer.exit_code == 1
    assert "server.public_url: it is missing. twilio signs the webhooks" in answer.output
    assert "✗ flows" in answer.output
    assert "the first is at flows/hello.yaml:" in answer.output
    assert "2 things are wrong" in answer.output
    assert "a-token-of-a-test" not in answer.output


def test_a_terminal_that_strangers_could_use_is_pointed_out(convo: Convo, shop: Path) -> None:
    settings = shop / "convo.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[server]", '[server]\npublic_url = "http://sms.example"'))
    answer = convo("-C", shop, "doctor")
    assert answer.exit_code == 0
    assert "· address    http://sms.example is not https" in answer.output
    assert "lets everybody who knows its path_token text as anybody" in answer.output


def test_a_fresh_token_is_printed_alone(convo: Convo, tmp_path: Path) -> None:
    one, two = (convo("-C", tmp_path, "doctor", "--token").output.strip() for _ in range(2))
    assert one != two
    assert len(one) == 32


def test_a_running_server_gets_a_webhook_signed_as_its_provider_signs(
    convo: Convo, shop: Path
) -> None:
    settings = shop / "convo.toml"
    text = settings.read_text("utf-8")
    text = text.replace("[server]", '[server]\npublic_url = "https://sms.salon.example"')
    settings.write_text(text + TWILIO + KANNEL, "utf-8")
    secrets = shop / ".env"
    with secrets.open("a") as env:
        env.write("TWILIO_AUTH_TOKEN=the-token-of-this-test\n")
    with running(shop) as process:
        first_line(process)
        answer = convo("-C", shop, "doctor")
        assert answer.exit_code == 0, answer.output
        assert f"is in use by process {process.pid}" in answer.output
        assert f"✓ server     {settings_in(shop).local_url} is ready" in answer.output
        assert "✓ /in/main   a webhook as console sends it is let in" in answer.output
        assert "✓ /in/sms    a webhook as twilio sends it is let in" in answer.output
        assert "✓ /in/gate   a webhook as kannel sends it is let in" in answer.output
        assert answer.output.endswith("All is well, and it is serving.\n")
        secrets.write_text(secrets.read_text().replace("the-token", "another-token"))
        answer = convo("-C", shop, "doctor")
        process.terminate()
        logged = ended(process)[2]
    assert logged.count("WARNING convo.web") == logged.count("sms: refused") == 1, logged
    assert answer.exit_code == 1
    assert "✗ /in/sms    a webhook as twilio sends it was answered 403." in answer.output


AWS = """
[channels.aws]
provider = "aws_sns"
address = "+12025550100"
region = "us-east-1"
access_key_id = "AKIAIOSFODNN7EXAMPLE"
secret_access_key = "env:AWS_SECRET_ACCESS_KEY"
topics = ["arn:aws:sns:us-east-1:123456789012:texts"]
queue = "{url}{path}"
"""


def test_a_queue_is_looked_into_and_needs_no_address_of_ours(convo: Convo, shop: Path) -> None:
    queue = FakeQueue()
    queue.put(b"{}")
    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(FakeServer(queue.answer)) as server,
    ):
        with (shop / "convo.toml").open("a", encoding="utf-8") as settings:
            settings.write(AWS.format(url=server.url, path=PATH))
        for secret, finding in (
            (SECRET, "✓ queue      aws: it can be read, and 1 wait there"),
            ("another", "✗ queue      channels.aws: its texts cannot be read. Amazon SQS answered"),
        ):
            env = (shop / ".env").read_text("utf-8").partition("AWS_SECRET")[0]
            (shop / ".env").write_text(f"{env}AWS_SECRET_ACCESS_KEY={secret}\n", "utf-8")
            answer = convo("-C", shop, "doctor")
            assert finding in answer.output
            assert "public_url: it is missing" not in answer.output
            assert answer.exit_code == (secret != SECRET)
    assert queue.left == 1


def test_what_a_company_says_of_a_queue_cannot_speak_to_the_terminal(
    convo: Convo, shop: Path
) -> None:
    def refused(_: Asked) -> Answer:
        return Answer(status=403, body=b'{"__type": "No\\u001b[2J"}')

    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(FakeServer(refused)) as server,
    ):
        with (shop / "convo.toml").open("a", encoding="utf-8") as settings:
            settings.write(AWS.format(url=server.url, path=PATH))
        with (shop / ".env").open("a", encoding="utf-8") as secrets:
            secrets.write(f"AWS_SECRET_ACCESS_KEY={SECRET}\n")
        assert "Amazon SQS answered 403 No?[2J" in convo("-C", shop, "doctor").output
