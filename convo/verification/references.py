"""Programmes and actions that are named and are not there, and marketing without consent."""

from collections.abc import Iterator

from convo.errors import FlowError
from convo.language.spelling import advice
from convo.routing.loading import Loaded
from convo.steps.consent import Consent
from convo.steps.do import RESERVE, Do
from convo.verification.finding import finding


def unknown_references(loaded: Loaded) -> Iterator[FlowError]:
    """What a flow names outside of itself."""
    playbook = loaded.playbook
    programmes = playbook.business.programmes
    actions = {*playbook.actions, RESERVE}
    for name, written in loaded.written.items():
        file = written.file
        if file.programme and file.programme not in programmes:
            what = f'convo.toml has no programme "{file.programme}".'
            mend = advice(file.programme, programmes) or "Add it under [programmes]."
            yield finding(written, ("programme",), what, mend)
        if file.class_ == "marketing" and not file.programme:
            what = "Marketing goes only to those who joined a programme."
            mend = "Name it: `programme: ...`, and declare it in convo.toml."
            yield finding(written, ("class",), what, mend)
        for step_name, step in playbook.flows[name].steps.items():
            if isinstance(step, Do) and step.do not in actions:
                what = f'keyword_handlers/ has no action "{step.do}".'
                yield finding(written, ("steps", step_name, "do"), what, advice(step.do, actions))
            if isinstance(step, Consent) and step.consent.programme not in programmes:
                programme = step.consent.programme
                what = f'convo.toml has no programme "{programme}".'
                mend = advice(programme, programmes) or "Add it under [programmes]."
                yield finding(written, ("steps", step_name, "consent"), what, mend)
