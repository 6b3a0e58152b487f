"""Texts that ask somebody to join and do not say who, what, how often, or how to end it."""

from collections.abc import Iterator, Mapping
from typing import cast

from convo.core.business import Business, Programme
from convo.errors import FlowError
from convo.language.texts import ANY, Text
from convo.policy.join_texts import lacking, telling, wanted_of_joining
from convo.policy.profiles import Need
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.consent import Consent
from convo.understanding.telling import language_of
from convo.verification.finding import finding

_SAYS: Mapping[Need, str] = {
    "sender": sentence("who texts them"),
    "about": sentence("what kind of texts they will get"),
    "frequency": sentence("how often"),
    "opt_out": sentence("how to end it"),
}


def untold_joining(loaded: Loaded) -> Iterator[FlowError]:
    """Every question of consent, in each language of its flow and in every wording."""
    business = loaded.playbook.business
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        for step_name, step in flow.steps.items():
            if not isinstance(step, Consent) or step.confirm is None or not step.asks:
                continue
            programme = business.programmes.get(step.consent.programme)
            if programme is None:
                continue
            path = ("steps", step_name, "confirm")
            for language in flow.languages:
                about = _about(programme, language, flow.languages)
                if not telling(about, language):
                    yield finding(
                        written,
                        path,
                        sentence(
                            "convo.toml does not say in {language} what kind of texts programme "
                            '"{name}" sends, so this text cannot be checked.',
                            language=language,
                            name=programme.name,
                        ),
                        sentence(
                            'Write about = {{{language} = "..."}} in [programmes.{name}].',
                            language=language,
                            name=programme.name,
                        ),
                    )
                    continue
                for wording in _wordings(step.confirm, language):
                    yield from (
                        finding(written, path, *_told(need, language, about, business))
                        for need in lacking(wording, about, language, business)
                    )


def _about(programme: Programme, language: str, spoken: tuple[str, ...]) -> str:
    """What it is about in this language; "" when that is only told in another."""
    if programme.abouts:
        return programme.abouts.get(language, "")
    alone = len(spoken) == 1 or language_of(programme.about, spoken) in (None, language)
    return programme.about if alone else ""


def _wordings(text: Text, language: str) -> tuple[str, ...]:
    """Several messages are read as one; each of several wordings must do by itself."""
    sources = text.sources(language)
    return sources if _several(text.raw) else ("\n".join(sources),)


def _several(raw: object) -> bool:
    if isinstance(raw, Mapping):
        entries = cast(Mapping[str, object], raw)
        return ANY in entries or any(_several(each) for each in entries.values())
    return isinstance(raw, list | tuple) and any(map(_several, cast(list[object], raw)))


def _told(need: Need, language: str, about: str, business: Business) -> tuple[str, str]:
    line = wanted_of_joining(business)[need]
    mends: Mapping[Need, str] = {
        "sender": sentence(
            'Write "{name}" in it, or give every channel a signature.', name=business.name
        ),
        "about": sentence(
            "Name it with a word of convo.toml: {listed}.",
            listed=", ".join(telling(about, language)),
        ),
        "frequency": sentence('Say it like "about 2 texts a month" or "每月约 2 条".'),
        "opt_out": sentence('Add it, like "{way_out}".', way_out=_way_out(language)),
    }
    what = sentence(
        "This text asks them to join and does not say in {language} {lacking} ({rule}: {source}).",
        language=language,
        lacking=_SAYS[need],
        rule=line.rule,
        source=line.source,
    )
    return what, mends[need]


def _way_out(language: str) -> str:
    return "退订请回复“退订”" if language.startswith("zh") else "STOP to end"
