"""A person with a phone: reads the texts that come, and answers them as one who has read them."""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache

from tests.steps.conversation import Conversation

VISIT = """
flow: visit
called: {en: "your visit on {{ when }}", zh: "您{{ when }}的预约"}
busy: beside
start: {events: [visit.made]}
answers: {visit: text, when: datetime, day: option}
steps:
  offer:
    choose: {en: "Your visit is on {{ when }}. Please reply:", zh: "您的预约是{{ when }}，请回复："}
    options:
      confirm: {en: Confirm, zh: 确认, go: kept}
      change: {en: Change, zh: 改期}
    silent: [{after: 1d, go: end}]
  day:
    choose: {en: "Which day instead of {{ when }}?", zh: "{{ when }}改到哪天？"}
    options: {tue: {en: Tuesday, zh: 周二}, wed: {en: Wednesday, zh: 周三}}
    save: day
    silent: [{after: 1d, go: end}]
  moved: {say: {en: "Your visit on {{ when }} is moved.", zh: "{{ when }}的预约已改期。"}}
  done: {end: moved}
  kept: {end: confirmed}
"""
SURVEY = """
flow: survey
called: {en: our survey, zh: 我们的调查}
busy: beside
start: {events: [visit.over]}
answers: {how: option, score: number}
steps:
  how:
    choose: {en: "Our survey: how was it last time?", zh: 我们的调查：上次感觉如何？}
    options: {good: {en: Good, zh: 很好}, fair: {en: So-so, zh: 一般}, bad: {en: Bad, zh: 不好}}
    save: how
    silent: [{after: 1d, go: end}]
  score:
    ask: {en: "Our survey: from 0 to 10, how likely are you to come again?",
          zh: 我们的调查：从0到10分，您还会再来吗？}
    expect: {number: {min: 0, max: 10, whole: true}}
    save: score
    silent: [{after: 1d, go: end}]
  thanks: {say: {en: "Our survey says thank you.", zh: 我们的调查到此结束，谢谢。}}
  done: {end: answered}
"""
#: What the two visits and the survey are told by, in every text about them.
MARKS = {
    "en": {"A": "Fri 27 Nov", "B": "Mon 30 Nov", "S": "ur survey"},
    "zh": {"A": "11月27日", "B": "11月30日", "S": "我们的调查"},
}
#: What the person wants to say to each of the three, one after the other.
MEANS = {
    "en": {"A": ("Change", "Wednesday"), "B": ("Change", "Tuesday"), "S": ("So-so", "3")},
    "zh": {"A": ("改期", "周三"), "B": ("改期", "周二"), "S": ("一般", "3")},
}
#: What each of the three has kept when all is said.
KEPT = {
    "A": {"day": "wed"},
    "B": {"day": "tue"},
    "S": {"how": "fair", "score": 3},
}
WHICH = {"en": "Which one do you mean?", "zh": "请问您指的是哪一项？"}
UNPLACED = {"en": "We could not tell what", "zh": "我们无法判断"}
ORDINALS = {"en": ("the first", "the second", "the third"), "zh": ("第一个", "第二个", "第三个")}
_LINE = re.compile(r"(?m)^(\d+) (.+)$")


@dataclass(slots=True)
class Phone:
    """What stands on it: the newest text about each of the three, and what was asked last."""

    language: str
    #: A, B or S -> label -> the number in front of it.
    lists: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    last: str = ""
    #: The lines of the question which one was meant, as long as it is the newest text.
    which: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    #: How often we were told that a reply was not placed.
    told: int = 0

    def read(self, texts: Sequence[str]) -> None:
        self.which = []
        for text in texts:
            if text.startswith(UNPLACED[self.language]):
                self.told += 1
            elif text.startswith(WHICH[self.language]):
                self.which = _LINE.findall(text)
                self.last = ""
            else:
                about = self.about(text)
                self.lists[about] = {label: number for number, label in _LINE.findall(text)}
                self.last = about

    def about(self, text: str) -> str:
        (found,) = [who for who, mark in MARKS[self.language].items() if mark in text]
        return found

    def worded(self, whom: str, answer: str, *, as_number: bool) -> str:
        """A number where they like numbers, or where the newest text offers the same word."""
        number = self.lists[whom].get(answer)
        if number is None:
            return answer
        ambiguous = self.last not in ("", whom) and answer in self.lists[self.last]
        return number if as_number or ambiguous else answer

    def pointed(self, whom: str, how: int) -> str:
        """Their answer to the question which one was meant: by number, by name or by place."""
        place = [self.about(label) for _, label in self.which].index(whom)
        number, label = self.which[place]
        return (number, label, ORDINALS[self.language][place])[how]


@cache
def _opened(language: str) -> tuple[Conversation, Phone, dict[str, str]]:
    talk = Conversation(VISIT, SURVEY)
    phone = Phone(language)
    if language == "zh":
        talk.text("你好")
    sessions: dict[str, str] = {}
    for whom, event, when in (
        ("A", "visit.made", "2026-11-27T15:00:00+08:00"),
        ("B", "visit.made", "2026-11-30T10:00:00+08:00"),
        ("S", "visit.over", ""),
    ):
        phone.read(talk.request(event=event, **({"when": when} if when else {})))
        sessions[whom] = talk.state.sessions[-1].id
    return talk, phone, sessions


def asked_at_once(language: str) -> tuple[Conversation, Phone, dict[str, str]]:
    """Two reminders and a survey, opened by events; and the session of each of the three."""
    opened, phone, sessions = _opened(language)
    talk = copy(opened)
    talk.sent, talk.records, talk.errands = [], [], []
    talk.timers = dict(opened.timers)
    return talk, Phone(language, dict(phone.lists)), sessions
