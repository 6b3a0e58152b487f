"""What is named and is not there: programmes, actions, places; and marketing without consent."""

import re
from collections.abc import Iterator

from convo.errors import FlowError
from convo.language.spelling import advice
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.ask import Ask
from convo.steps.consent import Consent
from convo.steps.do import BUILT_IN, CODE, POOL, Do
from convo.verification.finding import finding

#: A text and nothing else: what a pool is called is then known before it runs.
_LITERAL = re.compile(r"'([^']*)'")


def unknown_references(loaded: Loaded) -> Iterator[FlowError]:
    """What a flow names outside of itself."""
    playbook = loaded.playbook
    programmes = playbook.business.programmes
    actions = {*playbook.actions, *BUILT_IN}
    for name, written in loaded.written.items():
        file = written.file
        if file.programme and file.programme not in programmes:
            what = sentence('convo.toml has no programme "{programme}".', programme=file.programme)
            mend = advice(file.programme, programmes) or sentence("Add it under [programmes].")
            yield finding(written, ("programme",), what, mend)
        windows = playbook.business.windows
        if file.window and file.window not in windows:
            what = sentence('convo.toml has no window "{window}".', window=file.window)
            mend = advice(file.window, windows) if windows else sentence("Add it under [windows].")
            yield finding(written, ("window",), what, mend)
        if file.class_ == "marketing" and not file.programme:
            what = sentence("Marketing goes only to those who joined a programme.")
            mend = sentence("Name it: `programme: ...`, and declare it in convo.toml.")
            yield finding(written, ("class",), what, mend)
        channels = playbook.business.channels
        for step_name, step in playbook.flows[name].steps.items():
            if step.via and step.via not in channels:
                what = sentence('convo.toml has no channel "{via}".', via=step.via)
                yield finding(
                    written, ("steps", step_name, "via"), what, advice(step.via, channels)
                )
            if isinstance(step, Ask) and step.expect.place is not None:
                place, lists = step.expect.place, playbook.business.places
                if place not in lists:
                    what = sentence('convo.toml has no list of places "{place}".', place=place)
                    mend = (
                        advice(place, lists)
                        if lists
                        else sentence("Add it under [places.{place}].", place=place)
                    )
                    path = ("steps", step_name, "expect", "place")
                    yield finding(written, path, what, mend)
            if isinstance(step, Do) and step.do not in actions:
                what = sentence('keyword_handlers/ has no action "{do}".', do=step.do)
                yield finding(written, ("steps", step_name, "do"), what, advice(step.do, actions))
            if isinstance(step, Do) and step.do == CODE:
                written_pool = _LITERAL.fullmatch(step.with_[POOL].source.strip())
                if written_pool and written_pool[1] not in playbook.business.code_pools:
                    pool, pools = written_pool[1], playbook.business.code_pools
                    path = ("steps", step_name, "with", POOL)
                    mend = (
                        advice(pool, pools)
                        if pools
                        else sentence("Add it under [codes.{pool}].", pool=pool)
                    )
                    yield finding(
                        written,
                        path,
                        sentence('convo.toml has no codes "{pool}".', pool=pool),
                        mend,
                    )
            if isinstance(step, Consent) and step.consent.programme not in programmes:
                programme = step.consent.programme
                what = sentence('convo.toml has no programme "{programme}".', programme=programme)
                mend = advice(programme, programmes) or sentence("Add it under [programmes].")
                yield finding(written, ("steps", step_name, "consent"), what, mend)
