"""choose with `many`: several options are one answer, and who chooses otherwise is told how."""

import pytest

from convo.errors import FlowErrors
from convo.understanding.several_pieces import words_between
from tests.routing.several import VISIT
from tests.steps.conversation import Conversation, business, loaded

FLOW = """
flow: topics
busy: beside
languages: [en, zh]
start: {words: [topics, 主题]}
answers: {topics: options}
anytime: {prices: {words: [prices], go: prices}}
steps:
  which:
    choose: {en: Which topics?, zh: 哪些主题？}
    options:
      news: {en: News, zh: 新闻}
      deals: {en: Deals, zh: 优惠, words: [offers]}
      events: {en: Events, zh: 活动}
      tips: {en: Tips, zh: 贴士}
    many: {least: 0, most: 3}
    save: topics
    tries: 5
    silent: [{after: 1h, go: end}]
  keep: {set: {contact.likes: topics}}
  way:
    branch:
      - {if: topics | length > 2, go: keen}
      - {if: "'deals' in topics", go: saver}
      - {else: told}
  keen: {say: "Keen on {{ topics | length }}: {{ topics | join(' / ') }}.", go: stay}
  saver: {say: "A saver.", go: stay}
  told: {say: {en: "{{ topics }}: noted.", zh: "{{ topics }}，记下了。"}}
  stay: {wait: 1h}
  still: {say: "Still {{ contact.likes }}.", go: end}
  prices: {say: "All is free.", go: end}
"""
OUR = business(contact_fields={"likes": "options"})
AGAIN = "Please reply with the numbers of all that you choose, with spaces between."


def asked(word: str = "topics", flow: str = FLOW) -> Conversation:
    talk = Conversation(flow, at=OUR)
    talk.text(word)
    return talk


def test_several_options_are_kept_as_ids_in_the_order_of_the_list() -> None:
    talk = asked()
    assert talk.text("4, 1 and 1 please") == ["News and Tips: noted."]
    assert talk.answers == {"topics": ["news", "tips"]}
    assert talk.state.fields["likes"] == ["news", "tips"]
    assert talk.wait("1h") == ["Still news and tips."]


def test_they_are_shown_in_the_language_of_the_contact() -> None:
    assert asked("主题").text("新闻和贴士") == ["新闻和贴士，记下了。"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("none", "none: noted."),
        ("tips", "Tips: noted."),
        ("2", "A saver."),
        ("events & offers", "A saver."),
        ("1-3", "Keen on 3: News / Deals / Events."),
        ("all but the last", "Keen on 3: News / Deals / Events."),
        ("124", "Keen on 3: News / Deals / Tips."),
    ],
)
def test_conditions_ask_what_is_among_them_and_how_many_they_are(reply: str, said: str) -> None:
    assert asked().text(reply) == [said]


def test_nothing_at_all_is_shown_in_every_language() -> None:
    assert asked("主题").text("都不要") == ["无，记下了。"]


def test_what_cannot_be_taken_is_told_and_nothing_is_kept() -> None:
    talk = asked()
    assert talk.text("all") == ["Please choose at most 3."]
    assert talk.text("news and Cricket") == [
        'We do not know "Cricket". Please reply again with all that you choose.'
    ]
    assert talk.text("1 or 2") == [AGAIN]
    assert talk.answers == {}
    assert talk.text("1 2 4") == ["Keen on 3: News / Deals / Tips."]


def test_too_few_are_told_and_every_such_reply_is_a_try() -> None:
    two = FLOW.replace("{least: 0, most: 3}", "{least: 2}")
    talk = asked(flow=two.replace("tries: 5", "tries: 3"))
    assert talk.text("1") == ["Please choose at least 2."]
    assert talk.text("none") == ["Please choose at least 2."]
    assert [each["tries"] for each in talk.recorded("unclear")] == [1, 2]
    assert talk.text("1 9") == []
    assert talk.recorded("ended")[-1]["flow"] == "topics"


def test_true_takes_one_or_more() -> None:
    flow = FLOW.replace("{least: 0, most: 3}", "true")
    assert asked(flow=flow).text("none") == ["Please choose at least 1."]
    assert asked(flow=flow).text("all") == ["Keen on 4: News / Deals / Events / Tips."]


def test_an_authored_text_is_said_where_nothing_is_understood() -> None:
    flow = FLOW.replace("    tries: 5", "    unclear: Numbers, please.\n    tries: 5")
    talk = asked(flow=flow)
    assert talk.text("hm") == ["Numbers, please."]
    assert talk.text("1 7")[0].startswith('We do not know "7".')


def test_words_of_the_flow_and_of_the_law_win_over_a_list() -> None:
    assert asked().text("prices") == ["All is free."]
    talk = asked()
    assert "you will get no more texts from us" in talk.text("STOP")[0]
    assert talk.state.sessions == ()


def test_its_numbers_are_none_that_another_open_question_shows() -> None:
    talk = Conversation(FLOW, VISIT, at=OUR)
    talk.request(event="visit.made", when="2026-11-27T15:00:00+08:00")
    assert talk.text("topics") == ["Which topics?\n3 News\n4 Deals\n5 Events\n6 Tips"]
    assert talk.text("3 6") == ["News and Tips: noted."]


def test_an_option_leads_nowhere_by_itself() -> None:
    flow = FLOW.replace("tips: {en: Tips,", "tips: {go: prices, en: Tips,")
    assert asked(flow=flow).text("4") == ["Tips: noted."]


@pytest.mark.parametrize(
    ("many", "complaint"),
    [
        ("{least: 3, most: 2}", "Nobody can choose at least 3 and at most 2"),
        ("{most: 0}", '"most" must be 1 or more'),
        ("{least: -1}", '"least" must be 0 or more'),
        ("{least: some}", '"least" must be a whole number'),
        ("{lest: 1}", 'knows no "lest"'),
        ("false", "or leave it out"),
        ("2", "Write `many: true` or"),
    ],
)
def test_limits_that_say_nothing_are_refused(many: str, complaint: str) -> None:
    with pytest.raises(FlowErrors, match=complaint):
        loaded(FLOW.replace("{least: 0, most: 3}", many), at=OUR)


def test_the_first_reply_waits_for_no_words_to_be_read() -> None:
    talk = Conversation(FLOW.replace("[en, zh]", "[en, pt]").replace("zh:", "pt:"), at=OUR)
    talk.playbook.make_ready()
    made = words_between.cache_info().misses
    talk.text("topics")
    assert talk.text("3 e 4") == ["Events and Tips: noted."]
    assert words_between.cache_info().misses == made
