"""Chinese in two scripts: who reads one of them gets it, else the other, and never English."""

import pytest

from convo.core.business import Channel, Programme
from convo.core.contacts import ContactState
from convo.core.numbers import PhoneNumber
from convo.policy.leaving import Leaving
from convo.routing.leaving import what_leaves
from convo.web.opt_out_page import spoken as accepted_of
from tests.steps.conversation import Conversation, business

BEIJING = PhoneNumber("+8613800138000")
TAIPEI = PhoneNumber("+886912345678")
HONG_KONG = PhoneNumber("+85251234567")
MACAU = PhoneNumber("+85366123456")
BERLIN = PhoneNumber("+4915123456789")

BOTH = ("en", "zh", "zh-Hant")

VISIT = """
flow: visit
languages: {languages}
start: {{words: [visit, 预约], events: [asked]}}
answers: {{what: option, when: datetime}}
steps:
  which:
    choose: {{en: What?, {form}: "{said}"}}
    options:
      cut: {{en: Haircut, {form}: "{label}"}}
    save: what
    silent: [{{after: 1h, go: end}}]
  when:
    ask: {{en: When?, {form}: 時}}
    expect: datetime
    save: when
    silent: [{{after: 1h, go: end}}]
  over:
    say: {{en: "{{{{ what }}}} {{{{ when }}}}", {form}: "{{{{ what }}}} {{{{ when }}}}"}}
    go: end
"""
SIMPLIFIED = VISIT.format(languages="[en, zh]", form="zh", said="什么服务？", label="剪发")
TRADITIONAL = VISIT.format(
    languages="[en, zh-Hant]", form="zh-Hant", said="什麼服務？", label="剪髮"
)


def spoken_to(flow: str, language: str) -> Conversation:
    talk = Conversation(flow, at=business(languages=BOTH))
    talk.state = ContactState(number=BERLIN, language=language)
    return talk


@pytest.mark.parametrize("language", ["zh-Hant", "zh-TW", "zh-HK"])
def test_who_reads_traditional_gets_simplified_texts_and_never_english(language: str) -> None:
    talk = spoken_to(SIMPLIFIED, language)
    assert talk.request(event="asked") == ["什么服务？\n1 剪发"]
    assert talk.text("什麼？") == ["請回覆選項前的數字。"]  # ours, in their script
    talk.text("1")
    assert talk.text("12月4日下午三点") == ["剪发 12月4日周五 下午3:00"]


@pytest.mark.parametrize("language", ["zh", "zh-CN", "zh-Hans"])
def test_who_reads_simplified_gets_traditional_texts_and_never_english(language: str) -> None:
    talk = spoken_to(TRADITIONAL, language)
    assert talk.request(event="asked") == ["什麼服務？\n1 剪髮"]
    assert talk.text("什么？") == ["请回复选项前的数字。"]
    talk.text("1")
    assert talk.text("12月4日下午三點") == ["剪髮 12月4日週五 下午3:00"]


def test_a_text_in_both_scripts_is_said_in_theirs() -> None:
    flow = """
flow: hi
languages: [en, zh, zh-Hant]
start: {events: [asked]}
steps:
  a:
    say: {en: Hello, zh: "您好 {{ now | date }}", zh-Hant: "您好呀 {{ now | date }}"}
    go: end
"""
    assert spoken_to(flow, "zh").request(event="asked") == ["您好 11月23日周一"]
    assert spoken_to(flow, "zh-Hant").request(event="asked") == ["您好呀 11月23日週一"]
    assert spoken_to(flow, "zh-TW").request(event="asked") == ["您好呀 11月23日週一"]
    assert spoken_to(flow, "fr").request(event="asked") == ["Hello"]


@pytest.mark.parametrize(
    ("contact", "languages", "heard"),
    [
        (TAIPEI, BOTH, "zh-Hant"),
        (HONG_KONG, BOTH, "zh-Hant"),
        (MACAU, BOTH, "zh-Hant"),
        (BEIJING, BOTH, "zh"),
        (TAIPEI, ("en", "zh"), "zh"),
        (BEIJING, ("en", "zh-Hant"), "zh-Hant"),
        (BERLIN, BOTH, "en"),
    ],
)
def test_the_number_s_country_tells_the_script_before_they_have_written(
    contact: PhoneNumber, languages: tuple[str, ...], heard: str
) -> None:
    texts = {"en": "Hello", "zh": "简", "zh-Hant": "繁"}
    said = ", ".join(f"{each}: {texts[each]}" for each in languages)
    flow = f"flow: f\nlanguages: [{', '.join(languages)}]\nstart: {{events: [e]}}\n"
    flow += f"steps: {{a: {{say: {{{said}}}, go: end}}}}\n"
    abroad = business(country="GB", zone="Europe/London", languages=languages)
    talk = Conversation(flow, at=abroad, contact=contact)
    assert talk.request(event="e") == [texts[heard]]


@pytest.mark.parametrize(
    ("contact", "country", "text", "language"),
    [
        (BERLIN, "GB", "我要預約剪髮", "zh-Hant"),
        (BERLIN, "GB", "我要预约剪发", "zh"),
        (TAIPEI, "GB", "我要预约剪发", "zh"),  # what they write outweighs their number
        (BEIJING, "GB", "我要預約剪髮", "zh-Hant"),
        (TAIPEI, "GB", "你好", "zh-Hant"),  # written alike, so their number tells
        (BEIJING, "GB", "你好", "zh"),
        (BERLIN, "HK", "你好", "zh-Hant"),  # and at last where the business is
        (HONG_KONG, "HK", "你好", "zh-Hant"),
        (BERLIN, "CN", "你好", "zh"),
    ],
)
def test_the_script_that_they_write_in_is_kept(
    contact: PhoneNumber, country: str, text: str, language: str
) -> None:
    talk = Conversation(SIMPLIFIED, at=business(country=country, languages=BOTH), contact=contact)
    talk.text(text)
    assert talk.state.language == language


def test_what_is_said_outside_of_flows_is_in_a_script_that_they_read() -> None:
    channel = Channel(
        name="main", provider="console", address=None, fallback={"en": "Menu?", "zh": "菜单？"}
    )
    at = business(languages=BOTH, channels={"main": channel})
    talk = Conversation(SIMPLIFIED, at=at)
    talk.state = ContactState(number=BERLIN, language="zh-Hant")
    assert talk.text("嗯嗯嗯") == ["菜单？"]
    programme = Programme(name="news", about="News", abouts={"en": "News", "zh": "新闻"})
    assert programme.told("zh-TW") == "新闻"
    assert programme.told("fr") == "News"


@pytest.mark.parametrize(
    ("known", "spoken", "text", "way_out"),
    [
        ("zh-Hant", ("en", "zh"), "今天开始促销。", "回T退订"),
        ("zh-Hant", BOTH, "今天開始促銷。", "回T退訂"),
        ("zh", BOTH, "今天開始促銷。", "回T退訂"),
        ("zh-Hant", BOTH, "今天有特卖。", "回T退订"),
    ],
)
def test_marketing_ends_in_the_script_that_it_is_written_in(
    known: str, spoken: tuple[str, ...], text: str, way_out: str
) -> None:
    left = what_leaves(
        text,
        kind="marketing",
        channel="main",
        business=business(languages=spoken),
        contact=BEIJING,
        language=known,
    )
    assert isinstance(left, Leaving)
    assert left.text.endswith(way_out)


def test_a_link_is_no_reason_to_end_a_chinese_text_in_english() -> None:
    left = what_leaves(
        "新品八折 https://shop.example.com/november/offers?from=text",
        kind="marketing",
        channel="main",
        business=business(languages=BOTH),
        contact=BEIJING,
        language="en",
    )
    assert isinstance(left, Leaving)
    assert left.text.endswith("回T退订")


@pytest.mark.parametrize(
    ("accepted", "languages", "language"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", BOTH, "zh-Hant"),
        ("zh-HK", ("en", "zh"), "zh"),
        ("zh-CN,zh;q=0.9", BOTH, "zh"),
        ("ZH-Hant-TW", BOTH, "zh-Hant"),
        ("fr-CA, en-US;q=0.5", BOTH, "en"),
        ("*", ("zh", "en"), "zh"),
        ("", ("zh", "en"), "zh"),
    ],
)
def test_a_browser_is_answered_in_its_own_script(
    accepted: str, languages: tuple[str, ...], language: str
) -> None:
    assert accepted_of(accepted, languages) == language
