"""An exception is told whole to the store, and without its words to the log."""

from convo.core.failures import account, failure_in
from convo.core.sessions import Frame
from convo.errors import RenderError
from convo.runtime.traces import FRAMES_AT_MOST, TRACE_AT_MOST, WORDS_AT_MOST, failure, frames


def raised(depth: int, words: str) -> Exception:
    try:
        deep(depth, words)
    except ValueError as error:
        return error
    raise AssertionError("it was not raised")


def deep(depth: int, words: str) -> None:
    if depth:
        deep(depth - 1, words)
    raise ValueError(words)


def test_the_log_hears_the_class_and_the_innermost_frames_only() -> None:
    told = frames(raised(50, "+12025550111 hello"))
    assert told.startswith("ValueError\n")
    assert "hello" not in told
    assert "+1202" not in told
    assert told.count(" in deep") == FRAMES_AT_MOST


def test_a_failure_has_the_words_the_place_and_the_innermost_frames_and_is_cut() -> None:
    told = failure(raised(500, "no such day"), Frame(flow="booking", version="v1", step="day"))
    assert (told.error, told.words) == ("ValueError", "no such day")
    assert (told.flow, told.version, told.step) == ("booking", "v1", "day")
    assert told.place.startswith("tests/runtime/test_traces.py:")
    assert len(told.trace) <= TRACE_AT_MOST
    assert told.trace.startswith("  ")  # at the beginning of a line
    assert told.trace.rstrip().endswith("raise ValueError(words)")
    assert len(failure(raised(1, "x" * 100_000)).words) == WORDS_AT_MOST


def test_a_failure_comes_back_as_it_was_kept_and_shows_no_words_by_itself() -> None:
    told = failure(raised(3, "Anna says 你好"), during="writing the turn")
    assert failure_in(account(told)) == told
    assert "Anna" not in repr(told)


def test_a_step_that_could_not_be_come_to_is_where_it_failed_and_not_where_it_stood() -> None:
    error = RenderError("A value that is compared is empty.")
    stood = Frame(flow="booking", version="v1", step="day")
    assert failure(error, stood).step == "day"
    error.at_step = ("booking", "v1", "has_visit")
    told = failure(error, stood)
    assert (told.flow, told.version, told.step) == error.at_step
    assert failure(error).step == "has_visit"
