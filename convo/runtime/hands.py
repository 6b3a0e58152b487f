"""What the owner hands its work to, and where the results come back."""

from dataclasses import dataclass

from convo.runtime.errands import Errands
from convo.runtime.resolver import Resolver
from convo.runtime.results import Results
from convo.runtime.sender import Sender
from convo.runtime.suspects import Suspects


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """All share the one `results`."""

    results: Results
    resolver: Resolver
    sender: Sender
    errands: Errands
    suspects: Suspects
