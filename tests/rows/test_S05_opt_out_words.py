"""S05: every marketing text, in every language and from every sender, ends with one way out."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convo.core.business import Business, Channel
from convo.core.numbers import PhoneNumber
from convo.core.parts import parts_of
from convo.language.phrases import LANGUAGES, phrase
from convo.policy.law_words import law_word
from convo.policy.leaving import Leaving, Refused, leaving
from convo.policy.numbering import country_of
from convo.policy.opt_out import stands_once
from convo.routing.leaving import what_leaves
from tests.steps.conversation import ANNA, OURS, Conversation, business

JOIN = """
flow: join
programme: survey
start: {words: [join]}
steps:
  yes: {consent: {give: survey}}
  in: {say: In., go: end}
"""
PHONES = (ANNA, PhoneNumber("+12025550111"))
CHANNELS = {
    "main": {},
    "signed": {"signature": "Salon Mei: "},
    "china": {"signature": "【美发】", "signatures": ("【会员】",)},
    "behind": {"signature": "【美发】", "sign_at": "end"},
    "own": {"opt_out": {"zh": "拒收请回复R", "en": "Text STOP to end"}},
}
#: What the configured phrase is, by channel, language and the contact's country.
PHRASES = {
    ("own", "zh", "CN"): "拒收请回复R",
    ("own", "zh", "US"): "退订请回复“退订”",
    ("zh", "CN"): "回T退订",
    ("zh", "US"): "退订请回复“退订”",
}


def shops() -> Business:
    channels = {
        name: Channel(name=name, provider="console", address=OURS, **more)
        for name, more in CHANNELS.items()
    }
    return business(channels=channels)


def phrase_of(channel: str, language: str, country: str) -> str:
    if language == "en":
        return "Text STOP to end" if channel == "own" else "Reply STOP to opt out"
    if channel == "own":
        return PHRASES[channel, language, country]
    return PHRASES[language, country]


#: Pieces of what authors write: with the phrase, with others of its kind, with none.
PIECES = {
    "en": st.sampled_from(
        ["A sale.", "Come", "2 for 1!", "http://x.example", "Hi {{ contact.city }}", "“New”",
         "Reply STOP to opt out", "Reply STOP to opt out.", "STOP to end", "Reply BOOK"]
    ),
    "zh": st.sampled_from(
        ["促销开始。", "满200减20", "您好{{ contact.city }}", "回T退订", "回T退订。",
         "退订请回复“退订”", "拒收请回复R", "预约回Y", "http://x.example"]
    ),
}  # fmt: skip


def texts(language: str) -> st.SearchStrategy[str]:
    return st.lists(PIECES[language], min_size=1, max_size=5).map(" ".join)


@given(en=texts("en"), zh=texts("zh"), phone=st.sampled_from(PHONES))
@settings(max_examples=60, deadline=None)
def test_every_marketing_text_of_every_flow_language_and_sender_ends_with_one_way_out(
    en: str, zh: str, phone: PhoneNumber
) -> None:
    flow = (
        "flow: sale\nclass: marketing\nprogramme: survey\nlanguages: [en, zh]\n"
        "start: {words: [sale]}\nsteps:\n"
        f"  a:\n    say:\n      en: {en!r}\n      zh: {zh!r}\n"
        f"  b:\n    ask: [{{en: {en!r}, zh: {zh!r}}}]\n    silent: [{{after: 1h, go: end}}]\n"
        "    go: end\n"
    )
    country = country_of(phone) or ""
    for channel in CHANNELS:
        for language in ("en", "zh"):
            talk = Conversation(JOIN, flow, at=shops(), contact=phone)
            talk.state = replace(talk.state, fields={"city": "Rome"}, language=language)
            talk.text("join", channel)
            said = talk.text("sale", channel)
            assert len(said) == 2
            for message in talk.sent[-2:]:
                body = unsigned(message.text, channel)
                phrase = phrase_of(channel, language, country)
                assert stands_once(body, phrase, lambda word: law_word(word, country) == "stop")
                assert message.parts == parts_of(message.text).count
                assert body.count(phrase) <= 1


def unsigned(text: str, channel: str) -> str:
    """The text without its signature, which stands there once."""
    mark = CHANNELS[channel].get("signature", "").strip()
    if not mark:
        return text
    assert text.count(mark) == 1
    assert text.endswith(mark) if channel == "behind" else text.startswith(mark)
    return text.replace(mark, "").strip()


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_configured_phrase_is_put_where_an_author_wrote_none(
    language: str, channel: str, phone: PhoneNumber
) -> None:
    text = {"en": "A sale.", "zh": "促销开始。"}[language]
    found = what_leaves(
        text, kind="marketing", channel=channel, business=shops(), contact=phone, language=language
    )
    assert isinstance(found, Leaving)
    phrase = phrase_of(channel, language, country_of(phone) or "")
    assert unsigned(found.text, channel).endswith(phrase)
    assert found.parts == parts_of(found.text)


#: A text in each language that Convo speaks.
SALES = {
    "en": "A sale starts today.",
    "zh": "今天开始促销。",
    "zh-Hant": "今天開始促銷。",
    "es": "Hoy empiezan las rebajas.",
    "fr": "Les soldes commencent aujourd'hui.",
    "de": "Heute beginnt der Ausverkauf.",
    "pt": "A promoção começa hoje.",
    "ja": "本日からセールです。",
    "ko": "오늘부터 세일입니다.",
    "hi": "आज से सेल शुरू।",
    "ar": "تبدأ التخفيضات اليوم.",
}


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_that_convo_speaks_has_a_way_out_of_its_own(
    language: str, phone: PhoneNumber
) -> None:
    country = country_of(phone)
    shop = business(languages=tuple(LANGUAGES))
    found = what_leaves(
        SALES[language],
        kind="marketing",
        channel="main",
        business=shop,
        contact=phone,
        language=language,
    )
    assert isinstance(found, Leaving)
    own = {phrase(f"opt_out.{name}", language) for name in ("short", "anywhere")}
    assert any(found.text.endswith(each) for each in own)
    way_out = next(each for each in own if found.text.endswith(each))
    assert stands_once(found.text, way_out, lambda word: law_word(word, country) == "stop")


def test_a_rendering_without_it_is_refused_before_the_provider_is_called() -> None:
    channel = shops().channels["main"]
    without = leaving(
        "A sale.", channel=channel, others=(), kind="marketing", phrase="", stops=lambda _: False
    )
    assert without == Refused(rule="no-opt-out-phrase")


def test_no_other_class_bears_it() -> None:
    for kind in ("service", "otp", "emergency"):
        found = what_leaves(
            "It is sent.", kind=kind, channel="main", business=shops(), contact=ANNA, language="en"
        )
        assert isinstance(found, Leaving)
        assert found.text == "It is sent."
