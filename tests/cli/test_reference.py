"""The pages of reference say what the code says."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from convo.cli import flow_reference, settings_reference
from convo.cli.settings_reference import page
from convo.settings.sections import ConvoToml
from convo.steps import KINDS
from convo.wiring import PROVIDERS

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("reference", [settings_reference, flow_reference])
def test_the_page_in_the_docs_is_up_to_date(reference: ModuleType) -> None:
    assert (ROOT / reference.PAGE).read_text("utf-8") == reference.page(), "call `make docs`"


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


def test_no_default_is_shown_as_python_has_it() -> None:
    for text in (settings_reference.page(), flow_reference.page()):
        assert not re.findall(r"\w+=\(|\b\w+\(\w+=|\d:\d\d:\d\d", text)
    assert "| `within` | `30s` |" in flow_reference.page()


def test_tables_that_are_alike_are_shown_once() -> None:
    titles = [line for line in settings_reference.page().splitlines() if line.startswith("#### ")]
    assert "#### auth.query_token, auth.header_token" in titles
    assert any(title.endswith("lookup.sent, lookup.not_sent") for title in titles)


def test_no_secret_of_the_defaults_is_on_the_page() -> None:
    assert "SecretStr" not in page()
    assert "typing." not in page()
    assert "<class" not in page()


def test_every_step_kind_has_its_example() -> None:
    text = flow_reference.page()
    for name in KINDS:
        about = text.partition(f"### {name}\n")[2].partition("\n### ")[0]
        assert f"  {name}:" in about.partition("```yaml")[2].partition("```")[0], name
