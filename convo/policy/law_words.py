"""Words that the law, or a carrier's rules, give a meaning that no flow can change.

A law word is a whole message, never a part of one: "We have got to STOP this terrible bill"
is not one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from convo.core.events import LawWord
from convo.core.folding import whole_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of one meaning and of one source, in any case and width."""

    #: `rejoin`: an everyday word that is START to a withdrawn contact and nothing to others.
    means: LawWord | Literal["rejoin"]
    words: tuple[str, ...]
    #: ISO codes of the contacts' countries; empty is everywhere.
    countries: tuple[str, ...] = ()
    source: str


_PLAIN_WORDS = (
    "CTIA Messaging Principles and Best Practices (2023-05), 5.1.3: plain-language requests must "
    "be acted upon; 47 CFR 64.1200(a)(10): any reasonable means of revoking consent"
)
_REFUSAL_MUST_BE_EASY = (
    "通信短信息服务管理规定 (MIIT, 2015-06-30), articles 18 to 20: whoever refuses is not texted "
    "again, and refusing must be convenient"
)

#: All of them. N (never a law word: it is "no" to everybody) and 取消 (people cancel bookings
#: with it) are left out on purpose.
LAW_WORDS: tuple[Words, ...] = (
    Words(
        means="stop",
        words=("STOP", "QUIT", "END", "REVOKE", "OPT OUT", "OPT-OUT", "CANCEL", "UNSUBSCRIBE"),
        source="47 CFR 64.1200(a)(10), in force since 2025-04-11: revoke consent per se",
    ),
    Words(
        means="stop",
        words=("STOPALL", "STOP ALL", "OPTOUT"),
        source="Twilio, default opt-out keywords; CTIA Short Code Monitoring Handbook",
    ),
    Words(
        means="stop",
        words=("ARRET", "ARRÊT", "REMOVE"),
        source="AWS End User Messaging, required opt-out keywords (ARRET: French Canada)",
    ),
    Words(
        means="stop",
        words=("TD",),
        countries=("US", "CA"),
        source="AWS End User Messaging, required opt-out keywords, which name these two countries",
    ),
    Words(
        means="stop",
        words=("T", "R", "TD"),
        countries=("CN",),
        source=(
            "What Chinese platforms tell recipients to reply: 拒收请回复R (Huawei MSGSMS, "
            "Alibaba Cloud), 回T退订, TD (Tencent Cloud)"
        ),
    ),
    Words(
        means="stop",
        words=(
            *("退订", "退訂", "拒收", "取消订阅", "取消訂閱", "退订短信", "退訂短信", "拒收短信"),
            *("拒收短訊", "退订TD", "回复退订", "回復退訂", "回T退订", "回复TD退订"),
        ),
        source=_REFUSAL_MUST_BE_EASY,
    ),
    Words(
        means="stop",
        words=(
            *("stop stop", "stop stop stop", "stop it", "stop now", "stop please", "please stop"),
            *("stop pls", "pls stop", "reply stop", "text stop", "send stop"),
            *("stop text", "stop texts", "stop texting", "stop texting me", "stop sms"),
            *("please stop texting", "please stop texting me", "stop texting me please"),
            *("stop messages", "stop messaging me", "please stop messaging me"),
            *("stop contacting me", "please stop contacting me"),
            *("stop sending me texts", "stop sending me messages", "stop sending messages"),
            *("do not text me", "don't text me", "dont text me", "please do not text me"),
            *("do not text me again", "don't text me again", "dont text me again"),
            *("do not contact me", "don't contact me", "dont contact me"),
            *("no more texts", "no more messages", "no more texts please"),
            *("unsubscribe me", "please unsubscribe", "unsubscribe please", "unsubscribe all"),
            *("please unsubscribe me", "unsubscribe me please", "i want to unsubscribe"),
            *("remove me", "please remove me", "remove me please", "remove my number"),
            *("remove me from your list", "remove me from this list", "remove me from the list"),
            *("take me off your list", "take me off this list", "take me off the list"),
            *("opt me out", "please opt me out", "opt out please", "i want to opt out"),
        ),
        source=_PLAIN_WORDS,
    ),
    Words(
        means="stop",
        words=(
            *("请退订", "請退訂", "我要退订", "我要退訂", "帮我退订", "幫我退訂", "退订谢谢"),
            *("我想退订", "我想退訂", "退订我", "请帮我退订", "我要取消订阅", "我要取消訂閱"),
            *("不要再发了", "不要再發了", "不要再发", "不要再發", "请不要再发了", "請不要再發了"),
            *("别再发了", "別再發了", "别发了", "別發了", "不要发了", "不要發了"),
            *("不要再发短信了", "不要再发短信", "別再發短訊", "别再发短信了", "别再发短信"),
            *("不要再给我发短信", "不要再给我发短信了", "别再给我发短信了", "停止发送", "停止發送"),
            *("停止发短信", "拒绝接收", "拒絕接收", "我要拒收"),
        ),
        source=_REFUSAL_MUST_BE_EASY,
    ),
    Words(
        means="start",
        words=("START", "UNSTOP"),
        source="Twilio, default opt-in keywords; AWS End User Messaging, toll-free opt-in",
    ),
    Words(
        means="start",
        words=(
            *("恢复订阅", "恢復訂閱", "重新订阅", "重新訂閱", "取消退订", "取消退訂"),
            *("恢复接收", "恢復接收"),
        ),
        source="The counterparts of 退订: taking a refusal back must be the recipient's own act",
    ),
    Words(
        means="rejoin",
        words=("YES",),
        source="Twilio, default opt-in keywords",
    ),
    Words(
        means="help",
        words=("HELP", "INFO"),
        source="CTIA Messaging Principles and Best Practices (2023-05); Twilio, help keywords",
    ),
    Words(
        means="help",
        words=("帮助", "幫助"),
        source="HELP in Chinese",
    ),
)


def _meanings(table: Iterable[Words]) -> dict[str, LawWord]:
    found: dict[str, LawWord] = {}
    for row in table:
        if row.means != "rejoin":
            found |= dict.fromkeys(map(whole_message, row.words), row.means)
    return found


_EVERYWHERE: Mapping[str, LawWord] = _meanings(row for row in LAW_WORDS if not row.countries)
_BY_COUNTRY: Mapping[str, Mapping[str, LawWord]] = {
    country: _EVERYWHERE | _meanings(row for row in LAW_WORDS if country in row.countries)
    for country in {country for row in LAW_WORDS for country in row.countries}
}
_ANYWHERE: Mapping[str, LawWord] = _meanings(LAW_WORDS)
_REJOIN = frozenset(
    whole_message(word) for row in LAW_WORDS if row.means == "rejoin" for word in row.words
)


def law_word(text: str, country: str | None) -> LawWord | None:
    """What the whole of `text` is to the law where the contact lives (`numbering.country_of`)."""
    return _BY_COUNTRY.get(country or "", _EVERYWHERE).get(whole_message(text))


def rejoin_word(text: str) -> bool:
    """Whether `text` is START to a withdrawn contact, while to all others it is their answer."""
    return whole_message(text) in _REJOIN


def is_law_word(word: str, country: str | None = None) -> bool:
    """Whether a flow must not offer `word`: a law word in `country`, or with None in any."""
    return (law_word(word, country) if country else _ANYWHERE.get(whole_message(word))) is not None
