"""Every check finds the fault that it is for, at its place, and nothing in a flow that is right."""

from dataclasses import replace

import pytest

from convo.authoring import action
from convo.core.approved import Gaps, Template
from convo.core.business import Business, Channel, Programme
from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from convo.routing.loading import Loaded, load
from convo.verification import CHECKS, verify

RIGHT = """\
flow: shop
class: marketing
programme: news
languages: [en, zh]
start: {words: [shop, 商店]}
answers: {colour: option, name: text, when: datetime, size: number}
anytime: {back: paint}
steps:
  paint:
    choose: {en: Which colour?, zh: 什么颜色？}
    options:
      red: {en: Red, zh: 红, words: [ruby]}
      blue: {en: Blue, zh: 蓝}
    save: colour
    silent: [{after: 2h, go: over}]
  who:
    ask: {en: "{{ colour }} it is. Your name?", zh: "{{ colour }}。您贵姓？"}
    save: name
    must:
      - {that: answer != 'x', else: {en: "Not {{ answer }}.", zh: "不能是{{ answer }}。"}}
    silent: [{after: 2h, go: over}]
  keep:
    set: {contact.city: name}
  order:
    do: shop.order
    with: {colour: colour}
    failed: over
  invite:
    consent: {ask: news}
    confirm: {en: "Shop: news, 2 a week? STOP to end.", zh: Shop 每周新闻？退订回复“退订”。}
    yes: joined
    no: pause
    silent: [{after: 2h, go: over}]
  joined:
    consent: {give: news}
  pause:
    wait: {until: 24h before when}
  size:
    ask: {en: Which size?, zh: 什么尺码？}
    expect: [small, large]
    silent: [{after: 2h, go: over}]
  over:
    end: done
"""

#: The same flow begun by an event of ours as a service, with an offer in it.
UNASKED = (
    RIGHT[RIGHT.index("class:") : RIGHT.index("    options:")],
    """\
class: service
languages: [en, zh]
start: {events: [shop.opened]}
answers: {colour: option, name: text, when: datetime, size: number}
anytime: {back: paint}
steps:
  paint:
    choose: {en: Flash sale! Which colour?, zh: 什么颜色？}
""",
)

FAULTS = [
    # check, what is right, the fault in its place, line, what is said of it
    (
        "codes",
        "  over:\n",
        "  code: {verify: '{{ pin }} it is', give_up: over}\n  over:\n",
        42,
        "class otp only",
    ),
    ("names", "{{ colour }} it is", "{{ color }} it is", 17, 'Nothing gives "color" a value'),
    ("names", "save: name", "save: nane", 18, '"nane" is not among'),
    ("names", "{{ colour }} it is", "{{ event.hue }} it is", 17, "No event of this flow brings"),
    ("names", "{{ colour }} it is", "{{ event }} it is", 17, "An event is no value"),
    ("names", "that: answer != 'x'", "that: answr != 'x'", 20, 'Nothing gives "answr" a value'),
    ("names", "contact.city: name", "contact.citi: name", 23, 'no contact field "citi"'),
    ("names", "contact.city: name", "nam: name", 23, '"nam" is not among the answers'),
    ("names", "with: {colour: colour}", "with: {colour: hue}", 26, 'Nothing gives "hue" a value'),
    ("names", "24h before when", "24h before then", 37, 'Nothing gives "then" a value'),
    ("names", "Which size?", '"{{ contact.town }}?"', 39, 'A contact has no field "town"'),
    ("names", "flow: shop", "flow: shop\ncalled: your {{ colr }}", 2, 'Nothing gives "colr"'),
    ("names", "flow: shop", "flow: shop\nmoved: {old: {end: 'Bye {{ colr }}'}}", 2, 'gives "colr"'),
    (
        "references",
        "expect: [small, large]",
        "expect: {place: branches}",
        40,
        'no list of places "branches"',
    ),
    (
        "many",
        "save: colour",
        "many: {most: 3}\n    save: colour",
        14,
        "`most` is 3, and there are 2",
    ),
    ("many", "save: colour", "many: {least: 3}\n    save: colour", 14, "`least` is 3, and there"),
    ("many", "save: colour", "many: true\n    save: colour", 15, '"colour" is kept as option, and'),
    ("many", "colour: option", "colour: options", 14, "and here one option is chosen"),
    (
        "many",
        "zh: 蓝}\n    save: colour",
        "zh: 蓝, go: who}\n    many: true\n    save: colour",
        13,
        "an option leads nowhere by itself",
    ),
    (
        "many",
        "      blue: {en: Blue, zh: 蓝}\n",
        "    many: true\n",
        11,
        "There is one option",
    ),
    (
        "many",
        "size: number}\nanytime: {back: paint}\nsteps:\n",
        "size: number, hues: options}\nanytime: {back: paint}\nsteps:\n"
        "  count: {tally: {poll: hue, vote: hues}, failed: over}\n",
        9,
        "a vote is for one",
    ),
    ("references", "programme: news", "programme: nwes", 3, 'no programme "nwes"'),
    ("references", "programme: news\n", "", 2, "Marketing goes only to those who joined"),
    ("references", "set: {contact.city: name}", "say: Hi\n    via: mian", 24, 'no channel "mian"'),
    ("references", "do: shop.order", "do: shop.ordr", 25, 'no action "shop.ordr"'),
    (
        "references",
        "do: shop.order\n    with: {colour: colour}",
        "do: code\n    with: {pool: \"'sprig'\"}",
        26,
        'convo.toml has no codes "sprig"',
    ),
    ("consent", "yes: joined\n    no: pause", "no: joined", 34, 'has no YES to "news"'),
    ("consent", "{back: paint}", "{back: joined}", 35, 'has no YES to "news"'),
    ("consent", "failed: over\n", "failed: joined\n", 35, 'has no YES to "news"'),
    ("consent", "flow: shop", "flow: shop\nmoved: {old: joined}", 36, 'has no YES to "news"'),
    ("joining", "Shop: news", "News", 30, "does not say in en who texts them (eu-join-sender"),
    ("joining", "news, 2", "texts, 2", 30, "does not say in en what kind"),
    ("joining", "a week", "", 30, "does not say in en how often"),
    ("joining", "STOP to end", "or not", 30, "does not say in en how to end it"),
    ("joining", "Shop 每周", "每周", 30, "does not say in zh who texts them"),
    ("joining", "每周新闻", "每周短信", 30, "does not say in zh what kind"),
    ("joining", "每周新闻", "新闻", 30, "does not say in zh how often"),
    ("joining", "退订回复“退订”", "或不", 30, "does not say in zh how to end it"),
    ("languages", "{en: Which size?, zh: 什么尺码？}", "{en: Size?}", 39, "not written in zh"),
    ("languages", "zh: 什么尺码？}", "zh: 什么尺码？, es: Talla}", 39, "written in es"),
    ("languages", "flow: shop", "flow: shop\ncalled: {en: your order}", 2, "not written in zh"),
    ("languages", "flow: shop", "flow: shop\nmoved: {old: {end: {en: Bye.}}}", 2, "written in zh"),
    ("languages", "{en: Blue, zh: 蓝}", "{en: Blue}", 13, "no label in zh"),
    ("words", "words: [ruby]", "words: [stop]", 12, '"stop" is a word of the law'),
    ("words", "words: [ruby]", "words: [Blue]", 13, "means both option red and option blue"),
    ("words", "{back: paint}", "{cancel: paint}", 7, '"cancel" is a word of the law'),
    ("words", "[small, large]", "[small, quit]", 40, '"quit" is a word of the law'),
    (
        "silence",
        "    silent: [{after: 2h, go: over}]\n  over",
        "  over",
        38,
        "Nobody may ever answer",
    ),
    (
        "reach",
        "failed: over\n",
        "failed: over\n    go: size\n",
        29,
        'No way leads to step "invite"',
    ),
    (
        "circles",
        "  keep:\n    set: {contact.city: name}\n",
        "  keep:\n    set: {contact.city: name}\n  on:\n    say: On.\n    go: keep\n",
        22,
        "goes round for ever: keep > on",
    ),
    (
        "shares",
        "  over:\n",
        "  a: {limit: {first: 5, of: x}, else: over}\n"
        "  b: {limit: {first: 6, of: x}, else: over}\n  over:\n",
        43,
        '"x" is declared differently at flows/shop.yaml:42',
    ),
    (
        "shares",
        "  over:\n",
        "  a: {split: {size: 5, over: 5}, as: x}\n"
        "  b: {split: {size: 5, over: 6}, as: x}\n  over:\n",
        43,
        '"x" is declared differently at flows/shop.yaml:42',
    ),
    (
        "parts",
        "en: Which colour?",
        "en: Which of all our colours? őőőőőőőőőőőőőőőőőőőő",
        10,
        "this text may take 2 parts",
    ),
    ("parts", "flow: shop", f"flow: shop\nmoved: {{old: {{end: {'Over. ' * 30}}}}}", 2, "2 parts"),
    ("emoji", "en: Which colour?", "en: Which colour? 👍👍", 10, "has 2 emoji (👍 👍)"),
    ("empty", "{{ colour }} it is", "{{ contact.city }} it is", 17, '"contact.city" may be empty'),
    ("empty", "{{ colour }} it is", "{{ name }} it is", 17, "on the way paint > who"),
    (
        "empty",
        "flow: shop",
        "flow: shop\nmoved: {old: {end: 'Bye {{ colour }}'}}",
        2,
        "on the way moved > old",
    ),
    ("filters", "{{ colour }} it is", "{{ colour | money }} it is", 17, "kept as option; `money`"),
    (
        "filters",
        "flow: shop",
        "flow: shop\nmoved: {old: {end: 'Bye {{ colour | money }}'}}",
        2,
        "kept as option; `money`",
    ),
    ("filters", "answer != 'x'", "answer != (name | weekday)", 20, "takes date or datetime"),
    ("promotion", *UNASKED, 9, '"Flash sale" is marketing'),
    (
        "templates",
        "zh: 什么尺码？",
        "zh: 多大？",
        39,
        'No approved template of the channel "cn" covers this text in zh: "多大？',
    ),
]


@action("shop.order")
async def order(call: object) -> None:
    """Places an order."""


ABOUT = {"en": "News", "zh": "商店新闻"}
#: Every text of the flow that is right, as a company of templates has approved it.
TEMPLATES = tuple(
    Template(id=f"SMS_{number}", wording=wording, gaps=Gaps(before="${", after="}"))
    for number, wording in enumerate(
        (
            "Which colour?\n1 Red\n2 Blue\nReply STOP to opt out",
            "什么颜色？\n1 红\n2 蓝\n退订请回复“退订”",
            "${colour} it is. Your name? Reply STOP to opt out",
            "${colour}。您贵姓？退订请回复“退订”",
            "Not ${answer}. Reply STOP to opt out",
            "不能是${answer}。退订请回复“退订”",
            "Shop: news, 2 a week? STOP to end.",
            "Shop 每周新闻？退订回复“退订”。",
            "Which size? Reply STOP to opt out",
            "什么尺码？退订请回复“退订”",
        )
    )
)
BUSINESS = Business(
    name="Shop",
    zone="Europe/Berlin",
    country="DE",
    languages=("en", "zh"),
    channels={
        "main": Channel(name="main", provider="console", address=PhoneNumber("+12025550100")),
        "cn": Channel(name="cn", provider="console", address=None, templates=TEMPLATES),
    },
    programmes={"news": Programme(name="news", about="News", abouts=ABOUT, double_opt_in=True)},
    contact_fields={"city": "text"},
    most_parts=1,
    most_emoji=1,
)


def loaded(source: str) -> Loaded:
    return load({"flows/shop.yaml": source}, [order], BUSINESS)


def test_a_flow_that_is_right_is_left_alone() -> None:
    verify(loaded(RIGHT))


@pytest.mark.parametrize(
    ("check", "right", "wrong", "line", "said"), FAULTS, ids=[f"{f[0]}-{f[3]}" for f in FAULTS]
)
def test_a_fault_is_found_at_its_line(
    check: str, right: str, wrong: str, line: int, said: str
) -> None:
    assert right in RIGHT
    found = list(CHECKS[check](loaded(RIGHT.replace(right, wrong, 1))))
    assert any(problem.place.line == line and said in problem.what for problem in found), [
        str(problem) for problem in found
    ]


def test_a_language_that_is_not_spoken_is_shown_where_it_stands() -> None:
    for text in ("{en: Size?, zh: 尺码？, es: Talla}", "[{en: Size?, zh: 尺码？, es: Talla}]"):
        source = RIGHT.replace("{en: Which size?, zh: 什么尺码？}", text)
        (found,) = CHECKS["languages"](loaded(source))
        assert found.place.column == source.splitlines()[found.place.line - 1].index("es:") + 1


def test_what_is_lacking_is_told_with_the_line_to_add() -> None:
    source = RIGHT.replace(", zh: 什么尺码？", "").replace(", zh: 蓝", "")
    assert {found.mend for found in CHECKS["languages"](loaded(source))} == {"Add `zh: ...`."}


def test_one_yes_is_enough_where_the_programme_asks_for_no_more() -> None:
    once = replace(
        BUSINESS, programmes={"news": Programme(name="news", about="News", abouts=ABOUT)}
    )
    source = RIGHT.replace("failed: over\n", "failed: joined\n")
    assert not list(CHECKS["consent"](load({"flows/shop.yaml": source}, [order], once)))


def test_every_check_has_a_fault_that_it_finds() -> None:
    assert {fault[0] for fault in FAULTS} == set(CHECKS)


def test_all_faults_are_told_at_once_in_the_order_of_their_places() -> None:
    source = RIGHT.replace("save: name", "save: nane").replace("news\n", "nwes\n", 1)
    with pytest.raises(FlowErrors) as raised:
        verify(loaded(source))
    lines = [problem.place.line for problem in raised.value.problems]
    assert lines == sorted(lines)
    assert {3, 18} <= set(lines)
