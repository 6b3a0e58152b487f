"""Whatever can be wrong with a flow is said in Chinese, with the same facts."""

import ast
import copy
import pickle
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest

from convo.chinese import CATALOGUE, in_chinese, reason_in_chinese
from convo.chinese.checks import CHECKS as OF_CHECKS
from convo.chinese.files import FILES
from convo.chinese.flows import FLOWS
from convo.chinese.keys import KEYS
from convo.chinese.reasons import REASONS
from convo.chinese.texts import KINDS as OF_VALUES
from convo.chinese.texts import TEXTS
from convo.chinese.working_out import WORKING_OUT
from convo.engine.schema import FlowFile
from convo.errors import FlowErrors
from convo.language.document import read_document
from convo.language.expressions import Expression
from convo.language.patterns import Pattern
from convo.language.text_problems import TextProblem
from convo.language.texts import Text
from convo.sentences import Sentence, sentence
from convo.steps import KINDS
from convo.verification import CHECKS
from tests.engine.test_schema import FLOW, MISTAKES
from tests.engine.test_schema import loaded as read_flow
from tests.language import test_document, test_expressions, test_patterns, test_texts
from tests.verification.test_checks import FAULTS, RIGHT, loaded

ROOT = Path(__file__).parent.parent.parent / "convo"
#: Where mistakes of flows are found, and what tells of one.
TELLING = ("language", "engine", "steps", "routing", "verification", "wiring")
TELLS = frozenset(
    [
        "FlowError",
        "TextProblem",
        "finding",
        "at_key",
        "Remark",
        "remark",
        "refuse",
        "_refuse",
        "_tell",
        "_stop",
    ]
)
#: Chats are tests, which only the command line reads.
OF_CHATS = frozenset(("chat_reading.py",))
#: What authors write, which no language changes.
_QUOTED = re.compile(r"`[^`]*`|“[^”]*”|\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"")
_ENGLISH = re.compile(r"[A-Za-z]+ [A-Za-z]+ [A-Za-z]+")


def templates() -> Mapping[str, str]:
    """Every template of the source, with the file that has it."""
    return {
        text: path.relative_to(ROOT).as_posix()
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "sentence"
        for text in literals(node.args[0])
    }


def literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    else:
        assert isinstance(node, ast.Constant), f"a template is written out: {ast.unparse(node)}"
        assert isinstance(node.value, str)
        yield node.value


def gaps(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_template_of_the_source_has_its_chinese() -> None:
    assert {each: path for each, path in templates().items() if each not in CATALOGUE} == {}


def test_whoever_tells_of_a_mistake_tells_it_by_a_template() -> None:
    plain = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in TELLING
        for path in sorted((ROOT / room).glob("*.py"))
        if path.name not in OF_CHATS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in TELLS
        for told in (*node.args, *(each.value for each in node.keywords if each.arg != "place"))
        if is_plain(told)
    ]
    assert plain == []


def is_plain(told: ast.expr) -> bool:
    """Words of several that no other language could know."""
    match told:
        case ast.JoinedStr():
            return True
        case ast.Constant(value=str() as words):
            return " " in words
        case _:
            return False


def test_chinese_says_the_same_facts() -> None:
    for english, chinese in CATALOGUE.items():
        assert gaps(english) == gaps(chinese), english


def test_no_table_holds_what_nobody_says_or_what_another_has() -> None:
    beginning = {f"{each[0].upper()}{each[1:]}" for each in OF_VALUES}
    others = {each for each in CATALOGUE if f"{each[0].upper()}{each[1:]}" not in KEYS} - beginning
    assert others - templates().keys() == set()
    held = Counter(
        key
        for table in (FILES, TEXTS, OF_VALUES, FLOWS, OF_CHECKS, REASONS, WORKING_OUT, KEYS)
        for key in table
    )
    assert [key for key, times in held.items() if times > 1] == []


def test_what_every_key_is_for_has_its_chinese() -> None:
    described = {
        field.description.replace("{", "{{").replace("}", "}}")
        for form in (FlowFile, *KINDS.values())
        for field in form.model_fields.values()
        if field.description
    }
    assert described == KEYS.keys()


def test_english_is_what_it_is_and_what_nobody_translated_stays() -> None:
    told = sentence("This sentence is of {whom}.", whom="nobody's")
    assert told == "This sentence is of nobody's."
    assert in_chinese(told) == "This sentence is of nobody's."
    assert in_chinese("as it is") == "as it is"


def test_a_fact_may_be_a_sentence_and_hold_braces() -> None:
    assert in_chinese(sentence("A text is wanted here, not {kind}.", kind=sentence("a list"))) == (
        "这里需要文本，而不是列表。"
    )
    assert in_chinese(sentence('There is no step "{to}".', to="{x}")) == "没有步骤“{x}”。"


@pytest.mark.parametrize(
    ("check", "right", "wrong"), [fault[:3] for fault in FAULTS], ids=[str(f[4]) for f in FAULTS]
)
def test_every_fault_that_a_check_finds_is_said_in_chinese(
    check: str, right: str, wrong: str
) -> None:
    for problem in CHECKS[check](loaded(RIGHT.replace(right, wrong, 1))):
        is_chinese(problem.what)
        is_chinese(problem.mend)


@pytest.mark.parametrize(("right", "wrong"), [mistake[:2] for mistake in MISTAKES])
def test_every_mistake_in_the_form_of_a_flow_is_said_in_chinese(right: str, wrong: str) -> None:
    with pytest.raises(FlowErrors) as found:
        read_flow(FLOW.replace(right, wrong, 1))
    for problem in found.value.problems:
        is_chinese(problem.what)
        is_chinese(problem.mend)


@pytest.mark.parametrize("source", [refused[0] for refused in test_document.REFUSED])
def test_what_is_no_yaml_is_said_in_chinese(source: str) -> None:
    with pytest.raises(FlowErrors) as found:
        read_document(source, "flows/x.yaml")
    for problem in found.value.problems:
        is_chinese(problem.what)
        is_chinese(problem.mend)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *((Text, refused[0]) for refused in (*test_texts.REFUSED, *test_texts.SPOTS)),
        *((Expression, refused[0]) for refused in test_expressions.REFUSED),
        *((Pattern, refused[0]) for refused in test_patterns.REFUSED),
    ],
)
def test_what_is_wrong_inside_of_a_text_is_said_in_chinese(
    kind: type[Text | Expression | Pattern], raw: object
) -> None:
    with pytest.raises(TextProblem) as found:
        kind.read(raw)
    for problem in (found.value, *found.value.others):
        is_chinese(problem.message)


@pytest.mark.parametrize("template", [*REASONS, *WORKING_OUT])
def test_a_reason_is_known_again_by_its_words_alone(template: str) -> None:
    facts = dict.fromkeys(gaps(template), "0x0E")
    assert reason_in_chinese(template.format(**facts)) == CATALOGUE[template].format(**facts)


def test_a_reason_within_a_reason_is_known_again_and_words_of_others_stay() -> None:
    gone = "Redis cannot be used: Connection refused."
    assert reason_in_chinese(f"the store fails: {gone}") == (
        "存储出错：无法使用 Redis：Connection refused。"
    )
    late = "sms.example: no answer in 10 s; the request may have been taken"
    assert reason_in_chinese(late) == "sms.example：10 秒内没有应答；请求可能已被接受"
    assert reason_in_chinese("Bad luck, says the provider") == "Bad luck, says the provider"


def is_chinese(told: str) -> None:
    """Every sentence in it is in the catalogue, and no English one is left beside the names."""
    if not told:
        return
    assert isinstance(told, Sentence), f"said by no template: {told}"
    said = in_chinese(told)
    assert said != told
    for fact in sorted(told.facts.values(), key=lambda each: -len(str(each))):
        if isinstance(fact, Sentence):
            is_chinese(fact)
        elif str(fact):
            said = said.replace(str(fact), "")
    assert not _ENGLISH.search(_QUOTED.sub("", said)), said


def test_what_cannot_be_compared_is_known_again_with_the_kinds_of_values() -> None:
    assert reason_in_chinese("A number and a text cannot be compared.") == "数字和文本无法比较。"


def test_a_copy_is_the_same_sentence() -> None:
    told = sentence("A text cannot show {kind}.", kind=sentence("a list"))
    for copied in (copy.deepcopy(told), pickle.loads(pickle.dumps(told))):
        assert (copied, in_chinese(copied)) == (told, "文本无法显示列表。")
