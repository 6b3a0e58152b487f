"""What is known of one person, whole: the unit of order, of commit and of partition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from convo.core.numbers import PhoneNumber
from convo.core.saying import Say
from convo.core.sessions import Session

# A value that JSON can hold. Answers and fields are kept as these (language/values.py).
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

ConsentState = Literal["unknown", "asked", "given", "withdrawn"]

#: The programme that stands for all of them: what STOP withdraws.
EVERYTHING = ""


#: How an act of consent came about: a word that starts a flow or its reply, a law word, what the
#: provider says, a list or an own system, the page behind a link of ours, two numbers made one
#: contact, or a request that nobody answered in time.
How = Literal["flow", "law", "provider", "import", "link", "merge", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How an act of consent came about: what somebody asks who has to be shown it."""

    how: How = "flow"
    #: What they wrote.
    said: str = field(default="", repr=False)
    channel: str = ""
    #: The provider's id of what they wrote.
    provider_id: str = ""
    flow: str = ""
    version: str = ""
    #: Of what was brought from elsewhere: where it was given, and what shows it.
    source: str = ""
    evidence: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Where a contact stands with one programme, and what put them there."""

    programme: str
    state: ConsentState
    #: Milliseconds since 1970, UTC.
    at: int
    #: The event that did it, and its place in the inbox: an older act never undoes a newer one.
    event: str
    order: int = 0
    #: The very text that was shown or the very word that was sent.
    proof: str = field(default="", repr=False)
    #: Kept in the history of acts alone; where a contact stands now is told without it.
    origin: Origin = field(default=Origin(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast we are talking to one number: what the loop guard remembers."""

    window: int = 0  # start of the running ten minutes, ms
    replies: int = 0  # texts sent in them
    minute: int = 0  # the last of their minutes in which we spoke, 0 to 9
    replies_this_minute: int = 0
    day: int = 0  # days since 1970
    replies_today: int = 0
    echo: int = 0  # a hash of the last text they sent
    echoes: int = 0  # how often it came in a row
    echo_at: int = 0  # when it last came, ms
    spoke_at: int = 0  # when we last spoke, ms
    quick: int = 0  # how often in a row they wrote so much so soon after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """A text that the gate put off: its timer asks the gate again."""

    id: str
    say: Say
    #: The session whose question said it, and its generation then; empty for what stands alone.
    session: str = ""
    generation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One time that marketing began with them: what one session said in one turn."""

    at: int
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heed:
    """What frequency caps remember of a contact: when marketing began, and how they took it."""

    #: Oldest first; no more than the caps can ask for.
    touches: tuple[Touch, ...] = ()
    #: Touches since they last wrote to us.
    unanswered: int = 0
    #: Touches in a row that they wrote back to.
    answered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A flow that was asked for while another had the word: it begins when that one ends."""

    #: The id of the event that asked for it: the session's id to be.
    event: str
    flow: str
    channel: str
    answers: Mapping[str, Json] = field(default_factory=dict[str, Json], repr=False)
    #: The key under which an own system asked for it.
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a step put off beside its conversation: a conversation of its own when it is due."""

    #: The same when the conversation comes to the step again, which moves it.
    id: str
    #: The conversation that put it off.
    of: str
    channel: str
    flow: str
    version: str
    step: str
    #: Which entry of the step's `later`.
    n: int
    #: Its timer's, so that one that was moved is known as stale.
    generation: int
    answers: Mapping[str, Json] = field(default_factory=dict[str, Json], repr=False)
    brought: Mapping[str, Json] = field(default_factory=dict[str, Json], repr=False)
    #: The key under which an own system asked for the conversation.
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A question that nobody answered in time: a late answer to it is recognised, no more."""

    channel: str
    flow: str
    version: str
    step: str
    #: When it closed, ms since 1970.
    at: int
    #: What it was called, or its own words.
    name: str = field(repr=False)
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Parts of one long text. Once joined, what is kept only tells a repeated part."""

    #: The event of the first that came, and its time.
    event: str
    at: int
    channel: str
    #: The phone's reference and the count of parts; "" and 0 where nobody told.
    ref: str
    count: int
    #: Number -> text, as they came.
    texts: Mapping[int, str] = field(repr=False)
    #: Grows when the time to wait begins anew.
    generation: int = 0
    joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A session whose question may have been meant, as we named it in asking back."""

    session: str
    number: int
    label: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBack:
    """A text of the contact that we have asked back about, kept until that is answered."""

    #: The text's event and its time.
    event: str
    at: int
    channel: str
    text: str = field(repr=False)
    #: The open questions that understand it, when we asked which one was meant...
    choices: tuple[Named, ...] = ()
    #: ...or the start word that it nearly is, when we asked whether that was meant.
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactState:
    """One contact's record. `consents` is kept beside it, for STOP may not wait for a turn."""

    number: PhoneNumber
    fields: Mapping[str, Json] = field(default_factory=dict[str, Json], repr=False)
    tags: tuple[str, ...] = ()
    language: str | None = None
    zone: str | None = None
    consents: Mapping[str, Consent] = field(default_factory=dict[str, Consent])
    #: Newest last: the newest has the word.
    sessions: tuple[Session, ...] = ()
    postponed: tuple[Postponed, ...] = ()
    asked: tuple[Asked, ...] = ()
    #: Flows that begin once in a time, with when they last began: milliseconds since 1970.
    begun: Mapping[str, int] = field(default_factory=dict[str, int])
    #: At most one on each channel.
    asked_back: tuple[AskedBack, ...] = ()
    #: Oldest first.
    closed: tuple[Closed, ...] = ()
    #: Oldest first.
    pieces: tuple[Pieces, ...] = ()
    first_seen: int = 0
    last_seen: int = 0
    pace: Pace = field(default_factory=Pace)
    heed: Heed = Heed()
    beside: tuple[Beside, ...] = ()
    #: When they were sent one-time codes within the last hour, ms since 1970.
    codes: tuple[int, ...] = ()
    #: Channels whose messages another one carries until no conversation is open: by which.
    routes: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def stopped(self) -> bool:
        """Has said STOP to everything."""
        everything = self.consents.get(EVERYTHING)
        return everything is not None and everything.state == "withdrawn"

    def consent_to(self, programme: str) -> ConsentState:
        """Where they stand with `programme`; STOP outweighs whatever was said of it."""
        if self.stopped:
            return "withdrawn"
        held = self.consents.get(programme)
        return held.state if held else "unknown"
