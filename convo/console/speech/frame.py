"""What stands around every page, and what is said where there is none."""

from collections.abc import Mapping

from convo.core.people import Role
from convo.drawing.wording import PageLanguage

ROLE_WORDS: Mapping[PageLanguage, Mapping[Role, str]] = {
    "en": {"viewer": "viewer", "agent": "agent", "editor": "editor", "admin": "admin"},
    "zh": {"viewer": "查看者", "agent": "客服", "editor": "编辑", "admin": "管理员"},
}

#: What each role may do beside what those before it may, as core/people.py has it.
ROLE_SAYS: Mapping[PageLanguage, Mapping[Role, str]] = {
    "en": {
        "viewer": "See flows, conversations and health.",
        "agent": "See whole numbers, which viewers do not, and decide on held messages.",
        "editor": "Decide on parked events, and try flows out in convo dev.",
        "admin": "Everything there is.",
    },
    "zh": {
        "viewer": "查看流程、会话和运行状况。",
        "agent": "查看完整号码（查看者只能看到部分），并处理待定短信。",
        "editor": "处理搁置的事件，并在 convo dev 中试用流程。",
        "admin": "全部权限。",
    },
}

FRAME: Mapping[PageLanguage, Mapping[str, str]] = {
    "en": {
        "page_try_out": "Try it",
        "page_conversations": "Conversations",
        "page_flows": "Flows",
        "page_health": "Health",
        "page_account": "Your account",
        "to_content": "To the content",
        "pages": "Pages",
        "language": "Language",
        "sign_out": "Sign out",
        "working": "Working …",
        "lost": "The server does not answer. What is shown may be old.",
        "signed_out": "You are signed out. Load the page again.",
        "unfit_title": "Not for your role",
        "unfit": "Your role is “{role}”. This page needs “{least}” or a higher role: ask an admin.",
        "nothing_title": "There is no such page",
        "nothing": "The address may be mistyped, or what it showed is no longer kept.",
        "away_title": "The store does not answer",
        "away": "Nothing was changed. Try again in a moment; `convo doctor` tells what is wrong.",
        "back": "To the first page",
    },
    "zh": {
        "page_try_out": "试一试",
        "page_conversations": "会话",
        "page_flows": "流程",
        "page_health": "运行状况",
        "page_account": "我的账户",
        "to_content": "跳到正文",
        "pages": "页面",
        "language": "语言",
        "sign_out": "退出",
        "working": "处理中…",
        "lost": "服务器没有响应，所示内容可能已过时。",
        "signed_out": "您已退出，请重新载入页面。",
        "unfit_title": "权限不足",
        "unfit": "您的角色是“{role}”，此处需要“{least}”或更高权限。请联系管理员。",
        "nothing_title": "没有这个页面",
        "nothing": "地址可能有误，或内容已不再保存。",
        "away_title": "存储没有响应",
        "away": "没有任何更改。请稍后再试；运行 `convo doctor` 可查看原因。",
        "back": "返回首页",
    },
}
