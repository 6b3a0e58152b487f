"""ask for a place of a list: kept as its id, shown as it is called, asked back where unsure."""

import pytest

from convo.core.business import Place
from tests.routing.several import VISIT
from tests.steps.conversation import Conversation, business

BRANCHES = {
    "pudong": Place(labels={"en": "Pudong New Area", "zh": "浦东新区"}, words=("Lujiazui",)),
    "xuhui": Place(labels={"": "Xuhui"}),
    "spr_il": Place(labels={"en": "Springfield", "zh": "斯普林菲尔德"}, within={"": "Illinois"}),
    "spr_ma": Place(
        labels={"en": "Springfield", "zh": "斯普林菲尔德"},
        within={"en": "Massachusetts", "zh": "麻州"},
    ),
}
FLOW = """
flow: visit_us
busy: beside
start: {words: [go, 去哪]}
answers: {branch: place}
steps:
  where:
    ask: {en: Which branch?, zh: 哪家店？}
    expect: {place: branches}
    save: branch
    silent: [{after: 1h, go: end}]
  there: {set: {contact.nearest: branch}}
  told: {say: {en: "{{ branch }} it is.", zh: "{{ branch }}，好的。"}}
  way: {branch: [{if: "branch == 'xuhui'", go: near}, {else: stay}]}
  near: {say: "Just around the corner.", go: stay}
  stay: {wait: 1h}
  still: {say: "See you in {{ contact.nearest }}.", go: end}
"""
OUR = business(places={"branches": BRANCHES}, contact_fields={"nearest": "place"})
WHICH = """\
Which one do you mean?
1 Springfield, Illinois
2 Springfield, Massachusetts
Reply with the number."""
UNKNOWN = "Sorry, we do not know that place. Please reply with its name only."


def asked(word: str = "go") -> Conversation:
    talk = Conversation(FLOW, at=OUR)
    talk.text(word)
    return talk


def test_a_place_is_kept_as_its_id_and_shown_as_it_is_called() -> None:
    talk = asked()
    assert talk.text("in Pudong please") == ["Pudong New Area it is."]
    assert talk.answers["branch"] == "pudong"
    assert talk.state.fields["nearest"] == "pudong"
    assert talk.wait("1h") == ["See you in Pudong New Area."]
    chinese = asked("去哪")
    assert chinese.text("lujiazui") == ["浦东新区，好的。"]


def test_conditions_compare_its_id() -> None:
    assert asked().text("Xuhui") == ["Xuhui it is.", "Just around the corner."]


@pytest.mark.parametrize(
    ("reply", "branch"),
    [
        ("2", "spr_ma"),
        ("the first", "spr_il"),
        ("Illinois", "spr_il"),
        ("the one in massachusetts", "spr_ma"),
        ("Springfield, Illinois", "spr_il"),
        ("xuhui", "xuhui"),
    ],
)
def test_two_of_one_name_are_asked_about(reply: str, branch: str) -> None:
    talk = asked()
    assert talk.text("Springfield") == [WHICH]
    talk.text(reply)
    assert talk.answers["branch"] == branch


def test_they_are_asked_about_in_the_language_of_the_contact() -> None:
    talk = asked("去哪")
    assert talk.text("斯普林菲尔德") == [
        "请问您指的是哪一项？\n1 斯普林菲尔德, Illinois\n2 斯普林菲尔德, 麻州\n请回复前面的数字。"
    ]
    assert talk.text("二") == ["斯普林菲尔德，好的。"]


def test_a_number_is_an_answer_only_while_it_is_shown() -> None:
    talk = asked()
    assert talk.text("1") == [UNKNOWN]
    talk.text("Springfield")
    assert talk.text("hm") == [UNKNOWN]
    assert talk.text("1") == []


def test_their_numbers_are_none_that_another_open_question_shows() -> None:
    talk = Conversation(FLOW, VISIT, at=OUR)
    talk.request(event="visit.made", when="2026-11-27T15:00:00+08:00")
    talk.text("go")
    assert talk.text("Springfield") == [WHICH.replace("1 S", "3 S").replace("2 S", "4 S")]
    assert talk.text("1") == ["Thanks, see you on Fri 27 Nov, 3:00 pm!"]
    assert talk.text("4") == ["Springfield it is."]


def test_a_slip_is_asked_back() -> None:
    talk = asked()
    assert talk.text("Xuhiu") == ["Did you mean Xuhui? Reply YES."]
    assert talk.text("no") == [UNKNOWN]
    assert talk.text("yes") == [UNKNOWN]
    other = asked()
    other.text("Xuhiu")
    assert other.text("yes")[0] == "Xuhui it is."


def test_a_place_that_is_in_no_list_any_more_shows_its_id() -> None:
    talk = asked()
    talk.text("Pudong")
    gone = Conversation(
        FLOW,
        at=business(
            places={"branches": {"xuhui": BRANCHES["xuhui"]}}, contact_fields={"nearest": "place"}
        ),
    )
    gone.state, gone.timers = talk.state, talk.timers
    gone.now = talk.now
    assert gone.wait("1h") == ["See you in pudong."]
