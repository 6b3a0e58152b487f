"""Pretended providers: each judges what it is sent as the company would, and calls us as it would.

They stand in for the companies in tests and in `convo dev --fake`, and open no socket themselves.
"""

from collections.abc import Callable, Mapping

from convo.fakes.africastalking import FakeAfricasTalking
from convo.fakes.aliyun import FakeAliyun
from convo.fakes.android_sms_gateway import FakeAndroidSmsGateway
from convo.fakes.aws_sns import FakeAwsSns
from convo.fakes.bandwidth import FakeBandwidth
from convo.fakes.fake import (
    Answer,
    Approvals,
    Approving,
    Asked,
    Fake,
    Now,
    Said,
    Taken,
    Told,
    Webhook,
)
from convo.fakes.generic_http import FakeGateway
from convo.fakes.huawei import FakeHuawei
from convo.fakes.infobip import FakeInfobip
from convo.fakes.kannel import FakeKannel
from convo.fakes.messagebird import FakeMessageBird
from convo.fakes.plivo import FakePlivo
from convo.fakes.sinch import FakeSinch
from convo.fakes.telnyx import FakeTelnyx
from convo.fakes.tencent import FakeTencent
from convo.fakes.twilio import FakeTwilio
from convo.fakes.vonage import FakeVonage
from convo.fakes.yunpian import FakeYunpian

__all__ = [
    "BRING_PICTURES",
    "FAKES",
    "Answer",
    "Approvals",
    "Approving",
    "Asked",
    "Fake",
    "Now",
    "Said",
    "Taken",
    "Told",
    "Webhook",
]

#: Every company that can be pretended, by its provider's name in convo.toml.
FAKES: Mapping[str, Callable[[Now], Fake]] = {
    "twilio": FakeTwilio,
    "telnyx": FakeTelnyx,
    "vonage": FakeVonage,
    "plivo": FakePlivo,
    "messagebird": FakeMessageBird,
    "sinch": FakeSinch,
    "africastalking": FakeAfricasTalking,
    "android_sms_gateway": FakeAndroidSmsGateway,
    "aws_sns": FakeAwsSns,
    "bandwidth": FakeBandwidth,
    "infobip": FakeInfobip,
    "aliyun": FakeAliyun,
    "huawei": FakeHuawei,
    "tencent": FakeTencent,
    "yunpian": FakeYunpian,
    "kannel": FakeKannel,
    "generic_http": FakeGateway,
}

#: Those whose webhooks bring pictures too.
BRING_PICTURES = frozenset(
    {
        "twilio",
        "telnyx",
        "vonage",
        "plivo",
        "messagebird",
        "sinch",
        "bandwidth",
        "infobip",
        "generic_http",
    }
)
