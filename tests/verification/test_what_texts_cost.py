"""Texts at their longest: over the budget, with too many emoji, with another's signature."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from convo.core.business import Business
from convo.core.parts import parts_of
from convo.errors import FlowError
from convo.language.sandbox import rendered
from convo.policy.leaving import Leaving
from convo.routing.loading import Loaded
from convo.verification import faults
from convo.verification.emoji import emoji_costs, emoji_in
from convo.verification.said import everything_said, leaving_on
from convo.verification.worst_case import longest, longest_values
from tests.steps.conversation import business, loaded

FLOW = """\
flow: shop
languages: [en, zh]
{more}
start: {{words: [shop]}}
answers: {{what: option, name: name, when: datetime, size: number}}
steps:
  menu:
    choose: {{en: Which?, zh: 哪个？}}
    options: {{a: {{en: Hair, zh: 剪发}}, b: {{en: A very long colouring, zh: 染}}}}
    save: what
    silent: [{{after: 1d, go: end}}]
  who: {{ask: {{en: Who?, zh: 谁？}}, expect: name, save: name, silent: [{{after: 1d, go: end}}]}}
  told:
    say: {text}
    go: end
"""


def shop(text: str, more: str = "", at: Business | None = None) -> Loaded:
    return loaded(FLOW.format(text=text, more=more), at=at or business())


def found(of: Loaded, *, but: tuple[str, ...] = ("names", "languages", "empty")) -> list[FlowError]:
    return [*faults(of, but=but)]


def worst(text: str, **more: Any) -> Mapping[str, str]:
    """The longest that the last step can say, by language."""
    of = shop(text, **more)
    flow = of.playbook.flows["shop"]
    return {
        each.language: each.text
        for each in everything_said(flow, of.playbook.business)
        if each.path[1] == "told"
    }


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Hello.", "Hello."),
        ("'{{ what }}!'", "A very long colouring!"),
        ("'{{ when }}.'", "Wed 23 Sept 2026, 10:30 pm."),
        ("'{{ size }} of it'", "100,000 of it"),
        ("'Dear {{ name }}'", "Dear " + "x" * 20),
        ("'Of {{ contact.city }}'", "Of " + "x" * 40),
        ("'{% if size > 3 %}large{% else %}quite small{% endif %}.'", "quite small."),
        ("'{% if size > 3 %}{% if what %}A{% endif %}{% elif name %}BBB{% endif %}!'", "BBB!"),
        ("'{{ who_knows }}'", "x" * 40),
    ],
)
def test_a_text_is_taken_at_its_longest(text: str, english: str) -> None:
    assert worst(text)["en"] == english


def test_a_picture_is_taken_for_a_long_link() -> None:
    source = FLOW.format(text="'{{ name }}'", more="").replace("expect: name", "expect: photo")
    of = loaded(source.replace("name: name", "name: text"))
    said = everything_said(of.playbook.flows["shop"], of.playbook.business)
    assert "x" * 120 in [each.text for each in said]


@pytest.mark.parametrize(
    ("many", "english"),
    [
        ("true", "A very long colouring, Manicure and Hair"),
        ("{most: 2}", "A very long colouring and Manicure"),
    ],
)
def test_several_options_are_taken_at_as_many_as_may_be_chosen(many: str, english: str) -> None:
    source = FLOW.format(text="'{{ what }}'", more="").replace("what: option", "what: options")
    source = source.replace("染}}", "染}, c: {en: Manicure, zh: 甲}}")
    of = loaded(source.replace("save: what", f"many: {many}\n    save: what"))
    said = everything_said(of.playbook.flows["shop"], of.playbook.business)
    assert english in [each.text for each in said if each.language == "en"]


def test_no_text_is_longer_in_life_than_it_was_taken_for() -> None:
    """Every value that its kind allows comes to no more than the one that was taken."""
    of = shop("Hi.")
    flow = of.playbook.flows["shop"]
    for language in ("en", "zh"):
        scope = longest_values(flow, of.playbook.business, language, {})
        for name in ("what", "when", "size"):
            taken = len(longest(f"{{{{ {name} }}}}", scope))
            for names in lives(name, flow.labels):
                shown = rendered(f"{{{{ {name} }}}}", replace(scope, names=names))
                assert len(shown) <= taken, (language, shown)


def lives(name: str, labels: Mapping[str, Mapping[str, Mapping[str, str]]]):
    from datetime import UTC, datetime, timedelta

    from convo.language.scope import Choice

    match name:
        case "what":
            yield from ({name: Choice(id, texts)} for id, texts in labels["what"].items())
        case "when":
            start = datetime(2026, 1, 1, tzinfo=UTC)
            yield from ({name: start + timedelta(hours=7 * n)} for n in range(1_250))
        case _:
            yield from ({name: n} for n in (0, 9, 99_999))


def test_a_text_over_the_flow_s_budget_is_told_with_count_encoding_and_letter() -> None:
    text = f'"{"a" * 90} ő {{{{ name }}}} {{{{ when }}}}"'
    assert found(shop(text, "parts: 3")) == []
    (problem, *_) = found(shop(text, "parts: 2"))
    assert "may take 3 parts" in problem.what
    assert 'of UCS-2, which "ő" makes it' in problem.what
    assert "2 are allowed" in problem.what
    assert "Values of unknown length count as 40 letters, names as 20." in problem.mend
    assert (problem.place.line, problem.place.file) == (14, "flows/shop.yaml")


def test_convo_toml_has_a_budget_for_flows_that_have_none() -> None:
    text = '"' + "a" * 200 + '"'
    strict = business(most_parts=1)
    assert len(found(shop(text, at=strict))) == 1
    assert found(shop(text, "parts: 2", at=strict)) == []
    assert found(shop(text)) == []


def test_signature_and_way_out_count() -> None:
    base = business()
    main = replace(base.channels["main"], signature="The Salon of Mei: ")
    signed = business(channels={**base.channels, "main": main})
    text = '"' + "a" * 150 + '"'
    assert found(shop(text, "parts: 1")) == []
    assert "161" not in found(shop(text, "parts: 1", at=signed))[0].what
    assert "may take 2 parts" in found(shop(text, "parts: 1", at=signed))[0].what
    marketing = shop(text, "parts: 1\nclass: marketing\nprogramme: survey")
    assert "may take 2 parts" in found(marketing)[0].what


def test_what_is_declared_is_what_leaves() -> None:
    text = "{en: '“Sale” for {{ name }}', zh: '促销{{ when }}'}"
    of = shop(text, "class: marketing\nprogramme: survey")
    flow = of.playbook.flows["shop"]
    for each in everything_said(flow, of.playbook.business):
        for channel in of.playbook.business.channels:
            leaves = leaving_on(each, channel, flow, of.playbook.business)
            assert isinstance(leaves, Leaving)
            assert leaves.parts == parts_of(leaves.text)


def test_another_s_signature_is_told_before_anybody_is_texted() -> None:
    base = business()
    main = replace(base.channels["main"], signature="【美发】")
    at = business(channels={"main": main})
    (problem,) = found(shop("'【别家】您好'", at=at))
    assert "signature that its channel does not list" in problem.what
    assert found(shop("'【美发】您好'", at=at)) == []


# --- emoji ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "emoji"),
    [
        ("Hi 😀!", ["😀"]),
        ("👍🏽👍", ["👍🏽", "👍"]),
        ("👨‍👩‍👧‍👦 and 🇨🇳🇫🇷", ["👨‍👩‍👧‍👦", "🇨🇳", "🇫🇷"]),
        ("❤️ 1️⃣", ["❤️", "1️⃣"]),
        ("1 + 1 = 2 (c) © ™ #5 *", []),
        ("您好，“促销”…", []),
    ],
)
def test_an_emoji_is_what_people_see_as_one(text: str, emoji: list[str]) -> None:
    assert emoji_in(text) == emoji


def test_more_emoji_than_wanted_are_refused() -> None:
    assert found(shop("Hi 😀 👍🏽", "emoji: 2")) == []
    (problem,) = found(shop("Hi 😀 👍🏽", "emoji: 1"))
    assert "has 2 emoji (😀 👍🏽); 1 are wanted" in problem.what
    assert len(found(shop("Hi 😀", at=business(most_emoji=0)))) == 1
    assert found(shop("Hi 😀", "emoji: 1", at=business(most_emoji=0))) == []


def test_the_cost_of_each_emoji_is_told_with_its_place() -> None:
    notes = [*emoji_costs(shop('"' + "a" * 100 + ' 😀"'))]
    assert [str(note) for note in notes] == [
        "flows/shop.yaml:14:10: 😀 in en: 2 units; emoji make the text UCS-2: 2 parts instead of 1."
    ]
    (note,) = emoji_costs(shop("'您好👨‍👩‍👧‍👦'"))
    assert "👨‍👩‍👧‍👦 in en: 11 units; 1 part as without it" in note.what
    (note,) = emoji_costs(shop('"' + "好" * 69 + '👍"'))
    assert "2 parts instead of 1" in note.what
