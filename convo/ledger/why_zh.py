"""Why, in Chinese: the same sentences as in `why_en`, for the same kinds of record."""

from collections.abc import Callable, Mapping
from typing import Any

from convo.policy.law_hours import law_hours_rules

LEVELS: Mapping[int, str] = {
    1: "这是法定用语",
    2: "这是随时可用的词",
    3: "当作对当前问题的回答",
    4: "这是开始用语",
    5: "没有流程认得，由默认回复处理",
}

RULES: Mapping[str, str] = {
    "no-template": "服务商批准的模板都不符合这条短信（convo.toml 的 `templates`；"
    "`convo templates` 列出需要报备的内容）。",
    "unknown-channel": "convo.toml 中没有（或已不再有）这个渠道。",
    "no-address": "该渠道按一个字段找联系人，而这位联系人没有这个字段（convo.toml 的 `reach`）。",
    "own-number": "联系人是我们自己的号码，那样会自己和自己说话。",
    "stopped": "联系人已退订，只有回复 START 才能恢复。",
    "no-consent": "联系人没有同意这个项目，或已退出。",
    "asked-before": "以前问过这位联系人是否同意，对方没有同意。",
    "marketing-needs-programme": "营销短信只发给加入了项目的人，请在流程里写明（`programme:`）。",
    "loop-echo": "对方反复发来同样的短信，这是自动回复。",
    "loop-quick": "对方接连很快地回了我们好几条长短信，这是机器。",
    "loop-minute": "一分钟内已给这个号码发了太多短信。",
    "loop-ten-minutes": "十分钟内已给这个号码发了太多短信。",
    "loop-day": "今天（UTC）已给这个号码发了太多短信。",
    "signature-unlisted": "短信的签名不在该渠道的列表中"
    "（convo.toml 的 `signature`、`signatures`）。",
    "signature-twice": "短信带了不止一个签名。",
    "no-opt-out-phrase": "营销短信末尾必须有一种拒收方式，这条没有。",
    "too-late": "已过了还适合发送的时间，或免打扰时段结束时会过。",
    "quiet-hours": "在联系人当地的这个时间，我们不主动发短信。",
    **dict.fromkeys(law_hours_rules(), "当地法律规定这个时间不能主动联系。"),
    "audience-window": "不在可以联系这群人的时间内"
    "（流程的 `window:`，convo.toml 的 `[windows]`）。",
    "no-such-window": "流程写的时间窗在 convo.toml 中没有（或已不再有）。",
    "never-open": "在该号码可能所在的时区里，没有所有规则都允许主动联系的时间；"
    "请设置联系人的时区或时间段。",
    "frequency-cap": "按联系人的级别，营销短信已到上限（convo.toml 的 `[caps]`）。",
}

#: Words and reasons that records hold; what is not among them is shown as it was written.
WORDS: Mapping[str, str] = {
    "start word": "开始用语",
    "anytime word": "随时可用的词",
    "fallback": "默认回复",
    "request": "业务系统的请求",
    "request, after a question": "业务系统的请求，等问题答完",
    "whole": "整条短信",
    "first": "第一个词",
    "contained": "包含",
    "near": "相近",
    "unknown": "未知",
    "asked": "已询问",
    "given": "已同意",
    "withdrawn": "已撤回",
    "service": "服务",
    "otp": "验证码",
    "marketing": "营销",
    "emergency": "紧急",
    "reply": "回复",
    "law": "法定答复",
    "consent": "征求同意",
    "queued": "排队中",
    "sent": "已发送",
    "delivered": "已送达",
    "undelivered": "未送达",
    "failed": "失败",
    "refused": "被拒收",
    "away": "网络连不上",
    "silenced": "联系人已退订",
    "recalled": "已撤回",
    "too_late": "已过时",
    "expired": "已过期",
    "the contact has said STOP": "联系人已退订",
    "a person has the conversation": "会话由人工接手",
    "an errand is out": "正在等外部应答",
    "a question is open": "还有问题没有回答",
    "no such flow": "没有这个流程",
    "no open conversation listens to it": "没有进行中的会话在等它",
    "it began already, and it begins once": "已经开始过，而它只开始一次",
    "it cannot begin": "它无法开始",
    "it was recalled": "它已被撤回",
    "this part came before": "这一段已经收到过",
    "too many texts wait for the morning": "等到早上的短信太多",
    "too many texts while an errand is out": "等外部应答时短信太多",
    "too many flows wait for a question to close": "等问题答完的流程太多",
    "its question is gone with an older version of the flow": "问题属于流程的旧版本，已不在",
    "overtaken by an anytime word": "被随时可用的词取代",
    "overtaken by an event": "被事件取代",
    "the event lacks what it must bring": "事件缺少必须带来的内容",
    "it cannot move to the newer version": "无法转到新版本",
    "written before consent was asked for": "写在征求同意之前",
    "its request is not open any more": "它的请求已不再有效",
    "its conversation was ended": "它的会话已结束",
    "nobody said which question it was for": "没有说明是回答哪个问题",
    "all places are taken": "名额已满",
    "all codes are given": "兑换码已发完",
    "too late": "太晚",
    "no answer in time": "没有及时应答",
}


def _word(written: object) -> str:
    text = str(written)
    begin, _, rest = text.partition(" ")
    if text not in WORDS and rest and begin == "request":
        return f"{WORDS[begin]} {rest}"
    return WORDS.get(text, text)


def _routed(facts: Mapping[str, Any]) -> str:
    level = LEVELS.get(facts["level"], f"第 {facts['level']} 级")
    match facts:
        case {"understood": False}:
            return f"按第 3 级处理：{level}，但系统没有看懂。"
        case {"near": word}:
            return f"按第 4 级处理：很像“{word}”，所以先问一下。"
        case {"word": word, "starts": target, "how": how}:
            return f"按第 4 级处理：“{word}”（{_word(how)}）开始 {target}。"
        case {"law": law}:
            return f"按第 1 级处理：{level}（{law}）。"
        case {"flow": flow, "level": 2}:
            return f"按第 2 级处理：这是整个业务转到 {flow} 的词。"
        case _:
            return f"按第 {facts['level']} 级处理：{level}。"


def _step(facts: Mapping[str, Any]) -> str:
    tried = "；".join(
        f"{condition} {'成立' if held else '不成立'}"
        for condition, held in facts.get("tried") or ()
    )
    because = f"因为 {tried}。" if tried else ""
    way = f"{facts['flow']}：从 {facts['step']} 经 {facts['branch']} 到 {facts['to']}。"
    return f"{way}{because}"


def _rule(facts: Mapping[str, Any]) -> str:
    return f"（{facts['rule']}）：{RULES.get(facts['rule'], '')}"


def _answered(facts: Mapping[str, Any]) -> str:
    failure = facts.get("failure")
    return f"外部应答失败：{_word(failure)}。" if failure else "外部已应答。"


def _tagged(facts: Mapping[str, Any]) -> str:
    words = [f"+{tag}" for tag in facts["added"]] + [f"-{tag}" for tag in facts["removed"]]
    return f"标签：{' '.join(words)}。"


def _dropped_for(facts: Mapping[str, Any]) -> str:
    because = facts.get("why") or facts.get("event")
    return f"：{_word(because)}" if because else ""


TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "inbound": lambda f: f"对方在 {f['channel']} 写道：“{f['text']}”。",
    "altered": lambda f: (
        f"又有一条短信用了同一个编号，内容却不同：{f['channel']} 的“{f['text']}”。系统没有处理它。"
    ),
    "routed": _routed,
    "step": _step,
    "unclear": lambda f: f"{f['flow']}：{f['step']} 看不懂这条回复，第 {f['tries']} 次。",
    "said": lambda f: f"放行了一条短信（{_word(f['kind'])}，{_word(f['purpose'])}）。",
    "refused": lambda f: f"闸口不放行{_rule(f)}",
    "postponed": lambda f: f"闸口说晚些再发{_rule(f)}",
    "put_off": lambda f: f"我们的问题暂不发出：{_word(f['why'])}。",
    "errand": lambda f: f"请求了 {f['name']}（{f['kind']}）。",
    "answered": _answered,
    "unfit": lambda f: f"应答的内容不是 {f['answer']} 的类型。",
    "tagged": _tagged,
    "note": lambda f: f"{f['flow']}：给员工的备注：{f['text']}",
    "emitted": lambda f: f"{f['flow']} 通知了您的系统：{f['event']}。",
    "later": lambda f: f"{f['flow']}：{f['step']} 把一件事推迟到时候再做。",
    "begun": lambda f: f"{f['flow']}：{f['step']} 推迟的事已经开始。",
    "voted": lambda f: (
        f"{f['flow']}：{f['poll']} 中以前投的票仍有效。"
        if f["kept"]
        else f"{f['flow']}：{f['poll']} 的票已计入。"
    ),
    "full": lambda f: f"{f['flow']}：{f['step']} 不再放人通过，{_word(f['why'])}。",
    "split": lambda f: f"{f['flow']}：按分组 {f['name']}，这个号码走 {f['arm']}。",
    "moved": lambda f: f"{f['flow']}：新版本把会话从 {f['left']} 带到 {f['to']}。",
    "started": lambda f: f"{f['flow']} 开始（{_word(f['by'])}）。",
    "ended": lambda f: f"{f['flow']} 结束：{f['outcome']}。",
    "consent": lambda f: f"对{f['programme'] or '全部'}的同意：{_word(f['state'])}。",
    "confirmed": lambda f: f"通过一次性链接同意了 {f['programme']}。",
    "held": lambda f: f"暂不处理：{_word(f['why'])}。",
    "stale": lambda _: "一个定时或应答来了，但那一步已经过去。",
    "ignored": lambda f: f"不需要做什么：{_word(f['why'])}。",
    "parked": lambda f: f"这一轮出错，什么也没有改变，已搁置：{f['error']}。",
    "sent": lambda _: "",
    "unsent": lambda f: f"一条短信没有发出：{_word(f['why'])}。",
    "in_doubt": lambda _: "不知道一条短信是否已发出，已搁置。",
    "status": lambda f: f"服务商回报：{_word(f['status'])}。",
    "unplaced": lambda f: f"这条回复可以回答好几个问题，哪个也没有得到：{_word(f['why'])}。",
    "late": lambda f: f"{f['flow']}：它回答的是已经关闭的 {f['step']}。",
    "recalled": lambda f: f"还没发出的短信被 {f['by']} 撤回。",
    "tier": lambda f: f"发送上限从 {f['was']} 变为 {f['now']}（{f['by']}）。",
    "heard": lambda f: f"{f['flow']} 收到事件 {f['event']}，离开了 {f['left']}。",
    "dropped": lambda f: f"一条等待中的短信已不再需要{_dropped_for(f)}。",
    "rerouted": lambda f: f"{f['channel']} 的短信改由 {f['by']} 发送。",
    "privacy": lambda f: f"回答了隐私用语：{'、'.join(f['kinds'])}。",
    "handed_over": lambda f: f"{f['flow']}：由人工接手（{f['to']}）。",
    "merged": lambda f: f"两个号码合为一位联系人：{f.get('into') or f.get('of')}。",
    "part": lambda f: f"长短信的一段在等其他段：{f['come']}/{f['of']}。",
    "joined": lambda f: f"{f['parts']} 段合成一条短信。",
    "decided": lambda f: f"{f['by']} 已决定：{f['choice']}。",
}
