"""Consent that is given without the YES that its programme wants, within one flow."""

from collections.abc import Iterator

from convo.engine.flow import Flow
from convo.errors import FlowError
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.consent import Consent
from convo.verification.finding import finding
from convo.verification.reach import reached


def unconfirmed_consent(loaded: Loaded) -> Iterator[FlowError]:
    """A `give` stands only behind the yes of an `ask`; a flow that `run` calls is seen alone."""
    programmes = loaded.playbook.business.programmes
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        given = {
            step_name: step.consent.give
            for step_name, step in flow.steps.items()
            if isinstance(step, Consent) and step.consent.give is not None
        }
        for programme in dict.fromkeys(given.values()):
            if programme not in programmes or not programmes[programme].double_opt_in:
                continue
            unasked = reached(flow, past=yes_to(programme, flow))
            for step_name, wanted in given.items():
                if wanted == programme and step_name in unasked:
                    yield finding(
                        written,
                        ("steps", step_name, "consent"),
                        sentence(
                            'A way leads here that has no YES to "{programme}", and convo.toml '
                            "wants one (double_opt_in).",
                            programme=programme,
                        ),
                        sentence(
                            "Let only the `yes` of a step `consent: {{ask: {programme}}}` "
                            "lead here.",
                            programme=programme,
                        ),
                    )


def yes_to(programme: str, flow: Flow) -> frozenset[tuple[str, str]]:
    """The ways, by step and label, that a yes to the programme takes."""
    return frozenset(
        (name, "yes")
        for name, step in flow.steps.items()
        if isinstance(step, Consent) and step.consent.ask == programme
    )
