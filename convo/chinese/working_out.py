"""Chinese for what a text or an expression comes to grief over while a turn is taken."""

from collections.abc import Mapping

WORKING_OUT: Mapping[str, str] = {
    "This text shows {which}, which is empty.": "此文本要显示 {which}，但它为空。",
    "a value": "某个值",
    "`{name}` is not known here.": "这里没有 `{name}`。",
    "This could not be worked out ({error}).": "无法计算（{error}）。",
    "The text comes to more than {most} characters.": "文本超过 {most} 个字符。",
    "A text cannot show {kind}.": "文本无法显示{kind}。",
    "A kept answer is not a {kind}.": "已保存的答案不是 {kind}。",
    "Rendered without a scope.": "渲染时没有可用的值。",
    # comparing and calculating
    "A value that is compared is empty.": "用来比较的值为空。",
    "{one} and {other} cannot be compared.": "{one}和{other}无法比较。",
    "Yes or no has no order; compare it with == or !=.": "是与否没有大小之分，请用 == 或 != 比较。",
    "`in` looks for a text in a text, or for a value in a list.": (
        "`in` 只能在文本中查找文本，或在列表中查找值。"
    ),
    "`in` needs a text or a list on its right.": "`in` 的右边必须是文本或列表。",
    "{doing} needs numbers, not {kind}.": "{doing} 需要数字，而不是{kind}。",
    "nothing": "空值",
    "A number is too large.": "数字过大。",
    "A number is divided by zero.": "除数为零。",
    # filters
    "`length` needs a text or a list.": "`length` 需要文本或列表。",
    "`int` needs a whole number.": "`int` 需要整数。",
    "`first` and `last` need a list or a text.": "`first` 和 `last` 需要列表或文本。",
    "`join` needs a list.": "`join` 需要列表。",
    "`date` needs a date, or a date and time.": "`date` 需要日期，或日期和时间。",
    "`time` needs a time, or a date and time.": "`time` 需要时间，或日期和时间。",
    "`datetime` needs a date and time.": "`datetime` 需要日期和时间。",
    "`digits` needs a whole number.": "`digits` 需要整数。",
    "`duration` needs a length of time, which is not below 0.": "`duration` 需要不小于 0 的时长。",
    '`money` needs a currency here: write money("CNY").': (
        '`money` 在这里需要货币，请写成 money("CNY")。'
    ),
    "`{source}` is {kind}, not a date.": "`{source}` 是{kind}，不是日期。",
    "`{source}` is {kind}, not a time.": "`{source}` 是{kind}，不是时间。",
}
