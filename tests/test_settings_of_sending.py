"""What convo.toml says of how messages leave, and what it may not say."""

import re
from pathlib import Path

import pytest

from convo.core.limits import Limit, Rate
from convo.errors import SettingsError
from convo.settings import Settings, read
from convo.settings.meanings import rate_of
from convo.wiring.brands import OFFERED

WHOLE = """
[business]
name = "Salon Mei"
zone = "America/New_York"
country = "US"
languages = ["en"]

[accounts.twilio]
rate = "10 parts/s"

[registrations.campaign]
rate = "75 parts/min"

[registrations.brand]
per_day = 2000

[channels.main]
provider = "console"
address = "+12025550100"
rate = "1 part/s"
account_limit = "twilio"
registrations = ["campaign", "brand"]

[channels.other]
provider = "console"
address = "+12025550102"
account_limit = "twilio"
"""


def settings(folder: Path, text: str = WHOLE) -> Settings:
    (folder / "convo.toml").write_text(text, "utf-8")
    return read(folder, OFFERED, {})


ACCOUNT = Limit(name="accounts.twilio", rate=Rate(parts=1, every=100))


def test_channels_share_the_limits_that_they_name(tmp_path: Path) -> None:
    channels = settings(tmp_path).business.channels
    assert channels["main"].limit == Limit(name="channels.main", rate=Rate(parts=1, every=1_000))
    assert channels["main"].shared_limits == (
        ACCOUNT,
        Limit(name="registrations.campaign", rate=Rate(parts=1, every=800)),
        Limit(name="registrations.brand", per_day=2_000, zone="America/Los_Angeles"),
    )
    assert channels["other"].limit is None
    assert channels["other"].shared_limits == (ACCOUNT,)


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("1 part/s", Rate(parts=1, every=1_000)),
        ("2.5 parts per second", Rate(parts=1, every=400)),
        ("100 parts/min", Rate(parts=1, every=600)),
        ("0.001 parts/s", Rate(parts=1, every=1_000_000)),
        ("90 parts an hour", Rate(parts=1, every=40_000)),
        ("1000 parts/s", Rate(parts=1, every=1)),
    ],
)
def test_a_rate_is_read_without_rounding(written: str, rate: Rate) -> None:
    assert rate_of(written) == rate


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'account_limit = "twilio"\nregistrations',
            'account_limit = "twillio"\nregistrations',
            'channels.main.account_limit: there is no [accounts.twillio]. Did you mean "twilio"?',
        ),
        (
            '["campaign", "brand"]',
            '["campaign", "brand", "x"]',
            "channels.main.registrations: there is no [registrations.x].",
        ),
        (
            '["campaign", "brand"]',
            '["campaign"]',
            "registrations.brand: no channel names it, so it would limit nothing.",
        ),
        (
            "per_day = 2000",
            "per_day = 200",
            "registrations.brand.per_day: input should be greater than or equal to 500",
        ),
        ('"75 parts/min"', '"75/min"', 'registrations.campaign.rate: "75/min" is no rate'),
        ("per_day = 2000", 'zone = "America/Los_Angels"', "registrations.brand.zone"),
    ],
)
def test_what_limits_nothing_is_told(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert WHOLE.count(old) == 1
    with pytest.raises(SettingsError) as told:
        settings(tmp_path, WHOLE.replace(old, new))
    assert complaint in str(told.value)


def test_a_channel_sends_the_next_text_when_the_one_before_is_sent_or_delivered(
    tmp_path: Path,
) -> None:
    text = WHOLE.replace('rate = "1 part/s"', 'rate = "1 part/s"\norder = "delivered"')
    channels = settings(tmp_path, text).business.channels
    assert (channels["main"].order, channels["other"].order) == ("delivered", "sent")


DOUBTS = '\n[doubts]\nwithin = "10s"\ngrace = "{grace}"\n'
ON_REDIS = '\n[store]\nurl = "redis://localhost:6379/0"\n'


def test_where_several_send_nothing_is_taken_over_before_its_send_has_ended(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError) as told:
        settings(tmp_path, WHOLE + ON_REDIS + DOUBTS.format(grace="9s"))
    assert 'doubts.grace: "9s" is shorter than a send may take ("10s")' in str(told.value)
    read_back = settings(tmp_path, WHOLE + ON_REDIS + DOUBTS.format(grace="10s"))
    assert (read_back.send_within, read_back.doubt_grace) == (10.0, 10.0)


def test_one_process_knows_when_its_own_sends_have_ended(tmp_path: Path) -> None:
    read_back = settings(tmp_path, WHOLE + DOUBTS.format(grace="1s"))
    assert read_back.doubt_grace == 1.0


def test_a_channel_tells_what_a_part_costs(tmp_path: Path) -> None:
    channels = settings(
        tmp_path, WHOLE.replace('rate = "1 part/s"', 'rate = "1 part/s"\nprice = "0.0079 usd"')
    ).business.channels
    assert channels["main"].cost(3, "GSM-7") == "0.0237 USD"
    assert channels["main"].cost(1, "MMS") == ""
    assert channels["other"].cost(3, "GSM-7") == ""


@pytest.mark.parametrize(
    ("price", "advice"),
    [
        ("cheap", 'Write it like "0.0079 USD".'),
        ("-1 USD", 'Write it like "0.0079 USD".'),
        ("0.0079", 'Write it like "0.0079 USD".'),
        ("1 USX", "is no currency"),
    ],
)
def test_a_price_that_is_none_is_told_with_how_to_write_it(
    tmp_path: Path, price: str, advice: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(advice)):
        settings(
            tmp_path,
            WHOLE.replace('rate = "1 part/s"', f'rate = "1 part/s"\nprice = "{price}"'),
        )
