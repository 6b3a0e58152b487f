"""Who waits in older versions of flows, and what becomes of them when these files are served."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from convo.core.contacts import ContactState
from convo.core.sessions import Frame, Session
from convo.engine.moving import Stay, Why, destination
from convo.engine.walking import Bundle
from convo.errors import ConvoError
from convo.routing.playbook import Playbook
from convo.routing.versions import unpacked
from convo.steps.end import END

#: `moved` takes them along; or why they stay; or the flow's file is not there any more; or nobody
#: can read their version, and then their conversation ends.
Fate = Why | Literal["moved", "no file", "lost"]
#: The step is not what it was, and nobody has said what its people shall do.
UNDECLARED: frozenset[Fate] = frozenset(("changed", "gone"))


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Place:
    """One step of one version, and what becomes of who waits there."""

    #: Flow and step of every frame, the one that the conversation began with first.
    frames: tuple[tuple[str, str], ...]
    version: str
    fate: Fate
    #: Flow, and where in it they go: a step, `restart` or `end`; else the step that keeps them.
    at: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many people wait at one place."""

    place: Place
    people: int
    #: Answers that some of them lose on their way.
    lost: tuple[str, ...]


def waiting_in(
    contacts: Iterable[ContactState], playbook: Playbook, source_of: Callable[[str], bytes | None]
) -> Sequence[Waiting]:
    """Everybody who is in another version than the playbook's own, by where they stand.

    `source_of` tells what the store has kept of a version, by its hash.
    """
    outlook = _Outlook(playbook, source_of)
    people = Counter[Place]()
    lost: dict[Place, dict[str, None]] = {}
    for contact in contacts:
        for session in contact.sessions:
            if session.frame.version == playbook.newest.get(session.frames[0].flow):
                continue
            place, answers = outlook.of(session)
            people[place] += 1
            lost.setdefault(place, {}).update(dict.fromkeys(answers))
    return [
        Waiting(place=place, people=people[place], lost=tuple(lost[place]))
        for place in sorted(people)
    ]


class _Outlook:
    """What becomes of sessions, with the versions that they needed so far."""

    def __init__(self, playbook: Playbook, source_of: Callable[[str], bytes | None]) -> None:
        self._playbook = playbook
        self._source_of = source_of
        self._bundles: dict[str, Bundle | None] = {}

    def of(self, session: Session) -> tuple[Place, Sequence[str]]:
        frames, top = session.frames, session.frame
        old = self._bundle(top.version)
        if old is None:
            return _place(frames, "lost", top.flow, top.step), ()
        newest = self._playbook.newest.get(frames[0].flow)
        if newest is None:
            return _place(frames, "no file", top.flow, top.step), ()
        to = destination(frames, old, newest, self._playbook.versions[newest])
        if isinstance(to, Stay):
            return _place(frames, to.why, to.flow, to.step), ()
        there = to.frames[-1]
        goes = there.step if to.line is None else to.line.go or END
        return _place(frames, "moved", there.flow, goes), to.lost

    def _bundle(self, version: str) -> Bundle | None:
        if version not in self._bundles:
            self._bundles[version] = self._read(version)
        return self._bundles[version]

    def _read(self, version: str) -> Bundle | None:
        source = self._source_of(version)
        try:
            languages = self._playbook.business.languages
            return None if source is None else unpacked(source, languages)[1]
        except ConvoError:
            return None  # a newer Convo does not know a word of it any more


def _place(frames: Sequence[Frame], fate: Fate, flow: str, step: str) -> Place:
    return Place(
        frames=tuple((frame.flow, frame.step) for frame in frames),
        version=frames[-1].version,
        fate=fate,
        at=(flow, step),
    )
