"""What any step may have beside its kind: tags, notes, events."""

from dataclasses import replace

import pytest

from convo.core import codec
from convo.core.business import Channel
from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from convo.steps.attributes import EMIT_WITHIN_MS, MAX_TAGS
from convo.verification import CHECKS
from tests.steps.conversation import OURS, Conversation, business, loaded, quiet

TAGGING = """
flow: join
start: {words: [join]}
anytime: {leave: leave}
steps:
  ask:
    confirm: "Join{% if 'club' in contact.tags %} again{% endif %}?"
    tag: asked
    yes: in
    no: end
    silent: [{after: 1h, go: end}]
  in: {say: "{% if 'club' in contact.tags %}Welcome{% endif %}.", tag: [club, spring-26], go: which}
  which:
    branch:
      - {if: "'club' in contact.tags and 'vip' not in contact.tags", go: plain}
      - {else: leave}
  plain: {say: A plain member., go: end}
  leave: {set: {contact.fan: "false"}, tag: {remove: [club, nothing], add: left}, go: end}
"""


def test_a_tag_is_there_from_the_step_on_and_conditions_ask_for_it() -> None:
    talk = Conversation(TAGGING)
    assert talk.text("join") == ["Join?"]
    assert talk.state.tags == ("asked",)
    assert talk.text("yes") == ["Welcome.", "A plain member."]
    assert talk.state.tags == ("asked", "club", "spring-26")
    assert talk.recorded("tagged")[-1]["added"] == ["club", "spring-26"]


def test_tags_are_kept_and_taken_away_and_a_second_time_changes_nothing() -> None:
    talk = Conversation(TAGGING)
    talk.text("join")
    talk.text("yes")
    assert talk.text("join") == ["Join again?"]
    talk.text("leave")
    assert talk.state.tags == ("asked", "spring-26", "left")
    facts = talk.recorded("tagged")[-1]
    assert (facts["added"], facts["removed"]) == (["left"], ["club"])


def test_a_contact_has_no_more_tags_than_a_record_can_bear() -> None:
    talk = Conversation(TAGGING)
    talk.state = replace(talk.state, tags=tuple(f"t{n}" for n in range(MAX_TAGS - 1)))
    talk.text("join")
    assert len(talk.state.tags) == MAX_TAGS
    assert talk.text("yes") == ["."]
    assert len(talk.state.tags) == MAX_TAGS
    assert talk.recorded("ignored")[0]["tags"] == ["club", "spring-26"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("tag: two words", '"two words" is no tag'),
        ("tag: [vip, '']", '"" is no tag'),
        ("tag: {add: vip, remove: [vip]}", '"vip" is both added and removed.'),
        ("tag: {}", "Name a tag to add or to remove."),
        ("tag: {plus: vip}", '"tag" knows no "plus".'),
        ("emit: 'order paid'", '"order paid" is no event'),
        ("emit: {event: x, with: {a: '1 +'}}", "Something is missing"),
        ("emit: {name: x}", '"emit" lacks "event".'),
        ("note: {de: Hallo, xx-y: Nein}", "not a language code"),
    ],
)
def test_what_an_author_may_get_wrong_is_told(written: str, told: str) -> None:
    flow = (
        f"flow: f\nstart: {{words: [f]}}\nsteps:\n  a:\n    say: Hi.\n    {written}\n    go: end\n"
    )
    with pytest.raises(FlowErrors) as problems:
        loaded(flow)
    assert told in str(problems.value)


NOTING = """
flow: lead
start: {words: [lead]}
languages: [en, zh]
answers: {name: name, budget: number}
steps:
  name:
    ask: {en: Your name?, zh: 您贵姓？}
    expect: name
    save: name
    silent: [{after: 1h, go: end}]
  score:
    set: {budget: 5 * 2}
    note: {en: "{{ name }} has {{ budget }}", zh: "{{ name }}：{{ budget }}"}
    emit: {event: lead.scored, with: {who: name, budget: budget, at: now}}
  thanks: {say: {en: Thanks., zh: 谢谢。}, emit: lead.thanked, go: end}
"""
POSTED = business(events_url="https://crm.example/events")


def test_a_note_is_written_down_in_the_flow_s_first_language_and_never_sent() -> None:
    talk = Conversation(NOTING)
    talk.text("lead")
    talk.state = replace(talk.state, language="zh")
    assert talk.text("王芳") == ["谢谢。"]
    (note,) = talk.recorded("note")
    assert (note["flow"], note["step"], note["text"]) == ("lead", "score", "王芳 has 10")


def test_an_event_is_recorded_and_where_nobody_listens_nothing_is_posted() -> None:
    talk = Conversation(NOTING)
    talk.text("lead")
    talk.text("Ann")
    first, second = talk.recorded("emitted")
    assert (first["event"], first["values"]["who"], first["values"]["budget"]) == (
        "lead.scored",
        "Ann",
        10,
    )
    assert (second["event"], second["values"]) == ("lead.thanked", {})
    assert talk.errands == []


def test_an_event_is_an_errand_that_nobody_waits_for() -> None:
    talk = Conversation(NOTING, at=POSTED)
    talk.text("lead")
    assert talk.text("Ann") == ["Thanks."]
    first, second = talk.errands
    assert (first.kind, first.name, first.within) == ("emit", "lead.scored", EMIT_WITHIN_MS)
    assert first.key == first.id != second.id
    data = first.arguments["data"]
    assert first.arguments["type"] == "lead.scored"
    assert first.arguments["timestamp"] == "2026-11-23T02:00:00.000+00:00"
    assert (data["contact"], data["flow"], data["step"]) == ("+8613800138000", "lead", "score")
    assert data["values"] == {"who": "Ann", "budget": 10, "at": "2026-11-23T10:00:00+08:00"}


def test_what_becomes_of_an_event_says_nothing_to_the_contact() -> None:
    talk = Conversation(NOTING, at=POSTED)
    talk.text("lead")
    talk.text("Ann")
    failed, went = talk.errands
    assert talk.answer(failed, failure="status 500, 3 tries") == []
    assert talk.answer(went) == []
    assert [facts["failure"] for facts in talk.recorded("answered")] == ["status 500, 3 tries", ""]
    assert not talk.recorded("stale")


def test_names_in_notes_and_events_are_checked_and_tags_are_known() -> None:
    wrong = NOTING.replace("{{ name }} has", "{{ nam }} has").replace("who: name", "who: nam")
    found = [problem.what for problem in CHECKS["names"](loaded(wrong))]
    assert found == ['Nothing gives "nam" a value.'] * 2
    assert not list(CHECKS["names"](loaded(TAGGING)))


SHOWING = """
flow: show
start: {words: [show]}
steps:
  look:
    say: [Two pictures., "{% if contact.fan %}You know it.{% endif %}Here they are:"]
    media: [https://salon.example/a.jpg, "https://salon.example/b.jpg?x=1&y=2"]
  like:
    choose: Like it?
    options: {yes: "Yes", no: "No"}
    media: [https://salon.example/c.jpg]
    tries: 2
    silent: [{after: 1h, again: true}, {after: 2h, go: end}]
  over: {say: Bye., go: end}
"""


def test_links_stand_behind_the_last_text_of_the_step_and_are_counted_in_its_parts() -> None:
    talk = Conversation(SHOWING)
    assert talk.text("show") == [
        "Two pictures.",
        "Here they are:\nhttps://salon.example/a.jpg\nhttps://salon.example/b.jpg?x=1&y=2",
        "Like it?\n1 Yes\n2 No\nhttps://salon.example/c.jpg",
    ]
    long = Conversation(SHOWING.replace("Two pictures., ", "").replace("b.jpg", "b" * 150))
    long.text("show")
    assert long.sent[0].parts == 2


def test_a_question_that_is_asked_again_comes_without_them() -> None:
    talk = Conversation(SHOWING)
    talk.text("show")
    assert talk.wait("1h") == ["Like it?\n1 Yes\n2 No"]


def test_a_text_that_comes_out_blank_brings_no_links() -> None:
    blank = '"{% if contact.fan %}You know it.{% endif %}"'
    flow = SHOWING.replace(
        '[Two pictures., "{% if contact.fan %}You know it.{% endif %}Here they are:"]', blank
    )
    assert Conversation(flow).text("show") == ["Like it?\n1 Yes\n2 No\nhttps://salon.example/c.jpg"]


PICTURED = business(
    channels={
        "main": Channel(
            name="main",
            provider="twilio",
            address=OURS,
            signature="Mei: ",
            mms=frozenset({"US"}),
        )
    }
)
AMERICAN = PhoneNumber("+12125550123")
LINKS = ("https://salon.example/a.jpg", "https://salon.example/b.jpg?x=1&y=2")


def test_pictures_travel_as_mms_to_the_countries_of_the_channel_and_as_links_elsewhere() -> None:
    abroad = Conversation(SHOWING, at=PICTURED)
    abroad.text("show")
    assert [message.media for message in abroad.sent] == [(), (), ()]
    assert abroad.sent[1].text == "Mei: Here they are:\n" + "\n".join(LINKS)
    there = Conversation(SHOWING.replace("they are", "they are " * 60), at=PICTURED)
    there.state = replace(there.state, number=AMERICAN)
    there.text("show")
    first, second, third = there.sent
    assert (first.text, first.media) == ("Mei: Two pictures.", ())
    assert (second.media, second.parts) == (LINKS, 1)
    assert "https" not in second.text
    assert (third.text, third.media) == (
        "Mei: Like it?\n1 Yes\n2 No",
        ("https://salon.example/c.jpg",),
    )
    assert [facts.get("media") for facts in there.recorded("said")] == [None, 2, 1]


def test_what_waits_for_the_morning_keeps_its_pictures() -> None:
    at = replace(PICTURED, quiet=quiet("service", 11, 20), zone="America/New_York")
    talk = Conversation(SHOWING, at=at)
    talk.state = replace(talk.state, number=AMERICAN)
    talk.request(flow="show")
    assert talk.sent == []
    assert codec.decode(AMERICAN, codec.encode(talk.state)).postponed[1].say.media == LINKS
    talk.wait("15h")
    assert [message.media for message in talk.sent[:2]] == [(), LINKS]


def test_what_was_shown_for_a_consent_is_kept_with_its_links() -> None:
    asking = """
flow: join
start: {words: [join]}
programme: offers
steps:
  ask: {consent: {ask: offers}, confirm: Join?, media: ["https://a.example/x"], yes: end, no: end}
"""
    talk = Conversation(asking)
    talk.text("join")
    assert talk.state.consents["offers"].proof == "Join?\nhttps://a.example/x"


def test_a_picture_alone_is_kept_told_and_an_unclear_reply() -> None:
    talk = Conversation(SHOWING)
    talk.text("show")
    link = "https://api.twilio.example/Media/ME1"
    assert talk.text("", media=(link,)) == ["Please reply with one of the numbers."]
    assert talk.recorded("inbound")[-1]["media"] == (link,)
    assert talk.recorded("unclear")
    named = Conversation(NOTING)
    named.text("lead")
    assert named.text("", media=(link,)) == ["Please reply with your name only."]
    assert named.text("Ann", media=(link,)) == ["Thanks."]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[https://salon.example/c.jpg]", "[http://salon.example/c.jpg]", "no https:// link"),
        ("[https://salon.example/c.jpg]", "[salon.example/c.jpg]", "no https:// link"),
        ("[https://salon.example/c.jpg]", "['https://salon.example/c d.jpg']", "without blanks"),
        ("c.jpg]", f"{'c' * 200}.jpg]", "up to 200 characters"),
        ("[https://salon.example/c.jpg]", f"[{', '.join(['https://a.example'] * 11)}]", "10 ent"),
        (
            "[https://salon.example/c.jpg]",
            f"[{', '.join(['https://a.example/' + 'x' * 150] * 4)}]",
            "more than 600 characters together",
        ),
        ("over: {say: Bye., go: end}", "over: {end: x, media: ['https://a.example']}", "goes with"),
    ],
)
def test_links_that_cannot_be_sent_are_refused(old: str, new: str, told: str) -> None:
    assert old in SHOWING
    with pytest.raises(FlowErrors) as problems:
        loaded(SHOWING.replace(old, new))
    assert told in str(problems.value)
