"""The words at the end of marketing that say how to refuse it: seen in an author's text, or put."""

import re
from collections.abc import Callable, Iterator

#: Whether a whole message of this text stops us, where the contact lives.
Stops = Callable[[str], bool]

_QUOTED = "[\"'\u2018\u2019\u201c\u201d\u300c\u300d\u300e\u300f]?"
_REPLY = r"(?:reply|respond|answer|text|txt|send)(?: with| back)?"
_STOPPING = r"(?:opt[ -]?out|stop|end|quit|cancel|unsubscribe|leave|be removed|no more)"
_WHAT = r"(?: (?:texts|messages|msgs|these|this|it|all|now|from us|any ?time|at any time))*"
_WORD = rf"{_QUOTED}(?P<word>opt[ -]?out|stop ?all|[a-z\u00ea]{{1,11}}){_QUOTED}"
_PURPOSE = rf"(?: (?:to|2) {_STOPPING}{_WHAT}| ?= ?{_STOPPING})"
_REFUSING = "(?:退订|退訂|拒收|取消订阅|取消訂閱|退出)"
#: Spanish, French, German and Portuguese; the word in them is looked up like every other.
_WORD_WEST = f"{_QUOTED}(?P<word>[a-z\u00c0-\u024f]{{1,14}}){_QUOTED}"
_REPLY_WEST = (
    "(?:responda|responde|conteste|contesta|env[ií]e|env[ií]a|escriba|escribe|mande|manda|digite"
    "|r[eé]pondez|r[eé]ponds|envoyez|envoie|tapez|antworten sie(?: mit)?|antworte(?: mit)?"
    "|senden sie|sende|mit)"
)
_TO_LEAVE = (
    r"(?:(?:para|pour|um|zum) [\w' ]{1,40}"
    r"|(?:se )?d[eé]s(?:abonne|inscri)\w*|abmelden|abmeldung|abbestellen|baja|saída)"
)
_SENDING = "(?:回复|回覆|回復|回|发送|發送|发|發)"
_WORD_ZH = f"{_QUOTED}(?P<word>[A-Za-z]{{1,8}}|{_REFUSING}){_QUOTED}"


_KEYWORD = "[A-Za-z]{1,8}(?: ?[A-Za-z]{3})?"
#: The same in Japanese, Korean, Arabic and Hindi.
_OTHER_FORMS = (
    rf"(?:(?:配信)?停止|(?:配信|登録)?解除)(?:は|する(?:に|場合)は|をご希望の方は)、?\s*"
    rf"{_QUOTED}(?P<word>{_KEYWORD}|配信停止|停止|登録解除|解除){_QUOTED}\s*(?:と|を)?(?:ご)?"
    r"(?:返信|送信)(?:して|お願いし)?(?:ください|下さい|ます)?",
    rf"(?:수신 ?거부|거부|수신 ?중지)(?:는|를 원하시면|하시려면|하려면)?\s*[:：]?\s*"
    rf"{_QUOTED}(?P<word>{_KEYWORD}|수신 ?거부|거부){_QUOTED}(?:라고|이라고|로|을|를)?\s*"
    r"(?:회신|답장|전송)(?: ?해)?(?: ?주세요| ?하세요|바랍니다)?",
    rf"(?:لإلغاء الاشتراك|للإلغاء|للايقاف|للإيقاف|لإيقاف الرسائل)[،,:]?\s*(?:أرسل|ارسل|رد بـ?)\s*"
    rf"{_QUOTED}(?P<word>{_KEYWORD}|إلغاء الاشتراك|إيقاف|توقف){_QUOTED}",
    rf"(?:बंद करने|रोकने|ऑप्ट ?आउट)(?: करने)? के लिए\s*"
    rf"{_QUOTED}(?P<word>{_KEYWORD}|बंद करो){_QUOTED}\s*(?:लिखकर )?(?:भेजें|लिखें)",
)

_SENDING_ELSEWHERE = (
    "(?:responda|responde|env[ií][ea]|manda|mande|répondez|envoyez|antworten?(?: sie)?(?: mit)?"
    "|senden?(?: sie)?|abmelde\\w*(?: mit)?|stoppen?(?: mit)?)"
)

#: Each ends a text; `word` is what it asks to be sent. How people write it.
_FORMS = tuple(
    re.compile(rf"{form}[\s.!,;)。！）।]*\Z", re.IGNORECASE)
    for form in (
        rf"(?<!\w){_REPLY} {_WORD}{_PURPOSE}?{_WHAT}",
        rf"(?<!\w){_WORD}{_PURPOSE}",
        rf"(?<!\w){_WORD} ends (?:it|this|them|these texts|texts){_WHAT}",
        rf"(?<!\w)(?:to )?{_STOPPING}{_WHAT}[:,]? (?:{_REPLY} )?{_WORD}",
        rf"(?<!\w){_REPLY_WEST}:? {_WORD_WEST}(?: {_TO_LEAVE})?",
        rf"(?<!\w){_TO_LEAVE}(?: ?[:,])? (?:{_REPLY_WEST}:? )?{_WORD_WEST}",
        rf"(?<!\w){_WORD_WEST} (?:antworten|senden)(?: {_TO_LEAVE})?",
        rf"(?<!\w){_WORD_WEST} {_TO_LEAVE}",
        rf"(?:{_REFUSING}[^。！？!?\n]{{0,6}})?{_SENDING}\s*{_WORD_ZH}\s*"
        rf"(?:即可|可以|可|就)?(?:随时|隨時)?(?:{_REFUSING}|停止|取消)?",
        rf"{_REFUSING}[:：]\s*(?:{_SENDING})?\s*{_WORD_ZH}",
        rf"(?<!\w){_SENDING_ELSEWHERE}:? {_WORD}(?: [^.!?\n]{{0,40}})?",
        *_OTHER_FORMS,
    )
)
_ENDS_WELL = re.compile(r"[.!?,;:)\]\"'。！？；：，、…）】”’~]\Z")
_CAPITALS = re.compile(r"(?<!\w)[A-Z]{2,11}(?![A-Za-z])")
_AFTER = re.compile(r"[\s.!;。！；]*")


def promised(text: str, stops: Stops) -> bool:
    """Whether `text` ends by saying how to refuse more, with a word that does."""
    for form in _FORMS:
        found = form.search(text)
        if found is not None and stops(found["word"]):
            return True
    return False


def names_a_word(phrase: str, stops: Stops) -> bool:
    """Whether a configured way out names a word that does it, in whatever language it is."""
    return promised(phrase, stops) or any(map(stops, _CAPITALS.findall(phrase)))


def ended(body: str, phrase: str, stops: Stops) -> str:
    """`body` with one way out at its end: the author's own, or else `phrase`.

    `phrase` standing elsewhere in it is moved to the end.
    """
    spots = [*_spots(body, phrase)]
    last = spots[-1] if spots else None
    closed = last is not None and _AFTER.fullmatch(body, last + len(phrase)) is not None
    kept = body
    for spot in reversed(spots[:-1] if closed else spots):
        after = _AFTER.match(kept, spot + len(phrase))
        assert after is not None  # it matches nothing as well
        kept = kept[:spot] + kept[after.end() :]
    kept = kept.rstrip()
    if closed or promised(kept, stops):
        return kept
    if not kept:
        return phrase
    return kept + _joint(kept) + phrase


def _joint(text: str) -> str:
    """A line of its own behind lists, links and what has no end; full-width signs need nothing."""
    if "\n" in text or not _ENDS_WELL.search(text):
        return "\n"
    return " " if text[-1].isascii() else ""


def stands_once(text: str, phrase: str, stops: Stops) -> bool:
    """Whether `text` ends with one way out, `phrase` or the author's, and `phrase` no earlier."""
    spots = [*_spots(text, phrase)]
    if len(spots) > 1:
        return False
    if spots:
        return _AFTER.fullmatch(text, spots[0] + len(phrase)) is not None
    return promised(text, stops)


def _spots(text: str, phrase: str) -> Iterator[int]:
    """Where `phrase` stands in `text`, in any case."""
    folded, wanted = text.lower(), phrase.lower()
    if len(folded) != len(text):
        folded, wanted = text, phrase
    at = folded.find(wanted) if wanted else -1
    while at >= 0:
        yield at
        at = folded.find(wanted, at + len(wanted))
