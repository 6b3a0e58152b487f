"""One session moving through its flow in one turn."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from transitions import MachineError

from convo.core.contacts import Unless
from convo.core.effects import ClearTimer, SetTimer
from convo.core.sessions import Frame, Held, Session
from convo.engine.asked import closed
from convo.engine.flow import Cursor, Flow
from convo.errors import ConvoError
from convo.steps.end import END
from convo.steps.handoff import Handoff
from convo.steps.outside import Errand
from convo.steps.question import Question, Understood
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


class Walk:
    """A session while its turn is being taken. `close` gives the session back, or None."""

    def __init__(self, session: Session, bundle: Bundle, around: Surroundings) -> None:
        self.id = session.id
        self.channel = session.channel
        self.bundle = bundle
        self.around = around
        self.below = list(session.frames[:-1])
        self.held = session.held
        self.in_hand = session.in_hand
        self.outcome: str | None = None
        #: Ended by `stop`, not by its flow.
        self.cut_off = False
        #: Why it moved last; an errand's answer goes on with it.
        self.began = session.began
        self._before = session
        self._armed_before = session.timers
        self._hops = 0
        self._stand_in(session.frame, session.generation)
        self.scene.armed = list(session.timers)
        self.moved = False

    @classmethod
    def begin(
        cls,
        *,
        id: str,
        channel: str,
        flow: Flow,
        version: str,
        bundle: Bundle,
        answers: Mapping[str, Any],
        brought: Mapping[str, Any],
        around: Surroundings,
    ) -> "Walk":
        """Start a flow and walk until it waits or ends."""
        frame = Frame(flow=flow.name, version=version, step=flow.first, answers=answers)
        walk = cls(Session(id=id, channel=channel, frames=(frame,)), bundle, around)
        walk.scene.bring(brought)
        walk._run_on(walk._enter(flow.first))
        return walk

    # --- where it stands ---------------------------------------------------------------------

    @property
    def question(self) -> Question | None:
        """The open question, if it stands at one."""
        step = self.flow.steps.get(self.scene.step)
        return step if isinstance(step, Question) and step.asks and not self.ended else None

    @property
    def root(self) -> str:
        """The flow that the session began with; `run` puts others on top."""
        return self.below[0].flow if self.below else self.flow.name

    @property
    def awaits_errand(self) -> bool:
        return self.scene.errand is not None and not self.ended

    @property
    def with_a_person(self) -> bool:
        return isinstance(self.flow.steps.get(self.scene.step), Handoff) and not self.ended

    @property
    def ended(self) -> bool:
        return self.outcome is not None

    # --- what may happen to it -----------------------------------------------------------------

    def understand(self, text: str) -> Understood | None:
        """What `text` would mean to the open question. Changes nothing."""
        question = self.question
        return None if question is None else question.understand(self.scene, text)

    def highest_number(self) -> int:
        """The highest number that is an answer to the open question, 0 where there is none."""
        question = self.question
        return 0 if question is None else question.highest(self.scene)

    def take(self, understood: Understood) -> None:
        """The open question's answer."""
        question = self.question
        assert question is not None
        self._go_on(question.take(self.scene, understood))

    def reject(self) -> None:
        """A reply that the open question does not understand."""
        question = self.question
        assert question is not None
        self._go_on(question.reject(self.scene))

    def ask_again(self) -> None:
        """The open question once more, from its beginning."""
        self.scene.renew()
        self._run_on(self.flow.steps[self.scene.step].enter(self.scene))

    def jump(self, word: str) -> None:
        """An anytime word of the flow."""
        self._go_on(f"anytime:{word}")

    def notice(self, event: str, values: Mapping[str, Any]) -> bool:
        """An event of an own system: its way is taken, by the topmost flow that listens to it."""
        for depth in range(len(self.below), -1, -1):
            flow, known = self._stack()[depth]
            hearing = flow.hears.get(event)
            if hearing is None or not hearing.unless(event, known).met(event, values):
                continue
            left = self.scene.step
            while len(self.below) > depth:
                self._record_end(self.flow.name, "left", self.scene.answers)
                self._stand_in(self.below.pop(), self.scene.generation + 1)
            self.scene.record("heard", event=event, flow=flow.name, way=hearing.entry, left=left)
            self.scene.bring(values)
            self._go_on(f"anytime:{hearing.entry}")
            return True
        return False

    def _stack(self) -> list[tuple[Flow, Mapping[str, Any]]]:
        """Every flow of the session with what its events have brought, the topmost last."""
        below = [(self.bundle[frame.flow], frame.brought) for frame in self.below]
        return [*below, (self.flow, self.scene.brought)]

    def _unless(self) -> tuple[Unless, ...]:
        return tuple(
            hearing.unless(event, known)
            for flow, known in self._stack()
            for event, hearing in flow.hears.items()
        )

    def wake(self, name: str, generation: int) -> bool:
        """A timer has come due; False when it is stale."""
        if not self._awaits(name, generation):
            return False
        self.scene.armed.remove(name)
        self.moved = True
        *_, step, purpose, n = name.rsplit("/", 3)
        if step != self.scene.step:
            return False
        if purpose == "expires":
            self._go_on("expires")
        else:
            self._go_on(self.flow.steps[step].wake(self.scene, purpose, int(n)))
        return True

    def put_off(self, name: str, generation: int, due: int) -> bool:
        """Let a timer that has come due come due again at `due`; False when it is stale."""
        if not self._awaits(name, generation):
            return False
        self.around.effects.append(SetTimer(name=name, generation=generation, due=due))
        self.moved = True
        return True

    def _awaits(self, name: str, generation: int) -> bool:
        """Whether a timer is still one of this session's, and not of a step that it has left."""
        scene = self.scene
        return not self.ended and generation == scene.generation and name in scene.armed

    def hear(self, errand: str, value: object, failure: str) -> bool:
        """An errand's answer; False when nobody here waits for it."""
        if self.ended or self.scene.errand != errand:
            return False
        step = self.flow.steps[self.scene.step]
        assert isinstance(step, Errand)
        self.scene.record("answered", id=errand, failure=failure)
        self._go_on(step.hear(self.scene, value, failure))
        return True

    def hand_back(self) -> bool:
        """A person gives the conversation back; False when none has it."""
        if not self.with_a_person:
            return False
        self._go_on(self.flow.steps[self.scene.step].hear(self.scene, None, ""))
        return True

    def hold(self, held: Held) -> None:
        """Keep a text until the errand's answer is here."""
        self.held = (*self.held, held)
        self.moved = True

    def release(self) -> tuple[Held, ...]:
        """The texts that were held, oldest first; they are not held any more."""
        held, self.held = self.held, ()
        return held

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
            began=self.began,
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
        scene.unless = self._unless
        scene.step = frame.step
        scene.asks = self.flow.steps[frame.step].asks
        scene.tries = frame.tries
        scene.partial = frame.partial
        scene.errand = frame.errand
        scene.numbers = frame.numbers

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
        )

    def _go_on(self, label: str | None) -> None:
        """Leave the step at which it waited, or stay there for no label."""
        if label is not None:
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
        cursor = Cursor(scene.step, scene.scope)
        try:
            self.flow.machine.events[label].trigger(cursor)
        except (KeyError, MachineError):
            what = f'Flow {self.flow.name} has no way "{label}" out of step {scene.step}.'
            raise ConvoError(what) from None
        scene.record("step", flow=self.flow.name, branch=label, to=cursor.state, tried=cursor.tried)
        return cursor.state

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
        scene.tries = 0
        scene.partial = None
        scene.errand = None
        scene.numbers = ()
        scene.renew()
        scene.asks = self.flow.steps[step].asks
        return self.flow.steps[step].arrive(scene)

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
