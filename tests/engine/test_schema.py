"""Mistakes in a flow file: each at its place, in plain words, with how to mend it."""

import pytest

from convo.errors import FlowErrors
from tests.steps.conversation import loaded

FLOW = """\
flow: x
start: {words: [go]}
answers: {score: number}
steps:
  q:
    ask: How many?
    expect: number
    save: score
    silent: [{after: 1h, go: done}]
  done: {say: Thanks., go: end}
"""
DONE = "{say: Thanks., go: end}"

#: What is written instead of what, where that is told, and what is said of it.
MISTAKES: tuple[tuple[str, str, str, str], ...] = (
    ("start:", "strat:", "2:1", 'A flow knows no "strat". Did you mean "start"?'),
    ("save: score", "sava: score", "8:5", 'Step "q" knows no "sava". Did you mean "save"?'),
    ("ask:", "aks:", "5:3", 'has no key that names its kind. Did you mean "ask"?'),
    ("steps:", "moved: {old: doen}\nsteps:", "4:14", 'There is no step "doen". Did you mean'),
    ("steps:", "moved: {old: {go: doen}}\nsteps:", "4:19", 'There is no step "doen".'),
    ("steps:", "moved: {q: {edn: Bye.}}\nsteps:", "4:13", '"q" knows no "edn". Did you mean "end"'),
    ("steps:", "anytime: {q: {go: q, wrods: a}}\nsteps:", "4:22", 'Did you mean "words"?'),
    (DONE, "{}", "10:3", "has no key that names its kind. Kinds: ask, choose, consent, confirm,"),
    (DONE, "Thanks", "10:3", 'Step "done" holds no step. One of its keys names its kind: ask,'),
    ("go: done", "go: doen", "9:30", 'There is no step "doen". Did you mean "done"?'),
    (", go: end", "", "10:3", 'Nothing follows step "done", the last of the file. Give it a `go`'),
    ("1h", "1 hr soon", "9:22", "is not a length of time. Write it like 10m, 2h, 1 day 12h or 3"),
    ("expect: number", "expect: nubmer", "7:13", 'Did you mean "number"?'),
    (
        "expect: number",
        "expect: {number: {mni: 1}}",
        "7:23",
        '"number" knows no "mni". Did you mean "min"?',
    ),
    ("expect: number", "expect: pattern", "7:13", '"pattern" lacks "match". Add `match: ...`.'),
    ("expect: number", "expect: {pattern: {match: 'A'}}", "7:14", 'lacks "example". Add `exam'),
    (
        "expect: number",
        "expect: {pattern: {match: '(A|B)\\1', example: AA}}",
        "7:37",
        "A group cannot be asked for again (\\1). Write out what may stand there.",
    ),
    (
        "expect: number",
        "expect:\n      pattern:\n        match: 'AB(?=\\d)'\n        example: AB",
        "9:19",
        "Looking ahead or behind is not used. Write out what may stand there.",
    ),
    (
        "expect: number",
        "expect: {pattern: {match: '[A-Z]{2}', example: A1}}",
        "7:23",
        'The example "A1" does not fit its own pattern.',
    ),
    (
        "expect: number",
        "expect: {pattern: {match: '(\\pL{1,20} ?){3}', example: Anna}}",
        "7:32",
        "The pattern is too large",
    ),
    (
        "expect: number",
        "expect: {pattern: {match: '[A-Z]', example: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}}",
        "7:49",
        '"example" has more than 30 characters.',
    ),
    ("expect: number", "expect: {number: {min: low}}", "7:28", '"low" is no number. Write it'),
    ("go: done}", "go: done, say: Hi.}", "9:14", "Give each silence exactly one of say, again"),
    ("save: score", "tries: 0", "8:12", '"tries" must be 1 or more.'),
    ("save: score", "tries: 99", "8:12", '"tries" must be 20 or less.'),
    ("save: score", "tries: often", "8:12", '"tries" must be a whole number.'),
    ("start:", "class: advert\nstart:", "2:8", "One of: service, otp, marketing, emergency."),
    ("start:", "busy: beisde\nstart:", "2:7", 'Did you mean "beside"?'),
    ("score: number}", "score: nubmer}", "3:18", 'Did you mean "number"?'),
    (
        "score: number}",
        "score: guess}",
        "3:18",
        "One of: text, name, number, option, options, date, time,",
    ),
    ("[go]", "{a: b}", "2:16", '"words" must be a list, such as [one, other].'),
    ("[go]", "[stop]", "2:16", '"stop" is a word of the law and starts nothing.'),
    ("[go]", "[退订]", "2:16", "is a word of the law"),
    ("ask: How many?", "ask: {en: Hm., xx9: Hm}", "6:25", "is not a language code, such as en"),
    ("start:", "languages: [english]\nstart:", "2:13", '"english" is no language. Write codes'),
    ("Thanks.", '"Thanks {{ score"', "10:23", "The brackets opened here are never closed"),
    ("Thanks.", '"{{ score | uper }}"', "10:27", 'There is no filter "uper". Did you mean "upper"'),
    ("silent:", "must: [{that: score >, else: No.}]\n    silent:", "9:26", "missing at the end"),
    (
        "silent:",
        'must: [{that: "{{ score }}", else: No.}]\n    silent:',
        "9:20",
        "An expression stands without {{ }}",
    ),
    ("silent:", "must: [{that: score > 1}]\n    silent:", "9:12", 'lacks "else". Add `else: ...`.'),
    (DONE, "{do: x.y, go: end}", "10:3", 'Step "done" lacks "failed". Add `failed: STEP`, where'),
    (DONE, "{confirm: Sure., go: end}", "10:3", 'lacks "no". Add `no: STEP`, where no leads.'),
    (DONE, "{set: {}, go: end}", "10:15", '"set" is empty.'),
    (DONE, "{say: true, go: end}", "10:15", '"true" is read as yes or no here. Put it in quotes.'),
    ("  done:", "  my done:", "10:3", '"my done" cannot be the name of a step. Use letters'),
    ("steps:", "anytime: {menu: doen}\nsteps:", "4:17", 'Did you mean "done"?'),
    ("steps:", "expires: {after: 1h, go: doen}\nsteps:", "4:26", 'Did you mean "done"?'),
    ("  done:", "  q: {say: Hi.}\n  done:", "10:3", '"q" is here twice; the first is on line 5.'),
    ("How many?", "How many: please", "6:18", "Put the whole text in quotes"),
    ("How many?", "Order #12?", "6:16", 'What follows " #" is dropped as a remark.'),
    ("ask:", "ask：", "6:8", "This is a full-width colon."),
    ("    ask:", "\task:", "6:1", "This line is indented with a tab."),
    ("flow: x\n", "", "1:1", 'The flow lacks "flow". Add `flow: ...`, the name;'),
    ("flow: x", "flow: x\nflow: y", "2:1", '"flow" is here twice'),
)


@pytest.mark.parametrize(("written", "instead", "place", "told"), MISTAKES)
def test_a_mistake_is_told_at_its_place_with_how_to_mend_it(
    written: str, instead: str, place: str, told: str
) -> None:
    mistaken = FLOW.replace(written, instead, 1)
    assert mistaken != FLOW
    with pytest.raises(FlowErrors) as found:
        loaded(mistaken)
    first = found.value.problems[0]
    assert f"{first.place.line}:{first.place.column}" == place
    assert told in str(first)


def test_the_flow_that_all_of_these_begin_with_is_in_order() -> None:
    assert list(loaded(FLOW).playbook.flows) == ["x"]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_places() -> None:
    mistaken = FLOW.replace("save: score", "sava: score").replace("Thanks.", '"{{ x | uper }}"')
    with pytest.raises(FlowErrors) as found:
        loaded(mistaken)
    assert [problem.place.line for problem in found.value.problems] == [8, 10]
    assert all(str(problem).startswith("flows/x.yaml:") for problem in found.value.problems)


def test_a_wrong_way_is_told_once_where_it_is_written() -> None:
    mistaken = FLOW.replace("go: done}]", "go: doen}]").replace("ask:", "give_up: doen\n    ask:")
    with pytest.raises(FlowErrors) as found:
        loaded(mistaken)
    places = [(problem.place.line, problem.place.column) for problem in found.value.problems]
    assert places == [(6, 14), (10, 30)]


def test_a_flow_is_called_like_its_file() -> None:
    from convo.routing.loading import load
    from tests.steps.conversation import business

    with pytest.raises(FlowErrors, match='The flow is called "x", its file "y"'):
        load({"flows/y.yaml": FLOW}, [], business())


def test_a_word_starts_one_thing_only() -> None:
    with pytest.raises(FlowErrors, match='"GO" starts both flow x and flow y'):
        loaded(FLOW, FLOW.replace("flow: x", "flow: y").replace("[go]", "[GO]"))


def test_a_flow_without_a_way_out_of_a_step_by_silence_has_none_by_giving_up_either() -> None:
    flow = FLOW.replace("    silent: [{after: 1h, go: done}]\n", "")
    ways = loaded(flow).playbook.flows["x"].ways["q"]
    assert [(way.label, way.to) for way in ways] == [("next", "done"), ("give_up", "end")]


def test_numbers_yes_and_no_as_keys_mean_themselves() -> None:
    flow = """
flow: x
steps:
  yes:
    choose: Well
    options: {1: {en: One, go: no}, on: {en: Two, go: end}}
    silent: [{after: 1h, go: end}]
  no: {say: No., go: end}
"""
    assert list(loaded(flow).playbook.flows["x"].steps) == ["yes", "no"]
