"""What any step may have beside its kind: a tag, a note for staff, an event, something later."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from convo.core.contacts import Beside
from convo.core.effects import ClearTimer, Errand, SetTimer
from convo.language.durations import Duration, Moment
from convo.language.expressions import Expression
from convo.language.values import plain
from convo.sentences import sentence
from convo.steps.form import Form, StepName
from convo.steps.scene import Scene

#: Tags of one contact: a record must stay small.
MAX_TAGS = 50
#: A tag is one word, so that it can be written in a condition and in a list without quotes.
_TAG = re.compile(r"[^\W_][\w.-]{0,39}")

#: What one contact may have put off: a record must stay small.
MAX_BESIDE = 20
#: A longer one would take more parts than the text that it goes with.
LONGEST_LINK = 200
#: How the timers of what was put off begin.
LATER = "later/"

_EVENT = re.compile(r"[A-Za-z][\w.-]{0,99}")
#: How long an event is tried to be delivered (ms). Longer, and a system that is away would keep
#: the errands of conversations waiting; what was not delivered stands in the records.
EMIT_WITHIN_MS = 60_000


def _listed(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


def _tags(raw: object) -> object:
    return {"add": raw} if isinstance(raw, str | list) else raw  # pyright: ignore[reportUnknownVariableType]


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Tags(Form):
    """`vip`, `[vip, spring]`, or `{add: [..], remove: [..]}`."""

    add: Names = Field(default=(), description="Tags that the contact has from now on.")
    remove: Names = Field(default=(), description="Tags that the contact has no more.")

    @model_validator(mode="after")
    def _are_words(self) -> "Tags":
        for tag in (*self.add, *self.remove):
            if not _TAG.fullmatch(tag):
                raise ValueError(
                    sentence(
                        '"{tag}" is no tag: one word of up to 40 letters, digits, - . _', tag=tag
                    )
                )
        if both := set(self.add) & set(self.remove):
            raise ValueError(sentence('"{tag}" is both added and removed.', tag=min(both)))
        if not self.add and not self.remove:
            raise ValueError(sentence("Name a tag to add or to remove."))
        return self

    def settle(self, scene: Scene) -> None:
        """Change the contact's tags."""
        tags = scene.around.tags
        removed = [tag for tag in self.remove if tag in tags]
        added = [tag for tag in dict.fromkeys(self.add) if tag not in tags]
        for tag in removed:
            tags.remove(tag)
        room = max(0, MAX_TAGS - len(tags))
        if added[room:]:
            scene.record("ignored", why=f"a contact has {MAX_TAGS} tags at most", tags=added[room:])
        tags += added[:room]
        if removed or added[:room]:
            scene.scope_kept = None
            scene.record("tagged", added=added[:room], removed=removed)


def _event(raw: object) -> object:
    return {"event": raw} if isinstance(raw, str) else raw


class Event(Form):
    """`order.paid`, or `{event: order.paid, with: {amount: amount}}`."""

    event: str = Field(description="The event's name.")
    with_: dict[str, Expression] = Field(
        default={}, alias="with", description="What it tells: names and expressions."
    )

    @model_validator(mode="after")
    def _is_a_name(self) -> "Event":
        if not _EVENT.fullmatch(self.event):
            raise ValueError(
                sentence(
                    '"{event}" is no event: write it like order.paid, in ASCII.', event=self.event
                )
            )
        return self

    def settle(self, scene: Scene) -> None:
        """Tell own systems, if there is where to; the conversation does not wait for it."""
        around = scene.around
        told = {name: expression.value(scene.scope()) for name, expression in self.with_.items()}
        values = plain(told)
        id = around.next_id()
        scene.record("emitted", flow=scene.flow.name, id=id, event=self.event, values=values)
        if not around.emits:
            return
        data: dict[str, Any] = {
            "contact": around.number.e164,
            "flow": scene.flow.name,
            "step": scene.step,
            "session": scene.session,
            "values": values,
        }
        at = datetime.fromtimestamp(around.at / 1_000, UTC).isoformat(timespec="milliseconds")
        around.effects.append(
            Errand(
                id=id,
                kind="emit",
                channel=scene.channel,
                name=self.event,
                arguments={"type": self.event, "timestamp": at, "data": data},
                key=id,
                within=EMIT_WITHIN_MS,
            )
        )


class Later(Form):
    """`{after: 2 days, go: step}`, or `{at: 24h before when, go: step}`."""

    after: Duration | None = Field(default=None, description="Counted from now.")
    at: Moment | None = Field(
        default=None,
        description="A moment by the contact's clock; one that is past already is left out.",
    )
    go: StepName = Field(description="Where it begins, with the answers given so far.")

    @model_validator(mode="after")
    def _one_time(self) -> "Later":
        if (self.after is None) == (self.at is None):
            raise ValueError(
                sentence("Say when: `after: 2 days` or `at: 24h before when`, and not both.")
            )
        return self

    def settle(self, scene: Scene, n: int) -> None:
        """Put it off; coming to the step again moves it."""
        around = scene.around
        seed = f"{scene.keyed}/{scene.step}/later/{n}".encode()
        id = hashlib.blake2b(seed, digest_size=12).hexdigest()
        before = len(around.beside)
        around.beside[:] = [put for put in around.beside if put.id != id]
        if len(around.beside) < before:
            around.effects.append(ClearTimer(name=f"{LATER}{id}"))
        if self.after is not None:
            due = scene.now_ms + int(self.after.total_seconds() * 1_000)
        else:
            assert self.at is not None
            due = int(self.at.at(scene.local_scope()).timestamp() * 1_000)
        if due <= scene.now_ms or len(around.beside) >= MAX_BESIDE:
            why = "its time is past" if due <= scene.now_ms else f"{MAX_BESIDE} are put off"
            scene.record("ignored", why=why, flow=scene.flow.name, later=n)
            return
        around.beside.append(
            Beside(
                id=id,
                of=scene.session,
                channel=scene.channel,
                flow=scene.flow.name,
                version=scene.version,
                step=scene.step,
                n=n,
                generation=scene.generation,
                answers=dict(scene.answers),
                brought=dict(scene.brought),
                request=scene.voice().request,
            )
        )
        name = f"{LATER}{id}"
        around.effects.append(SetTimer(name=name, generation=scene.generation, due=due))
        scene.record("later", flow=scene.flow.name, later=n, due=due)


def _link(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or len(url) > LONGEST_LINK:
        raise ValueError(
            sentence(
                '"{url}" is no https:// link of up to {longest_link} characters.',
                url=url,
                longest_link=LONGEST_LINK,
            )
        )
    if not url.isascii() or not url.isprintable() or " " in url or "{{" in url:
        raise ValueError(
            sentence(
                '"{url}" is no link as it is sent: ASCII, without blanks and {{{{ }}}}.', url=url
            )
        )
    return url


Link = Annotated[str, AfterValidator(_link)]

AnyTags = Annotated[Tags, BeforeValidator(_tags)]
AnyEvent = Annotated[Event, BeforeValidator(_event)]
