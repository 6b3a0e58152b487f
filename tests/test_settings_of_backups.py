"""Which channels can carry the texts of another, and which convo.toml refuses."""

from pathlib import Path

import pytest

from convo.errors import SettingsError
from convo.settings import Settings, read
from convo.wiring.brands import OFFERED

WHOLE = """
[business]
name = "Salon Mei"
zone = "America/New_York"
country = "US"
languages = ["en"]

[contact]
email = "text"

[channels.main]
provider = "console"
address = "+12025550100"
signature = "Salon Mei: "
backups = ["other"]

[channels.other]
provider = "console"
address = "+12025550102"
signature = "Salon Mei: "
"""


def settings(folder: Path, text: str = WHOLE) -> Settings:
    (folder / "convo.toml").write_text(text, "utf-8")
    return read(folder, OFFERED, {})


def test_a_channel_names_who_carries_its_texts_when_it_fails(tmp_path: Path) -> None:
    channels = settings(tmp_path).business.channels
    assert channels["main"].backups == ("other",)
    assert channels["other"].backups == ()


def test_two_channels_may_be_each_others_backups(tmp_path: Path) -> None:
    channels = settings(tmp_path, f'{WHOLE}backups = ["main"]\n').business.channels
    assert channels["other"].backups == ("main",)


END = '"+12025550102"\nsignature = "Salon Mei: "\n'


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('["other"]', '["othr"]', 'there is no channel "othr". Did you mean "other"?'),
        ('["other"]', '["main"]', '"main" stands in it already.'),
        ('["other"]', '["other", "other"]', '"other" stands in it already.'),
        (END, '"+12025550102"\n', "it signs otherwise. Give both the same `signature`"),
        (END, f'{END}signatures = ["Mei: "]\n', "it signs otherwise."),
        (END, f'{END}sign_at = "end"\n', "it signs otherwise."),
        (END, f'{END}opt_out = "Text STOP to end"\n', "its marketing ends otherwise."),
        (END, f'{END}reach = "email"\n', "it reaches people by something else."),
        (END, f"{END}joins = true\n", "parts of long texts come otherwise."),
        ('"+12025550102"', '"+447700900102"', "its number is of GB, and not of US."),
        (
            'provider = "console"\naddress = "+12025550102"',
            'provider = "log"\nfile = "out.jsonl"',
            "only one of the two can be answered.",
        ),
        (
            'provider = "console"\naddress = "+12025550102"',
            'provider = "twilio"\naccount = "AC00000000000000000000000000000001"\n'
            'token = "t"\naddress = "+12025550102"',
            "it carries pictures otherwise. Give both one `media`.",
        ),
        (
            'provider = "console"\naddress = "+12025550102"',
            'provider = "aliyun"\naccess_key_id = "k"\naccess_key_secret = "s"\n'
            'address = "+12025550102"',
            "it has other templates approved.",
        ),
    ],
)
def test_who_could_not_send_the_same_text_is_no_backup(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert WHOLE.count(old) == 1
    with pytest.raises(SettingsError) as told:
        settings(tmp_path, WHOLE.replace(old, new))
    assert f"channels.main.backups: {complaint}" in str(told.value) or (
        f'channels.main.backups: "other" cannot carry the texts of "main": {complaint}'
        in str(told.value)
    )
