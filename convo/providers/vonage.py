"""Vonage (once Nexmo): a channel at its Messages API, or at its older SMS API.

Which of the two calls us is a setting of Vonage's dashboard ("Default SMS setting"), so it is one
of ours too, and never guessed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from convo.core.business import Channel
from convo.core.numbers import PhoneNumber, written
from convo.errors import SettingsError
from convo.ports import Clock
from convo.providers.http import HttpClient
from convo.providers.vonage_messages import Login, VonageMessages
from convo.providers.vonage_sms import Signing, VonageSms

API = {"messages": "https://api.nexmo.com", "sms": "https://rest.nexmo.com"}


class Options(BaseModel):
    """What a channel at Vonage needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api: Literal["messages", "sms"] = Field(
        default="messages",
        description='What the dashboard has as "Default SMS setting".',
    )
    api_key: str = Field(description="The account's API key.", min_length=1)
    api_secret: SecretStr = Field(
        default=SecretStr(""), description="The account's API secret, to send with."
    )
    application: str = Field(
        default="", description="An application's id, to send with instead of the secret."
    )
    private_key: SecretStr = Field(
        default=SecretStr(""), description="The application's private key (PEM)."
    )
    signature_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The account's signature secret: what webhooks are verified with. The Messages "
        "API always signs; the SMS API only where Vonage's support has switched it on.",
    )
    previous_signature_secrets: tuple[SecretStr, ...] = Field(
        default=(), description="Secrets that may still sign while the first is being replaced."
    )
    signature_method: Literal["md5hash", "md5", "sha1", "sha256", "sha512"] = Field(
        default="sha256",
        description="How the SMS API signs, as the dashboard says. `md5hash` is the plain MD5 of "
        "old accounts, the others are HMACs.",
    )
    base_url: str = Field(
        default="",
        description="Where the API is, when it is not where Vonage has it; another one in tests.",
    )

    @model_validator(mode="after")
    def _can_send_and_verify(self) -> Self:
        by_application = self.application and self.private_key.get_secret_value()
        if bool(self.application) != bool(self.private_key.get_secret_value()):
            raise ValueError("application and private_key need each other.")
        if not self.api_secret.get_secret_value() and not by_application:
            raise ValueError("api_secret is missing, or an application with its private_key.")
        if self.api == "sms" and not self.api_secret.get_secret_value():
            raise ValueError("api_secret is missing: the SMS API knows no applications.")
        if self.api == "messages" and not self.signature_secret.get_secret_value():
            raise ValueError("signature_secret is missing: the Messages API signs with it.")
        return self

    @classmethod
    def wants(cls, table: Mapping[str, Any]) -> Sequence[str]:
        """What a new channel needs besides: which API it is decides."""
        if "api" not in table:
            return ("api",)
        if table["api"] == "sms":
            return ("api_secret",)
        login = "private_key" if table.get("application") else "api_secret"
        return login, "signature_secret"

    @property
    def carries_media(self) -> bool:
        """The SMS API knows no pictures."""
        return self.api == "messages"


def connect(
    channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
) -> VonageMessages | VonageSms:
    """The adapter of one channel."""
    if channel.address is None:
        raise SettingsError([f"channels.{channel.name}: Vonage needs an address to send from."])
    origin = written(channel.address)
    if isinstance(channel.address, PhoneNumber):
        origin = origin.lstrip("+")
    secrets = tuple(
        given.get_secret_value()
        for given in (options.signature_secret, *options.previous_signature_secrets)
        if given.get_secret_value()
    )
    base = (options.base_url or API[options.api]).rstrip("/")
    secret = options.api_secret.get_secret_value()
    if options.api == "sms":
        login = Login(key=options.api_key, secret=secret)
        return VonageSms(
            channel.name,
            origin,
            f"{base}/sms/json",
            http,
            login=login.authorization(clock()),
            signing=Signing(secrets=secrets, method=options.signature_method),
            country=country,
            clock=clock,
        )
    login = Login(
        key=options.api_key,
        secret=secret,
        application=options.application,
        private_key=options.private_key.get_secret_value(),
    )
    return VonageMessages(
        channel.name,
        origin,
        base,
        http,
        login=login,
        secrets=secrets,
        country=country,
        clock=clock,
    )
