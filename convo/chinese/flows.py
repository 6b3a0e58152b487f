"""Chinese for what is wrong with flows, their steps, and what several of them share."""

from collections.abc import Mapping

FLOWS: Mapping[str, str] = {
    # advice
    'Did you mean "{near}"?': "您是想写“{near}”吗？",
    "One of: {names}.": "可选：{names}。",
    "One of: {names}, ...": "可选：{names}, ...",
    "{others} or {last}": "{others} 或 {last}",
    # forms
    "A flow": "流程",
    "The flow": "流程",
    'Step "{name}"': "步骤“{name}”",
    '"{name}"': "“{name}”",
    '{holder} knows no "{key}".': "{holder}中没有“{key}”这一项。",
    '{holder} lacks "{key}".': "{holder}缺少“{key}”。",
    "Add `{key}: {value}`.": "请添加 `{key}: {value}`。",
    "Add `{key}: {value}`, {about}": "请添加 `{key}: {value}`（{about}）。",
    "({key}: {about})": "（{key}：{about}）",
    '"{given}" is not known here.': "这里不认识“{given}”。",
    "{key}: {complaint}.": "{key}：{complaint}。",
    '"{name}" must be {ge} or more.': "“{name}”必须不小于 {ge}。",
    '"{name}" must be {le} or less.': "“{name}”必须不大于 {le}。",
    '"{name}" must be a whole number.': "“{name}”必须是整数。",
    '"{name}" must be true or false.': "“{name}”必须是 true 或 false。",
    '"{name}" must be a text.': "“{name}”必须是文本。",
    '"{name}" is empty.': "“{name}”是空的。",
    '"{name}" has more than {max_length} characters.': "“{name}”超过 {max_length} 个字符。",
    '"{name}" has more than {max_length} entries.': "“{name}”超过 {max_length} 项。",
    '"{name}" must be a list, such as [one, other].': "“{name}”必须是列表，例如 [one, other]。",
    '"{name}" must hold names and values, such as {{name: value}}.': (
        "“{name}”必须含有名称和值，例如 {{name: value}}。"
    ),
    # steps and their ways
    'There is no step "{to}".': "没有步骤“{to}”。",
    'There is no step "{go}".': "没有步骤“{go}”。",
    'Nothing follows step "{name}", the last of the file.': (
        "步骤“{name}”是文件中的最后一步，后面没有步骤。"
    ),
    "Give it a `go`, such as `go: end`.": "请为它写 `go`，例如 `go: end`。",
    '"{name}" cannot be the name of a step.': "“{name}”不能用作步骤名。",
    "Use letters, digits and _; `end` is where a flow ends.": (
        "请用字母、数字和 _；`end` 表示流程结束。"
    ),
    'Step "{name}" holds no step.': "步骤“{name}”中没有步骤内容。",
    "One of its keys names its kind: {listed}.": "其中要有一项写明种类：{listed}。",
    'Step "{name}" has no key that names its kind.': "步骤“{name}”没有写明种类。",
    "Kinds: {listed}.": "种类：{listed}。",
    'Who waits at "{name}" would be sent round for ever.': (
        "停在“{name}”的人会被无休止地来回转移。"
    ),
    "Let one of these name a step of this file.": "请让其中一个指向本文件的步骤。",
    "Say where they go: a step, or {{end: a text}}, and not both.": (
        "请写明转到哪里：一个步骤，或 {{end: 文本}}，不能两者都写。"
    ),
    "`again` goes with `go`, which names a step.": "`again` 要与写明步骤的 `go` 一起用。",
    "`again` and `retry` go with `once`, which keeps it from starting.": (
        "`again` 和 `retry` 要与限制启动的 `once` 一起用。"
    ),
    '"{language}" is no language.': "“{language}”不是语言。",
    "Write codes such as en, zh or es.": "请写代码，例如 en、zh 或 es。",
    # events
    '`event` of this flow has no value "{value}".': "这个流程的 `event` 没有值“{value}”。",
    "Declare it: `event: {{{value}: text}}`.": "请声明：`event: {{{value}: text}}`。",
    '"{event}" is heard by "{owner}" and by "{name}".': "“{owner}”和“{name}”都接收“{event}”。",
    "One event leads to one step; a `branch` there may part the ways.": (
        "一个事件只通向一个步骤；可在那里用 `branch` 分开。"
    ),
    'Event "{event}" starts flow {owner} too.': "事件“{event}”也启动流程 {owner}。",
    "Take it away from one of them, or let one `run` the other.": (
        "请从其中一个删去，或让一个用 `run` 运行另一个。"
    ),
    # flows beside each other
    'The flow is called "{name}", its file "{stem}".': "流程名是“{name}”，文件名是“{stem}”。",
    "Give both the same name.": "请使用相同的名称。",
    'There are two flows "{name}".': "有两个名为“{name}”的流程。",
    "The other is {file}.": "另一个是 {file}。",
    'There is no flow "{runs}".': "没有流程“{runs}”。",
    '[anytime] {name} starts flow "{flow}", and there is no such flow.': (
        "[anytime] {name} 启动流程“{flow}”，但没有这个流程。"
    ),
    "flow {name}": "流程 {name}",
    "keyword {name}": "关键词 {name}",
    '"{word}" starts both {first} and {second}.': "“{word}”同时启动{first}和{second}。",
    "Take it away from one of them.": "请从其中一个删去。",
    '"{word}" is an anytime word of convo.toml too.': ("“{word}”也是 convo.toml 中随时可用的词。"),
    '"{word}" is a word of the law and starts nothing.': "“{word}”是法定用语，不能启动任何流程。",
    "Choose another word; STOP, START, HELP and their kin are answered always.": (
        "请换一个词；STOP、START、HELP 及同类用语总是由系统答复。"
    ),
    # every kind of step
    '"{url}" is no https:// link of up to {longest_link} characters.': (
        "“{url}”不是不超过 {longest_link} 个字符的 https:// 链接。"
    ),
    '"{url}" is no link as it is sent: ASCII, without blanks and {{{{ }}}}.': (
        "“{url}”不是可以照原样发送的链接：只能用 ASCII，不含空格和 {{{{ }}}}。"
    ),
    '"{tag}" is no tag: one word of up to 40 letters, digits, - . _': (
        "“{tag}”不是标签：标签是一个词，不超过 40 个字母、数字或 - . _"
    ),
    '"{tag}" is both added and removed.': "“{tag}”既添加又移除。",
    "Name a tag to add or to remove.": "请写明要添加或移除的标签。",
    '"{event}" is no event: write it like order.paid, in ASCII.': (
        "“{event}”不是事件：请用 ASCII 写成例如 order.paid。"
    ),
    "Say when: `after: 2 days` or `at: 24h before when`, and not both.": (
        "请写明时间：`after: 2 days` 或 `at: 24h before when`，不能两者都写。"
    ),
    "A question is asked on the channel of the conversation, where it is answered. Say it by `via` "
    "in a step before.": ("问题在会话的渠道上提出，也在那里回答。请在前面的步骤中用 `via` 发送。"),
    "The links of `media` have more than {longest_links} characters together, and must fit behind "
    "the text where no MMS goes. Shorten them.": (
        "`media` 的链接合计超过 {longest_links} 个字符；不能发彩信时它们要附在文字后面。请缩短。"
    ),
    "`media` goes with a text: add `say`, or take it away.": (
        "`media` 要与文本一起用：请添加 `say`，或删去它。"
    ),
    # one kind of step
    "Write each case as {{if: condition, go: step}} or {{else: step}}.": (
        "请把每种情况写成 {{if: 条件, go: 步骤}} 或 {{else: 步骤}}。"
    ),
    "The last case, and no other, is {{else: step}}.": (
        "最后一种情况必须是 {{else: 步骤}}，其他情况不能是。"
    ),
    "Give a whole URL that starts with https:// and holds no {{{{ }}}}.": (
        "请写完整的网址，以 https:// 开头且不含 {{{{ }}}}。"
    ),
    'An option knows languages, words, go and number, not "{unknown}".': (
        "选项中只能写语言、words、go 和 number，不能写“{unknown}”。"
    ),
    "An option needs its label, in at least one language.": "选项至少要有一种语言的名称。",
    "Two options have the same number; change a `number:`.": (
        "有两个选项编号相同，请修改一个 `number:`。"
    ),
    "Write one of {{ask: programme}}, {{give: ...}} and {{withdraw: ...}}.": (
        "请写 {{ask: programme}}、{{give: ...}} 和 {{withdraw: ...}} 之一。"
    ),
    "{{ask: ...}} needs `confirm`, the text that asks, and `no`.": (
        "{{ask: ...}} 需要 `confirm`（征求同意的文本）和 `no`。"
    ),
    "confirm, yes, no, declined and silent go with {{ask: ...}} only.": (
        "confirm、yes、no、declined 和 silent 只与 {{ask: ...}} 一起用。"
    ),
    "`do: code` is given its pool: with: {{pool: \"'spring'\"}}.": (
        "`do: code` 要写明兑换码池：with: {{pool: \"'spring'\"}}。"
    ),
    '"{raw}" is no number. Write it like 10 or 2.5.': "“{raw}”不是数字。请写成例如 10 或 2.5。",
    'The example "{example}" does not fit its own pattern.': "示例“{example}”不符合它自己的模式。",
    "Expect one of {listed}.": "expect 应为其中之一：{listed}。",
    "Name the list of places, as in `expect: {{place: branches}}`; convo.toml declares it as "
    "[places.branches].": (
        "请写明地点列表，例如 `expect: {{place: branches}}`；"
        "它在 convo.toml 中声明为 [places.branches]。"
    ),
    "Say how many (`first: 50`), until when (`until: ...`), or both.": (
        "请写明名额（`first: 50`）、截止时间（`until: ...`），或两者都写。"
    ),
    "`of` names places that are counted: add `first: 50`.": (
        "`of` 是名额的名称：请添加 `first: 50`。"
    ),
    "This `until` counts from now and is never past. Write a time such as "
    '"2026-12-01 18:00", or `2h after` a time that was saved.': (
        "这个 `until` 从现在算起，永远不会到期。请写具体时间，例如“2026-12-01 18:00”，"
        "或用 `2h after` 加上已保存的时间。"
    ),
    "`save` keeps the place's number, so it goes with `first`.": (
        "`save` 保存名额的序号，所以要与 `first` 一起用。"
    ),
    "Write `many: true` or `many: {{least: 1, most: 3}}`, or leave it out.": (
        "请写 `many: true` 或 `many: {{least: 1, most: 3}}`，或省略它。"
    ),
    "Nobody can choose at least {least} and at most {most}. Let `least` be no more than `most`.": (
        "无法选至少 {least} 个又至多 {most} 个。请让 `least` 不大于 `most`。"
    ),
    "Give each silence exactly one of say, again: true, or go.": (
        "每次无人回答时只能写 say、again: true 或 go 之一。"
    ),
    "A split needs two steps or more, each with its share.": (
        "split 需要两个或更多步骤，每个都有份额。"
    ),
    "All shares are 0, so nobody would go anywhere.": "所有份额都是 0，谁也走不了。",
    "A split leads to the steps that it names; take `go` away.": (
        "split 通向它写明的步骤，请删去 `go`。"
    ),
    '"{poll}" is no name of a poll: one word, such as lunch.': (
        "“{poll}”不是投票的名称：应为一个词，例如 lunch。"
    ),
    "`change` goes with `vote`.": "`change` 要与 `vote` 一起用。",
    "`voted` goes with a `vote` that may not be changed.": "`voted` 要与不可更改的 `vote` 一起用。",
    "The text must tell the code: write {{{{ pin }}}} in it.": (
        "文本必须包含验证码：请在其中写 {{{{ pin }}}}。"
    ),
    "Say where it goes without the right code: `give_up`.": (
        "请用 `give_up` 写明没有正确验证码时去哪里。"
    ),
    "`missed` goes with {{until: ...}}: a length of time is never missed.": (
        "`missed` 要与 {{until: ...}} 一起用：时长不会错过。"
    ),
}
