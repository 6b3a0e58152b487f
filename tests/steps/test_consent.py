"""consent: asks for, gives or withdraws consent to a programme."""

import pytest

from convo.core.business import Programme
from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from convo.verification import CHECKS
from convo.verification.said import everything_said
from tests.steps.conversation import Conversation, business, loaded, quiet

JOIN = """
flow: join
class: marketing
programme: survey
start: {words: [join], events: [bought]}
steps:
  invite:
    consent: {ask: survey}
    confirm: Reply YES for 2 texts a month. STOP to end.
    yes: joined
    no: declined
    silent: [{after: 1h, again: true}, {after: 24h, go: declined}]
  joined:
    consent: {give: survey}
    say: You are in!
  over: {end: joined}
  declined: {end: declined}
"""
LEAVE = """
flow: leave
start: {words: [leave]}
steps:
  out: {consent: {withdraw: survey}, say: You are out.}
  over: {end: left}
"""


def consents(talk: Conversation) -> dict[str, tuple[str, str]]:
    return {name: (each.state, each.proof) for name, each in talk.state.consents.items()}


def test_joining_twice_by_word_and_by_yes_gives_consent_with_the_word_as_proof() -> None:
    talk = Conversation(JOIN)
    assert talk.text("join") == ["Reply YES for 2 texts a month. STOP to end."]
    asked = ("asked", "Reply YES for 2 texts a month. STOP to end.")
    assert consents(talk) == {"survey": asked}
    assert talk.text("Yes!") == ["You are in! Reply STOP to opt out"]
    assert consents(talk) == {"survey": ("given", "Yes!")}
    assert [facts["state"] for facts in talk.recorded("consent")] == ["asked", "given"]


def test_marketing_is_not_said_to_who_has_not_agreed() -> None:
    talk = Conversation(JOIN.replace("consent: {give: survey}\n    ", ""))
    talk.text("join")
    assert talk.text("yes") == []
    assert talk.recorded("refused")[-1]["rule"] == "no-consent"


def test_a_no_may_have_a_closing_word_though_nobody_agreed() -> None:
    talk = Conversation(JOIN.replace("no: declined", "no: declined\n    declined: As you wish."))
    talk.text("join")
    assert talk.text("no") == ["As you wish. Reply STOP to opt out"]
    assert consents(talk)["survey"][0] == "unknown"


@pytest.mark.parametrize("answer", ["no", "不用了"])
def test_no_leaves_nothing_behind(answer: str) -> None:
    talk = Conversation(JOIN)
    talk.text("join")
    assert talk.text(answer) == []
    assert talk.state.consent_to("survey") == "unknown"
    assert talk.recorded("ended")[-1]["outcome"] == "declined"


def test_silence_and_giving_up_leave_nothing_behind() -> None:
    talk = Conversation(JOIN)
    talk.text("join")
    assert talk.wait("1h") == ["Reply YES for 2 texts a month. STOP to end."]
    assert talk.wait("23h") == []
    assert talk.state.consent_to("survey") == "unknown"
    talk.text("join")
    assert talk.text("what") == ["Please reply YES or NO. Reply STOP to opt out"]
    talk.text("what")
    talk.text("what")
    assert talk.state.consent_to("survey") == "unknown"
    assert talk.step is None


SALE = """
flow: sale
start: {words: [go]}
expires: {after: 12h, go: declined}
anytime:
  paid: {events: [paid], go: declined}
steps:
  run: {run: join}
  declined: {end: declined}
"""


def test_the_end_of_the_flow_that_asked_leaves_nothing_behind_whatever_ends_it() -> None:
    own_end = JOIN.replace("steps:", "expires: {after: 12h, go: declined}\nsteps:")
    talk = Conversation(own_end)
    talk.text("join")
    talk.wait("13h")
    assert talk.step is None
    assert talk.state.consent_to("survey") == "unknown"
    own_word = JOIN.replace("steps:", "anytime: {later: {words: [later], go: declined}}\nsteps:")
    talk = Conversation(own_word)
    talk.text("join")
    talk.text("later")
    assert talk.step is None
    assert talk.state.consent_to("survey") == "unknown"


def test_an_event_that_takes_the_way_of_a_flow_below_leaves_no_request_open() -> None:
    talk = Conversation(JOIN, SALE)
    talk.text("go")
    assert talk.state.consent_to("survey") == "asked"
    talk.request(event="paid")
    assert talk.step is None
    assert talk.state.consent_to("survey") == "unknown"


def test_who_has_joined_is_not_asked_again() -> None:
    talk = Conversation(JOIN)
    talk.text("join")
    talk.text("yes")
    assert talk.text("join") == ["You are in! Reply STOP to opt out"]


def test_a_consent_question_that_we_start_waits_for_the_morning() -> None:
    talk = Conversation(JOIN, at=business(quiet=quiet("marketing", 9, 20)))
    talk.now += 13 * 3_600_000  # eleven at night
    assert talk.request(event="bought") == []
    assert talk.recorded("postponed")[-1]["rule"] == "cn-hours-marketing"
    assert talk.wait("10h") == ["Reply YES for 2 texts a month. STOP to end."]
    # Silence is counted from when it can have been read.
    assert talk.due_in("silent") == [60, 24 * 60]


def test_our_own_systems_ask_once_and_the_contact_s_own_word_asks_again() -> None:
    talk = Conversation(JOIN, LEAVE)
    talk.text("join")
    talk.text("yes")
    assert talk.text("leave") == ["You are out."]
    assert consents(talk) == {"survey": ("withdrawn", "leave")}
    assert talk.request(event="bought") == []
    assert talk.recorded("refused")[-1]["rule"] == "asked-before"
    assert talk.text("join") == ["Reply YES for 2 texts a month. STOP to end."]


def test_stop_at_the_question_withdraws_and_ends_it() -> None:
    talk = Conversation(JOIN)
    talk.text("join")
    said = talk.text("STOP")
    assert len(said) == 1
    assert "no more texts" in said[0]
    assert talk.step is None
    assert talk.wait("30d") == []
    assert talk.state.consent_to("survey") == "withdrawn"


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ("{consent: {ask: survey}, say: Hi., go: end}", "needs `confirm`"),
        ("{consent: {give: survey}, confirm: Hi., go: end}", "go with {ask: ...} only"),
        ("{consent: {give: survey, ask: survey}, go: end}", "Write one of"),
        ("{consent: {}, go: end}", "Write one of"),
    ],
)
def test_a_consent_that_cannot_be_meant_is_refused(step: str, complaint: str) -> None:
    with pytest.raises(FlowErrors, match=complaint):
        loaded(f"flow: x\nsteps:\n  a: {step}\n")


def test_a_text_that_waited_with_an_errand_is_no_answer_to_a_question_of_consent() -> None:
    talk = Conversation(
        "flow: join\nlanguages: [en]\nstart: {words: [join]}\nsteps:\n"
        "  look: {do: crm.find, failed: ask}\n"
        "  ask:\n"
        "    consent: {ask: survey}\n"
        '    confirm: "YES for about 2 texts a month?"\n'
        "    yes: given\n"
        "    no: end\n"
        "    silent: [{after: 1d, go: end}]\n"
        '  given: {consent: {give: survey}, say: "You are in.", go: end}\n'
    )
    talk.text("join")
    talk.text("yes")
    # It was written before anybody asked, and would be the proof.
    assert talk.answer_errand("found") == ["YES for about 2 texts a month?"]
    assert talk.state.consent_to("survey") == "asked"
    assert talk.text("yes") == ["You are in."]
    assert talk.state.consents["survey"].proof == "yes"


ASKING = """
flow: join
class: marketing
programme: survey
expires: {after: 2h, go: declined}
start: {words: [join]}
anytime:
  back: {words: [back], go: declined}
steps:
  invite:
    consent: {ask: survey}
    confirm: Reply YES for 2 texts a month. STOP to end.
    yes: joined
    no: declined
    silent: [{after: 3d, go: declined}]
  joined:
    consent: {give: survey}
    say: You are in!
  over: {end: joined}
  declined: {end: declined}
"""
PATIENT = ASKING.replace("expires: {after: 2h, go: declined}\n", "")


def test_a_question_that_the_flow_s_expiry_ends_leaves_nothing_behind() -> None:
    talk = Conversation(ASKING)
    talk.text("join")
    talk.wait("2h")
    assert talk.step is None
    assert talk.state.consent_to("survey") == "unknown"


def test_a_question_that_an_anytime_word_ends_leaves_nothing_behind() -> None:
    talk = Conversation(ASKING)
    talk.text("join")
    talk.text("back")
    assert talk.step is None
    assert talk.state.consent_to("survey") == "unknown"


def test_a_question_that_another_start_crowds_out_is_asked_anew() -> None:
    talk = Conversation(ASKING)
    talk.text("join")
    talk.text("join")
    assert [facts["state"] for facts in talk.recorded("consent")] == ["asked", "unknown", "asked"]
    assert talk.state.consent_to("survey") == "asked"


def test_a_request_without_an_answer_is_as_if_never_made_once_its_time_is_up() -> None:
    talk = Conversation(PATIENT)
    talk.text("join")
    assert talk.wait("23h") == []
    assert talk.state.consent_to("survey") == "asked"
    assert talk.wait("1h") == []
    assert talk.state.consent_to("survey") == "unknown"
    assert talk.recorded("consent")[-1]["why"] == "expired"


def test_a_yes_that_comes_too_late_is_asked_for_once_more() -> None:
    talk = Conversation(PATIENT)
    question = talk.text("join")
    talk.wait("25h")
    assert talk.text("yes") == question
    assert talk.state.consent_to("survey") == "asked"
    assert talk.text("yes") == ["You are in! Reply STOP to opt out"]
    assert talk.state.consent_to("survey") == "given"


def test_a_request_expires_though_its_timer_was_lost() -> None:
    talk = Conversation(PATIENT)
    talk.text("join")
    talk.timers.clear()
    talk.now += 25 * 3_600_000
    talk.text("hello")
    assert talk.state.consent_to("survey") == "unknown"


def test_a_programme_says_how_long_a_request_stays_open() -> None:
    quick = Programme(name="survey", about="About two texts a month", confirm_within=60 * 60_000)
    talk = Conversation(PATIENT, at=business(programmes={"survey": quick}))
    talk.text("join")
    talk.wait("1h")
    assert talk.state.consent_to("survey") == "unknown"


def test_an_act_tells_what_was_shown_in_which_version_and_what_was_written() -> None:
    talk = Conversation(JOIN)
    talk.text("join")
    asked = talk.state.consents["survey"]
    assert asked.proof == "Reply YES for 2 texts a month. STOP to end."
    talk.text("Yes!")
    acts = [act for turn in talk.turns for act in turn.consents]
    assert [(act.state, act.origin.said) for act in acts] == [("asked", "join"), ("given", "Yes!")]
    assert {act.origin.flow for act in acts} == {"join"}
    assert {act.origin.version for act in acts} == {talk.playbook.newest["join"]}
    assert {act.origin.channel for act in acts} == {"main"}


@pytest.mark.parametrize(("number", "given"), [("+8613800138000", True), ("+4915123456789", False)])
def test_where_the_law_wants_a_yes_a_word_alone_gives_no_consent(number: str, given: bool) -> None:
    flow = """
flow: join
class: marketing
programme: survey
start: {words: [join]}
steps:
  joined: {consent: {give: survey}, say: You are in!}
  over: {end: joined}
"""
    talk = Conversation(flow, contact=PhoneNumber(number))
    assert bool(talk.text("join")) is given
    assert (talk.state.consent_to("survey") == "given") is given
    if not given:
        assert talk.recorded("refused")[0]["rule"] == "eu-consent-marketing"


LINKED = JOIN.replace("confirm: Reply YES for", 'confirm: "Reply YES or tap {{ opt_in_link }} for')
LINKED = LINKED.replace("STOP to end.", 'STOP to end."').replace(
    "{after: 1h, again: true}", '{after: 1h, again: true}, {after: 2h, say: "Still there?"}'
)
REACHED = business(public_url="https://sms.salon.example/")


def link_in(text: str) -> str:
    return next(word for word in text.split() if word.startswith("https://sms.salon.example/y/"))


def test_a_link_of_their_own_says_yes_and_is_the_same_when_asked_again() -> None:
    talk = Conversation(LINKED, at=REACHED)
    (asked,) = talk.text("join")
    link = link_in(asked)
    assert talk.wait("1h") == [asked]
    assert talk.text("what?") != []
    assert talk.press(link, "survey") == ["You are in! Reply STOP to opt out"]
    assert consents(talk) == {"survey": ("given", "Would you like this? [Yes]")}
    assert talk.recorded("confirmed")[0]["programme"] == "survey"
    assert talk.press(link, "survey") == []


def test_a_link_is_of_one_contact_and_one_conversation() -> None:
    links: set[str] = set()
    for number in ("+8613800138000", "+8613900139000"):
        talk = Conversation(LINKED, at=REACHED, contact=PhoneNumber(number))
        for _ in range(2):
            links.add(link_in(talk.text("join")[0]))
            talk.text("no")
    assert len(links) == 4


def test_a_link_that_is_pressed_as_its_time_runs_out_is_too_late() -> None:
    """The turn decides by the time at which the yes was kept, before any timer has told it."""
    for late, state in ((0, "unknown"), (-1, "given")):
        talk = Conversation(LINKED, at=REACHED)
        link = link_in(talk.text("join")[0])
        talk.now += 24 * 3_600_000 + late
        talk.press(link, "survey")
        assert talk.state.consent_to("survey") == state


def test_a_link_for_another_programme_or_of_another_request_changes_nothing() -> None:
    talk = Conversation(LINKED, at=REACHED)
    link = link_in(talk.text("join")[0])
    assert talk.press(link, "offers") == []
    assert talk.press(link[:-1] + ("a" if link[-1] != "a" else "b"), "survey") == []
    assert talk.state.consent_to("survey") == "asked"
    assert [facts["why"] for facts in talk.recorded("stale")] == [
        "its request is not open any more"
    ] * 2


def test_where_the_link_may_stand_and_what_it_needs_is_checked() -> None:
    assert not list(CHECKS["names"](loaded(LINKED, at=REACHED)))
    (unreachable,) = CHECKS["names"](loaded(LINKED))
    assert "Nobody could follow this link" in unreachable.what
    elsewhere = LINKED.replace("say: You are in!", 'say: "You are in! {{ opt_in_link }}"')
    (misplaced,) = CHECKS["names"](loaded(elsewhere, at=REACHED))
    assert misplaced.what == "A link that says yes stands in a question of consent only."
    line = elsewhere.splitlines()[misplaced.place.line - 1]
    assert line.index("opt_in_link") == misplaced.place.column - 1
    assert "`confirm`" in misplaced.mend


def test_the_links_are_counted_at_their_full_length() -> None:
    """As long as they are sent to the longest number, and not as a word of unknown length."""
    of = loaded(LINKED.replace("You are in!", "'In! {{ contact.opt_out_link }}'"), at=REACHED)
    flow = of.playbook.flows["join"]
    texts = {each.path[2]: each.text for each in everything_said(flow, of.playbook.business)}
    talk = Conversation(LINKED, at=REACHED)
    sent = link_in(talk.text("join")[0])
    longest = link_in(texts["confirm"])
    assert len(sent) <= len(longest) <= len(sent) + 8
    assert texts["say"].startswith("In! https://sms.salon.example/u/")
