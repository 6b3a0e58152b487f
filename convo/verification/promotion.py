"""Marketing inside what goes out as service: no cap, no way out and no hours would hold it."""

import re
from collections.abc import Iterator

from convo.errors import FlowError
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.run import Run
from convo.verification.finding import finding
from convo.verification.said import everything_said

#: What is said to sell, in words that a confirmation or a delivery notice has no use for.
_PROMOTION = re.compile(
    r"\b\d{1,2} ?% (?:off|discount)\b|\b(?:flash|summer|winter|holiday|clearance) sale\b"
    r"|\bsale (?:ends|starts|now on|is on)\b|\bbuy (?:one|1|2|two),? get\b|\bshop now\b"
    r"|\b(?:discount|promo) codes?\b|\blimited[- ]time\b|\bspecial offers?\b|\bcoupons?\b"
    r"|促销|特价|优惠券|优惠码|满\s?\d+\s?减\s?\d+|限时|抢购|秒杀|大减价|打\s?[\d一二三四五六七八九]+\s?折",
    re.IGNORECASE,
)
_SELLING = frozenset({"service", "otp"})


def promotion_in_service(loaded: Loaded) -> Iterator[FlowError]:
    """A marketing flow that a service flow runs, and offers in texts that own systems start.

    What a contact asks for by a word may well be an offer; what comes of itself may not.
    """
    playbook = loaded.playbook
    for name, written in loaded.written.items():
        flow = playbook.flows[name]
        if flow.message_class not in _SELLING:
            continue
        for step_name, step in flow.steps.items():
            inner = playbook.flows.get(step.run) if isinstance(step, Run) else None
            if inner is not None and inner.message_class == "marketing":
                what = sentence(
                    "Flow {name} is {message_class}, and here it runs marketing.",
                    name=name,
                    message_class=flow.message_class,
                )
                mend = sentence(
                    "Let an event start {inner} by itself, or make {name} marketing.",
                    inner=inner.name,
                    name=name,
                )
                yield finding(written, ("steps", step_name, "run"), what, mend)
        if not flow.events or flow.words:
            continue
        for worst in everything_said(flow, playbook.business):
            if found := _PROMOTION.search(worst.text):
                what = sentence(
                    '"{found}" is marketing, in a text that goes out as {message_class}.',
                    found=found[0],
                    message_class=flow.message_class,
                )
                mend = sentence(
                    "Take it out, or say it in a flow of class marketing, which has consent, caps "
                    "and a way out."
                )
                yield finding(written, worst.path, what, mend)
