"""S54: order updates go out as service, without cap or footer, and hold no marketing."""

import pytest

from convo.core.business import Caps
from convo.policy.frequency_cap import DAY
from convo.settings.speaking import cap_of
from convo.verification import faults
from tests.steps.conversation import Conversation, business, loaded, quiet

ORDER = """
flow: order
class: service
languages: [en, zh]
start: {events: [order.paid, order.shipped]}
steps:
  a:
    say:
      en: "Your order is on its way."
      zh: 您的订单已发出。
    go: end
"""
SALE = """
flow: sale
class: marketing
programme: survey
languages: [en, zh]
start: {events: [sale.wanted]}
steps:
  a: {say: {en: A sale., zh: 促销。}, go: end}
"""
JOIN = """
flow: join
programme: survey
start: {words: [join]}
steps:
  yes: {consent: {give: survey}}
  in: {say: In., go: end}
"""
CAPS = Caps(tiers={"all": cap_of("1 per month")}, usual="all")


def test_they_go_out_as_often_as_there_is_something_to_tell_and_without_a_footer() -> None:
    talk = Conversation(ORDER, SALE, JOIN, at=business(caps=CAPS))
    talk.text("join")
    assert talk.request(event="sale.wanted") == ["A sale. Reply STOP to opt out"]
    for _ in range(5):
        assert talk.request(event="order.shipped") == ["Your order is on its way."]
    assert {message.kind for message in talk.sent[-5:]} == {"service"}
    assert talk.request(event="sale.wanted") == []
    assert talk.recorded("refused")[-1]["rule"] == "frequency-cap"
    assert talk.recorded("refused")[-1]["next"] > talk.now + 30 * DAY


def test_they_have_windows_of_their_own() -> None:
    hours = {**quiet("service", 7, 23), **quiet("marketing", 10, 18)}
    talk = Conversation(ORDER, SALE, JOIN, at=business(quiet=hours))
    talk.text("join")
    talk.wait("12h")
    assert talk.request(event="order.shipped") == ["Your order is on its way."]
    assert talk.request(event="sale.wanted") == []
    assert talk.recorded("postponed")[-1]["rule"] in ("quiet-hours", "cn-hours-marketing")


def problems(*flows: str) -> list[str]:
    return [problem.what for problem in faults(loaded(*flows))]


@pytest.mark.parametrize(
    ("told", "block"),
    [
        ("on its way.", "on its way. Next one 20% off!"),
        ("Your order", "Shop now! Your order"),
        ("已发出。", "已发出。本周促销，满200减20。"),
        ("已发出。", "已发出。送您一张优惠券。"),
        ("已发出。", "已发出。全场打8折。"),
    ],
)
def test_a_marketing_block_in_a_service_text_is_refused(told: str, block: str) -> None:
    assert problems(ORDER) == []
    found = problems(ORDER.replace(told, block))
    assert len(found) == 1
    assert found[0].endswith("is marketing, in a text that goes out as service.")


def test_a_service_flow_runs_no_marketing_flow() -> None:
    runs = ORDER.replace("go: end", "go: more") + "  more: {run: sale, go: end}\n"
    assert problems(runs, SALE) == ["Flow order is service, and here it runs marketing."]


def test_what_people_ask_for_themselves_may_be_an_offer() -> None:
    asked = ORDER.replace("start: {events: [order.paid, order.shipped]}", "start: {words: [deal]}")
    assert problems(asked.replace("on its way.", "20% off!")) == []
