"""No escape in a flow file ever runs: it is refused with its file, line and column, and at once."""

import json
import re
import time
from collections.abc import Callable, Mapping

import pytest

from convo.engine.schema import read_flow
from convo.errors import FlowErrors
from tests.language.escapes import BLOCKS, PAYLOADS

FILE = "flows/shop.yaml"
AT_MOST_S = 0.1
AT_LEAST = 60

#: Every place of a flow in which an author's words are worked out; @ stands for the escape.
PLACES: Mapping[str, str] = {
    "a text": "say: @",
    "a text of a language": "say: {en: Hello, zh: @}",
    "one of several wordings": "say: {any: [Hello, @]}",
    "one of several messages": "say: [Hello, @]",
    "a question": "ask: @",
    "a nudge": "{ask: Well?, silent: [{after: 1h, say: @}, {after: 1d, go: end}]}",
    "an option's text": "{choose: @, options: {a: One, b: Two}}",
}
#: The same for bare expressions.
CONDITIONS: Mapping[str, str] = {
    "a condition": "branch: [{if: @, go: end}, {else: end}]",
    "a value": "set: {name: @}",
    "an argument": "{do: crm.add, with: {name: @}, failed: end}",
    "a rule for an answer": "{ask: Well?, must: [{that: @, else: No.}]}",
    "a moment": "wait: {until: @}",
}


def flow_with(step: str, escape: str) -> tuple[str, int]:
    """A flow with the escape in its step, and the line it stands in."""
    quoted = json.dumps(escape, ensure_ascii=False)
    body = step.replace("@", quoted)
    body = body if body.startswith("{") else "{" + body + "}"
    lines = ["flow: shop", "answers: {name: text, score: number}", "steps:", f"  a: {body}"]
    return "\n".join([*lines, "  b: {say: Bye, go: end}", ""]), len(lines)


def refused(source: str) -> FlowErrors | None:
    try:
        read_flow(source, FILE)
    except FlowErrors as errors:
        return errors
    return None


def seconds(work: Callable[[], object]) -> float:
    """CPU time at best of three: a collection of garbage is not the work's own."""
    taken: list[float] = []
    for _ in range(3):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def is_refused_in_time(step: str, escape: str) -> None:
    source, line = flow_with(step, escape)
    errors = refused(source)
    assert errors is not None, "it was taken"
    assert all(each.place is not None and each.place.file == FILE for each in errors.problems)
    where = re.match(rf"{re.escape(FILE)}:(\d+):(\d+): ", str(errors.problems[0]))
    assert where is not None, str(errors.problems[0])
    assert int(where[1]) == line
    assert 1 <= int(where[2]) <= len(source.splitlines()[line - 1]) + 1
    assert seconds(lambda: refused(source)) < AT_MOST_S


def test_the_corpus_is_large_enough() -> None:
    assert len(set(PAYLOADS)) + len(set(BLOCKS)) >= AT_LEAST


@pytest.mark.parametrize("escape", PAYLOADS)
def test_an_escape_in_a_text_is_refused_with_its_place(escape: str) -> None:
    is_refused_in_time(PLACES["a text"], "Hi {{ " + escape + " }}")


@pytest.mark.parametrize("escape", PAYLOADS)
def test_an_escape_in_a_condition_is_refused_with_its_place(escape: str) -> None:
    is_refused_in_time(CONDITIONS["a condition"], escape)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_in_a_text_is_refused_with_its_place(block: str) -> None:
    is_refused_in_time(PLACES["a text"], block)


@pytest.mark.parametrize("place", PLACES)
def test_no_text_is_a_way_round(place: str) -> None:
    for escape in ("''.__class__.__mro__", "lipsum.__globals__", "name|attr('x')"):
        is_refused_in_time(PLACES[place], "{{ " + escape + " }}")
    is_refused_in_time(PLACES[place], "{% for a in name %}{{ a }}{% endfor %}")


@pytest.mark.parametrize("place", CONDITIONS)
def test_no_expression_is_a_way_round(place: str) -> None:
    for escape in ("''.__class__.__mro__", "lipsum.__globals__", "name|attr('x')", "9 ** 9 ** 9"):
        is_refused_in_time(CONDITIONS[place], escape)


def test_what_is_no_escape_is_taken() -> None:
    """Or all of the above would hold of a reader that refuses everything."""
    for step in PLACES.values():
        assert refused(flow_with(step, "Hi {{ name }}")[0]) is None
    for step in CONDITIONS.values():
        assert refused(flow_with(step, "score")[0]) is None
