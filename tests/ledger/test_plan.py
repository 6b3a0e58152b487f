"""Everybody who waits in an older version is counted, by where they stand and where they go."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from convo.core.contacts import ContactState
from convo.core.numbers import PhoneNumber
from convo.ledger.plan import UNDECLARED, Waiting, waiting_in
from convo.routing.playbook import Playbook
from tests.routing.test_moved import OLD, OUTER, changed, in_the_inner_flow, standing_at
from tests.steps.conversation import Conversation, loaded


def planned(talks: Iterable[Conversation], *flows: str) -> list[Waiting]:
    """What these files would mean for the contacts of these talks."""
    talks = list(talks)
    kept: Mapping[str, bytes] = {
        version: source for talk in talks for version, source in talk.playbook.sources().items()
    }
    states: list[ContactState] = [
        replace(talk.state, number=PhoneNumber(f"+86138{n:08d}")) for n, talk in enumerate(talks)
    ]
    newest: Playbook = loaded(*flows).playbook
    return [*waiting_in(states, newest, kept.get)]


def told(found: Iterable[Waiting]) -> list[tuple[str, int, str, str]]:
    """Step, people, fate, and where that leads."""
    return [
        (each.place.frames[-1][1], each.people, each.place.fate, each.place.at[1]) for each in found
    ]


def everybody() -> list[Conversation]:
    steps = ("colour", "colour", "size", "name", "name", "name")
    return [standing_at(step) for step in steps]


def test_with_the_same_files_nobody_waits_in_an_older_version() -> None:
    assert planned(everybody(), OLD) == []


def test_everybody_is_counted_where_they_stand() -> None:
    newer = changed(
        OLD, ("Your name?", "And you are?"), ("size: {ask", "fit: {ask"), moved="{size: fit}"
    )
    assert told(planned(everybody(), newer)) == [
        ("colour", 2, "same", "colour"),
        ("name", 3, "changed", "name"),
        ("size", 1, "moved", "fit"),
    ]


def test_a_step_that_is_gone_must_be_told_of_and_stay_is_enough() -> None:
    newer = changed(OLD, ("size: {ask", "fit: {ask"))
    assert told(planned([standing_at("size")], newer)) == [("size", 1, "gone", "size")]
    newer = changed(OLD, ("size: {ask", "fit: {ask"), moved="{size: stay}")
    (row,) = planned([standing_at("size")], newer)
    assert row.place.fate == "told"
    assert row.place.fate not in UNDECLARED


def test_what_is_lost_on_the_way_and_how_it_ends_is_told() -> None:
    newer = changed(OLD, ("red: Red, ", ""), moved="{name: {end: Over.}, size: restart}")
    size, name = sorted(
        planned([standing_at("name"), standing_at("size")], newer),
        key=lambda each: each.place.at[1] == "end",
    )
    assert (size.place.at, size.lost) == (("x", "restart"), ("colour",))
    assert (name.place.at, name.lost) == (("x", "end"), ("colour",))


def test_the_flow_that_must_tell_is_named_where_one_runs_another() -> None:
    outer = changed(OUTER, ("run: x, save: how", "run: x"), ("{{ how }}", "so"))
    (row,) = planned([in_the_inner_flow()], outer, OLD)
    assert row.place.frames == (("outer", "sub"), ("x", "colour"))
    assert (row.place.fate, row.place.at) == ("changed", ("outer", "sub"))


def test_who_awaits_an_answer_or_whose_file_is_gone_finishes_in_their_version() -> None:
    errand = OLD.replace(
        "steps:", "steps:\n  put: {do: reserve, with: {of: \"'a'\"}, failed: gone}"
    )
    talk = Conversation(errand)
    talk.text("go")
    assert told(planned([talk], OLD)) == [("put", 1, "errand", "put")]
    other = OLD.replace("flow: x", "flow: y")
    assert told(planned([standing_at("name")], other)) == [("name", 1, "no file", "name")]


def test_a_version_that_nobody_has_is_told_as_lost() -> None:
    talk = standing_at("name")
    (row,) = waiting_in([talk.state], loaded(changed(OLD, moved="{a: name}")).playbook, {}.get)
    assert row.place.fate == "lost"


def test_the_plan_is_what_happens() -> None:
    """Each of many people goes where the plan says, with a rename, a removal and a new branch."""
    newer = changed(
        OLD,
        ("size: {ask", "fit: {ask"),
        ('  name: {ask: "Your name?", save: name, silent: [{after: 2h, go: gone}]}\n', ""),
        (", {{ name }}", ""),
        moved="{size: fit, name: {end: Over.}}",
    )
    talks = [standing_at(step) for step in ("colour", "size", "name") * 20]
    assert told(planned(talks, newer)) == [
        ("colour", 20, "same", "colour"),
        ("name", 20, "moved", "end"),
        ("size", 20, "moved", "fit"),
    ]
    playbook = loaded(newer).playbook
    for talk in talks:
        for source in talk.playbook.sources().values():
            playbook = playbook.with_version(source)
    for talk in talks:
        talk.playbook = playbook
        talk.text("7")
    assert [talk.recorded("moved") != [] for talk in talks] == [False, True, True] * 20
    assert [talk.said for talk in talks[1:3]] == [["Thanks."], ["Over."]]
    assert [talk.step for talk in talks] == ["colour", None, None] * 20
