"""Versions: what changes the hash of a flow, and old versions that go on."""

from dataclasses import replace

import pytest

from convo.errors import ConvoError
from convo.routing.playbook import missing_versions
from tests.steps.conversation import Conversation, loaded

OLD = """
flow: x
start: {words: [go]}
answers: {name: text}
steps:
  a: {ask: "Name?", save: name, silent: [{after: 1h, go: end}]}
  b: {say: "Old, {{ name }}.", go: end}
"""
NEW = OLD.replace("Old", "New")
OUTER = "flow: outer\nstart: {words: [out]}\nsteps:\n  a: {run: x, go: end}\n"


def hash_of(*flows: str) -> str:
    playbook = loaded(*flows).playbook
    return playbook.newest["x"]


@pytest.mark.parametrize(
    "written",
    [
        "# a remark\n" + OLD,
        OLD.replace("steps:", "\n\nsteps:   # the steps"),
        OLD.replace('{ask: "Name?", save', "{ask: 'Name?', save"),
        OLD.replace("  b: {say:", "  b:\n    {say:"),
    ],
)
def test_remarks_and_layout_do_not_change_a_version(written: str) -> None:
    assert hash_of(written) == hash_of(OLD)


@pytest.mark.parametrize(
    "written",
    [
        NEW,
        OLD.replace("1h", "2h"),
        OLD.replace("[go]", "[go, start it]"),
        OLD + "  c: {say: More., go: end}\n",
    ],
)
def test_every_word_of_it_changes_a_version(written: str) -> None:
    assert hash_of(written) != hash_of(OLD)


def test_the_order_of_steps_is_part_of_a_version() -> None:
    head, a, b = OLD.partition("  a:")[0], "  a:", "  b:"
    first = OLD[OLD.index(a) : OLD.index(b)]
    second = OLD[OLD.index(b) :]
    swapped = head + second + first.replace("silent", "go: b, silent")
    straight = head + first.replace("silent", "go: b, silent") + second
    assert hash_of(swapped) != hash_of(straight)


def test_a_flow_that_it_runs_is_part_of_a_version() -> None:
    before = loaded(OUTER, OLD).playbook
    after = loaded(OUTER, NEW).playbook
    assert before.newest["outer"] != after.newest["outer"]
    assert set(after.versions[after.newest["outer"]]) == {"outer", "x"}
    assert set(after.versions[after.newest["x"]]) == {"x"}


def test_an_old_version_made_again_from_what_was_kept_carries_on() -> None:
    talk = Conversation(OLD)
    talk.text("go")
    source = talk.playbook.sources()[talk.playbook.newest["x"]]
    newer = loaded(NEW).playbook
    assert missing_versions(talk.state, newer) == {talk.playbook.newest["x"]}
    talk.playbook = newer.with_version(source)
    assert missing_versions(talk.state, talk.playbook) == frozenset()
    assert talk.text("Anna") == ["Old, Anna."]
    talk.text("go")
    assert talk.text("Anna") == ["New, Anna."]


def test_an_old_version_runs_the_old_versions_of_the_flows_that_it_runs() -> None:
    talk = Conversation(OUTER, OLD)
    talk.text("out")
    version = talk.state.sessions[0].frame.version
    source = talk.playbook.sources()[version]
    talk.playbook = loaded(OUTER, NEW).playbook.with_version(source)
    assert talk.text("Anna") == ["Old, Anna."]


def test_a_kept_version_makes_the_very_same_hash_again() -> None:
    playbook = loaded(OUTER, OLD).playbook
    for hash, source in playbook.sources().items():
        again = replace(playbook, versions={}, kept={}).with_version(source)
        assert list(again.versions) == [hash]


def test_a_kept_version_that_was_tampered_with_is_refused() -> None:
    playbook = loaded(OLD).playbook
    source = next(iter(playbook.sources().values()))
    with pytest.raises(ConvoError, match="does not match its hash"):
        playbook.with_version(source.replace(b'"flow":"x"', b'"flow": "x"', 1))


def test_a_conversation_whose_version_is_nowhere_ends_and_the_contact_goes_on() -> None:
    talk = Conversation(OLD)
    talk.text("go")
    talk.playbook = loaded(NEW).playbook
    assert talk.text("STOP") != []
    assert talk.state.sessions == ()
    assert talk.recorded("ended")[-1]["outcome"] == "version lost"
    talk.text("START")
    assert talk.text("go") == ["Name?"]


def test_a_timer_of_a_version_that_is_nowhere_is_stale() -> None:
    talk = Conversation(OLD)
    talk.text("go")
    talk.playbook = loaded(NEW).playbook
    assert talk.wait("1h") == []
    assert talk.state.sessions == ()
