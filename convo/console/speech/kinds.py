"""What the kinds of things are called on every page: of messages, of processes, of events."""

from collections.abc import Mapping

from convo.core.business import MessageClass
from convo.core.presence import Role
from convo.drawing.wording import PageLanguage

CLASSES: Mapping[PageLanguage, Mapping[MessageClass, str]] = {
    "en": {
        "service": "service",
        "otp": "one-time code",
        "marketing": "marketing",
        "emergency": "emergency",
    },
    "zh": {"service": "服务", "otp": "验证码", "marketing": "营销", "emergency": "紧急"},
}

PROCESSES: Mapping[PageLanguage, Mapping[Role, str]] = {
    "en": {"run": "everything", "web": "hears", "worker": "thinks and sends"},
    "zh": {"run": "全部工作", "web": "接收", "worker": "处理与发送"},
}

EVENTS: Mapping[PageLanguage, Mapping[str, str]] = {
    "en": {
        "Inbound": "a text",
        "Due": "a timer",
        "Answered": "an answer of your systems",
        "Requested": "a flow was asked for",
        "HandedBack": "a person gave it back",
        "Report": "a delivery report",
        "OptedOutElsewhere": "an opt-out at the provider",
        "ConsentBrought": "a consent from elsewhere",
        "Confirmed": "a yes by a link",
        "MergeAsked": "two numbers to be one contact",
        "HandedOn": "what is known of another number",
        "Recalled": "a recall",
        "Moved": "another channel took over",
    },
    "zh": {
        "Inbound": "短信",
        "Due": "定时器",
        "Answered": "您的系统的回应",
        "Requested": "请求启动流程",
        "HandedBack": "人工交回",
        "Report": "送达报告",
        "OptedOutElsewhere": "在服务商处退订",
        "ConsentBrought": "来自别处的同意",
        "Confirmed": "通过链接同意",
        "MergeAsked": "合并两个号码",
        "HandedOn": "另一号码的资料",
        "Recalled": "撤回",
        "Moved": "由其他渠道接替",
    },
}


def event_called(name: str, language: PageLanguage) -> str:
    """An event by the name of its class; that name itself where no page has words for it."""
    return EVENTS[language].get(name, name)
