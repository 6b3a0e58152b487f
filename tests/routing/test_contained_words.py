"""Start words inside a longer text: found in scripts without spaces, not inside other words."""

import pytest

from convo.routing.keywords import StartWords, Target

WORDS = StartWords(
    (word, Target(kind="flow", name=name))
    for name, words in {
        "drive": ("试驾", "test drive"),
        "book": ("预约", "book"),
        "dye": ("染发", "dye"),
        "hello": ("在吗", "你好"),
        "desk": ("客服", "人工"),
        "off": ("取消",),
        "points": ("积分",),
    }.items()
    for word in words
)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("我要试驾吧", "drive"),
        ("回复试驾", "drive"),
        ("想試駕一下你們的新車", "drive"),
        ("我想预约周五", "book"),
        ("麻烦帮我染发，谢谢", "dye"),
        ("请转客服！", "desk"),
        ("我的积分还有多少", "points"),
        ("我要取消", "off"),
        ("I would like a test drive, please", "drive"),
        # Once by chance and once by itself.
        ("感染发烧好了，来染发", "dye"),
        ("乘客服务太差，找客服", "desk"),
    ],
)
def test_a_start_word_is_found_in_a_sentence_without_spaces(text: str, starts: str) -> None:
    found = WORDS.contained(text)
    assert found is not None
    assert (found.target.name, found.how) == (starts, "contained")


@pytest.mark.parametrize(
    "text",
    [
        "孩子感染发烧了",
        "請不要干預約束他們",
        "你们现在吗",
        "乘客服务很好",
        "人工智能真厉害",
        "录取消息出来了吗",
        "他在学微积分",
        "你好像弄错了",
        "this is a facebook",
        "bookkeeping",
    ],
)
def test_it_is_not_found_in_another_word(text: str) -> None:
    assert WORDS.contained(text) is None
