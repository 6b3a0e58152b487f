"""S26: `convo check` shows what each emoji costs, and refuses more of them than a text may have."""

from pathlib import Path

from tests.cli.conftest import Convo, convo, free_port, shop

__all__ = ["convo", "free_port", "shop"]

FLOW = """\
flow: party
{more}start: {{words: [party]}}
steps:
  a: {{say: "{text}", go: end}}
"""
LONG = "Come to our party on Friday at eight! There will be cake and music: bring a friend."


def checked(convo: Convo, shop: Path, text: str, more: str = ""):
    (shop / "flows" / "party.yaml").write_text(FLOW.format(text=text, more=more), "utf-8")
    return convo("-C", shop, "check")


def test_each_emoji_is_shown_with_the_encoding_and_the_parts_that_it_costs(
    convo: Convo, shop: Path
) -> None:
    answer = checked(convo, shop, f"{LONG} 🎉")
    assert answer.exit_code == 0
    assert "flows/party.yaml:4:12: 🎉 in en: 2 units" in answer.output
    assert "emoji make the text UCS-2: 2 parts instead of 1" in answer.output
    two = checked(convo, shop, f"{LONG} 🎉👍🏽").output
    assert "🎉 in en: 2 units" in two
    assert "👍🏽 in en: 4 units" in two
    assert "Note" not in checked(convo, shop, LONG).output


def test_more_emoji_than_the_text_may_have_are_refused(convo: Convo, shop: Path) -> None:
    answer = checked(convo, shop, "Party 🎉👍🏽", "emoji: 1\n")
    assert answer.exit_code == 1
    assert "This text has 2 emoji (🎉 👍🏽); 1 are wanted." in answer.output
    assert checked(convo, shop, "Party 👍🏽", "emoji: 1\n").exit_code == 0
    with (shop / "convo.toml").open("a", encoding="utf-8") as file:
        file.write("\n[texts]\nemoji = 0\n")
    assert checked(convo, shop, "Party 👍🏽").exit_code == 1
