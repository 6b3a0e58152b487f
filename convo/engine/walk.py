"""One session moving through its flow in one turn."""

from collections.abc import Mapping
from typing import Any

from convo.core.effects import SetTimer
from convo.core.sessions import Frame, Held, Session
from convo.engine.flow import Flow
from convo.engine.moves import RESTART
from convo.engine.moving import OUTCOME, Destination
from convo.engine.walking import Bundle, Walking
from convo.steps.end import END
from convo.steps.handoff import Handoff
from convo.steps.outside import Errand
from convo.steps.question import Understood
from convo.steps.surroundings import Surroundings


class Walk(Walking):
    """A session while its turn is being taken: what it is asked, and what may happen to it."""

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
        session = Session(id=id, channel=channel, frames=(frame,), request=around.request)
        walk = cls(session, bundle, around)
        walk.scene.bring(brought)
        walk._run_on(walk._enter(flow.first))
        return walk

    # --- where it stands ---------------------------------------------------------------------

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
        self.scene.carried = False
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
            self._return_to(depth)
            self.scene.record("heard", event=event, flow=flow.name, way=hearing.entry, left=left)
            self.scene.bring(values)
            self._go_on(f"anytime:{hearing.entry}")
            return True
        return False

    def listens(self, event: str, values: Mapping[str, Any]) -> bool:
        """Whether `notice` would take a way. Changes nothing."""
        return any(unless.met(event, values) for unless in self._unless())

    def move(self, to: Destination) -> None:
        """Go on in another version of the flow, where that says."""
        self._return_to(len(to.frames) - 1)
        left, was, of, line = self.scene, self.flow, self.version, to.line
        before = was.steps[left.step]
        self.bundle, self.below = to.bundle, [*to.frames[:-1]]
        self._stand_in(to.frames[-1], left.generation)
        scene = self.scene
        scene.armed, scene.unread = left.armed, left.unread
        self.moved = True
        go = scene.step if line is None else line.go or END
        scene.record(
            "moved",
            flow=self.flow.name,
            version=to.version,
            of=of,
            left=left.step,
            to=go,
            lost=to.lost,
        )
        here = None if line is not None and line.again else self.flow.steps.get(go)
        if before.is_as(here) and self.flow.expires_after == was.expires_after:
            return  # the very same step, perhaps of another name: its timers go on
        if here is not None and here.continues(before, left):
            here.carry_on(before, scene)
            return
        before.leave(left, "")
        self.displaced = True
        if go == END:
            self._end(OUTCOME, None if line is None else line.end)
        else:
            scene.trail = () if go == RESTART else scene.trail
            self._run_on(self._enter(scene.step))

    def set_out(self, n: int) -> None:
        """What its step put off begins."""
        self._go_on(f"later:{n}")
        self.waited = True

    def wake(self, name: str, generation: int) -> bool:
        """A timer has come due; False when it is stale."""
        if not self._awaits(name, generation):
            return False
        self.scene.armed.remove(name)
        self.moved = True
        # A step that a newer version calls by another name keeps the timers that it had.
        *_, purpose, n = name.rsplit("/", 2)
        if purpose == "expires":
            self._go_on("expires")
        else:
            self._go_on(self.flow.steps[self.scene.step].wake(self.scene, purpose, int(n)))
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
