"""All that was authored, loaded and checked: what the router reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from convo.authoring import Action, Keyword
from convo.core.business import Business
from convo.core.contacts import ContactState
from convo.engine.flow import Flow
from convo.engine.walking import Bundle
from convo.routing.keywords import StartWords, Target
from convo.routing.versions import Version, unpacked
from convo.steps.question import Question
from convo.understanding.telling import language_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """Immutable: a changed flow makes a new playbook."""

    business: Business
    #: The newest version of every flow.
    flows: Mapping[str, Flow]
    #: Flow name -> the hash of its newest version.
    newest: Mapping[str, str]
    #: Hash -> the flow and those it runs, also of old versions that sessions still need.
    versions: Mapping[str, Bundle]
    #: Hash -> what the store keeps of it.
    kept: Mapping[str, Version] = field(repr=False)
    #: What one-time codes are worked out from; empty in rehearsals, where they guard nothing.
    secret: bytes = field(default=b"", repr=False)
    keywords: Mapping[str, Keyword]
    actions: Mapping[str, Action]
    start_words: StartWords = field(repr=False)
    #: Folded word -> flow: the project's own anytime words.
    anytime: Mapping[str, str]
    #: Event -> the flow that it starts.
    events: Mapping[str, str]
    #: Event -> the flows whose open conversations hear it.
    heard: Mapping[str, tuple[str, ...]]

    def make_ready(self) -> None:
        """Make now what replies are read by: a grammar takes up to half a second, once."""
        for flow in self.flows.values():
            for step in flow.steps.values():
                if isinstance(step, Question):
                    step.make_ready(flow.reads)

    def sources(self) -> Mapping[str, bytes]:
        """What to keep of every version, by its hash."""
        return {hash: version.source for hash, version in self.kept.items()}

    def words_to_try(self) -> Sequence[str]:
        """Every start word: the first of each flow and keyword handler, one for each language,
        then the others."""
        owners = [flow.words for flow in self.flows.values()]
        owners += [keyword.words for keyword in self.keywords.values()]
        firsts: dict[tuple[int, str | None], str] = {}
        for n, words in enumerate(owners):
            for word in words:
                firsts.setdefault((n, language_of(word, self.business.languages)), word)
        return tuple(dict.fromkeys((*firsts.values(), *(w for words in owners for w in words))))

    def words_of(self, target: Target) -> Sequence[str]:
        """The start words of a flow or of a keyword handler."""
        owners = self.flows if target.kind == "flow" else self.keywords
        owner = owners.get(target.name)
        return () if owner is None else owner.words

    def with_version(self, source: bytes) -> "Playbook":
        """This playbook, able to carry on sessions of one more version."""
        version, bundle = unpacked(source, self.business.languages)
        return replace(
            self,
            versions={**self.versions, version.hash: bundle},
            kept={**self.kept, version.hash: version},
        )


def missing_versions(state: ContactState, playbook: Playbook) -> frozenset[str]:
    """Hashes of versions that the contact's sessions stand in and the playbook has not."""
    stands = (frame.version for session in state.sessions for frame in session.frames)
    begins = (put.version for put in state.beside)
    return frozenset(hash for hash in (*stands, *begins) if hash not in playbook.versions)
