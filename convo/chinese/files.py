"""Chinese for what is wrong with a file as YAML."""

from collections.abc import Mapping

FILES: Mapping[str, str] = {
    # the whole file
    "{name}: it cannot be read ({why}).": "{name}：无法读取（{why}）。",
    "{name}: it is not UTF-8 (byte {start}). Save it as UTF-8.": (
        "{name}：编码不是 UTF-8（第 {start} 字节）。请另存为 UTF-8。"
    ),
    "This file is larger than 256 KB.": "这个文件大于 256 KB。",
    "Split it into several flows.": "请拆成几个流程。",
    "This file is empty.": "这个文件是空的。",
    'A flow starts with "flow: name".': "流程以“flow: 名称”开头。",
    "This file cannot be read as YAML.": "无法按 YAML 读取这个文件。",
    'The file does not start with "name: value".': "文件没有以“名称: 值”开头。",
    "Write a space after each colon, and no dash before the first name.": (
        "请在每个冒号后写一个空格，第一个名称前不要写短横线。"
    ),
    "More than {max_nodes} values in one file.": "一个文件中的值超过 {max_nodes} 个。",
    "Split the flow.": "请拆分流程。",
    "This is nested more than {max_depth} levels deep.": "嵌套超过 {max_depth} 层。",
    "A flow needs a handful of levels; check the brackets.": "流程只需要几层，请检查括号。",
    "There is an invisible control character here (U+{code}).": (
        "这里有一个看不见的控制字符（U+{code}）。"
    ),
    "Delete it; type the line again if you cannot see it.": (
        "请删去它；如果看不见，请重新输入这一行。"
    ),
    "A second document begins here.": "从这里开始了第二个文档。",
    'One file holds one flow; remove the "---".': "一个文件只写一个流程，请删去“---”。",
    "Nothing may stand outside of the one document in a file.": "文件中唯一的文档之外不能有内容。",
    "One file holds one flow; remove what does not belong to it.": (
        "一个文件只写一个流程，请删去不属于它的内容。"
    ),
    "A line that starts with % is not used.": "流程不使用以 % 开头的行。",
    "Remove it.": "请删去。",
    # what flows do not use
    "An alias (*name) is not used in flows.": "流程不使用别名（*name）。",
    "An anchor (&name) is not used in flows.": "流程不使用锚点（&name）。",
    "A tag (!name) is not used in flows.": "流程不使用 YAML 标签（!name）。",
    "Write it out. If it is a text: {in_quotes}": "请完整写出。如果它是文本：{in_quotes}",
    '"*" at the start has a meaning of its own in YAML (an alias), which flows do not use.': (
        "开头的“*”在 YAML 中有特殊含义（别名），流程不使用它。"
    ),
    '"&" at the start has a meaning of its own in YAML (an anchor), which flows do not use.': (
        "开头的“&”在 YAML 中有特殊含义（锚点），流程不使用它。"
    ),
    '"!" at the start has a meaning of its own in YAML (a tag), which flows do not use.': (
        "开头的“!”在 YAML 中有特殊含义（标签），流程不使用它。"
    ),
    # names and values
    "A name must be a single text, not a list or a mapping.": (
        "名称必须是单个文本，不能是列表或映射。"
    ),
    "A name is missing before the colon.": "冒号前缺少名称。",
    'Write "name: value".': "请写成“名称: 值”。",
    '"{value}" is here twice; the first is on line {first}.': (
        "“{value}”出现了两次，第一次在第 {first} 行。"
    ),
    "Remove one, or give it another name.": "请删去一个，或换一个名称。",
    '"{name}" has no value: a comma in brackets ends the text before it.': (
        "“{name}”没有值：括号中的逗号会结束它前面的文本。"
    ),
    'What follows " #" is dropped as a remark.': "“ #”之后的内容会被当作注释丢弃。",
    "Put the text in quotes, or the remark on a line of its own.": (
        "请给文本加引号，或让注释单独成行。"
    ),
    'This line is neither "name: value" nor a list entry ("- ...").': (
        "这一行既不是“名称: 值”，也不是列表项（“- ...”）。"
    ),
    "Add what is missing, or put a text of several lines in quotes.": (
        "请补上缺少的内容，或给多行文本加引号。"
    ),
    "Something is missing or out of place here.": "这里缺少内容或位置不对。",
    "A list entry starts with a dash and a space.": "列表项以短横线和空格开头。",
    # texts and their quotes
    'Put the whole text in quotes: "..."': '请给整个文本加引号："..."',
    'A text that starts with "{{{{" must be in quotes.': "以“{{{{”开头的文本必须加引号。",
    'A text cannot start with "%" unless it is in quotes.': "文本不加引号时不能以“%”开头。",
    'A text cannot start with "@" unless it is in quotes.': "文本不加引号时不能以“@”开头。",
    'A text cannot start with "`" unless it is in quotes.': "文本不加引号时不能以“`”开头。",
    'A text cannot start with "," unless it is in quotes.': "文本不加引号时不能以“,”开头。",
    'A text cannot start with "? " unless it is in quotes.': "文本不加引号时不能以“? ”开头。",
    "A text cannot start with this sign.": "文本不能以这个符号开头。",
    'A text cannot start with "- ", which begins a list entry.': (
        "文本不能以“- ”开头，那表示列表项。"
    ),
    "Put the text in quotes, or the list on the lines below.": (
        "请给文本加引号，或把列表写在下面几行。"
    ),
    '"{first}" at the start announces a text on the following lines.': (
        "开头的“{first}”表示文本写在后面几行。"
    ),
    '{in_quotes}, or start a new line after "{first}".': "{in_quotes}，或在“{first}”之后换行。",
    "A text must start on the next line here.": "这里的文本必须从下一行开始。",
    "The quote that is opened here is never closed.": "这里开始的引号没有结束。",
    "Close it.": "请补上结束的引号。",
    "In double quotes a backslash has a meaning of its own.": "双引号中的反斜杠有特殊含义。",
    "Use single quotes, or write the backslash twice.": "请改用单引号，或把反斜杠写两次。",
    'The "[" here is not closed where it should be.': "这里的“[”没有在该结束的地方结束。",
    'The "{{" here is not closed where it should be.': "这里的“{{”没有在该结束的地方结束。",
    "Something follows the closing quote.": "结束的引号后面还有内容。",
    "Something follows the closing bracket.": "结束的括号后面还有内容。",
    "Quote the whole text, once.": "请给整个文本只加一次引号。",
    # colons
    'A colon with a space after it would be read as "name: value".': (
        "后面带空格的冒号会被读作“名称: 值”。"
    ),
    'A colon with a space after it cannot be read as "name: value" here.': (
        "这里后面带空格的冒号不能读作“名称: 值”。"
    ),
    "{in_quotes}. If it is a name, check how far the line is indented.": (
        "{in_quotes}。如果它是名称，请检查这一行的缩进。"
    ),
    "This is a full-width colon.": "这是全角冒号。",
    "An unusual space follows the colon.": "冒号后面是特殊空格。",
    "A space is missing after the colon.": "冒号后面缺少空格。",
    'Write ":" and a space after it.': "请写半角“:”，后面加一个空格。",
    'Write ":" and an ordinary space after it.': "请写半角“:”，后面加一个普通空格。",
    # indenting
    "This line does not fit the lines above it.": "这一行与上面的行不相符。",
    "Check how far it is indented: lines of one level start in the same column.": (
        "请检查缩进：同一层的行从同一列开始。"
    ),
    "This line is indented with a tab.": "这一行用制表符缩进。",
    "This line is indented with {name}.": "这一行用{name}缩进。",
    "Indent with spaces, two for each level.": "请用空格缩进，每层两个。",
    "a tab": "制表符",
    "a non-breaking space": "不换行空格",
    "a full-width space": "全角空格",
    "a narrow non-breaking space": "窄不换行空格",
    "an invisible zero-width space": "看不见的零宽空格",
    "an invisible joiner": "看不见的零宽连接符",
    "an invisible word joiner": "看不见的单词连接符",
    "an invisible byte order mark": "看不见的字节顺序标记",
    "an unusual space": "特殊空格",
}
