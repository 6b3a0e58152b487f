"""What a check reads, and how it tells what it found."""

from collections.abc import Callable, Iterator

from convo.engine.schema import Written
from convo.errors import FlowError
from convo.language.document import Path
from convo.routing.loading import Loaded

#: A check reads all that was loaded and tells every mistake with its place and its mending.
Check = Callable[[Loaded], Iterator[FlowError]]


def finding(written: Written, path: Path, what: str, mend: str = "") -> FlowError:
    """A mistake at the value that `path` leads to."""
    return FlowError(what, place=written.document.place(path), mend=mend)


def at_key(written: Written, path: Path, what: str, mend: str = "") -> FlowError:
    """A mistake at the name that ends `path`."""
    return FlowError(what, place=written.document.key_place(path), mend=mend)
