"""One-time codes are told by flows of their own class, or they would leave without their digits."""

from collections.abc import Iterator

from convo.errors import FlowError
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.verify import Verify
from convo.verification.finding import finding


def codes_in_other_classes(loaded: Loaded) -> Iterator[FlowError]:
    """Every `verify` step of a flow that is not of class otp."""
    for name, written in loaded.written.items():
        if loaded.playbook.flows[name].message_class == "otp":
            continue
        for step_name, step in written.steps.items():
            if isinstance(step, Verify):
                yield finding(
                    written,
                    ("steps", step_name, "verify"),
                    sentence("A one-time code is told by flows of class otp only."),
                    sentence("Write `class: otp` in this flow, or `run` one that has it."),
                )
