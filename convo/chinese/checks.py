"""Chinese for what the checks of flows find, and what is wrong between files."""

from collections.abc import Mapping

CHECKS: Mapping[str, str] = {
    # circles
    "Here the conversation goes round for ever: {circle}.": "会话会在这里无休止地循环：{circle}。",
    "Let one of these lead elsewhere, or ask or wait in between.": (
        "请让其中一步通向别处，或在中间提问或等待。"
    ),
    # double_opt_in
    'A way leads here that has no YES to "{programme}", and convo.toml wants one '
    "(double_opt_in).": (
        "有一条路径未经对方同意项目“{programme}”就到达此处，而 convo.toml 要求先同意"
        "（double_opt_in）。"
    ),
    "Let only the `yes` of a step `consent: {{ask: {programme}}}` lead here.": (
        "请只让 `consent: {{ask: {programme}}}` 步骤的 `yes` 通向此处。"
    ),
    # emoji
    "{emoji} in {language}: {units} units; {parts} as without it.": (
        "{emoji}（{language}）：占 {units} 个单位；{parts}，与没有它时相同。"
    ),
    "{emoji} in {language}: {units} units; {parts} instead of {without}.": (
        "{emoji}（{language}）：占 {units} 个单位；{parts}，没有它则为 {without} 条。"
    ),
    "{emoji} in {language}: {units} units; emoji make the text {encoding}: {parts} instead of "
    "{without}.": (
        "{emoji}（{language}）：占 {units} 个单位；表情符号使短信采用 {encoding} 编码："
        "{parts}，没有表情符号则为 {without} 条。"
    ),
    "{count} part": "计费 {count} 条",
    "{count} parts": "计费 {count} 条",
    "This text has {count} emoji ({emoji}); {limit} are wanted.": (
        "这条短信有 {count} 个表情符号（{emoji}），最多允许 {limit} 个。"
    ),
    "Leave some out, or allow more.": "请删去一些，或提高上限。",
    # empties
    '"{name}" may be empty here, and then nothing would be said. It is on the way {led}.': (
        "“{name}”在这里可能为空，那样就什么也不会发出。路径为 {led}。"
    ),
    "Write {{{{ {name} | default('...') }}}}, or put the words around it into {{% if {name} "
    "%}}...{{% endif %}}.": (
        "请写成 {{{{ {name} | default('...') }}}}，或把它前后的文字放进 "
        "{{% if {name} %}}...{{% endif %}}。"
    ),
    # filters
    '"{value}" is kept as {kind}; `{filter}` takes {kinds}.': (
        "“{value}”的类型是 {kind}，而 `{filter}` 只接受 {kinds}。"
    ),
    # joining
    "who texts them": "是谁发的短信",
    "what kind of texts they will get": "会收到哪一类短信",
    "how often": "多久发一次",
    "how to end it": "如何退订",
    "This text asks them to join and does not say in {language} {lacking} ({rule}: {source}).": (
        "这条短信邀请对方加入，但没有用 {language} 说明{lacking}（{rule}：{source}）。"
    ),
    'Write "{name}" in it, or give every channel a signature.': (
        "请在其中写上“{name}”，或为每个渠道设置签名。"
    ),
    "Name it with a word of convo.toml: {listed}.": "请用 convo.toml 中的词说明：{listed}。",
    'Say it like "about 2 texts a month" or "每月约 2 条".': (
        "请写成例如“每月约 2 条”或“about 2 texts a month”。"
    ),
    'Add it, like "{way_out}".': "请加上，例如“{way_out}”。",
    'convo.toml does not say in {language} what kind of texts programme "{name}" sends, so this '
    "text cannot be checked.": (
        "convo.toml 没有用 {language} 说明项目“{name}”发送哪一类短信，因此无法检查这条短信。"
    ),
    'Write about = {{{language} = "..."}} in [programmes.{name}].': (
        '请在 [programmes.{name}] 中写上 about = {{{language} = "..."}}。'
    ),
    # languages
    "This text is not written in {language}.": "这条文本没有 {language} 版本。",
    "This text is written in {language}, which the flow does not speak.": (
        "这条文本有 {language} 版本，但流程不使用这种语言。"
    ),
    "Add it to `languages`, or take the text away.": "请把它加入 `languages`，或删去这一版本。",
    "Add `{language}: ...`.": "请添加 `{language}: ...`。",
    "This option has no label in {language}.": "这个选项没有 {language} 名称。",
    # many
    "There is one option, and several cannot be chosen of it.": "只有一个选项，无法多选。",
    "Add another, or ask by `confirm`.": "请再加一个选项，或改用 `confirm` 提问。",
    "Keep it under a name of its own, or declare `{save}: {answer_kind}`.": (
        "请用单独的名称保存，或声明 `{save}: {answer_kind}`。"
    ),
    "`{limit}` is {number}, and there are {options} options.": (
        "`{limit}` 是 {number}，而选项只有 {options} 个。"
    ),
    "Leave it out: then all may be chosen.": "请省略它：省略后可全选。",
    "Lower it.": "请调低。",
    "Where several may be chosen, an option leads nowhere by itself.": (
        "可多选时，单个选项不能决定去向。"
    ),
    "Let a `branch` behind it decide: `- {case}`.": "请在其后用 `branch` 决定：`- {case}`。",
    '"{save}" is kept as {kind}, and here one option is chosen.': (
        "“{save}”的类型是 {kind}，而这里只选一个选项。"
    ),
    '"{save}" is kept as {kind}, and here several options are chosen.': (
        "“{save}”的类型是 {kind}，而这里可选多个选项。"
    ),
    '"{voted}" holds several options, and a vote is for one.': (
        "“{voted}”含有多个选项，而每票只能投一个。"
    ),
    "Let people vote for one option, or split by a `branch` before it.": (
        "请让对方只投一个选项，或在此之前用 `branch` 分开。"
    ),
    # names
    '"{saves}" is not among the flow\'s answers.': "“{saves}”不在流程的 answers 中。",
    '"{name}" is not among the answers of flow {flow_name}.': (
        "“{name}”不在流程 {flow_name} 的 answers 中。"
    ),
    'No event of this flow brings "{part}".': "这个流程的事件都不带“{part}”。",
    "Declare it in the flow: `event: {{{part}: text}}`.": (
        "请在流程中声明：`event: {{{part}: text}}`。"
    ),
    "An event is no value; its parts are.": "event 本身不是值，它的各部分才是。",
    "Write it like event.order.": "请写成例如 event.order。",
    'convo.toml declares no contact field "{field}".': ("convo.toml 没有声明联系人字段“{field}”。"),
    'A contact has no field "{part}".': "联系人没有字段“{part}”。",
    "Declare it in convo.toml under [contact].": "请在 convo.toml 的 [contact] 下声明。",
    "Add it under [contact].": "请添加到 [contact] 下。",
    "Nobody could follow this link: nothing says where the server is.": (
        "这个链接谁也打不开：没有设置服务器的地址。"
    ),
    "Set server.public_url in convo.toml.": "请在 convo.toml 中设置 server.public_url。",
    "A link that says yes stands in a question of consent only.": (
        "表示同意的链接只能写在征求同意的问题里。"
    ),
    "Write it into the `confirm` of a step with `consent: {{ask: PROGRAMME}}`.": (
        "请写在 `consent: {{ask: PROGRAMME}}` 步骤的 `confirm` 中。"
    ),
    'There is no function "{function}".': "没有函数“{function}”。",
    'Nothing gives "{name}" a value.': "没有任何地方给“{name}”赋值。",
    # one_time_codes
    "A one-time code is told by flows of class otp only.": (
        "只有类别为 otp 的流程才能发送一次性验证码。"
    ),
    "Write `class: otp` in this flow, or `run` one that has it.": (
        "请在这个流程中写 `class: otp`，或用 `run` 运行这样的流程。"
    ),
    # parts_budget
    "In {language} this text may take {count} parts ({units} units of {encoding}{why}), signature "
    "and all; {budget} are allowed.": (
        "这条短信的 {language} 版本连同签名可能计费 {count} 条"
        "（{encoding} 编码 {units} 个单位{why}），最多允许 {budget} 条。"
    ),
    ', which "{letter}" makes it': "，因含有“{letter}”",
    "Shorten it, or allow more (`parts:`). Values of unknown length count as {text_length} "
    "letters, names as {name_length}.": (
        "请缩短，或提高上限（`parts:`）。长度未知的值按 {text_length} 个字计，"
        "姓名按 {name_length} 个字计。"
    ),
    "Leave it out: every text gets its channel's signature by itself.": (
        "请删去：每条短信都会自动加上渠道的签名。"
    ),
    # leaving
    "The text bears a signature that its channel does not list (`signature`, `signatures` in "
    "convo.toml).": ("短信的签名不在该渠道的列表中（convo.toml 的 `signature`、`signatures`）。"),
    "The text bears more than one signature.": "短信带了不止一个签名。",
    "Marketing must end with one way to refuse it, and this text does not.": (
        "营销短信末尾必须有一种拒收方式，这条没有。"
    ),
    "No template that the provider has approved covers the text (`templates` in convo.toml; "
    "`convo templates` lists what to register).": (
        "服务商批准的模板都不符合这条短信（convo.toml 的 `templates`；"
        "`convo templates` 列出需要报备的内容）。"
    ),
    # promotion
    "Flow {name} is {message_class}, and here it runs marketing.": (
        "流程 {name} 的类别是 {message_class}，却在这里运行营销流程。"
    ),
    "Let an event start {inner} by itself, or make {name} marketing.": (
        "请用事件单独启动 {inner}，或把 {name} 改为 marketing。"
    ),
    '"{found}" is marketing, in a text that goes out as {message_class}.': (
        "“{found}”属于营销内容，而这条短信的类别是 {message_class}。"
    ),
    "Take it out, or say it in a flow of class marketing, which has consent, caps and a way out.": (
        "请删去，或写进类别为 marketing 的流程：那里有同意、上限和退订方式。"
    ),
    # reach
    'No way leads to step "{step}".': "没有路径通向步骤“{step}”。",
    "Let a `go` lead there, or take it away.": "请用 `go` 通向它，或删去它。",
    # references
    'convo.toml has no programme "{programme}".': "convo.toml 中没有项目“{programme}”。",
    'convo.toml has no window "{window}".': "convo.toml 中没有时间窗“{window}”。",
    'convo.toml has no channel "{via}".': "convo.toml 中没有渠道“{via}”。",
    'convo.toml has no list of places "{place}".': "convo.toml 中没有地点列表“{place}”。",
    'convo.toml has no codes "{pool}".': "convo.toml 中没有兑换码“{pool}”。",
    'keyword_handlers/ has no action "{do}".': "keyword_handlers/ 中没有动作“{do}”。",
    "Marketing goes only to those who joined a programme.": "营销短信只发给加入了项目的人。",
    "Name it: `programme: ...`, and declare it in convo.toml.": (
        "请写明 `programme: ...`，并在 convo.toml 中声明。"
    ),
    "Add it under [programmes].": "请添加到 [programmes] 下。",
    "Add it under [windows].": "请添加到 [windows] 下。",
    "Add it under [places.{place}].": "请添加到 [places.{place}] 下。",
    "Add it under [codes.{pool}].": "请添加到 [codes.{pool}] 下。",
    # shares
    '"{name}" is declared differently at {file}:{line}.': (
        "“{name}”在 {file}:{line} 的声明与此不同。"
    ),
    "Give both the same `first`, or the places another name in `of`.": (
        "请让两处的 `first` 相同，或在 `of` 中另起名称。"
    ),
    "Give both the same shares in the same order, or another name in `as`.": (
        "请让两处的份额及顺序相同，或在 `as` 中另起名称。"
    ),
    # silence
    'Nobody may ever answer "{step_name}": say where silence leads.': (
        "“{step_name}”可能永远没有人回答：请写明无人回答时去哪里。"
    ),
    "Add `silent: [{{after: 2h, go: step}}]`, or `expires: {{after: 24h, go: step}}` to the "
    "flow.": (
        "请添加 `silent: [{{after: 2h, go: step}}]`，"
        "或在流程中添加 `expires: {{after: 24h, go: step}}`。"
    ),
    # templates
    'No approved template of the channel "{name}" covers this text in {language}: "{text}".': (
        "渠道“{name}”已批准的模板都不符合这条短信的 {language} 版本：“{text}”。"
    ),
    "`convo templates {name}` shows what to register; write its id into "
    "[channels.{name}.templates].": (
        "`convo templates {name}` 列出需要报备的内容；请把模板编号写入 "
        "[channels.{name}.templates]。"
    ),
    # words
    "STOP, START, HELP and their kin always win, in every country's own set.": (
        "STOP、START、HELP 及各国的同类用语始终优先。"
    ),
    '"{word}" is a word of the law and is never an answer.': (
        "“{word}”是法定用语，不会被当作回答。"
    ),
    '"{word}" is a word of the law and is never understood as this.': (
        "“{word}”是法定用语，不会被这样理解。"
    ),
    '"{word}" means both option {owner} and option {id}.': (
        "“{word}”同时表示选项 {owner} 和选项 {id}。"
    ),
    "Give one of them another word.": "请为其中一个换一个词。",
    # convo check
    "Note: {what}": "提示：{what}",
    "More may show once these are mended.": "修正之后可能还会发现其他错误。",
    "{count} mistake.": "共 {count} 处错误。",
    "{count} mistakes.": "共 {count} 处错误。",
    "All is well: ": "一切正常：",
    "{flows}, {handlers}.": "{flows}，{handlers}。",
    "{count} flow": "{count} 个流程",
    "{count} flows": "{count} 个流程",
    "{count} handler": "{count} 个处理程序",
    "{count} handlers": "{count} 个处理程序",
    # handlers and complaints
    "this file cannot be imported: {why}.": "无法导入这个文件：{why}。",
    "Nothing is served until it can be, for its words would go unanswered.": (
        "修复之前服务不会启动，因为它的关键词将无人回答。"
    ),
    "The action {name}": "动作 {name} ",
    'The word "{word}"': "关键词“{word}”",
    "{claim} is claimed here, and at {file}:{line} too.": (
        "{claim}在这里和 {file}:{line} 都有声明。"
    ),
    "One of the two must give it up.": "请去掉其中一个。",
    '"{name}" is a plain function, and would hold everybody up while it runs.': (
        "“{name}”是普通函数，运行时会让所有人等待。"
    ),
    "Write `async def {name}`.": "请写成 `async def {name}`。",
    'No flow gives the tag "{tag}", so no complaint would ever be heard.': (
        "没有流程会加标签“{tag}”，因此永远不会收到投诉。"
    ),
    "Write `tag: {tag}` at the step that takes what they said for one.": (
        "请在把对方的话当作投诉的步骤写上 `tag: {tag}`。"
    ),
}
