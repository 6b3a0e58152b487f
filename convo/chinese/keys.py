"""Chinese for what the keys of flows and steps are for, as a mistake in one of them tells it."""

from collections.abc import Mapping

KEYS: Mapping[str, str] = {
    # of a flow
    "The name; the same as the file's.": "流程名，与文件名相同",
    "One sentence for people.": "给人看的一句话",
    "What customers know it by, such as `your visit`: said when a reply may have been meant for "
    "several questions, or comes too late.": "客户所知的名称，例如“您的预约”",
    "The send gate goes by it.": "发送时按它放行",
    "The programme whose consent its texts need.": "短信需要哪个项目的同意",
    "Parts that each text may take at its longest, signature and way out included; `convo check` "
    "refuses one that may take more. Left out, `[texts]` of convo.toml says.": (
        "每条短信最多计费几条，含签名和退订说明"
    ),
    "Emoji that each text may have; left out, `[texts]` says.": "每条短信最多几个表情符号",
    "The audience window of convo.toml ([windows]) in which we begin; outside it, what we start "
    "waits for the next opening by the contact's clock.": "在 convo.toml 的哪个时间窗内主动开始",
    "The first is used when nothing better is known.": "不知道对方语言时用第一种",
    "What starts it.": "由什么启动",
    "When it is to start while a question is open: wait for its answer, ask beside it, or end that "
    "conversation.": "有问题未答时如何启动：等待、同时提问，或结束那个会话",
    "All that the flow keeps, each with its type: text, name, number, option, options, date, time, "
    "datetime, yes_no, phone, email, place, tally.": (
        "流程保存的全部答案及其类型：text、name、number、option、options、date、time、"
        "datetime、yes_no、phone、email、place、tally"
    ),
    "What the events of the flow bring, each value with its type, or `{{optional: text}}`. Texts "
    "and expressions know it as `event.order`.": "流程的事件带来的值及其类型",
    "Words that are understood, and events that are heard, at every step.": (
        "在每一步都能用的词和能收到的事件"
    ),
    "How the flow lets go.": "流程何时放手",
    "Where people go on who wait at these steps of an older version. All others finish in the "
    "version that they are in.": "停在旧版本这些步骤的人转到哪里",
    "The steps.": "步骤",
    # of every step, and of every question
    "The step that follows; left out, the next one in the file.": "下一步；省略时为文件中的下一步",
    "Tags the contact when the step is come to: `vip`, a list, or `{{add: [..], remove: [..]}}`. "
    "Conditions ask `'vip' in contact.tags`.": "到达这一步时给联系人加的标签",
    "A text for staff, never sent: `convo notes` lists them.": "给员工的备注，不会发送",
    "An event for your own systems: `order.paid`, or `{{event: order.paid, with: {{amount: "
    "amount}}}}`. The conversation does not wait for it.": "发给您自己系统的事件",
    "What begins later beside this conversation, which goes on and may end: `[{{at: 24h before "
    "when, go: remind}}]`. STOP, and an event that the flow listens to, drop it; coming to the "
    "step again moves it.": "之后另外开始的事，例如 `[{{at: 24h before when, go: remind}}]`",
    "Pictures and the like by their https:// links. They travel as MMS where the channel carries "
    "it to the contact (`media` of the channel in convo.toml); elsewhere the links stand behind "
    "the step's text and are counted in its parts. Asked again, a question comes without them.": (
        "图片等的 https:// 链接"
    ),
    "Another of your channels, by which this step's texts go: `via: mail`. A question stays on the "
    "channel of the conversation, for there it is answered.": "这一步的短信改由哪个渠道发送",
    "Said when a reply is not understood; there is a default.": "看不懂回复时说什么；有默认文本",
    "Unclear replies after which `give_up` is taken.": "几次看不懂后走 `give_up`",
    "Where it goes after that; left out, where silence leads in the end.": "之后去哪里",
    "What happens when no reply comes, each after its own time.": "无人回复时怎样，各在多久之后",
    # of one kind of step
    "The question.": "问题",
    "What kind of answer is awaited: a type, such as `datetime` (below), or a list of words, such "
    "as `[red, blue]`.": "期待哪种答案：类型，例如 `datetime`，或词的列表，例如 `[red, blue]`",
    "The answer that keeps it.": "保存到哪个答案",
    "Conditions; the first that fails says its `else`.": "条件；第一个不成立的说它的 `else`",
    "Whose clock times in the answer are read by.": "答案中的时间按谁的时钟",
    "The question. `{{{{ options }}}}` places the list; else it follows on new lines.": (
        "问题；`{{{{ options }}}}` 决定列表的位置"
    ),
    "Id and label, numbered as written.": "编号和名称，按写的顺序",
    "Several may be chosen, as in `many: true` (below). Then no option has a `go` of its own; a "
    "`branch` behind it decides.": "可多选，例如 `many: true`",
    "The answer that keeps the option's id, or the ids.": "保存选项编号的答案",
    "{{ask: programme}}, {{give: ...}} or {{withdraw: ...}}.": (
        "{{ask: programme}}、{{give: ...}} 或 {{withdraw: ...}}"
    ),
    "The question, with `ask`. `{{{{ opt_in_link }}}}` in it is a link of the contact's own, whose "
    "button says yes as well, once and while the request is open.": (
        "征求同意的问题，与 `ask` 一起用"
    ),
    "Said, with `give` and `withdraw`.": "要说的话，与 `give` 和 `withdraw` 一起用",
    "Where yes leads; else onward.": "回答“是”去哪里；省略时继续",
    "Where no leads.": "回答“否”去哪里",
    "Said to a no; like the question, it needs no consent.": "回答“否”时说什么",
    "The text that tells the code; `{{{{ pin }}}}` is the code.": (
        "发送验证码的文本；`{{{{ pin }}}}` 是验证码"
    ),
    "4 to 8.": "4 到 8",
    "How long the code is good for.": "验证码的有效时长",
    "Cases, tried in their order.": "各种情况，按顺序尝试",
    "Said first.": "先说的话",
    "The answer that keeps what comes back.": "保存返回内容的答案",
    "How long it may take.": "最长时间",
    "Said before it is done.": "执行之前说的话",
    "Where it goes when it fails or takes too long.": "失败或超时去哪里",
    "The action's name.": "动作名",
    "What it is given: names and expressions.": "交给它的内容：名称和表达式",
    "The URL; https, or http on this machine.": "网址；https，或本机的 http",
    "The body: names and expressions.": "请求内容：名称和表达式",
    "10m, 2h, 3 days, or {{until: moment}}.": "10m、2h、3 days，或 {{until: 时间}}",
    "Where it goes when the moment is past already; else onward.": "时间已过时去哪里；省略时继续",
    "Said before waiting.": "等待之前说的话",
    "The flow's name.": "流程名",
    "Its first answers: names and expressions.": "它的初始答案：名称和表达式",
    "The answer that keeps its outcome.": "保存其结果的答案",
    "Who takes over: a name of yours.": "由谁接手：您起的名称",
    "Where it goes on when given back; else onward.": "交还后去哪里；省略时继续",
    "The hold ends by itself after this.": "多久后自动交还",
    "Steps, each with its share.": "步骤及其份额",
    "What it is called, in records too; left out, flow and step.": "名称；省略时用流程和步骤",
    "{{first: 50, of: name, until: moment}}.": "{{first: 50, of: 名称, until: 时间}}",
    "Where it goes when it is full or too late.": "已满或太晚时去哪里",
    "Where it goes when nobody can say; left out, as `else`.": "无法判断时去哪里；省略时同 `else`",
    "{{poll: name, per: expression, vote: expression, change: true}}": (
        "{{poll: 名称, per: 表达式, vote: 表达式, change: true}}"
    ),
    "Where it goes when an earlier vote for something else stays.": "以前的投票仍有效时去哪里",
    "The outcome, in one word of yours.": "结果，用您的一个词",
    "Name and value; values are expressions ('late' is a text).": (
        "名称和值；值是表达式（'late' 是文本）"
    ),
    "Said after setting.": "赋值之后说的话",
    "The text, or one for each language.": "文本，或每种语言一条",
}
