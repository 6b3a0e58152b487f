"""E-mail over SMTP, by the standard library in a thread; nothing comes in here.

A text's first line is the subject where more lines follow. RFC 5321 says who has a message: with
the 250 after its end it is the server's, so what goes wrong before the data was surely not sent,
and a connection that is lost behind them may have been.
"""

import asyncio
import math
import re
import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from functools import partial
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from convo.core.business import Channel
from convo.core.turns import Outbound
from convo.errors import ConfigError, Invalid, NotSent, SendUncertain, Unavailable
from convo.ports import Clock, Sent
from convo.providers.http import HttpClient
from convo.providers.in_time import still_ours
from convo.providers.one_way import OneWay, OneWayOptions

SECONDS = 20.0
"""For every answer of the server; less than a send may take (runtime/sender.py)."""

#: An address without quoting or comments: what people have. RFC 5321 allows 254 characters.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_LONGEST = 254


def _sender(written: str) -> str:
    if not _is_address(parseaddr(written)[1]) or not written.isprintable():
        raise ValueError('write it like "Green Leaf <hello@greenleaf.example>".')
    return written


def _is_address(text: str) -> bool:
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


class Options(OneWayOptions):
    """What a channel of e-mail needs in convo.toml, beside `reach`."""

    host: str = Field(min_length=1, description="The mail server.", examples=["mail.example"])
    port: int = Field(default=587, ge=1, le=65_535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="`starttls` goes over to TLS, `tls` begins with it, `none` is for a server on "
        "this machine.",
    )
    sender: Annotated[str, AfterValidator(_sender)] = Field(
        description="Who it is from.", examples=["Green Leaf <hello@greenleaf.example>"]
    )
    subject: str = Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\r\n]+$",
        description="The subject of a text of one line; else its first line is.",
    )
    username: str | None = Field(default=None, description="Who signs in.")
    password: SecretStr | None = Field(default=None, description="Their password.")

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> "Options":
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together.")
        if self.password is not None and self.security == "none":
            raise ValueError('a password is not sent in the clear: take security = "starttls".')
        return self


def connect(
    channel: Channel,  # noqa: ARG001 - every provider is connected alike
    options: Options,
    http: HttpClient,  # noqa: ARG001
    *,
    country: str,  # noqa: ARG001
    clock: Clock,
) -> "Smtp":
    """The adapter of one channel."""
    return Smtp(options, clock)


class Smtp(OneWay):
    """One channel of e-mail."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._tls = None if options.security == "none" else ssl.create_default_context()

    async def close(self) -> None:
        """Every message has a connection of its own."""

    async def send(
        self,
        message: Outbound,
        callback: str,  # noqa: ARG002
        leave_by: float = math.inf,
    ) -> Sent:
        if not _is_address(message.to):
            raise Invalid("this is no e-mail address", code="address")
        mail = self._mail(message)
        in_time = partial(still_ours, leave_by, asyncio.get_running_loop().time)
        await asyncio.to_thread(self._deliver, mail, message.to, in_time)
        return Sent(provider_ids=(str(mail["Message-ID"]),), parts=message.parts)

    def _mail(self, message: Outbound) -> EmailMessage:
        name, address = parseaddr(self._options.sender)
        first, _, rest = message.text.strip().partition("\n")
        mail = EmailMessage(policy=SMTP)
        mail["From"] = formataddr((name, address))
        mail["To"] = message.to
        mail["Subject"] = first.strip() if rest.strip() else self._options.subject
        mail["Date"] = format_datetime(datetime.fromtimestamp(self._clock() / 1_000, UTC))
        mail["Message-ID"] = f"<{message.id}@{address.rpartition('@')[2]}>"
        # RFC 3834: whatever answers by itself is asked not to answer this.
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(rest.strip() or first)
        return mail

    def _deliver(self, mail: EmailMessage, to: str, in_time: Callable[[], None]) -> None:
        try:
            server = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            raise ConfigError("the server does not let us in", code=str(error.smtp_code)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"{self._options.host}: {type(error).__name__}") from None
        try:
            self._hand_over(server, mail, to, in_time)
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        options = self._options
        if options.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                options.host, options.port, timeout=SECONDS, context=self._tls
            )
        else:
            server = smtplib.SMTP(options.host, options.port, timeout=SECONDS)
        try:
            if options.security == "starttls":
                server.starttls(context=self._tls)
            if options.username is not None and options.password is not None:
                server.login(options.username, options.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(
        self, server: smtplib.SMTP, mail: EmailMessage, to: str, in_time: Callable[[], None]
    ) -> None:
        handed = False
        try:
            server.ehlo_or_helo_if_needed()
            _must_be_taken(*server.mail(parseaddr(self._options.sender)[1]))
            _must_be_taken(*server.rcpt(to))
            in_time()
            handed = True
            _must_be_taken(*server.data(mail.as_bytes()))
        except smtplib.SMTPDataError as error:
            # It did not want to hear the data at all.
            _must_be_taken(error.smtp_code, b"")
            raise Unavailable("the server wants no data", code=str(error.smtp_code)) from None
        except (OSError, smtplib.SMTPException) as error:
            why = f"{self._options.host}: {type(error).__name__}"
            raise (SendUncertain(why) if handed else Unavailable(why)) from None


def _must_be_taken(code: int, words: bytes) -> None:
    """Raises for an answer of the server that is none of success (RFC 5321, 4.2.1)."""
    if code >= 500:
        raise Invalid(f"refused, {len(words)} bytes of words", code=str(code))
    if code >= 400 or code < 200:
        raise NotSent("not now", code=str(code))
