"""The page about convo.toml says what the code says."""

from pathlib import Path

from convo.cli.reference import PAGE, page
from convo.settings.sections import ConvoToml
from convo.wiring import PROVIDERS

ROOT = Path(__file__).parent.parent.parent


def test_the_page_in_the_docs_is_up_to_date() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == page(), "call `make docs`"


def test_every_setting_has_its_line_and_its_words() -> None:
    text = page()
    for name in ConvoToml.model_fields:
        assert f"## [{name}" in text
    for name, brand in PROVIDERS.items():
        assert f"### {name}\n" in text
        assert all(
            f"| `{field.alias or key}` |" in text
            for key, field in brand.options.model_fields.items()
        )
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    bare = [row for row in rows if row.endswith("|  |")]
    assert bare == []


def test_no_secret_of_the_defaults_is_on_the_page() -> None:
    assert "SecretStr" not in page()
    assert "typing." not in page()
    assert "<class" not in page()
