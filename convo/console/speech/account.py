"""What is said at the sign-in and on the page of one's own account."""

from collections.abc import Mapping

from convo.drawing.wording import PageLanguage

SIGNING_IN: Mapping[PageLanguage, Mapping[str, str]] = {
    "en": {
        "title": "Sign in",
        "name": "Name",
        "password": "Password",
        "sign_in": "Sign in",
        "wrong": "Name or password is wrong.",
        "wait": "Too many tries. Try again in {} s.",
        "wrong_old": "The current password is not right. Type all three again.",
        "crowded": "Many people sign in just now. Try again in a moment.",
        "nobody": "Nobody can sign in yet. In the folder of the business, run:",
    },
    "zh": {
        "title": "登录",
        "name": "用户名",
        "password": "密码",
        "sign_in": "登录",
        "wrong": "用户名或密码不正确。",
        "wait": "尝试次数过多，请在 {} 秒后再试。",
        "wrong_old": "当前密码不正确，请将三项都重新输入。",
        "crowded": "当前登录人数较多，请稍后再试。",
        "nobody": "还没有用户。请在项目文件夹中运行：",
    },
}

ACCOUNT: Mapping[PageLanguage, Mapping[str, str]] = {
    "en": {
        "title": "Your account",
        "role": "Role",
        "you_may": "What you may do",
        "change": "Change your password",
        "old": "Current password",
        "new": "New password",
        "again": "New password, once more",
        "rule": "{shortest} to {longest} characters.",
        "save": "Change password",
        "changed": "Changed. You are signed out everywhere else.",
        "differ": "The two new passwords differ.",
        "unfit_password": "The new password needs {shortest} to {longest} characters, and not all "
        "of them alike.",
    },
    "zh": {
        "title": "我的账户",
        "role": "角色",
        "you_may": "权限",
        "change": "修改密码",
        "old": "当前密码",
        "new": "新密码",
        "again": "再次输入新密码",
        "rule": "{shortest} 到 {longest} 个字符。",
        "save": "修改密码",
        "changed": "已修改。其他设备上的登录均已退出。",
        "differ": "两次输入的新密码不一致。",
        "unfit_password": "新密码须为 {shortest} 到 {longest} 个字符，且不能全部相同。",
    },
}
