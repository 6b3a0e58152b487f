"""`convo channel add` writes a channel, keeps the rest of convo.toml, and tells where to call."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from convo.cli import main
from convo.wiring.authored import settings_in
from tests.cli.conftest import Convo

PUBLIC_KEY = "Rdl1uW1y1A+P8j0oLORlHXkieCFV7JppzLvBAFQZ28U="
TELNYX = ("--provider", "telnyx", "--set", f"public_key={PUBLIC_KEY}")
KANNEL = ("--provider", "kannel", "--set", "address=12345", "--set", "username=convo")
BOX = ("--set", "sendsms_url=http://127.0.0.1:13013/cgi-bin/sendsms")


def public(shop: Path) -> None:
    file = shop / "convo.toml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("[server]\n", '[server]\npublic_url = "https://sms.salon.example"\n'), "utf-8"
    )


def test_a_channel_is_added_and_all_else_is_kept(convo: Convo, shop: Path) -> None:
    public(shop)
    before = (shop / "convo.toml").read_text("utf-8")
    told = convo("-C", shop, "channel", "add", "sms", *TELNYX, "--set", "address=+12025550100")
    assert told.exit_code == 0, told.output
    after = (shop / "convo.toml").read_text("utf-8")
    assert after.startswith(before)
    assert after.removeprefix(before) == (
        '\n[channels.sms]\nprovider = "telnyx"\n'
        f'public_key = "{PUBLIC_KEY}"\naddress = "+12025550100"\napi_key = "env:SMS_API_KEY"\n'
    )
    assert "  https://sms.salon.example/in/sms\n" in told.output
    assert "  SMS_API_KEY=...    An API key" in told.output


def test_what_was_added_is_what_the_settings_read(convo: Convo, shop: Path) -> None:
    public(shop)
    rate = ("--set", "rate=1 part/s", "--set", "idempotent=false")
    convo("-C", shop, "channel", "add", "sms", *TELNYX, "--set", "address=+12025550100", *rate)
    with (shop / ".env").open("a", encoding="utf-8") as secrets:
        secrets.write("SMS_API_KEY=KEY1\n")
    connection = settings_in(shop).connections["sms"]
    assert (connection.provider, connection.path_token) == ("telnyx", "")
    assert getattr(connection.options, "idempotent") is False  # noqa: B009 - of telnyx alone
    assert convo("-C", shop, "check").exit_code == 0


def test_what_is_needed_is_asked_for(shop: Path) -> None:
    typed = f"+12025550100\n{PUBLIC_KEY}\n"
    words = ["-C", str(shop), "channel", "add", "sms", "--provider", "telnyx"]
    told = CliRunner().invoke(main, words, input=typed)
    assert told.exit_code == 0, told.output
    assert "public_key: The account's public key" in told.output
    assert "https://YOUR-ADDRESS/in/sms" in told.output
    assert "[server] public_url" in told.output
    assert f'public_key = "{PUBLIC_KEY}"' in (shop / "convo.toml").read_text("utf-8")


def test_a_company_of_approved_texts_is_asked_for_a_signature_and_no_address(shop: Path) -> None:
    words = ["-C", str(shop), "channel", "add", "cn", "--provider", "huawei"]
    told = CliRunner().invoke(main, words, input="【沙龙】\nkey\n8823040504797\n")
    assert told.exit_code == 0, told.output
    assert "It sends approved texts only. These are yours: convo templates cn" in told.output
    added = (shop / "convo.toml").read_text("utf-8").partition("[channels.cn]\n")[2]
    assert added == (
        'provider = "huawei"\nsignature = "【沙龙】"\napp_key = "key"\nnumber = "8823040504797"\n'
        'app_secret = "env:CN_APP_SECRET"\npath_token = "env:CN_PATH_TOKEN"\n'
    )
    with (shop / ".env").open("a", encoding="utf-8") as secrets:
        secrets.write("CN_APP_SECRET=secret\n")
    listed = CliRunner().invoke(main, ["-C", str(shop), "templates", "cn"])
    assert listed.output.startswith("missing\n")


ALL = ("api_secret", "signature_secret", "private_key")
VONAGE = ("--set", "api_key=abcd1234", "--set", "address=+12025550100")


@pytest.mark.parametrize(
    ("given", "typed", "secrets"),
    [
        ((), "messages\n", {"api_secret", "signature_secret"}),
        ((), "\n", {"api_secret", "signature_secret"}),
        ((), "sms\n", {"api_secret"}),
        (("--set", "api=sms"), "", {"api_secret"}),
        (
            ("--set", "api=messages", "--set", "application=a1b2"),
            "",
            {"private_key", "signature_secret"},
        ),
    ],
)
def test_what_depends_on_another_setting_is_asked_for_with_its_secrets(
    given: tuple[str, ...], typed: str, secrets: set[str], shop: Path
) -> None:
    public(shop)
    words = ["-C", str(shop), "channel", "add", "sms", "--provider", "vonage", *VONAGE, *given]
    told = CliRunner().invoke(main, words, input=typed)
    assert told.exit_code == 0, told.output
    assert {each for each in ALL if f"  SMS_{each.upper()}=..." in told.output} == secrets
    with (shop / ".env").open("a", encoding="utf-8") as dotenv:
        dotenv.writelines(f"SMS_{each.upper()}=a-secret-of-this-test\n" for each in secrets)
    connection = settings_in(shop).connections["sms"]
    assert connection.provider == "vonage"
    assert bool(connection.path_token) == ("signature_secret" not in secrets)


def test_a_name_that_is_taken_is_answered_with_one_that_is_free(convo: Convo, shop: Path) -> None:
    with (shop / "convo.toml").open("a", encoding="utf-8") as settings:
        for name in ("sms", "telnyx", "telnyx2"):
            settings.write(f'\n[channels.{name}]\nprovider = "log"\n')
    told = convo("-C", shop, "channel", "add", "sms", *TELNYX)
    assert told.exit_code == 2
    assert "convo channel add telnyx3 --provider telnyx" in told.output


def test_a_provider_that_signs_nothing_gets_a_secret_in_its_url(convo: Convo, shop: Path) -> None:
    public(shop)
    told = convo("-C", shop, "channel", "add", "gate", *KANNEL, *BOX)
    assert told.exit_code == 0, told.output
    dotenv = shop / ".env"
    (line,) = [
        each for each in dotenv.read_text("utf-8").splitlines() if each.startswith("GATE_PATH")
    ]
    token = line.partition("=")[2]
    assert len(token) >= 32
    assert f"  https://sms.salon.example/in/gate/{token}\n" in told.output
    assert 'path_token = "env:GATE_PATH_TOKEN"' in (shop / "convo.toml").read_text("utf-8")
    assert stat.S_IMODE(dotenv.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("sms", "--provider", "telnix"), 'Did you mean "telnyx"'),
        (("s ms", *TELNYX), "names no channel"),
        (("terminal", *TELNYX), "convo channel add telnyx --provider telnyx"),
        (("sms", *TELNYX, "--set", "address=+12025550100", "--set", "api_key=KEY1"), "a secret"),
        (("sms", *TELNYX, "--set", "nonsense"), "write it like --set key=value"),
        (("sms", *TELNYX, "--set", "address=+12025550100", "--set", "colour=red"), "no such"),
        (("sms", *TELNYX, "--set", "adress=+12025550100"), 'Did you mean "address"?'),
        (("sms", *TELNYX, "--set", "address="), "give it an address"),
        (("sms", "--provider", "generic_http"), "needs the table send"),
        (("sms", "--provider", "telnyx", "--set", "public_key=x", "--set", "address=1"), "no pub"),
    ],
)
def test_what_will_not_do_is_told_and_nothing_is_written(
    words: tuple[str, ...], what: str, convo: Convo, shop: Path
) -> None:
    with (shop / "convo.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[channels.terminal]\nprovider = "console"\npath_token = "env:X"\n')
    before = (shop / "convo.toml").read_text("utf-8"), (shop / ".env").read_text("utf-8")
    told = convo("-C", shop, "channel", "add", *words)
    assert told.exit_code == 2
    assert what in told.output
    assert ((shop / "convo.toml").read_text("utf-8"), (shop / ".env").read_text("utf-8")) == before
