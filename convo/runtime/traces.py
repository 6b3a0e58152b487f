"""How an exception is told: whole for the store, without its words for the log."""

import traceback

#: Characters of a parked turn's account; the innermost frames are at its end and are kept.
ACCOUNT_AT_MOST = 4_096

FRAMES_AT_MOST = 12
"""Frames that the log is told, the innermost."""


def account(error: BaseException, about: str) -> str:
    """For people who may read the conversation: `about`, the error with its words, the frames."""
    told = f"{type(error).__name__}: {error}\n{about}\n"[: ACCOUNT_AT_MOST // 2]
    frames = "".join(traceback.format_tb(error.__traceback__))
    return told + frames[-(ACCOUNT_AT_MOST - len(told)) :]


def frames(error: BaseException) -> str:
    """For the log: the error's class and where it was raised.

    Its message stays out, for it may hold a number or a text.
    """
    where = [
        f"  {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-FRAMES_AT_MOST:]
    ]
    return "\n".join([type(error).__name__, *where])
