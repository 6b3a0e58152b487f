"""How an exception is told: whole for the store, without its words for the log."""

import traceback
from types import FrameType

from convo.core.failures import Failure
from convo.core.sessions import Frame
from convo.errors import RenderError

#: Characters of an error's words, and of its frames, that a parked turn keeps: of the frames the
#: innermost.
WORDS_AT_MOST = 1_024
TRACE_AT_MOST = 3_072

FRAMES_AT_MOST = 12
"""Frames that the log is told, the innermost."""


def failure(error: BaseException, stood: Frame | None = None, during: str = "") -> Failure:
    """For people who may read the conversation: the error with its words, and the frames."""
    trace = "".join(traceback.format_tb(error.__traceback__))
    flow, version, step = _where(error, stood)
    return Failure(
        error=type(error).__name__,
        words=str(error)[:WORDS_AT_MOST],
        place=_place(error),
        flow=flow,
        version=version,
        step=step,
        during=during,
        trace=_innermost(trace),
    )


def _where(error: BaseException, stood: Frame | None) -> tuple[str, str, str]:
    if isinstance(error, RenderError) and error.at_step is not None:
        return error.at_step
    return ("", "", "") if stood is None else (stood.flow, stood.version, stood.step)


def _innermost(trace: str) -> str:
    """The end of it, from the beginning of a line on."""
    if len(trace) <= TRACE_AT_MOST:
        return trace
    end = trace[-TRACE_AT_MOST:]
    return end[end.find("\n") + 1 :]


def standing(frame: FrameType) -> str:
    """For the log: where a thread stands, by files, lines and names, and not what they hold."""
    return _places(traceback.extract_stack(frame))


def frames(error: BaseException) -> str:
    """For the log: the error's class and where it was raised.

    Its message stays out, for it may hold a number or a text.
    """
    return "\n".join([type(error).__name__, _places(traceback.extract_tb(error.__traceback__))])


def _place(error: BaseException) -> str:
    """The line that raised it, by a path that is short enough to be read in a list."""
    found = traceback.extract_tb(error.__traceback__)
    if not found:
        return ""
    path = "/".join(found[-1].filename.rsplit("/", 3)[1:])
    return f"{path}:{found[-1].lineno}"


def _places(stack: traceback.StackSummary) -> str:
    return "\n".join(
        f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in stack[-FRAMES_AT_MOST:]
    )
