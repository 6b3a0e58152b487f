"""Where each company's own pages say what it calls: what to do there by hand."""

from collections.abc import Mapping

#: Of every provider whose texts come in by webhooks. "The URL" is that of the channel.
BY_HAND: Mapping[str, str] = {
    "twilio": "In Twilio's console, at the number (or the Messaging Service), under messaging "
    'configuration: "A message comes in" is Webhook, the URL, HTTP POST.',
    "telnyx": "In Telnyx's portal, at the messaging profile of the number, under Inbound: the URL "
    "is the webhook URL and the failover URL, API version 2.",
    "vonage": "In Vonage's dashboard: the URL is the Inbound URL and the Status URL, by POST. With "
    "the Messages API they stand at the application that the number is linked to.",
    "plivo": "In Plivo's console, under Messaging, Applications, at the application of the number: "
    "the URL is the Message URL, by POST.",
    "messagebird": "On MessageBird's dashboard, at the number: forward incoming texts to the URL, "
    "by POST, as a form.",
    "aliyun": "In Aliyun's console, 通用设置, HTTP 批量推送: the URL is that of 上行短信 SmsUp and "
    "of 状态报告 SmsReport.",
    "sinch": "On Sinch's dashboard, at the service plan: the URL is the Callback URL.",
    "africastalking": "On Africa's Talking's dashboard, under SMS, Callback URLs: the URL is that "
    "of Incoming messages and of Delivery reports; with ?kind=optout behind it, of Bulk SMS "
    "opt-out.",
    "android_sms_gateway": "The gateway has no page for it: post {event, url} to its /webhooks for "
    "each event (docs/how-to/connect-android-sms-gateway.md).",
    "aws_sns": "In the console of Amazon SNS, at the topic: subscribe the URL while `convo run` is "
    "up, protocol HTTPS, raw message delivery off.",
    "bandwidth": "On Bandwidth's dashboard, at the application: the URL is the Inbound callback "
    "URL and the Status callback URL, with callback_username and callback_password.",
    "huawei": "In Huawei's console, 应用管理, at the application: the URL is its 上行短信接收地址.",
    "infobip": "In Infobip's portal, at the number: forward incoming messages to the URL by HTTP, "
    "POST, JSON.",
    "tencent": "In Tencent's console, at the application, 基础配置, 事件回调配置: the URL is that "
    "of 短信回复 and of 短信下发状态.",
    "yunpian": "In Yunpian's console, 系统设置, 数据获取与推送: the URL is that of 推送回复短信 "
    "and of 推送状态报告.",
    "kannel": "In kannel.conf: a `group = sms-service` whose get-url begins with the URL; what "
    "stands behind it is in docs/how-to/connect-kannel.md.",
    "generic_http": "In the gateway's own settings: texts go to the URL, with the names that the "
    "channel's table in convo.toml reads.",
    "console": "The phone beside `convo run` texts there by itself.",
}
