"""convo.toml is read whole, or every mistake in it is told at once: where it is, how to mend it."""

# ruff: noqa: E501 - the table of mistakes is read across

from collections.abc import Mapping
from pathlib import Path

import pytest

from convo.core.business import Law, Programme
from convo.core.hours import daily
from convo.core.limits import Limit, Rate
from convo.core.numbers import PhoneNumber, ShortCode
from convo.errors import SettingsError
from convo.settings import Settings, read
from convo.settings.references import dotenv
from convo.wiring.brands import OFFERED

WHOLE = """
[business]
name = "Salon Mei"
zone = "Asia/Shanghai"
country = "CN"
languages = ["en", "zh"]

[store]
url = "sqlite:data/convo.db"
dedupe_days = 3

[server]
public_url = "https://sms.salon.example/"
bind = "127.0.0.1:8123"

[channels.main]
provider = "twilio"
address = "+12025550100"
account = "env:TWILIO_ACCOUNT_SID"
token = "env:TWILIO_AUTH_TOKEN"
rate = "100 parts/min"
signature = "Salon Mei: "
optout_reply = "provider"
fallback = "main_menu"

[channels.short]
provider = "kannel"
address = "12345"
sendsms_url = "http://127.0.0.1:13013/cgi-bin/sendsms"
username = "convo"
password = "file:kannel.secret"
path_token = "env:KANNEL_PATH_TOKEN"

[programmes.survey]
about = "About two survey texts a month"
double_opt_in = true

[contact]
fan = "yes_no"

[anytime]
menu = {words = ["menu", "菜单"], flow = "main_menu"}

[quiet]
marketing = "9:00-20:30"

[law]
default = "eu"
countries = {GB = "strict"}

[own_systems]
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

[events]
url = "https://crm.salon.example/events"

[codes.spring]
file = "spring.txt"

[doubts]
service = "once"
grace = "2m"
"""

SMALL = """
[business]
name = "Shop"
zone = "Europe/London"
country = "GB"
languages = ["en"]

[channels.main]
provider = "console"
"""

SECRETS = {
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_AUTH_TOKEN": "a-token-nobody-may-see",
    "KANNEL_PATH_TOKEN": "a-path-nobody-may-see",
}


def settings(folder: Path, text: str, process: Mapping[str, str] = SECRETS) -> Settings:
    (folder / "convo.toml").write_text(text, "utf-8")
    (folder / "spring.txt").write_text("\ufeffA-1\n\n A-2 \r\nA-3", "utf-8")
    (folder / "kannel.secret").write_text("kannel-secret-nobody-may-see\n", "utf-8")
    return read(folder, OFFERED, process)


def complaints(folder: Path, text: str, process: Mapping[str, str] = SECRETS) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        settings(folder, text, process)
    return raised.value.problems


def changed(old: str, new: str, text: str = WHOLE) -> str:
    assert old in text
    return text.replace(old, new)


def test_everything_that_is_written_is_read(tmp_path: Path) -> None:
    read_back = settings(tmp_path, WHOLE)
    business = read_back.business
    assert (business.name, business.zone, business.country) == ("Salon Mei", "Asia/Shanghai", "CN")
    assert business.languages == ("en", "zh")
    assert business.currency == "CNY"
    assert business.programmes == {
        "survey": Programme(
            name="survey", about="About two survey texts a month", double_opt_in=True
        )
    }
    assert business.contact_fields == {"fan": "yes_no"}
    assert business.quiet == {"marketing": daily(9 * 60, 20 * 60 + 30)}
    assert business.law == Law(default="eu", countries={"GB": "strict"})
    main, short = business.channels["main"], business.channels["short"]
    assert main.address == PhoneNumber("+12025550100")
    assert main.limit == Limit(name="channels.main", rate=Rate(parts=1, every=600))
    assert main.signature == "Salon Mei: "
    assert main.optout_reply == "provider"
    assert main.fallback == {"": "main_menu"}
    assert short.address == ShortCode("12345")
    assert short.limit is None
    assert read_back.store == f"sqlite:{tmp_path}/data/convo.db"
    assert (read_back.dedupe_days, read_back.retention_days) == (3, 180)
    assert read_back.public_url == "https://sms.salon.example"
    assert (read_back.host, read_back.port) == ("127.0.0.1", 8123)
    assert read_back.local_url == "http://127.0.0.1:8123"
    assert read_back.flows == tmp_path / "flows"
    assert read_back.handlers == tmp_path / "keyword_handlers"
    assert read_back.connections["short"].path_token == SECRETS["KANNEL_PATH_TOKEN"]
    assert [(each.words, each.flow) for each in read_back.anytime] == [
        (("menu", "菜单"), "main_menu")
    ]
    assert read_back.doubts == {
        "service": "once", "otp": "once", "marketing": "hold", "emergency": "once"
    }  # fmt: skip
    assert read_back.doubt_grace == 120.0
    assert len(read_back.own_systems_secret) == 24
    assert business.code_pools == {"spring": ("A-1", "A-2", "A-3")}
    assert business.events_url == "https://crm.salon.example/events"


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    read_back = settings(tmp_path, SMALL, {})
    assert read_back.store == f"sqlite:{tmp_path}/data/convo.db"
    assert read_back.local_url == "http://127.0.0.1:8000"
    assert read_back.doubts["service"] == "hold"
    assert read_back.doubt_grace == 30.0
    assert read_back.business.quiet == {}
    assert read_back.business.events_url == ""
    assert (read_back.public_url, read_back.secret, read_back.own_systems_secret) == ("", "", b"")


def test_the_currency_is_the_country_s_unless_another_is_named(tmp_path: Path) -> None:
    other = WHOLE.replace('country = "CN"', 'country = "CN"\ncurrency = "usd"')
    assert settings(tmp_path, other).business.currency == "USD"
    nowhere = WHOLE.replace('country = "CN"', 'country = "AQ"')
    assert settings(tmp_path, nowhere).business.currency == ""


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ('"env:NEW"', ("the-new-token-of-a-test",)),
        ('["env:NEW", "env:OLD"]', ("the-new-token-of-a-test", "the-old-token-of-a-test")),
        ("[]", ()),
    ],
)
def test_own_systems_may_have_one_token_or_two_while_it_is_replaced(
    written: str, tokens: tuple[str, ...], tmp_path: Path
) -> None:
    text = SMALL + f"\n[server]\napi_token = {written}\n"
    process = {"NEW": "the-new-token-of-a-test", "OLD": "the-old-token-of-a-test"}
    read_back = settings(tmp_path, text, process)
    assert read_back.api_tokens == tokens
    assert "token-of-a-test" not in repr(read_back)


def test_no_secret_and_no_number_is_in_any_repr(tmp_path: Path) -> None:
    shown = repr(settings(tmp_path, WHOLE))
    assert "nobody-may-see" not in shown
    assert "12025550100" not in shown
    assert "whsec" not in shown


def test_an_exported_variable_wins_over_the_dotenv_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TWILIO_ACCOUNT_SID=ACdotenv\nKANNEL_PATH_TOKEN='of the file'\n")
    said = complaints(tmp_path, WHOLE, {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"})
    assert len(said) == 1
    assert "channels.short.path_token" in said[0]
    assert "of the file" not in said[0]


def test_a_dotenv_file_is_read_as_shells_write_it() -> None:
    text = "# a comment\n\nA=1\nexport B = two words # not this\nC='#3'\nD=\"4\"\nE=\nnonsense\n"
    assert dotenv(text) == {"A": "1", "B": "two words", "C": "#3", "D": "4", "E": ""}


def test_all_mistakes_are_told_at_once_and_in_their_order(tmp_path: Path) -> None:
    text = changed('"Asia/Shanghai"', '"Asia/Shangai"')
    text = changed("100 parts/min", "fast", text)
    text = changed('fan = "yes_no"', 'fan = "yesno"', text)
    said = complaints(tmp_path, text)
    assert [line.split(": ")[1] for line in said] == [
        "business.zone",
        "channels.main.rate",
        "contact.fan",
    ]
    numbers = [int(line.split(":")[1]) for line in said]
    assert numbers == sorted(numbers)
    assert text.splitlines()[numbers[0] - 1] == 'zone = "Asia/Shangai"'


#: What is changed in WHOLE, into what, and what must be said of it.
MISTAKES: list[tuple[str, str, str]] = [
    ('"Asia/Shanghai"', '"Asia/Shangai"', 'business.zone: "Asia/Shangai" is no IANA time zone. Did you mean "Asia/Shanghai"?'),
    ('"Asia/Shanghai"', '"Shanghai"', 'Did you mean "Asia/Shanghai"?'),
    ('"Asia/Shanghai"', '"../etc/passwd"', "is no IANA time zone"),
    ('country = "CN"', 'country = "China"', 'business.country: "China" is no country of ISO 3166. Did you mean "CN"?'),
    ('country = "CN"', 'country = "cn"', 'Did you mean "CN"?'),
    ('country = "CN"', 'country = "XX"', "It is two letters"),
    ('country = "CN"', 'country = "CN"\ncurrency = "RMB"', 'business.currency: "RMB" is no currency.'),
    ('["en", "zh"]', '["en", "xx"]', 'business.languages: "xx" will not do. One of: '),
    ('["en", "zh"]', '["en", "en"]', 'business.languages: "en" stands in it twice'),
    ('["en", "zh"]', "[]", "business.languages: it is empty"),
    ('["en", "zh"]', '"en"', "business.languages: it must be a list"),
    ('name = "Salon Mei"', "name = 5", "business.name: it must be a text in quotes"),
    ('name = "Salon Mei"', 'name = " "', "business.name: it is empty"),
    ('name = "Salon Mei"', 'nane = "x"', 'business.nane: there is no such setting. Did you mean "name"?'),
    ('name = "Salon Mei"', "", "business.name: it is missing. The name that people know you by."),
    ('"sqlite:data/convo.db"', '"redis://localhost:6379/first"', 'store.url: "first" is no number of a database'),
    ('"sqlite:data/convo.db"', '"rediss://:secret@/0"', "store.url: there is no host in it"),
    ('"sqlite:data/convo.db"', '"redis://secret@localhost"', "store.url: before the @ stand a user and a password"),
    ("dedupe_days = 3", "dedupe_days = 3\npartitions = 0", "store.partitions: input should be greater than"),
    ('"sqlite:data/convo.db"', '"postgres://x"', 'store.url: "postgres:" is no store'),
    ('"sqlite:data/convo.db"', '"data/convo.db"', "store.url: this is no store's URL"),
    ("dedupe_days = 3", "dedupe_days = 0", "store.dedupe_days: input should be greater than"),
    ("dedupe_days = 3", 'dedupe_days = "three"', "store.dedupe_days: it must be a whole number"),
    ('"https://sms.salon.example/"', '"sms.salon.example"', "is no web address"),
    ('"https://sms.salon.example/"', '"https://a@b.example"', "no user, no ? and no #"),
    ('"127.0.0.1:8123"', '"localhost"', 'server.bind: "localhost" is no host and port'),
    ('"127.0.0.1:8123"', '"127.0.0.1:99999"', "is no host and port"),
    ('bind = "127', 'api_token = "short"\nbind = "127', "server.api_token: it has fewer than 16 characters"),
    ('bind = "127', 'api_token = ["0123456789abcdef", "0123456789 abcdef"]\nbind = "127', "server.api_token: it is to stand in a header"),
    ('bind = "127', 'api_token = 5\nbind = "127', "server.api_token: it must be a list"),
    ('bind = "127', 'api_token = "env:NO_SUCH"\nbind = "127', "server.api_token: the environment variable NO_SUCH is not set"),
    ('bind = "127', 'secret = "short"\nbind = "127', "server.secret: it has fewer than 32 characters"),
    ('provider = "twilio"', 'provider = "twillio"', 'channels.main.provider: "twillio" is no provider that Convo knows. Did you mean "twilio"?'),
    ('provider = "twilio"', "", "channels.main.provider: it is missing"),
    ('"+12025550100"', '"+0123"', 'channels.main.address: "+0123" cannot send texts. A phone number is'),
    ('"+12025550100"', '"Salon Mei of Shanghai"', "A sender name is 1 to 11 letters"),
    ('"100 parts/min"', '"0 parts/s"', 'channels.main.rate: "0 parts/s" is no rate. Write it like'),
    ('"100 parts/min"', "5", "channels.main.rate: it must be a text in quotes"),
    ('optout_reply = "provider"', 'optout_reply = "prvider"', 'Did you mean "provider"?'),
    ('token = "env:TWILIO_AUTH_TOKEN"', 'tokn = "x"', 'channels.main.tokn: there is no such setting. Did you mean "token"?'),
    ('token = "env:TWILIO_AUTH_TOKEN"', "", "channels.main.token: it is missing. The account's auth token"),
    ('"env:TWILIO_AUTH_TOKEN"', '"env:TWILIO_AUTH_TOKN"', 'channels.main.token: the environment variable TWILIO_AUTH_TOKN is not set. Export it, or write TWILIO_AUTH_TOKN=... into the file .env beside convo.toml. Did you mean "env:TWILIO_AUTH_TOKEN"?'),
    ('"file:kannel.secret"', '"file:gone.secret"', "channels.short.password: the file gone.secret cannot be read (No such file or directory)"),
    ('"env:KANNEL_PATH_TOKEN"', '"short"', "channels.short.path_token: it has fewer than 16 characters"),
    ('"env:KANNEL_PATH_TOKEN"', '"with a / and some blanks"', "it is to stand in a path"),
    ('about = "About two survey texts a month"', "", "programmes.survey.about: it is missing"),
    ('fallback = "main_menu"', "fallback = 7", "channels.main.fallback: it must be a text in quotes"),
    ('fallback = "main_menu"', 'fallback = {en = "Text MENU.", chinese = "菜单"}', 'channels.main.fallback: "chinese" is no language'),
    ("double_opt_in = true", 'double_opt_in = "perhaps"', "programmes.survey.double_opt_in: it must be true or false"),
    ('fan = "yes_no"', 'fan = "yesno"', 'contact.fan: "yesno" will not do. Did you mean "yes_no"?'),
    ('flow = "main_menu"}', 'flw = "main_menu"}', 'anytime.menu.flw: there is no such setting. Did you mean "flow"?'),
    ('words = ["menu", "菜单"]', "words = []", "anytime.menu.words: it is empty. The words."),
    ("[anytime]", '[anytime]\nhome = {words = ["Menu"], flow = "x"}', 'anytime.menu: "menu" is a word of "home" too. One must go.'),
    ("marketing = ", "marketin = ", 'quiet.marketin: "marketin" will not do. Did you mean "marketing"?'),
    ('default = "eu"', 'default = "uk"', 'law.default: "uk" is no law profile. One of: us, ca, cn, eu, strict.'),
    ('{GB = "strict"}', '{UK = "strict"}', '"UK" is no country of ISO 3166.'),
    ('"9:00-20:30"', '"nine to five"', 'quiet.marketing: "nine to five" is no span of hours. Write it like'),
    ('"9:00-20:30"', '"20:00-8:00"', "ends before it begins"),
    ('"9:00-20:30"', '"9:75-20:00"', "names a time that no day has"),
    ('"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"', '"whsec_!"', "own_systems.secret: what follows whsec_ is no base64"),
    ("https://crm.salon.example/events", "http://crm.salon.example/events", "events.url: http:// would show numbers"),
    ("https://crm.salon.example/events", "crm.salon.example", 'events.url: "crm.salon.example" is no web address'),
    ('fan = "yes_no"', 'tags = "text"', 'contact: every contact has "tags" already'),
    ('"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"', '"short"', "own_systems.secret: it has fewer than 24 bytes"),
    ('service = "once"', 'service = "twice"', 'doubts.service: "twice" will not do. One of: once, hold.'),
    ("[doubts]", '[folders]\nhandlers = "json"\n[doubts]', 'folders.handlers: "json" cannot be the name of a Python package'),
    ('grace = "2m"', 'grace = "2 hours"', 'doubts.grace: "2 hours" is no length of time. Write it like "500ms", "30s" or "2m".'),
    ("[doubts]", "[dubts]", 'dubts: there is no such setting. Did you mean "doubts"?'),
    ('fallback = "main_menu"', 'reach = "email"', 'channels.main.reach: it names a field of the contact: write `email = "text"` under [contact].'),
    ('fallback = "main_menu"', 'reach = "fan"', "channels.main.reach: it names a field of the contact"),
    ("[channels.short]", '[channels.short]\nmedia = "mms"', "channels.short.media: kannel carries no pictures."),
    ("[doubts]", '[channels.mail]\nprovider = "smtp"\nhost = "x"\nsender = "a@b.example"\nsubject = "x"\n[doubts]', 'channels.mail: it is missing who gets the mail'),
    ("[channels.main]", "[channels.ma-in]", "channels.ma-in: a channel's name stands in web addresses"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_key_and_how_to_mend_it(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    told = "\n".join(complaints(tmp_path, changed(old, new)))
    assert said in told
    assert all(line.startswith("convo.toml:") for line in told.splitlines())


def test_a_variable_that_is_empty_is_as_good_as_unset(tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, WHOLE, {**SECRETS, "TWILIO_AUTH_TOKEN": ""})
    assert "the environment variable TWILIO_AUTH_TOKEN is empty" in said


def test_a_secret_that_is_wrong_is_not_shown(tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, WHOLE, {**SECRETS, "TWILIO_ACCOUNT_SID": "hush"})
    assert "channels.main.account" in said
    assert "hush" not in said


def test_a_business_without_channels_is_told_so(tmp_path: Path) -> None:
    text = SMALL.partition("[channels")[0]
    assert complaints(tmp_path, text) == (
        "convo.toml: channels: it is missing. One of your numbers at one provider. Its own "
        "settings are listed by provider below.",
    )
    (said,) = complaints(tmp_path, f"{text}\n[channels]\n")
    assert said.endswith("channels: there is none. Write [channels.main] and its provider.")


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, "[business]\nname = Salon Mei\n")
    assert said.startswith("convo.toml:2: this is no TOML: invalid value.")


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read .* convo init DIR"):
        read(tmp_path, OFFERED, {})


def test_a_file_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    (tmp_path / "convo.toml").write_bytes("名 = 1".encode("gb18030"))
    with pytest.raises(SettingsError, match="it is not UTF-8"):
        read(tmp_path, OFFERED, {})


def test_the_example_business_has_settings_that_hold() -> None:
    example = read(Path(__file__).parent.parent, OFFERED, {})
    assert example.business.name == "Salon Mei"
    assert example.connections["main"].provider == "console"


@pytest.mark.parametrize(
    ("server", "outside"),
    [
        ('public_url = "https://sms.salon.example"', True),
        ('bind = "0.0.0.0:8000"', True),
        ('bind = "[::1]:8000"\npublic_url = "http://127.0.0.1:8000"', False),
    ],
)
def test_the_tokens_of_the_example_are_for_this_machine_alone(
    tmp_path: Path, server: str, outside: bool
) -> None:
    known = f'\n[server]\n{server}\napi_token = "own-systems-of-the-example-business"\n'
    text = f'{SMALL}path_token = "terminal-of-the-example-business"\n{known}'
    if outside:
        found = complaints(tmp_path, text)
        assert [each.split(": ")[1] for each in found] == [
            "channels.main.path_token",
            "server.api_token",
        ]
        assert "known to everybody" in found[0]
        assert "terminal-of" not in found[0]
    else:
        assert settings(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A-1\nA-2\n\nA-1\n", "line 4 is the same as line 1"),
        ("A-1\nA 2\n", "line 2 is no code"),
        ("A" * 41, "line 1 is no code"),
        ("\n \n", "there is no code in it"),
    ],
)
def test_codes_that_cannot_be_given_are_told_by_their_line_and_never_shown(
    tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "bad.txt").write_text(text, "utf-8")
    (said,) = complaints(tmp_path, changed('"spring.txt"', '"bad.txt"'))
    assert "codes.spring.file: bad.txt: " in said
    assert told in said
    assert "A-" not in said


def test_a_file_of_codes_that_is_not_there_is_told(tmp_path: Path) -> None:
    (said,) = complaints(tmp_path, changed('"spring.txt"', '"sprig.txt"'))
    assert "codes.spring.file: sprig.txt: it cannot be read" in said


def test_nothing_shows_a_code(tmp_path: Path) -> None:
    assert "A-1" not in repr(settings(tmp_path, WHOLE))


GATEWAY = """
[channels.own]
provider = "generic_http"
path_token = "a-token-of-the-tests-0123"
send = {url = "https://gateway.example/send"}
"""
NUMBERED = GATEWAY + 'incoming = {part = {ref = "udh_ref", number = "udh_no", count = "udh_of"}}\n'


@pytest.mark.parametrize(
    ("channel", "waits"),
    [
        (GATEWAY, True),
        (NUMBERED, False),
        (GATEWAY + "joins = false\n", False),
        (NUMBERED + "joins = true\n", True),
    ],
)
def test_who_joins_the_parts_of_a_long_text_goes_by_the_provider_and_may_be_said(
    tmp_path: Path, channel: str, waits: bool
) -> None:
    channels = settings(tmp_path, WHOLE + channel).business.channels
    assert channels["own"].joins is waits
    assert not channels["main"].joins
    assert not channels["short"].joins


PICTURED = GATEWAY.replace(
    'send"}', 'send", format = "json", body = \'{"to": {{to}}, "media": {{media}}}\'}'
)
NORTH = frozenset({"US", "CA"})


@pytest.mark.parametrize(
    ("channel", "said", "expected"),
    [
        ("main", "", NORTH),  # twilio, from a number of the United States
        ("main", 'media = "link"', frozenset()),
        ("main", 'media = "mms"', NORTH),
        ("short", "", frozenset()),  # kannel carries none
        ("own", "", frozenset()),  # a gateway without an address, in China
        ("own", 'media = "mms"', NORTH | {"CN"}),
        ("own", 'media = "mms"\naddress = "+447400123501"', NORTH | {"GB"}),
        ("own", 'media = "mms"\naddress = "SALON"', frozenset()),
        ("own", 'address = "+16135550123"', NORTH),
    ],
)
def test_whom_pictures_reach_as_mms_goes_by_provider_and_country_and_may_be_said(
    tmp_path: Path, channel: str, said: str, expected: frozenset[str]
) -> None:
    head = f"[channels.{channel}]\n"
    written = (WHOLE + PICTURED).replace(head, f"{head}{said}\n")
    assert settings(tmp_path, written).business.channels[channel].mms == expected
