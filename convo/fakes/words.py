"""What each pretended company calls the fates of a message, where it is not our own word."""

from collections.abc import Mapping

from convo.core.events import DeliveryStatus

WORDS: Mapping[str, Mapping[DeliveryStatus, str]] = {
    "telnyx": {"undelivered": "delivery_failed"},
    "vonage": {"undelivered": "undeliverable"},
    "android_sms_gateway": {"delivered": "sms:delivered", "undelivered": "sms:failed"},
    "sinch": {"delivered": "Delivered", "undelivered": "Failed"},
    "africastalking": {"delivered": "Success", "undelivered": "Failed"},
    "bandwidth": {"delivered": "message-delivered", "undelivered": "message-failed"},
    "infobip": {
        "delivered": "DELIVERED_TO_HANDSET",
        "undelivered": "UNDELIVERABLE_NOT_DELIVERED",
    },
    "aliyun": {"delivered": "true", "undelivered": "false"},
    "tencent": {"delivered": "SUCCESS", "undelivered": "FAIL"},
    "yunpian": {"delivered": "SUCCESS", "undelivered": "FAIL"},
    "huawei": {"delivered": "DELIVRD", "undelivered": "UNDELIV"},
    "kannel": {"delivered": "1", "undelivered": "2"},
    "generic_http": {"delivered": "OK", "undelivered": "LOST"},
}


def word_for(provider: str, status: DeliveryStatus) -> str:
    """The word of this company."""
    return WORDS.get(provider, {}).get(status, status)
