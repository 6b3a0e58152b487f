"""The few words that a picture adds to an author's own, in the languages of the pages."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from convo.language.durations import duration_words

#: The languages that our own pages and pictures speak, whatever a flow speaks.
PageLanguage = Literal["en", "zh"]

KIND_WORDS: Mapping[PageLanguage, Mapping[str, str]] = {
    "en": {
        "ask": "asks",
        "choose": "offers",
        "consent": "consent",
        "confirm": "asks yes or no",
        "verify": "sends a code",
        "branch": "decides",
        "do": "does",
        "call": "calls",
        "wait": "waits",
        "run": "runs",
        "handoff": "hands over",
        "split": "splits",
        "limit": "limits",
        "tally": "counts",
        "end": "ends",
        "set": "sets",
        "say": "says",
    },
    "zh": {
        "ask": "提问",
        "choose": "选择",
        "consent": "同意",
        "confirm": "是或否",
        "verify": "验证码",
        "branch": "判断",
        "do": "执行",
        "call": "调用",
        "wait": "等待",
        "run": "转入流程",
        "handoff": "转人工",
        "split": "分流",
        "limit": "名额",
        "tally": "计数",
        "end": "结束",
        "set": "记录",
        "say": "发送",
    },
}

#: Label of a way, up to its colon -> how it is told; `{}` is what stands in the file.
WAY_WORDS: Mapping[PageLanguage, Mapping[str, str]] = {
    "en": {
        "next": "",
        "yes": "yes",
        "no": "no",
        "option": "{}",
        "else": "else",
        "arm": "{}",
        "give_up": "not understood",
        "silent": "silent {}",
        "expires": "expires {}",
        "failed": "fails",
        "missed": "missed",
        "full": "full",
        "late": "too late",
        "voted": "voted already",
        "back": "handed back",
        "later": "later, {}",
        "anytime": "any time: {}",
        "start": "start",
        "end": "end",
    },
    "zh": {
        "next": "",
        "yes": "是",
        "no": "否",
        "option": "{}",
        "else": "否则",
        "arm": "{}",
        "give_up": "听不懂",
        "silent": "{}无回复",
        "expires": "{}后过期",
        "failed": "失败",
        "missed": "已错过",
        "full": "已满",
        "late": "超时",
        "voted": "已投过",
        "back": "交回",
        "later": "稍后 {}",
        "anytime": "随时：{}",
        "start": "开始",
        "end": "结束",
    },
}

COMMAS: Mapping[PageLanguage, str] = {"en": ", ", "zh": "、"}

_UNITS_IN_CHINESE = {"d": "天", "h": "小时", "m": "分钟", "s": "秒"}


def span_words(length: timedelta, page: PageLanguage) -> str:
    """How long, as one reads it: 1d 12h, 1 天 12 小时."""
    words = duration_words(length)
    if page == "en":
        return words
    return " ".join(f"{each[:-1]} {_UNITS_IN_CHINESE[each[-1]]}" for each in words.split())
