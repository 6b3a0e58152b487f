"""`go: back`: the question before, over branches, at the first the same one, and never further."""

from convo.engine.trail import MAX_TRAIL, back_from, visited
from tests.routing.talks import talk

FORM = """
flow: form
start: {words: [form]}
answers: {sort: option, age: number, name: name}
anytime: {back: {words: [back, 上一步], go: back}}
steps:
  sort: {choose: "Which?", options: {big: Big, small: Small}, save: sort,
    silent: [{after: 9d, go: end}]}
  way:
    branch: [{if: sort == 'big', go: age}, {else: name}]
  age: {ask: "How old?", expect: number, save: age, silent: [{after: 9d, go: end}]}
  told: {say: Thank you.}
  name: {ask: "Name?", expect: name, save: name, silent: [{after: 9d, go: end}]}
  done: {say: "{{ sort }} {{ name }}", go: end}
"""
WHICH = "Which?\n1 Big\n2 Small"


def test_back_asks_the_question_before_over_branches_and_texts() -> None:
    conversation = talk(FORM)
    conversation.text("form")
    conversation.text("1")
    assert conversation.text("30") == ["Thank you.", "Name?"]
    assert conversation.text("back") == ["How old?"]
    assert conversation.text("上一步") == [WHICH]
    # The answers given so far are kept until they are given anew.
    assert conversation.answers == {"sort": "big", "age": 30}
    assert conversation.text("2") == ["Name?"]
    assert conversation.text("back") == [WHICH]


def test_back_at_the_first_question_asks_it_again() -> None:
    conversation = talk(FORM)
    conversation.text("form")
    assert conversation.text("back") == [WHICH]
    assert conversation.text("back") == [WHICH]
    assert conversation.steps == ["form.sort"]


def test_back_after_days_of_silence_still_knows_the_way() -> None:
    conversation = talk(FORM)
    conversation.text("form")
    conversation.text("1")
    conversation.wait("8d")
    assert conversation.text("back") == [WHICH]


def test_a_step_that_is_called_back_is_a_step() -> None:
    flow = FORM.replace("  done:", "  back: {say: Here., go: name}\n  done:")
    conversation = talk(flow)
    conversation.text("form")
    assert conversation.text("back") == ["Here.", "Name?"]


def test_back_where_nothing_was_asked_yet_begins_anew() -> None:
    flow = (
        "flow: quiet\nstart: {words: [quiet]}\nanytime: {b: {words: [back], go: back}}\n"
        "steps:\n  a: {say: Hello.}\n  w: {wait: 1d}\n  c: {say: Bye., go: end}\n"
    )
    conversation = talk(flow)
    conversation.text("quiet")
    assert conversation.text("back") == ["Hello."]


def test_the_trail_is_bounded() -> None:
    trail: tuple[str, ...] = ()
    for n in range(MAX_TRAIL * 2):
        trail = visited(trail, f"q{n}")
    assert len(trail) == MAX_TRAIL
    assert visited(trail, trail[-1]) == trail
    assert back_from(trail, trail[-1]) == trail[:-1]
    assert back_from(("q",), "q") == ("q",)
    assert back_from(("q",), "waiting") == ("q",)
