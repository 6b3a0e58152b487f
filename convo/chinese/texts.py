"""Chinese for what is wrong inside of a text, an expression, a time or a pattern."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    # texts
    "The text is missing.": "缺少文本。",
    "The text is empty.": "文本为空。",
    "The text is longer than {max_text} characters.": "文本超过 {max_text} 个字符。",
    "A text is wanted here, not {kind}.": "这里需要文本，而不是{kind}。",
    '"{word}" is read as yes or no here. Put it in quotes.': (
        "“{word}”在这里会被读作是或否，请加引号。"
    ),
    "Several wordings are written {{any: [one, other]}}.": "多种说法要写成 {{any: [one, other]}}。",
    "A language cannot hold languages again.": "语言之下不能再写语言。",
    '"{code}" is not a language code, such as en, zh or pt-BR.': (
        "“{code}”不是语言代码；语言代码例如 en、zh 或 pt-BR。"
    ),
    "A list of {name} cannot hold another.": "{name}的列表中不能再有列表。",
    "Write 1 to {most} {name}.": "请写 1 到 {most} 条{name}。",
    "messages": "短信",
    "wordings": "说法",
    # what is not allowed in braces
    "Only if, elif, else and endif may stand in {{% %}}.": (
        "{{% %}} 中只能写 if、elif、else 和 endif。"
    ),
    "A text cannot loop. {no_tags}": "文本中不能循环。{no_tags}",
    "A text cannot set a name; a step `set` does. {no_tags}": (
        "文本中不能赋值，请用 `set` 步骤。{no_tags}"
    ),
    "A text cannot hold a macro. {no_tags}": "文本中不能有宏。{no_tags}",
    "A text cannot hold a call block. {no_tags}": "文本中不能有 call 块。{no_tags}",
    "A filter stands after `|`. {no_tags}": "过滤器写在 `|` 之后。{no_tags}",
    "A text cannot include a file. {no_tags}": "文本中不能包含文件。{no_tags}",
    "A text cannot import a file. {no_tags}": "文本中不能导入文件。{no_tags}",
    "A text cannot extend a file. {no_tags}": "文本中不能扩展文件。{no_tags}",
    "This is not used in texts. {no_tags}": "文本中不使用这种写法。{no_tags}",
    "Powers (**) are not used: they grow without bound.": "不使用乘方（**）：结果会无限增大。",
    'Joining with "~" is not used. Write the values side by side in the text.': (
        "不使用“~”连接，请在文本中把值并排写出。"
    ),
    "Parts of a text or list ([1:3]) are not used.": "不使用文本或列表的片段（[1:3]）。",
    "A mapping ({{...}}) is not used here.": "这里不使用映射（{{...}}）。",
    "Write a list in square brackets: [a, b].": "请用方括号写列表：[a, b]。",
    "This is too complicated. Split it up.": "这里太复杂，请拆开。",
    "After `is` only `defined` and `none` may stand.": "`is` 之后只能写 `defined` 和 `none`。",
    "An `if` in a value needs its `else`: a if b else c.": (
        "值中的 `if` 必须有 `else`：`a if b else c`。"
    ),
    'In square brackets only a name in quotes may stand: ["city"].': (
        '方括号中只能写带引号的名称：["city"]。'
    ),
    "Names that start with an underscore are not known.": "不能使用以下划线开头的名称。",
    "Only names have parts, such as contact.city.": "只有名称才有部分，例如 contact.city。",
    '"{name}" is not a name that texts may use.': "文本中不能使用名称“{name}”。",
    "A name has at most {max_parts} parts.": "一个名称最多有 {max_parts} 个部分。",
    '"{name}" has no parts. Only contact and event have, as in contact.city.': (
        "“{name}”没有部分。只有 contact 和 event 有，例如 contact.city。"
    ),
    "{name} needs its brackets: {name}(...).": "{name} 必须带括号：{name}(...)。",
    "Only link(...) can be called.": "只能调用 link(...)。",
    '"{name}" cannot be called. {mend}': "不能调用“{name}”。{mend}",
    "Get one with a step `do: code` and show the answer that it saves.": (
        "请用 `do: code` 步骤取得，再显示它保存的答案。"
    ),
    "Arguments are written one by one.": "参数要逐个写出。",
    "This number is too large.": "这个数字太大。",
    '"{operator}" works on numbers only. Write texts and values side by side.': (
        "“{operator}”只用于数字。请把文本和值并排写出。"
    ),
    'There is no filter "{name}". {advice}': "没有过滤器“{name}”。{advice}",
    '"{name}" takes plain values in its brackets.': "“{name}”的括号中只能写普通的值。",
    '"{name}" takes {wanted} in its brackets.': "“{name}”的括号中应有{wanted}。",
    "one value": "一个值",
    "no values": "零个值",
    '"{{#" begins a remark that would be dropped. Write "{{ #" or leave it out.': (
        "“{{#”开始的注释会被丢弃。请写“{{ #”或删去。"
    ),
    '"raw" is not used. Write the text as it is.': "不使用“raw”，请照原样写文本。",
    # what cannot be read
    "These are typographic quotes. Use plain ones: ' or \".": "这是弯引号，请用直引号：' 或 \"。",
    "This is a full-width sign. Use the plain one.": "这是全角符号，请用半角符号。",
    "Write `and` or `or`.": "请写 `and` 或 `or`。",
    "To compare, write == (two signs).": "比较时请写 ==（两个等号）。",
    "Write `not`.": "请写 `not`。",
    "Write: a if b else c.": "请写 `a if b else c`。",
    "A backslash in quotes has a meaning of its own. Leave it out.": (
        "引号中的反斜杠有特殊含义，请删去。"
    ),
    "A backslash in quotes has a meaning of its own. Leave it out or write it twice.": (
        "引号中的反斜杠有特殊含义，请删去或写两次。"
    ),
    "A bracket opened here is never closed.": "这里开始的括号没有结束。",
    "This has no `{{% if %}}` before it that is still open.": (
        "它前面没有尚未结束的 `{{% if %}}`。"
    ),
    "This `{{% if %}}` is never closed. Write `{{% endif %}}` at its end.": (
        "这个 `{{% if %}}` 没有结束，请在末尾写 `{{% endif %}}`。"
    ),
    "The brackets opened here are never closed: }}}} or %}} is missing.": (
        "这里开始的括号没有结束：缺少 }}}} 或 %}}。"
    ),
    "A quote opened here is never closed.": "这里开始的引号没有结束。",
    "This sign has no meaning here.": "这个符号在这里没有意义。",
    '"{sign}" has no meaning here.': "“{sign}”在这里没有意义。",
    "A name is missing after the dot.": "点号后面缺少名称。",
    "The name of a filter is missing after `|`.": "`|` 后面缺少过滤器的名称。",
    "Something is missing here.": "这里缺少内容。",
    "Something is missing at the end.": "末尾缺少内容。",
    '"{word}" does not fit here: something is missing before it.': (
        "“{word}”不该在这里：它前面缺少内容。"
    ),
    "This cannot be read as an expression.": "无法读作表达式。",
    'An expression is missing, such as "score >= 9".': "缺少表达式，例如“score >= 9”。",
    "The expression is empty.": "表达式为空。",
    "An expression stands without {{{{ }}}}: it is a value, not a text. Write only what is between "
    "the brackets.": "表达式不带 {{{{ }}}}：它是值，不是文本。请只写括号里的内容。",
    "This is longer than {most} characters.": "这里超过 {most} 个字符。",
    # money
    '"{currency}" is no currency. {meant}': "“{currency}”不是货币代码。{meant}",
    'A currency is three letters, such as "CNY".': "货币代码是三个字母，例如“CNY”。",
    'It is three letters, such as "CNY".': "货币代码是三个字母，例如“CNY”。",
    # times
    "Write it like 10m, 2h, 1 day 12h or 3 days.": "请写成例如 10m、2h、1 day 12h 或 3 days。",
    "Write it like 9:00, 2h, 24h before when or 2026-12-24 18:00.": (
        "请写成例如 9:00、2h、24h before when 或 2026-12-24 18:00。"
    ),
    "A length of time is missing. {examples}": "缺少时长。{examples}",
    "A length of time is longer than {max_words} characters. {examples}": (
        "时长的写法超过 {max_words} 个字符。{examples}"
    ),
    '"{text}" is not a length of time. {examples}': "“{text}”不是时长。{examples}",
    '"{unit}" is not a unit of time. {examples}': "“{unit}”不是时间单位。{examples}",
    '"{unit}" is not a unit of time. Months and years differ in length; count in days. '
    "{examples}": "“{unit}”不是时间单位。月和年长短不一，请按天计算。{examples}",
    '"{text}" names the same unit twice. {examples}': "“{text}”中同一单位出现了两次。{examples}",
    '"{text}" is no time at all. {examples}': "“{text}”的时长为零。{examples}",
    '"{text}" is longer than five years.': "“{text}”超过五年。",
    'A time is missing, such as "9:00" or "24h before when".': (
        "缺少时间，例如“9:00”或“24h before when”。"
    ),
    "A time is longer than {max_words} characters. {times}": (
        "时间的写法超过 {max_words} 个字符。{times}"
    ),
    '"{source}" is not a time. {times}': "“{source}”不是时间。{times}",
    '"{source}" is not a time. Write it like "2026-12-24 18:00".': (
        "“{source}”不是时间。请写成例如“2026-12-24 18:00”。"
    ),
    '"{clock}" is not a time of day. {times}': "“{clock}”不是一天中的时刻。{times}",
    # patterns
    'A pattern is missing, such as "[A-Z]{{2}}[0-9]{{6}}".': (
        "缺少模式，例如“[A-Z]{{2}}[0-9]{{6}}”。"
    ),
    "The pattern is longer than {max_source} characters.": "模式超过 {max_source} 个字符。",
    "This cannot be read as a pattern: {complaint}.": "无法读作模式：{complaint}。",
    "Looking ahead or behind is not used. Write out what may stand there.": (
        "不使用前瞻或后顾，请直接写出那里可以有什么。"
    ),
    '"{sign}" is not used in patterns. Write ( ) or (?P<name> ).': (
        "模式中不使用“{sign}”，请写 ( ) 或 (?P<name> )。"
    ),
    "A group cannot be asked for again ({sign}). Write out what may stand there.": (
        "不能再次引用分组（{sign}），请直接写出那里可以有什么。"
    ),
    '"{sign}" has no meaning. Write the characters themselves.': (
        "“{sign}”没有意义，请直接写出字符。"
    ),
    '"{sign}" is no count, or repeats more than 1,000 times in all.': (
        "“{sign}”不是次数，或总共重复超过 1,000 次。"
    ),
    '"{sign}" repeats a repetition. Write one of the two.': (
        "“{sign}”对重复再作重复，请只写其中一个。"
    ),
    'Nothing stands before "{sign}" to repeat. The sign is "\\{sign}".': (
        "“{sign}”前面没有可重复的内容。表示这个符号本身请写“\\{sign}”。"
    ),
    "A [ opened here is never closed.": "这里开始的 [ 没有结束。",
    "A ( opened here is never closed.": "这里开始的 ( 没有结束。",
    "A ) stands here that no ( has opened. The sign is \\).": (
        "这里的 ) 没有对应的 (。表示这个符号本身请写 \\)。"
    ),
    '"{sign}" names no characters.': "“{sign}”不表示任何字符。",
    "A backslash at the end means nothing. The sign is \\\\.": (
        "末尾的反斜杠没有意义。表示这个符号本身请写 \\\\。"
    ),
    "The pattern is too large: it repeats too much.": "模式太大：重复过多。",
    "The pattern is too large ({size} steps of {most}). Repeat less, or name fewer letters than "
    "all of Unicode.": "模式太大（{size} 步，上限 {most}）。请减少重复，或缩小字符范围。",
}

#: Kinds of values, as `kind_of` calls them.
KINDS: Mapping[str, str] = {
    "empty": "空值",
    "yes or no": "是或否",
    "a text": "文本",
    "a number": "数字",
    "a date and time": "日期和时间",
    "a date": "日期",
    "a time": "时间",
    "a list": "列表",
    "a mapping": "映射",
    "something else": "其他内容",
}
