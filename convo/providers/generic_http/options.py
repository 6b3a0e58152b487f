"""How a gateway is described in convo.toml, when it is none that Convo knows by name."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from convo.core.events import DeliveryStatus
from convo.providers.generic_http.templates import (
    HEADER_NAMES,
    NAMES,
    URL_NAMES,
    names_media,
    unknown_names,
)

_STRICT = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
_HTTP_TOKEN = re.compile(r"[A-Za-z0-9-]+\Z")
_FIXED_HOST = re.compile(r"https?://[^/?#{}@\s]+(?:[/?].*)?\Z", re.DOTALL)
_SIGNED_NAMES = re.compile(r"\{([^{}]*)\}")


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _template(text: str, known: Sequence[str] = tuple(NAMES)) -> str:
    if unknown := unknown_names(text, known):
        raise ValueError(f"{{{{{unknown[0]}}}}} is none of {', '.join(known)}.")
    return text


def _url(text: str) -> str:
    if not _FIXED_HOST.match(text):
        raise ValueError("it must begin with http(s)://host/, and the host may hold no {{name}}.")
    return _template(text, URL_NAMES)


def _body(text: str) -> str:
    return _template(text)


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}.") from None
    return text


def _places(places: tuple[str, ...]) -> tuple[str, ...]:
    for place in places:
        if not place:
            raise ValueError("a place is a field's name or a JSON pointer like /message/text.")
    return places


def _answer_places(places: tuple[str, ...]) -> tuple[str, ...]:
    for place in places:
        kind, colon, rest = place.partition(":")
        if kind == "regex" and colon:
            if re.compile(_pattern(rest)).groups != 1:
                raise ValueError(f"{place}: put the id, and only it, in a group ( ).")
        elif not (place.startswith("/") or (kind == "header" and rest)):
            raise ValueError(f"{place}: write a JSON pointer, header:Name or regex:(...).")
    return places


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name} is no time zone; write one like Asia/Shanghai.") from None
    return name


Places = Annotated[tuple[str, ...], BeforeValidator(_several), AfterValidator(_places)]
AnswerPlaces = Annotated[tuple[str, ...], BeforeValidator(_several), AfterValidator(_answer_places)]
Template = Annotated[str, AfterValidator(_body)]
UrlTemplate = Annotated[str, AfterValidator(_url)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Answer(BaseModel):
    """What the gateway wants to hear."""

    model_config = _STRICT

    status: int = Field(default=200, ge=200, le=599, description="The HTTP status.")
    content_type: str = Field(default="text/plain", description="The Content-Type.")
    body: str = Field(default="", description="The body, as it is.")


class PartPlaces(BaseModel):
    """Where the parts of a long text are numbered, as the phone has sent them (3GPP TS 23.040)."""

    model_config = _STRICT

    ref: Places = Field(description="The reference that all parts of one text have.")
    number: Places = Field(description="Which part it is, from 1.")
    count: Places = Field(description="How many parts there are.")


class Incoming(BaseModel):
    """Where things are in a text that comes in.

    A place is a field's name (of a form, a query or a JSON object) or a JSON pointer beginning
    with `/`; of several the first that is there counts.
    """

    model_config = _STRICT

    id: Places = Field(default=(), description="The gateway's id of the text; set it if you can.")
    sender: Places = Field(
        default=("from", "sender"), alias="from", description="The contact's number."
    )
    text: Places = Field(default=("text",), description="The text.")
    date: Places = Field(
        default=(), description="When it was sent: without `id`, it tells a repeated request."
    )
    media: Places = Field(default=(), description="A URL, or a JSON list of URLs.")
    items: str = Field(
        default="", pattern=r"^(/.*)?$", description="JSON pointer to the list, if several come."
    )
    part: PartPlaces | None = Field(
        default=None, description="Where parts are numbered, if they come one by one."
    )
    date_formats: tuple[str, ...] = Field(
        default=("rfc3339",),
        description="`rfc3339`, `unix`, `unix_ms` or a strptime pattern; the first that fits.",
    )
    date_zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="The zone of dates that say none."
    )
    charset: str = Field(
        default="utf-8", description="The charset, or `field:NAME` of the one that names it."
    )
    answer: Answer = Field(default=Answer(), description="The answer to what was kept.")


class Signature(BaseModel):
    """An HMAC over the request."""

    model_config = _STRICT

    header: str = Field(description="The header that holds it.")
    secrets: tuple[SecretStr, ...] = Field(
        min_length=1, description="Keys; each of them may sign, so that one can be replaced."
    )
    algorithm: Literal["sha1", "sha256", "sha512"] = Field(
        default="sha256", description="The hash."
    )
    encoding: Literal["hex", "base64"] = Field(default="hex", description="How it is written.")
    prefix: str = Field(default="", description="What stands before it, like `sha256=`.")
    string: str = Field(
        default="{raw_body}",
        description="What is signed, of {raw_body}, {timestamp} and {url}.",
    )
    timestamp_header: str = Field(default="", description="The header with the time of signing.")
    tolerance_s: int = Field(
        default=300, gt=0, description="Seconds that the time of signing may be off."
    )

    @model_validator(mode="after")
    def _signs_what_it_can(self) -> Self:
        names = set(_SIGNED_NAMES.findall(self.string))
        if not names <= {"raw_body", "timestamp", "url"}:
            raise ValueError("string: only {raw_body}, {timestamp} and {url} can be signed.")
        if "raw_body" not in names:
            raise ValueError("string: without {raw_body}, anybody may change the body.")
        if ("timestamp" in names) != bool(self.timestamp_header):
            raise ValueError("timestamp_header goes with {timestamp} in string.")
        if not all(secret.get_secret_value() for secret in self.secrets):
            raise ValueError("secrets: one of them is empty.")
        return self


class NamedToken(BaseModel):
    """A secret in a query parameter or header."""

    model_config = _STRICT

    name: str = Field(description="The parameter's or header's name.", min_length=1)
    value: SecretStr = Field(description="The secret.", min_length=8)


class Login(BaseModel):
    """HTTP Basic."""

    model_config = _STRICT

    username: str = Field(description="The name.")
    password: SecretStr = Field(description="The password.", min_length=8)


class Auth(BaseModel):
    """How a request shows that it is the gateway's. All that is given must hold."""

    model_config = _STRICT

    query_token: NamedToken | None = Field(default=None, description="A secret in the query.")
    header_token: NamedToken | None = Field(default=None, description="A secret in a header.")
    basic: Login | None = Field(default=None, description="HTTP Basic.")
    hmac: Signature | None = Field(default=None, description="A signature.")


class Sending(BaseModel):
    """The request that sends one message. `{{name}}` stands for a value, escaped as needed.

    JSON values come with their quotes: `{"to": {{to}}, "text": {{text}}}`. With a place for
    pictures, as in `"media_urls": {{media}}`, a channel can carry them.
    """

    model_config = _STRICT

    url: UrlTemplate = Field(description="Where to; values are percent-encoded.")
    method: Literal["POST", "PUT", "GET"] = Field(default="POST", description="The HTTP method.")
    body: Template = Field(default="", description="The body; must be empty with GET.")
    format: Literal["form", "json", "xml", "text"] = Field(
        default="form", description="What the body is: how values in it are escaped."
    )
    content_type: str = Field(default="", description="A Content-Type other than the format's.")
    headers: dict[str, SecretStr] = Field(
        default={}, description="Headers, credentials among them; with {{id}} {{to}} {{from}}."
    )
    charset: Literal["utf-8", "gb18030", "utf-16be", "iso-8859-1"] = Field(
        default="utf-8", description="The charset of the body."
    )
    idempotency_header: str = Field(
        default="", description="The header in which a repeated id is not sent twice, if any."
    )
    connect_s: float | None = Field(default=None, gt=0, description="Seconds to connect: 5.")
    read_s: float | None = Field(default=None, gt=0, description="Seconds to the answer: 30.")

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        if self.method == "GET" and self.body:
            raise ValueError("a GET has no body: put the values into the url.")
        if names_media(self.body) and self.format != "json":
            raise ValueError('{{media}} is a JSON list: it stands in a body of format = "json".')
        for name, value in self.headers.items():
            text = value.get_secret_value()
            if not _HTTP_TOKEN.match(name) or not text.isascii() or not text.isprintable():
                raise ValueError(f"headers.{name}: a name or value that no header may have.")
            if unknown := unknown_names(text, HEADER_NAMES):
                raise ValueError(f"headers.{name}: {{{{{unknown[0]}}}}} cannot stand in a header.")
        return self


class Rule(BaseModel):
    """What an answer looks like; everything that is given must hold."""

    model_config = _STRICT

    status: tuple[int, ...] = Field(default=(), description="The HTTP status is one of these.")
    pointer: str = Field(
        default="", pattern=r"^(/.*)?$", description="JSON pointer to a value that is there..."
    )
    values: tuple[str, ...] = Field(default=(), description="... and is one of these.")
    pattern: Pattern = Field(default="", description="A regular expression found in the body.")

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not (self.status or self.pointer or self.pattern):
            raise ValueError("a rule needs status, pointer or pattern.")
        if self.values and not self.pointer:
            raise ValueError("values are compared with what pointer finds.")
        return self


Rules = Annotated[
    tuple[Rule, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, dict | Rule) else value),
]


class Outcomes(BaseModel):
    """What an answer means: the first of these that has a rule which holds.

    Without a rule: 2xx is sent, 429 rate limited, 401 and 403 our settings, other 4xx refused,
    5xx in doubt. A 2xx for which `success` has rules and none holds is refused.
    """

    model_config = _STRICT

    opted_out: Rules = Field(default=(), description="The contact is opted out there.")
    rate_limited: Rules = Field(default=(), description="Not sent, slow down.")
    temporary: Rules = Field(default=(), description="Surely not sent, try again.")
    permanent: Rules = Field(default=(), description="Will never be sent.")
    success: Rules = Field(default=(), description="Taken.")
    id: AnswerPlaces = Field(
        default=(), description="The gateway's ids: JSON pointers, header:Name, regex:(...)."
    )
    code: AnswerPlaces = Field(default=(), description="The gateway's own error code.")
    retry_after: str = Field(
        default="header:Retry-After", description="Seconds to wait: a pointer or header:Name."
    )
    ambiguous_5xx: bool = Field(
        default=True, description="Whether a 5xx may have been sent all the same."
    )


class Lookup(BaseModel):
    """How to ask whether a message in doubt is there. What no rule fits is unknown."""

    model_config = _STRICT

    url: UrlTemplate = Field(description="A GET, with {{id}} of the message.")
    sent: Rules = Field(default=(), description="It is there.")
    not_sent: Rules = Field(default=(), description="It is surely not there.")
    id: AnswerPlaces = Field(default=(), description="The gateway's ids of it.")


class Reports(BaseModel):
    """Delivery reports: to the callback URL, or to the inbound one with an id in them."""

    model_config = _STRICT

    status: Places = Field(default=("status",), description="The status.")
    map: dict[str, DeliveryStatus] = Field(
        default={"sent": "sent", "delivered": "delivered", "failed": "failed"},
        description="The gateway's words for ours; others are passed over.",
    )
    id: Places = Field(default=("id",), description="The gateway's id of the message.")
    our_id: Places = Field(default=(), description="Our id, if the gateway repeats it.")
    code: Places = Field(default=(), description="The gateway's error code.")
    opted_out: tuple[str, ...] = Field(
        default=(), description="Its error codes that say that the contact is opted out there."
    )
    to: Places = Field(default=("to",), description="The contact's number, for `opted_out`.")
    at_inbound: bool = Field(
        default=False, description="Reports come to the URL of incoming texts."
    )


class OptOut(BaseModel):
    """How the gateway says that a contact has opted out there."""

    model_config = _STRICT

    field: Places = Field(description="The field that says so.")
    values: tuple[str, ...] = Field(min_length=1, description="Its values that do.")


class Options(BaseModel):
    """What a channel at a gateway of your own description needs in convo.toml."""

    model_config = _STRICT

    incoming: Incoming = Field(default=Incoming(), description="Texts that come in.")
    auth: Auth = Field(
        default=Auth(), description="Without any, the webhook's URL must hold a token."
    )
    send: Sending = Field(description="The request that sends a message.")
    response: Outcomes = Field(default=Outcomes(), description="What its answer means.")
    reports: Reports = Field(default=Reports(), description="Delivery reports.")
    optout: OptOut | None = Field(default=None, description="Opt-outs known to the gateway.")
    lookup: Lookup | None = Field(default=None, description="Asking after a message in doubt.")

    @property
    def carries_media(self) -> bool:
        """The request has a place for pictures."""
        return names_media(self.send.body)

    @property
    def parts_apart(self) -> bool:
        """Parts come one by one, as far as anybody told, and nothing numbers them."""
        return self.incoming.part is None
