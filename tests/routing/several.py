"""Flows of which several are open at once: reminders of visits, a survey, a yes-or-no reminder."""

from tests.steps.conversation import Conversation

VISIT = """
flow: visit
called: {en: "your visit on {{ when }}", zh: "您{{ when }}的预约"}
busy: beside
start: {events: [visit.made]}
answers: {visit: text, when: datetime}
steps:
  offer:
    choose: {en: "Your visit is on {{ when }}. Please reply:", zh: "您的预约是{{ when }}，请回复："}
    options:
      confirm: {en: Confirm, zh: 确认, words: [coming], go: kept}
      change: {en: Change, zh: 改期}
    silent: [{after: 1d, go: end}]
  day: {ask: "When suits you?", expect: datetime, save: when, silent: [{after: 1d, go: end}]}
  moved: {say: "Moved to {{ when }}.", go: end}
  kept: {say: "Thanks, see you on {{ when }}!"}
  done: {end: confirmed}
"""
SURVEY = """
flow: survey
called: {en: our survey, zh: 我们的调查}
busy: beside
start: {words: [survey], events: [visit.over]}
answers: {how: option, score: number, why: text}
steps:
  how:
    choose: {en: "How was your last visit?", zh: 上次感觉如何？}
    options: {good: {en: Good, zh: 好}, fair: {en: So-so, zh: 一般}, bad: {en: Bad, zh: 差}}
    save: how
    silent: [{after: 1d, go: end}]
  score:
    ask: {en: "From 0 to 10, would you recommend us?", zh: 从0到10分，您会推荐我们吗？}
    expect: {number: {min: 0, max: 10, whole: true}}
    save: score
    silent: [{after: 1d, go: end}]
  why: {ask: "Why is that?", expect: text, save: why, silent: [{after: 1d, go: end}]}
  thanks: {say: "Thank you for your {{ score }}."}
  done: {end: answered}
"""
COMING = """
flow: coming
called: your table for {{ people }}
busy: beside
start: {events: [table.booked]}
answers: {people: number}
steps:
  ask: {confirm: "Table for {{ people }}: are you coming? YES or NO", no: sorry,
        silent: [{after: 1d, go: end}]}
  good: {say: "See you, all {{ people }} of you!", go: end}
  sorry: {say: "Your table for {{ people }} is free again.", go: end}
"""
FRIDAY, MONDAY = "2026-11-27T15:00:00+08:00", "2026-11-30T10:00:00+08:00"


def open_at_once() -> Conversation:
    """Two visits and the survey, all three asked by events; nobody has answered yet."""
    talk = Conversation(VISIT, SURVEY, COMING)
    talk.request(event="visit.made", visit="A", when=FRIDAY)
    talk.request(event="visit.made", visit="B", when=MONDAY)
    talk.request(event="visit.over")
    return talk


def two_tables() -> Conversation:
    """Two questions that take the same yes."""
    talk = Conversation(VISIT, SURVEY, COMING)
    talk.request(event="table.booked", people=4)
    talk.request(event="table.booked", people=9)
    return talk
