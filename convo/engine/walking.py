"""The machinery of a walk: standing in a flow, taking branches, and being given back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from transitions import MachineError

from convo.core.effects import ClearTimer
from convo.core.saying import Unless
from convo.core.sessions import Frame, Session
from convo.core.voices import Voice
from convo.engine.asked import closed
from convo.engine.flow import Cursor, Flow
from convo.engine.trail import BACK, back_from, visited
from convo.errors import ConvoError, RenderError
from convo.language.texts import Text
from convo.steps.end import END
from convo.steps.question import Question
from convo.steps.scene import Scene
from convo.steps.surroundings import Surroundings

#: Steps that one turn may walk through without waiting: more is a flow that runs in a circle.
MAX_HOPS = 100
#: Flows that may run on top of one another.
MAX_DEPTH = 8

#: Branches by which a question is left without an answer to it.
_UNANSWERED = ("expires", "silent:", "give_up")
#: Outcomes by which we end a session at a question that the contact may still answer.
CLOSES = frozenset({"replaced", "crowded out"})

#: Flow name -> flow: a flow and those that it runs, as they were when the session began.
Bundle = Mapping[str, Flow]


class FlowLoop(ConvoError):
    """A flow goes round and round without ever waiting."""


class Walking:
    """A session that is being moved. `close` gives the session back, or None."""

    def __init__(self, session: Session, bundle: Bundle, around: Surroundings) -> None:
        self.id = session.id
        self.channel = session.channel
        self.request = session.request
        self.bundle = bundle
        self.around = around
        self.below = list(session.frames[:-1])
        self.held = session.held
        self.in_hand = session.in_hand
        self.outcome: str | None = None
        #: False for what begins beside a conversation: nothing has waited at its step.
        self.waited = True
        #: Ended by `stop`, not by its flow.
        self.cut_off = False
        #: Led elsewhere in this turn by a newer version: what they write now is no answer to that.
        self.displaced = False
        #: Why it moved last; an errand's answer goes on with it.
        self.began = session.began
        self._before = session
        self._armed_before = session.timers
        self._hops = 0
        self._stand_in(session.frame, session.generation)
        self.scene.armed = list(session.timers)
        self.scene.unread = session.unread
        self.moved = False

    @property
    def question(self) -> Question | None:
        """The open question, if it stands at one."""
        step = self.flow.steps.get(self.scene.step)
        return step if isinstance(step, Question) and step.asks and not self.ended else None

    @property
    def ended(self) -> bool:
        return self.outcome is not None

    def stop(self, outcome: str) -> None:
        """End it here and now."""
        self.flow.steps[self.scene.step].leave(self.scene, "")
        if outcome in CLOSES:
            self._note_closed()
        self.scene.armed = []
        self.outcome = outcome
        self.cut_off = True
        self.moved = True
        self._record_end(self.flow.name, outcome, self.scene.answers)
        for frame in reversed(self.below):
            self._record_end(frame.flow, outcome, frame.answers)

    # --- giving it back ------------------------------------------------------------------------

    def close(self) -> Session | None:
        """The session as it stands now, None when it has ended; old timers are cleared."""
        if not self.moved:
            before = self._before
            return (
                before if self.in_hand is before.in_hand else replace(before, in_hand=self.in_hand)
            )
        armed = tuple(self.scene.armed)
        effects = self.around.effects
        effects += [ClearTimer(name=name) for name in self._armed_before if name not in armed]
        if self.ended:
            return None
        return Session(
            id=self.id,
            channel=self.channel,
            frames=(*self.below, self._frame()),
            generation=self.scene.generation,
            timers=armed,
            held=self.held,
            in_hand=self.in_hand,
            unread=self.scene.unread,
            began=self.began,
            request=self.request,
        )

    # --- walking -------------------------------------------------------------------------------

    def _stand_in(self, frame: Frame, generation: int) -> None:
        self.flow = self.bundle[frame.flow]
        self.version = frame.version
        scene = self.scene = Scene(
            self.around,
            self.flow,
            session=self.id,
            channel=self.channel,
            depth=len(self.below),
            generation=generation,
            answers=frame.answers,
            brought=frame.brought,
        )
        scene.version = frame.version
        scene.voice = self.voice
        scene.unless = self._unless
        scene.step = frame.step
        scene.asks = self.flow.steps[frame.step].asks
        scene.tries = frame.tries
        scene.partial = frame.partial
        scene.errand = frame.errand
        scene.numbers = frame.numbers
        scene.trail = frame.trail
        scene.carried = frame.carried

    def _frame(self) -> Frame:
        scene = self.scene
        return Frame(
            flow=self.flow.name,
            version=self.version,
            step=scene.step,
            answers=scene.answers,
            tries=scene.tries,
            partial=scene.partial,
            errand=scene.errand,
            numbers=scene.numbers,
            brought=scene.brought,
            trail=scene.trail,
            carried=scene.carried,
        )

    def _go_on(self, label: str | None) -> None:
        """Leave the step at which it waited, or stay there for no label."""
        if label is not None and self.waited:
            self.flow.steps[self.scene.step].leave(self.scene, label)
        self._run_on(label)

    def _run_on(self, label: str | None) -> None:
        """Take branch after branch until a step waits or the session ends."""
        self.moved = True
        self.began = self.around.purpose == "first"
        while True:
            if self.scene.pushed is not None:
                label = self._push(*self.scene.pushed)
            elif label is None:
                return
            else:
                step = self._fire(label)
                if step == END:
                    label = self._finish()
                    if self.ended:
                        return
                else:
                    label = self._enter(step)

    def _fire(self, label: str) -> str:
        """The machine picks where `label` leads from here."""
        scene = self.scene
        if scene.asks and label.startswith(_UNANSWERED):
            self._note_closed()
        if label in self.flow.backs and scene.trail:
            return self._go_back(label)
        cursor = Cursor(scene.step, scene.scope)
        try:
            self.flow.machine.events[label].trigger(cursor)
        except (KeyError, MachineError):
            what = f'Flow {self.flow.name} has no way "{label}" out of step {scene.step}.'
            raise ConvoError(what) from None
        scene.record("step", flow=self.flow.name, branch=label, to=cursor.state, tried=cursor.tried)
        return cursor.state

    def _go_back(self, label: str) -> str:
        scene = self.scene
        scene.trail = back_from(scene.trail, scene.step)
        to = scene.trail[-1]
        scene.record("step", flow=self.flow.name, branch=label, to=BACK, tried=[], question=to)
        return to

    def _note_closed(self) -> None:
        """Remember the open question: somebody may answer it too late."""
        question = self.question
        if question is not None:
            kept = closed(question, self.flow, self.version, self.scene)
            self.around.closed += [] if kept is None else [kept]

    def _enter(self, step: str) -> str | None:
        self._hops += 1
        if self._hops > MAX_HOPS:
            raise FlowLoop(
                f"Flow {self.flow.name} walked {MAX_HOPS} steps without waiting, last {step}."
            )
        scene = self.scene
        scene.step = step
        scene.carried = False
        scene.tries = 0
        scene.partial = None
        scene.errand = None
        scene.numbers = ()
        scene.entered, scene.unread = True, False
        scene.renew()
        scene.asks = self.flow.steps[step].asks
        if scene.asks:
            scene.trail = visited(scene.trail, step)
        try:
            return self.flow.steps[step].arrive(scene)
        except RenderError as error:
            error.at_step = (self.flow.name, self.version, step)
            raise

    def _push(self, name: str, answers: Mapping[str, Any]) -> str | None:
        """Run another flow on top."""
        if len(self.below) >= MAX_DEPTH:
            raise FlowLoop(f"More than {MAX_DEPTH} flows run on top of one another, last {name}.")
        generation, brought = self.scene.generation, self.scene.brought
        self.scene.pushed = None
        self.below.append(self._frame())
        flow = self.bundle[name]
        kept = self.scene.stored(answers)
        self._stand_in(
            Frame(flow=name, version=self.version, step=flow.first, answers=kept), generation
        )
        self.scene.bring(brought)
        return self._enter(flow.first)

    def _record_end(self, flow: str, outcome: str, answers: Mapping[str, Any]) -> None:
        """The answers outlive the session here, and only here."""
        self.scene.record(
            "ended", flow=flow, version=self.version, outcome=outcome, answers=dict(answers)
        )

    def _finish(self) -> str | None:
        """The flow has ended: go back to the one below, or end the session."""
        outcome, generation = self.scene.outcome, self.scene.generation
        self._record_end(self.flow.name, outcome, self.scene.answers)
        self.scene.renew()
        if not self.below:
            self.outcome = outcome
            return None
        self._stand_in(self.below.pop(), generation + 1)
        return self.flow.steps[self.scene.step].hear(self.scene, outcome, "")

    def _end(self, outcome: str, said: Text | None) -> None:
        """End the flow where it stands, with a last word; what ran it goes on."""
        self.scene.asks = False
        if said is not None:
            self.scene.say(said)
        self.scene.outcome = outcome
        label = self._finish()
        if not self.ended:
            self._run_on(label)

    def _return_to(self, depth: int) -> None:
        """Leave the flows that were run on top of this one."""
        while len(self.below) > depth:
            self.flow.steps[self.scene.step].leave(self.scene, "")
            self._record_end(self.flow.name, "left", self.scene.answers)
            self._stand_in(self.below.pop(), self.scene.generation + 1)

    def _stack(self) -> list[tuple[Flow, Mapping[str, Any]]]:
        """Every flow of the session with what its events have brought, the topmost last."""
        below = [(self.bundle[frame.flow], frame.brought) for frame in self.below]
        return [*below, (self.flow, self.scene.brought)]

    def voice(self) -> Voice:
        return Voice(
            session=self.id,
            flows=(*(frame.flow for frame in self.below), self.flow.name),
            version=self.version,
            # Whatever the conversation began with: this is said because an own system asked now.
            request=self.around.request or self.request,
        )

    def _unless(self) -> tuple[Unless, ...]:
        return tuple(
            hearing.unless(event, known)
            for flow, known in self._stack()
            for event, hearing in flow.hears.items()
        )
