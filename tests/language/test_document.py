"""YAML as authors write it: what is taken, what is refused, and that the place is right."""

import contextlib
import itertools
import time
import tracemalloc

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from convo.errors import FlowErrors, Place
from convo.language.document import MAX_DOCUMENT_BYTES, Document, caret, read_document


def read(source: str) -> Document:
    return read_document(source, "f.yaml")


def places(source: str) -> list[tuple[int, int]]:
    with pytest.raises(FlowErrors) as raised:
        read(source)
    return [(problem.place.line, problem.place.column) for problem in raised.value.problems]


def said(source: str) -> str:
    with pytest.raises(FlowErrors) as raised:
        read(source)
    return str(raised.value)


def test_names_and_numbers_mean_themselves() -> None:
    source = (
        "no: 12:30\n1: 010\non: +8613800138000\nyes: yes\n"
        "t: true\nf: false\nT: True\nq: 'true'\nn: null\ne:\nw: ~\nd: 2026-11-22\nz: ''\nm: 1.50\n"
    )
    assert read(source).data == {
        "no": "12:30",
        "1": "010",
        "on": "+8613800138000",
        "yes": "yes",
        "t": True,
        "f": False,
        "T": "True",
        "q": "true",
        "n": None,
        "e": None,
        "w": None,
        "d": "2026-11-22",
        "z": "",
        "m": "1.50",
    }


def test_a_byte_order_mark_and_windows_line_ends_are_taken() -> None:
    document = read("\ufeffa: b\r\nc: |\r\n  x\r\n\r\n  y\r\nd: e\r\n")
    assert document.data == {"a": "b", "c": "x\n\ny\n", "d": "e"}
    assert document.place(["d"]) == Place(file="f.yaml", line=6, column=4)


def test_remarks_are_allowed_where_no_text_can_be_cut() -> None:
    source = (
        "# first\nflow: booking      # same as the file name\nstart: {a: b} # x\n"
        "events: [a, b]   # y\nanswers:    # all\n  when: datetime\n"
        'quoted: "# stays" # z\nbelow: |  # w\n  text # 12 stays\n'
    )
    data = read(source).data
    assert data["flow"] == "booking"
    assert data["quoted"] == "# stays"
    assert data["below"] == "text # 12 stays\n"


def test_texts_on_their_own_lines_may_hold_nearly_anything() -> None:
    source = (
        "say: |\n  Menu: {{ x }}\n  \t* one\n  【店】：您好\n\n  - two\n"
        "go: |-\n  [a\nlist:\n  - |\n    a: b\n  - >\n    c：d\n    e\n"
        'quoted: "one:\n  two: {{ x }}"\n'
    )
    data = read(source).data
    assert data["say"] == "Menu: {{ x }}\n\t* one\n【店】：您好\n\n- two\n"
    assert data["go"] == "[a"
    assert data["list"] == ["a: b\n", "c：d e\n"]
    assert data["quoted"] == "one: two: {{ x }}"


REFUSED = [
    ("a: 1\nb: 2\na: 3\n", (3, 1), "twice; the first is on line 1"),
    ("x:\n  a: 1\n  a: 2\n", (3, 3), "twice"),
    ("a: {b: 1, b: 2}\n", (1, 11), "twice"),
    ("a: &x 1\n", (1, 4), "anchor"),
    ("a: {b: &x 1}\n", (1, 8), "anchor"),
    ("a: *x\n", (1, 4), "alias"),
    ("say: *Hi* there\n", (1, 6), "quotes"),
    ("a: !x b\n", (1, 4), "tag"),
    ("a: !!python/object:os.system x\n", (1, 4), "tag"),
    ("a: {b: !!str 1}\n", (1, 8), "tag"),
    ("a:\n\tb: c\n", (2, 1), "tab"),
    ("a:\n  \tb: c\n", (2, 3), "tab"),
    ("a:\n\u00a0 b: c\n", (2, 1), "non-breaking space"),
    ("a:\n \u200bb: c\n", (2, 2), "zero-width"),
    ("a:\n\u3000b: c\n", (2, 1), "full-width space"),
    ("a:\n  b:\u00a0c\n", (2, 5), "unusual space"),
    ("a:\n  say：hello\n", (2, 6), "full-width colon"),
    ("菜单：\n  say: x\n", (1, 3), "full-width colon"),
    ("say: Note: hi\n", (1, 10), "quotes"),
    ("say: {{ name }}, hi\n", (1, 6), "quotes"),
    ("a: {say: {{ name }}}\n", (1, 10), "quotes"),
    ("say: [VIP] hi\n", (1, 6), "quotes"),
    ("say: {VIP} hi\n", (1, 6), "quotes"),
    ("say: %x\n", (1, 6), "quotes"),
    ("say: @x\n", (1, 6), "quotes"),
    ("say: `x`\n", (1, 6), "quotes"),
    ("say: |Hello\n", (1, 6), "quotes"),
    ("that: > now\n", (1, 7), "quotes"),
    ("say: - hi\n", (1, 6), "quotes"),
    ("say: ? hi\n", (1, 6), "quotes"),
    ("say: , hi\n", (1, 6), "quotes"),
    ("a: {say: ?, go: x}\n", (1, 10), "quotes"),
    ("a: {say: Hello, Anna}\n", (1, 21), "comma"),
    ('say: "Hi" there\n', (1, 6), "closing quote"),
    ('say: "Hi\ngo: x\n', (1, 6), "never closed"),
    ('say: "a\\d"\n', (1, 8), "backslash"),
    ("a: [x, y\nb: c\n", (1, 4), "not closed"),
    ("say: Reply to order #12\n", (1, 21), "dropped as a remark"),
    ("say: 您好 #1\n", (1, 9), "dropped as a remark"),
    ("say: Hi # there\n", (1, 9), "dropped as a remark"),
    ("a: {say: Hi there  # x\n  }\n", (1, 20), "dropped as a remark"),
    ("a: b\n---\nc: d\n", (2, 1), "second document"),
    ("a: b\n...\nc: d\n", (3, 1), "one document"),
    ("%YAML 1.1\n---\na: b\n", (1, 1), "not used"),
    ("", (1, 1), "empty"),
    ("\n  \n", (1, 1), "empty"),
    ("# only this\n", (1, 1), "empty"),
    ("- a\n", (1, 1), "name: value"),
    ("hello\n", (1, 1), "name: value"),
    ("a:b\n", (1, 2), "space is missing"),
    ("a:b\nc: d\n", (1, 2), "space is missing"),
    ("a: b\nc\n", (2, 1), 'neither "name: value"'),
    ("a:\n  b: c\n d: e\n", (3, 2), "indented"),
    ("a: \x00\n", (1, 4), "control character"),
    ("a: b\nc: \x1b[0m\n", (2, 4), "control character"),
    ("a: b\u2028c\n", (1, 5), "control character"),
    ("a: \ud800\n", (1, 4), "control character"),
    ("[a]: b\n", (1, 1), "name must be"),
    (": b\n", (1, 1), "lines above"),
]


@pytest.mark.parametrize(("source", "place", "words"), REFUSED)
def test_each_mistake_is_told_with_its_place_and_in_plain_words(
    source: str, place: tuple[int, int], words: str
) -> None:
    assert place in places(source)
    assert words in said(source)


@pytest.mark.parametrize("source", [source for source, _, _ in REFUSED])
def test_the_parsers_own_words_are_never_shown(source: str) -> None:
    for words in ("scanning", "parsing", "could not find expected", "did not find", "block end"):
        assert words not in said(source)


def test_all_that_can_be_found_is_told_at_once() -> None:
    source = "a: x: y\nb:\n\tc: d\nsay: {{ x }} hi\ne: *z\nok: fine\n"
    assert places(source) == [(1, 5), (3, 1), (4, 6), (5, 4)]


def test_one_mistake_is_told_once() -> None:
    assert len(places("say: %x\n")) == 1
    assert len(places("a: &x 1\n")) == 1


def test_a_billion_laughs_stay_small() -> None:
    lines = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    names = "abcdefghij"
    for before, name in itertools.pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    start = time.process_time()
    with pytest.raises(FlowErrors):
        read("\n".join(lines))
    assert time.process_time() - start < 0.2


@pytest.mark.parametrize(
    "source",
    ["[" * 250_000, "a: " + "[" * 50_000 + "]" * 50_000, "a: " + "{" * 250_000, "- " * 100_000],
)
def test_deep_nesting_is_refused_quickly_and_in_little_memory(source: str) -> None:
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(FlowErrors):
        read(source)
    assert time.process_time() - start < 1  # a tenth of it without tracemalloc
    assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize(
    "source",
    [
        "a" + " " * 200_000,
        "a: b" + " " * 200_000 + "#",
        "a: [\n" * 499,
        "a: [\n" * 60 + ("x" * 4_000 + "\n") * 60,
        'a: "\n' * 40_001,
        "a: '" + "''" * 100_000,
        "- " * 400 + ": " * 60_000,
        "a: |\n" + " \n" * 100_000,
        "{{" * 200 + "}}" * 200,
        "a" * 200_000 + "：",
        "\u3000" * 80_000,
    ],
)
def test_no_source_takes_long_to_refuse(source: str) -> None:
    taken: list[float] = []
    for _ in range(2):  # the better of two: a collection of garbage is not the reader's own
        start = time.process_time()
        with contextlib.suppress(FlowErrors):
            read(source)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.5


def test_the_depth_of_thirty_is_a_limit_and_not_less() -> None:
    assert read("a: " + "[" * 29 + "]" * 29).data
    assert places("a: " + "[" * 30 + "]" * 30) == [(1, 33)]
    deep = "".join(f"{'  ' * level}k:\n" for level in range(31))
    assert "30 levels" in said(deep)


def test_unbalanced_brackets_in_texts_do_no_harm() -> None:
    texts = "\n".join(f"k{at}: 'smile :[ {{'" for at in range(100))
    assert len(read(texts).data) == 100


def test_size_and_number_of_values_are_limited() -> None:
    assert "256 KB" in said("a: " + "x" * MAX_DOCUMENT_BYTES)
    assert "256 KB" in said("a: " + "约" * (MAX_DOCUMENT_BYTES // 3))
    assert "50,000 values" in said("a: [" + "x," * 50_001 + "]")


SOURCE = """flow: booking
steps:
  menu:
    choose:
      en: "Hello {{ name }}"
      zh: 您好
    options:
      - one
      - {two: 2}
    say: |
      First
      second {{ x }}
"""


def test_places_lead_to_values_and_names() -> None:
    document = read(SOURCE)

    def at(line: int, column: int) -> Place:
        return Place(file="f.yaml", line=line, column=column)

    assert document.place(["flow"]) == at(1, 7)
    assert document.key_place(["flow"]) == at(1, 1)
    assert document.place(["steps", "menu", "choose", "zh"]) == at(6, 11)
    assert document.key_place(["steps", "menu", "choose", "zh"]) == at(6, 7)
    assert document.place(["steps", "menu", "options", 1, "two"]) == at(9, 15)
    assert document.key_place(["steps", "menu", "options", 0]) == at(8, 9)
    assert document.place(["steps", "menu", "choose", "fr", "deep"]) == at(5, 7)
    assert document.place([]) == at(1, 1)


def test_places_inside_of_texts_are_exact_where_they_can_be() -> None:
    document = read(SOURCE)
    quoted = document.place_within(["steps", "menu", "choose", "en"], 1, 10)
    assert (quoted.line, quoted.column) == (5, 21)
    below = document.place_within(["steps", "menu", "say"], 2, 11)
    assert (below.line, below.column) == (12, 17)
    plain = document.place_within(["steps", "menu", "choose", "zh"], 1, 2)
    assert (plain.line, plain.column) == (6, 12)


def test_the_caret_stands_under_wide_characters_too() -> None:
    chinese = "say: 您好 hello"
    assert caret(chinese, Place(file="f", line=1, column=9)) == f"{chinese}\n{' ' * 10}^"
    assert caret("a\tb", Place(file="f", line=1, column=3)) == "a\tb\n \t^"
    assert caret("a", Place(file="f", line=9, column=1)) == "\n^"
    long = caret("x" * 500 + "HERE" + "y" * 500, Place(file="f", line=1, column=501))
    line, below = long.split("\n")
    assert line[below.index("^") :].startswith("HERE")
    assert len(line) < 100


def test_the_canonical_form_forgets_remarks_and_keeps_the_order_of_steps() -> None:
    one = read("a: 1  # x\nb: [c, 'd']\n").canonical()
    other = read("# y\n'a':   '1'\nb:\n  - c\n  - d\n").canonical()
    turned = read("b: [c, d]\na: 1\n").canonical()
    assert one == other == b'{"a":"1","b":["c","d"]}'
    assert one != turned
    assert read("a:\n").canonical() != read("a: ''\n").canonical()


def test_the_text_of_a_flow_is_not_in_a_repr() -> None:
    assert "secret" not in repr(read("say: secret words\n"))


YAML_SIGNS = "ab1 :：-?,[]{}#&*!|>%@`'\"\\\n\n  \t\u00a0约"


@given(st.one_of(st.text(max_size=80), st.text(alphabet=YAML_SIGNS, max_size=60)))
@settings(max_examples=1500, deadline=None)
def test_any_source_is_read_or_refused_with_places_inside_of_it(source: str) -> None:
    try:
        document = read(source)
    except FlowErrors as errors:
        found = [problem.place for problem in errors.problems]
    else:
        found = [document.place([name]) for name in document.data]
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for place in found:
        assert 1 <= place.line <= len(lines) + 1
        assert place.column >= 1
        assert caret(source, place).endswith("^")


NAMES = st.text(alphabet="abcz_01 :#-,?{[*'\"约：", min_size=1, max_size=8)
LEAVES = st.text(max_size=40)
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.lists(below, min_size=1, max_size=4),
        st.dictionaries(NAMES, below, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, TREES, min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_whatever_is_in_quotes_comes_back_as_it_is(data: dict[str, object]) -> None:
    for flow in (False, True):
        source = yaml.dump(data, default_style='"', default_flow_style=flow, width=9_999)
        assert read(source).data == data
