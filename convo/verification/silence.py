"""Questions that would wait for ever: nothing says where silence leads."""

from collections.abc import Iterator

from convo.errors import FlowError
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.question import Question
from convo.verification.finding import at_key


def endless_silence(loaded: Loaded) -> Iterator[FlowError]:
    """A question needs a `silent` that goes somewhere, or the flow an `expires`."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        for step_name, step in flow.steps.items():
            if not isinstance(step, Question) or flow.expires_after is not None:
                continue
            if step.asks and step.silence_ends_at() is None:
                yield at_key(
                    written,
                    ("steps", step_name),
                    sentence(
                        'Nobody may ever answer "{step_name}": say where silence leads.',
                        step_name=step_name,
                    ),
                    sentence(
                        "Add `silent: [{{after: 2h, go: step}}]`, or `expires: {{after: 24h, go: "
                        "step}}` to the flow."
                    ),
                )
