"""An exception is told whole to the store, and without its words to the log."""

from convo.runtime.traces import ACCOUNT_AT_MOST, FRAMES_AT_MOST, account, frames


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


def test_an_account_has_the_words_and_the_innermost_frames_and_is_cut() -> None:
    told = account(raised(500, "no such day"), "booking at day")
    assert told.startswith("ValueError: no such day\nbooking at day\n")
    assert len(told) <= ACCOUNT_AT_MOST
    assert told.rstrip().endswith("raise ValueError(words)")


def test_long_words_leave_room_for_the_frames() -> None:
    told = account(raised(1, "x" * 100_000), "about")
    assert len(told) <= ACCOUNT_AT_MOST
    assert "in deep" in told
