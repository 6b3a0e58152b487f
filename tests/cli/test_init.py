"""`convo init` makes a business that works at once, and destroys nothing."""

import stat
from pathlib import Path

import pytest

from convo.cli.init import FIRST_WORDS, TEMPLATES
from convo.wiring.authored import authored, settings_in
from tests.cli.conftest import Convo

EVERY = [(template, lang) for template in TEMPLATES for lang in ("en", "zh")]


@pytest.mark.parametrize(("template", "lang"), EVERY)
def test_a_new_business_has_nothing_to_complain_of(
    template: str, lang: str, convo: Convo, tmp_path: Path
) -> None:
    folder = tmp_path / "my-shop"
    answer = convo("init", folder, "--lang", lang, "--template", template)
    assert answer.exit_code == 0, answer.output
    assert "convo run" in answer.output
    assert FIRST_WORDS[template, lang] in answer.output
    check = convo("-C", folder, "check")
    assert check.exit_code == 0, check.output
    business = settings_in(folder).business
    assert business.name == "My Shop"
    assert business.languages == (lang,)
    found = authored(settings_in(folder))
    assert found.playbook.start_words.whole(FIRST_WORDS[template, lang]) is not None
    assert "hours" in found.playbook.keywords or "营业时间" in found.playbook.keywords


@pytest.mark.parametrize(("template", "lang"), EVERY)
def test_the_chats_of_a_new_business_pass(
    template: str, lang: str, convo: Convo, tmp_path: Path
) -> None:
    convo("init", tmp_path / "shop", "--lang", lang, "--template", template)
    answer = convo("-C", tmp_path / "shop", "test")
    assert answer.exit_code == 0, answer.output


def test_a_new_business_has_its_chats_and_its_calendar(convo: Convo, tmp_path: Path) -> None:
    convo("init", tmp_path / "shop")
    made = {p.relative_to(tmp_path / "shop").as_posix() for p in (tmp_path / "shop").rglob("*")}
    assert made >= {
        ".env",
        ".env.example",
        ".gitignore",
        "README.md",
        "convo.toml",
        "flows/booking.yaml",
        "flows/tests/booking.chat",
        "keyword_handlers/calendar.py",
        "keyword_handlers/hours.py",
    }


def test_nothing_that_is_there_is_overwritten(convo: Convo, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    mine = {"convo.toml": "mine", "flows/booking.yaml": "mine, too", ".env": "A=1"}
    for path, text in mine.items():
        (tmp_path / path).write_text(text, "utf-8")
    answer = convo("init", tmp_path)
    assert answer.exit_code == 0
    assert f"kept  {tmp_path / 'convo.toml'}" in answer.output
    assert f"made  {tmp_path / 'README.md'}" in answer.output
    assert {path: (tmp_path / path).read_text("utf-8") for path in mine} == mine


def test_every_business_gets_a_token_of_its_own(convo: Convo, tmp_path: Path) -> None:
    tokens: set[str] = set()
    for name in ("one", "two"):
        convo("init", tmp_path / name)
        file = tmp_path / name / ".env"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        tokens.add(settings_in(tmp_path / name).connections["main"].path_token)
    assert len(tokens) == 2
    assert all(len(token) >= 32 for token in tokens)


def test_name_zone_and_country_may_be_given(convo: Convo, tmp_path: Path) -> None:
    convo("init", tmp_path, "--name", "Café Ünï", "--zone", "America/New_York", "--country", "us")
    business = settings_in(tmp_path).business
    assert (business.name, business.zone) == ("Café Ünï", "America/New_York")
    assert business.country == "US"


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--zone", "Europe/Londn", 'Did you mean "Europe/London"?'),
        ("--country", "Chna", 'Did you mean "CN"?'),
        ("--name", 'the "best" {{shop}}', "leave out"),
        ("--lang", "fr", "is not one of"),
        ("--template", "shop", "is not one of"),
    ],
)
def test_what_would_not_hold_is_refused_before_anything_is_made(
    option: str, value: str, said: str, convo: Convo, tmp_path: Path
) -> None:
    answer = convo("init", tmp_path / "shop", option, value)
    assert answer.exit_code == 2
    assert said in answer.output
    assert not (tmp_path / "shop").exists()
