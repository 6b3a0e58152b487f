"""People who wait in an older version of a flow go where the newer one says, and nowhere else."""

import re
from dataclasses import replace

import pytest

from convo.core.business import Business
from convo.errors import FlowErrors
from tests.routing.test_postponed import NIGHT
from tests.steps.conversation import Conversation, business, loaded, quiet

#: The flow as it was first, in which everybody begins.
OLD = """
flow: x
start: {words: [go], events: [made]}
answers: {colour: option, size: number, name: text}
steps:
  colour:
    choose: "Which colour?"
    options: {red: Red, blue: Blue}
    save: colour
    silent: [{after: 10m, say: "Still there?"}, {after: 2h, go: gone}]
  size: {ask: "Which size?", expect: number, save: size, silent: [{after: 2h, go: gone}]}
  name: {ask: "Your name?", save: name, silent: [{after: 2h, go: gone}]}
  thanks: {say: "Thanks, {{ name }}.", go: end}
  gone: {end: gone}
"""


#: The same once more, started by another word.
TWIN = (
    OLD.replace("flow: x", "flow: y")
    .replace("[go], events: [made]", "[why]")
    .replace("Red", "Ruby")
)


def changed(flow: str, *changes: tuple[str, str], moved: str = "") -> str:
    """The next version: other words in place of some, and what it says of people who wait."""
    for there, now in changes:
        assert there in flow
        flow = flow.replace(there, now)
    return flow.replace("\nsteps:", f"\nmoved: {moved}\nsteps:") if moved else flow


def serve(talk: Conversation, *flows: str, at: Business | None = None) -> None:
    """The server starts anew over changed files, beside a store that has kept every version."""
    kept = talk.playbook.sources()
    talk.playbook = loaded(*flows, at=at).playbook
    for source in kept.values():
        talk.playbook = talk.playbook.with_version(source)


def standing_at(step: str) -> Conversation:
    """Somebody who has come so far in the first version."""
    talk = Conversation(OLD)
    for text in ("go", "red", "38"):
        if talk.step != step:
            talk.text(text)
    assert talk.step == step
    return talk


def version_of(talk: Conversation) -> str:
    return talk.state.sessions[-1].frame.version


# --- a step of another name, or with other words --------------------------------------------------


def test_without_a_line_everybody_finishes_in_the_version_that_they_are_in() -> None:
    talk = standing_at("size")
    version = version_of(talk)
    serve(talk, changed(OLD, ("size:", "fit:"), ("Which size?", "How big?")))
    assert talk.text("38") == ["Your name?"]
    assert version_of(talk) == version
    assert talk.recorded("moved") == []


def test_a_reply_to_the_old_question_is_one_to_the_new_and_nothing_is_said_again() -> None:
    talk = standing_at("size")
    newer = changed(
        OLD,
        ("size: {ask", "fit: {ask"),
        ("Which size?", "How big?"),
        ("Your name?", "And your name?"),
        moved="{size: fit}",
    )
    serve(talk, newer)
    assert talk.text("38") == ["And your name?"]
    assert talk.answers == {"colour": "red", "size": 38}
    (moved,) = talk.recorded("moved")
    assert (moved["left"], moved["to"], moved["lost"]) == ("size", "fit", ())
    assert moved["of"] != moved["version"] == version_of(talk)
    assert talk.text("Ann") == ["Thanks, Ann."]


def test_what_the_new_question_does_not_understand_it_answers_by_being_put() -> None:
    talk = standing_at("name")
    newer = changed(OLD, ('name: {ask: "Your name?",', 'age: {ask: "How old?", expect: number,'))
    newer = changed(newer, ("save: name", "save: size"), ("{{ name }}", "friend"))
    serve(talk, changed(newer, moved="{name: age}"))
    assert talk.text("Ann") == ["How old?"]
    assert talk.state.sessions[0].frame.tries == 0
    (unclear,) = talk.text("old")
    assert unclear != "How old?"
    assert talk.text("30") == ["Thanks, friend."]


def test_it_is_put_also_when_they_reply_long_after_the_move() -> None:
    talk = standing_at("size")
    serve(
        talk,
        changed(OLD, ("Which size?", "How big, 1 to 9?"), moved="{size: size}"),
    )
    assert talk.wait("2h") == []  # the old silence is over, and a new one begins
    assert talk.text("blue") == ["How big, 1 to 9?"]


def test_where_only_what_follows_has_changed_an_unclear_reply_is_unclear() -> None:
    talk = standing_at("size")
    serve(talk, changed(OLD, ("save: size,", "save: size, go: thanks,"), moved="{size: size}"))
    assert talk.text("blue") != ["Which size?"]
    assert talk.state.sessions[0].frame.tries == 1


def test_silence_is_counted_anew_by_the_new_step_and_the_old_timers_are_cleared() -> None:
    talk = standing_at("colour")
    newer = changed(
        OLD,
        ("{after: 10m, say", "{after: 20m, say"),
        ("{after: 2h, go: gone}]\n  size", "{after: 3h, go: gone}]\n  size"),
        moved="{colour: colour}",
    )
    serve(talk, newer)
    assert talk.wait("10m") == []
    assert talk.due_in("silent") == [20, 180]
    assert talk.wait("20m") == ["Still there?"]
    talk.wait("3h")
    assert talk.state.sessions == ()
    assert talk.recorded("ended")[-1]["outcome"] == "gone"


def test_a_timer_of_the_old_step_that_fires_all_the_same_is_stale() -> None:
    talk = standing_at("colour")
    before = dict(talk.timers)
    serve(talk, changed(OLD, ("10m", "20m"), moved="{colour: colour}"))
    talk.text("red")
    for name, (generation, _) in before.items():
        talk.fire(name, generation)
    assert len(talk.recorded("stale")) == len(before) > 0
    assert talk.step == "size"
    assert talk.recorded("moved") != []


def test_a_step_that_only_has_another_name_goes_on_with_its_silence_and_its_tries() -> None:
    talk = standing_at("colour")
    talk.text("green")
    serve(talk, changed(OLD, ("  colour:\n", "  hue:\n"), moved="{colour: hue}"))
    assert talk.wait("10m") == ["Still there?"]
    assert talk.step == "hue"
    assert talk.state.sessions[0].frame.tries == 1
    assert talk.wait("2h") == []
    assert talk.state.sessions == ()


def test_a_flow_that_no_longer_expires_does_not_expire_after_the_move() -> None:
    old = changed(OLD, ("answers:", "expires: {after: 1h, go: gone}\nanswers:"))
    talk = Conversation(old)
    talk.text("go")
    serve(talk, changed(OLD, moved="{colour: colour}"))
    talk.wait("10m")
    assert talk.wait("1h 55m") == ["Still there?"]
    assert talk.step == "colour"


# --- options --------------------------------------------------------------------------------------


def test_a_list_with_the_same_options_keeps_the_numbers_that_they_have_read() -> None:
    talk = Conversation(OLD, TWIN)
    talk.text("why")
    assert talk.text("go") == ["Which colour?\n3 Red\n4 Blue"]
    serve(
        talk,
        changed(OLD, ("blue: Blue", "blue: {en: Navy, number: 9}"), moved="{colour: colour}"),
        TWIN,
    )
    assert talk.text("4") == ["Which size?"]
    assert talk.answers["colour"] == "blue"
    assert talk.recorded("moved") != []


def test_a_list_with_other_options_is_put_and_no_number_is_guessed() -> None:
    talk = standing_at("colour")
    serve(
        talk,
        changed(
            OLD, ("{red: Red, blue: Blue}", "{blue: Blue, red: Red}"), moved="{colour: colour}"
        ),
    )
    assert talk.text("1") == ["Which colour?\n1 Blue\n2 Red"]
    assert talk.text("1") == ["Which size?"]
    assert talk.answers["colour"] == "blue"
    assert "its question is gone" in talk.recorded("ignored")[-1]["why"]


# --- a step of another kind -----------------------------------------------------------------------


def test_a_question_of_another_kind_is_put_and_their_text_is_no_answer_to_it() -> None:
    talk = standing_at("size")
    newer = changed(
        OLD, ("steps:", "steps:\n  sure: {confirm: Sure?, no: gone}"), moved="{size: sure}"
    )
    newer = newer.replace("no: gone", "no: gone, silent: [{after: 2h, go: gone}]")
    serve(talk, newer)
    assert talk.text("yes") == ["Sure?"]
    assert talk.text("yes") == ["Which colour?\n1 Red\n2 Blue"]


def test_a_line_with_again_puts_the_question_whatever_they_have_read() -> None:
    talk = standing_at("size")
    serve(talk, changed(OLD, ("size?", "fit?"), moved="{size: {go: size, again: true}}"))
    assert talk.text("38") == ["Which fit?"]
    assert talk.text("39") == ["Your name?"]
    assert talk.answers["size"] == 39


def test_what_was_meant_for_another_open_question_or_a_flow_still_gets_there() -> None:
    talk = Conversation(OLD, TWIN)
    talk.text("why")
    talk.text("go")
    serve(talk, changed(OLD, moved="{colour: restart}"), TWIN)
    assert talk.text("ruby") == ["Which colour?\n3 Red\n4 Blue", "Which size?"]
    assert talk.steps == ["y.size", "x.colour"]


def test_a_wait_goes_on_to_the_end_that_it_had() -> None:
    old = OLD.replace("steps:", "steps:\n  pause: {wait: 3 days, say: Wait.}")
    talk = Conversation(old)
    talk.text("go")
    newer = changed(old, ("pause: {wait: 3 days, say: Wait.}", "rest: {wait: 1 day, say: Later.}"))
    serve(talk, changed(newer, moved="{pause: rest}"))
    talk.wait("1 day")
    assert talk.text("hello") != ["Later."]
    assert talk.step == "rest"
    assert talk.wait("47h 59m") == []
    assert talk.wait("2m") == ["Which colour?\n1 Red\n2 Blue"]


def test_a_person_who_has_the_conversation_keeps_it() -> None:
    old = OLD.replace("steps:", "steps:\n  desk: {handoff: desk, say: A person., go: colour}")
    talk = Conversation(old)
    talk.text("go")
    serve(talk, changed(old, ("say: A person.", "say: Somebody."), moved="{desk: desk}"))
    assert talk.text("hello?") == []
    assert talk.recorded("held")[-1]["why"] == "a person has the conversation"
    assert talk.recorded("moved") != []
    assert talk.hand_back() == ["Which colour?\n1 Red\n2 Blue"]


def test_nothing_is_moved_into_the_midst_of_a_talk_with_a_person() -> None:
    desk = "flow: desk\nstart: {words: [human]}\nsteps:\n  a: {handoff: d, say: Hi., go: end}\n"
    talk = Conversation(OLD, desk)
    talk.text("human")
    talk.request(event="made")
    assert talk.steps == ["desk.a", "x.colour"]
    serve(talk, changed(OLD, moved="{colour: restart}"), desk)
    assert talk.text("red") == ["Which size?"]
    talk.hand_back(talk.state.sessions[0].id)
    assert talk.recorded("moved") == []


# --- to begin again, and to end -------------------------------------------------------------------


def test_a_restart_keeps_the_answers_that_are_still_of_their_kind() -> None:
    talk = standing_at("name")
    newer = changed(
        OLD,
        ("size: number", "size: text"),
        ('size: {ask: "Which size?", expect: number,', 'size: {ask: "Which size?",'),
        moved="{name: restart}",
    )
    serve(talk, newer)
    assert talk.text("Ann") == ["Which colour?\n1 Red\n2 Blue"]
    assert talk.answers == {"colour": "red"}
    (moved,) = talk.recorded("moved")
    assert (moved["to"], moved["lost"]) == ("restart", ("size",))


def test_an_option_that_is_offered_no_more_is_no_answer_any_more() -> None:
    talk = standing_at("size")
    serve(talk, changed(OLD, ("red: Red, ", ""), moved="{size: size}"))
    assert talk.text("38") == ["Your name?"]
    assert talk.answers == {"size": 38}
    assert talk.recorded("moved")[0]["lost"] == ("colour",)


MANY = changed(
    OLD, ("colour: option", "colour: options"), ("Blue}\n", "Blue, tan: Tan}\n    many: true\n")
)


@pytest.mark.parametrize(("gone", "kept"), [("blue: Blue, ", {}), ("red: Red, ", None)])
def test_several_options_are_no_answer_any_more_when_one_of_them_is_gone(
    gone: str, kept: dict[str, list[str]] | None
) -> None:
    talk = Conversation(MANY)
    talk.text("go")
    assert talk.text("2 3") == ["Which size?"]
    serve(talk, changed(MANY, (gone, ""), moved="{size: {go: size, again: true}}"))
    assert talk.text("38") == ["Which size?"]
    assert talk.answers == ({"colour": ["blue", "tan"]} if kept is None else kept)


@pytest.mark.parametrize("there", [OLD, MANY])
def test_one_option_and_several_are_different_questions(there: str) -> None:
    talk = Conversation(there)
    talk.text("go")
    newer = MANY if there is OLD else OLD
    serve(talk, changed(newer, moved="{colour: colour}"))
    assert talk.text("1") == ["Which colour?\n1 Red\n2 Blue" + "\n3 Tan" * (newer is MANY)]
    assert talk.text("1") == ["Which size?"]


def test_the_last_word_is_said_once_in_their_language_and_the_flow_ends() -> None:
    talk = standing_at("colour")
    talk.state = replace(talk.state, language="zh")
    said = '{colour: {end: {en: "This offer is over.", zh: 活动已结束。}}}'
    serve(talk, changed(OLD, ("flow: x", "flow: x\nlanguages: [en, zh]"), moved=said))
    assert talk.text("1") == ["活动已结束。"]
    assert talk.state.sessions == ()
    assert talk.timers == {}
    assert talk.recorded("ended")[-1]["outcome"] == "moved"
    assert "This offer" not in "".join(talk.text("2"))


def test_the_last_word_goes_through_the_gate_and_waits_for_the_morning() -> None:
    salon = business(quiet=quiet("service", 9, 20))
    talk = Conversation(OLD.replace("2h", "20h").replace("10m", "12h"), at=salon)
    talk.text("go")
    newer = changed(OLD, moved="{colour: {end: It is over.}}")
    serve(talk, newer, at=salon)
    assert talk.wait("12h") == []
    assert talk.state.sessions == ()
    assert talk.recorded("postponed") != []
    assert talk.wait("12h") == ["It is over."]


def test_a_line_may_end_it_without_a_word_and_another_may_let_them_stay() -> None:
    talk = standing_at("size")
    serve(talk, changed(OLD, ("size?", "fit?"), moved="{size: stay}"))
    assert talk.text("38") == ["Your name?"]
    serve(talk, changed(OLD, ("size?", "fit?"), moved="{name: end}"))
    assert talk.text("Ann") == []
    assert talk.recorded("ended")[-1]["outcome"] == "moved"


def test_who_says_stop_hears_nothing_of_it() -> None:
    talk = standing_at("colour")
    serve(talk, changed(OLD, moved="{colour: {end: It is over.}}"))
    (told,) = talk.text("STOP")
    assert "It is over." not in told
    assert talk.recorded("moved") == []


# --- several versions -----------------------------------------------------------------------------


def test_who_is_two_versions_behind_goes_to_the_newest_at_once() -> None:
    talk = standing_at("size")
    second = changed(OLD, ("size: {ask", "fit: {ask"), moved="{size: fit}")
    third = changed(OLD, ("size: {ask", "girth: {ask"), moved="{size: fit, fit: girth}")
    serve(talk, second)
    serve(talk, third)
    assert talk.text("38") == ["Your name?"]
    (moved,) = talk.recorded("moved")
    assert (moved["left"], moved["to"]) == ("size", "girth")


def test_again_is_heard_over_the_names_in_between() -> None:
    talk = standing_at("size")
    moved = "{size: {go: fit, again: true}, fit: girth}"
    serve(talk, changed(OLD, ("size: {ask", "girth: {ask"), moved=moved))
    assert talk.text("38") == ["Which size?"]


def test_a_line_that_was_left_in_the_file_moves_nobody_a_second_time() -> None:
    talk = standing_at("colour")
    line = "{colour: restart}"
    second = changed(OLD, ("Which colour?", "What colour?"), moved=line)
    serve(talk, second)
    assert talk.text("red") == ["What colour?\n1 Red\n2 Blue"]
    version = version_of(talk)
    serve(talk, changed(second, ("Thanks,", "Thank you,")))
    assert talk.text("red") == ["Which size?"]
    assert version_of(talk) == version


def test_a_line_counts_again_when_its_step_has_changed_again() -> None:
    talk = standing_at("colour")
    second = changed(OLD, ("Which colour?", "What colour?"), moved="{colour: restart}")
    serve(talk, second)
    talk.text("red")
    serve(talk, changed(second, ("What colour?", "Colour?")))
    assert talk.text("red") == ["Colour?\n1 Red\n2 Blue"]


def test_a_rollback_leaves_them_where_they_are_or_takes_them_back() -> None:
    talk = standing_at("size")
    second = changed(OLD, ("size: {ask", "fit: {ask"), moved="{size: fit}")
    serve(talk, second)
    talk.text("tiny")
    assert talk.step == "fit"
    serve(talk, OLD)
    talk.text("tiny")
    assert talk.step == "fit"
    serve(talk, changed(OLD, moved="{fit: size}"))
    assert talk.text("38") == ["Your name?"]
    assert [each["to"] for each in talk.recorded("moved")] == ["fit", "size"]


def test_a_flow_whose_file_is_gone_goes_on() -> None:
    talk = standing_at("size")
    serve(talk, OLD.replace("flow: x", "flow: y"))
    assert talk.text("38") == ["Your name?"]


# --- flows that are run, errands, postponed texts, consent ----------------------------------------

OUTER = """
flow: outer
start: {words: [out]}
answers: {how: text}
steps:
  sub: {run: x, save: how}
  after: {say: "Back: {{ how }}.", go: end}
"""


def in_the_inner_flow() -> Conversation:
    talk = Conversation(OUTER, OLD)
    talk.text("out")
    assert talk.step == "colour"
    return talk


def test_the_flow_that_is_run_moves_its_own_people_and_comes_back() -> None:
    talk = in_the_inner_flow()
    serve(talk, OUTER, changed(OLD, ("Which size?", "What fit?"), moved="{colour: colour}"))
    assert talk.text("red") == ["What fit?"]
    assert {frame.version for frame in talk.state.sessions[0].frames} == {
        talk.playbook.newest["outer"]
    }
    talk.text("38")
    assert talk.text("Ann") == ["Thanks, Ann.", "Back: ended."]


def test_the_inner_flow_may_end_with_a_word_and_the_outer_goes_on() -> None:
    talk = in_the_inner_flow()
    serve(talk, OUTER, changed(OLD, moved="{colour: {end: No more colours.}}"))
    assert talk.text("red") == ["No more colours.", "Back: moved."]


def test_the_outer_flow_may_take_its_people_out_of_the_inner() -> None:
    talk = in_the_inner_flow()
    newer = changed(
        OUTER,
        ("sub: {run: x, save: how}", "ask: {ask: How?, save: how, silent: [{after: 1h, go: end}]}"),
        moved="{sub: ask}",
    )
    serve(talk, newer, OLD)
    assert talk.text("red") == ["How?"]
    assert talk.steps == ["outer.ask"]
    assert talk.recorded("ended")[-1]["outcome"] == "left"
    assert talk.text("fine") == ["Back: fine."]


def test_the_outer_flow_may_rename_the_step_that_runs_the_inner() -> None:
    talk = in_the_inner_flow()
    newer = changed(OUTER, ("sub: {run", "colours: {run"), moved="{sub: colours}")
    serve(talk, newer, OLD)
    assert talk.text("red") == ["Which size?"]
    assert [frame.step for frame in talk.state.sessions[0].frames] == ["colours", "size"]


def test_nobody_goes_where_the_outer_flow_does_not_know_them_any_more() -> None:
    talk = in_the_inner_flow()
    outer = changed(OUTER, ("sub: {run: x, save: how}", "sub: {run: x}"), ("{{ how }}", "so"))
    serve(talk, outer, changed(OLD, moved="{colour: restart}"))
    assert talk.text("red") == ["Which size?"]
    assert talk.recorded("moved") == []


def test_an_errand_that_is_out_is_waited_for_by_the_version_that_sent_it() -> None:
    old = OLD.replace("steps:", "steps:\n  put: {do: reserve, with: {of: \"'a'\"}, failed: gone}")
    talk = Conversation(old)
    talk.text("go")
    serve(talk, changed(old, ("Which colour?", "What colour?"), moved="{put: restart}"))
    assert talk.text("hello") == []
    assert talk.answer_errand(1) != ["What colour?\n1 Red\n2 Blue"]
    assert talk.recorded("moved") == []


def test_a_question_that_waits_for_the_morning_is_put_in_its_new_words_alone() -> None:
    salon = business(quiet=quiet("service", 9, 20))
    talk = Conversation(OLD, at=salon)
    talk.now += NIGHT
    talk.request(event="made")
    serve(talk, changed(OLD, ("Which colour?", "What colour?"), moved="{colour: colour}"), at=salon)
    assert talk.wait("11h") == ["What colour?\n1 Red\n2 Blue", "Still there?"]


def test_a_question_that_only_has_another_name_still_comes_in_the_morning() -> None:
    salon = business(quiet=quiet("service", 9, 20))
    talk = Conversation(OLD, at=salon)
    talk.now += NIGHT
    talk.request(event="made")
    serve(talk, changed(OLD, ("  colour:\n", "  hue:\n"), moved="{colour: hue}"), at=salon)
    assert talk.wait("10h 5m") == ["Which colour?\n1 Red\n2 Blue"]
    assert talk.step == "hue"


INVITE = """
flow: x
class: marketing
programme: survey
start: {words: [go]}
steps:
  invite: {consent: {ask: survey}, confirm: Join? YES, yes: in, no: out,
           silent: [{after: 1d, go: out}]}
  in: {consent: {give: survey}, say: You are in., go: end}
  out: {end: out}
"""


def test_a_yes_to_the_same_request_counts_and_to_another_text_it_does_not() -> None:
    talk = Conversation(INVITE)
    talk.text("go")
    serve(talk, changed(INVITE, ("1d", "2d"), moved="{invite: invite}"))
    assert talk.text("yes") == ["You are in. Reply STOP to opt out"]

    other = Conversation(INVITE)
    other.text("go")
    serve(other, changed(INVITE, ("Join? YES", "Join us? YES"), moved="{invite: invite}"))
    assert other.text("yes") == ["Join us? YES\nReply STOP to opt out"]
    assert other.state.consent_to("survey") == "asked"
    assert other.text("yes") == ["You are in. Reply STOP to opt out"]


def test_a_request_that_is_left_is_not_open_any_more() -> None:
    talk = Conversation(INVITE)
    talk.text("go")
    serve(talk, changed(INVITE, moved="{invite: end}"))
    talk.text("yes")
    assert talk.state.consent_to("survey") == "unknown"


# --- when it fails --------------------------------------------------------------------------------


def test_who_cannot_go_where_the_newer_version_leads_goes_on_in_their_own() -> None:
    talk = standing_at("colour")
    serve(talk, changed(OLD, moved="{colour: thanks}"))  # which names who has not said their name
    assert talk.text("red") == ["Which size?"]
    assert talk.recorded("moved") == []
    why = talk.recorded("ignored")[-1]
    assert (why["why"], why["error"]) == ("it cannot move to the newer version", "RenderError")


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ("{size: nmae}", 'There is no step "nmae". Did you mean "name"?'),
        ("{size: {go: resart}}", 'There is no step "resart". Did you mean "restart"?'),
        ("{size: a, a: b, b: a}", 'Who waits at "a" would be sent round for ever.'),
        ("{size: {go: name, end: Bye.}}", "Say where they go: a step, or {end: a text}"),
        ("{size: {end: Bye., again: true}}", "`again` goes with `go`"),
    ],
)
def test_a_line_that_leads_nowhere_is_refused(moved: str, said: str) -> None:
    with pytest.raises(FlowErrors, match=re.escape(said)):
        loaded(changed(OLD, moved=moved))
