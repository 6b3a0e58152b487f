"""Texts that a channel of templates cannot send, for none of them is approved."""

from collections.abc import Iterator

from convo.errors import FlowError
from convo.language.every_way import with_values
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.verification.approving import needed_by
from convo.verification.finding import finding


def unapproved_texts(loaded: Loaded) -> Iterator[FlowError]:
    """Each text with a way through its branches that no approved template covers."""
    business = loaded.playbook.business
    for channel in business.channels.values():
        if channel.templates is None:
            continue
        for name, written in loaded.written.items():
            told: set[object] = set()
            for need in needed_by(loaded.playbook.flows[name], channel, business):
                if need.template is None and (place := (need.path, need.language)) not in told:
                    told.add(place)
                    text = with_values(need.text, lambda value: f"<{value}>")
                    what = sentence(
                        'No approved template of the channel "{name}" covers this text '
                        'in {language}: "{text}".',
                        name=channel.name,
                        language=need.language,
                        text=text,
                    )
                    mend = sentence(
                        "`convo templates {name}` shows what to register; write its id into "
                        "[channels.{name}.templates].",
                        name=channel.name,
                    )
                    yield finding(written, need.path, what, mend)
