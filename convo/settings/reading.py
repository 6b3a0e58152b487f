"""From the file and the environment to `Settings`, or to everything that is wrong with them."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr, ValidationError

from convo.core.business import Business, Law, MessageClass, Privacy, Programme
from convo.core.hours import NO_CALENDAR, Calendar
from convo.errors import SettingsError
from convo.language.spelling import advice
from convo.routing.loading import AnytimeWords
from convo.settings import complaints, meanings, places, references, speaking
from convo.settings.backups import unfit_backups
from convo.settings.channels import carries_media, channel_of
from convo.settings.complaints import Complaint, Spot
from convo.settings.holidays import BadHolidays, read_calendar
from convo.settings.pools import BadPool, read_pool
from convo.settings.sections import ChannelSection, ConvoToml, ProgrammeSection
from convo.settings.sending import hasty, rules_of, shared_limits, unfit_limits
from convo.settings.settled import Connection, Doubt, Settings

FILE = "convo.toml"

M = TypeVar("M", bound=BaseModel)

#: Where a value may be a reference to a secret.
_REFERRING = ("store", "server", "channels", "own_systems")


def read(
    folder: Path, offered: Mapping[str, type[BaseModel]], process: Mapping[str, str] | None = None
) -> Settings:
    """The settings of the business in `folder`; `offered` are the options of each provider.

    Raises `SettingsError` with every complaint there is, in the order of their lines.
    """
    file = folder / FILE
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise SettingsError(
            [
                f"{file}: it cannot be read ({error.strerror}). Go to the folder of your business, "
                "or make a new one: convo init DIR"
            ]
        ) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{file}: it is not UTF-8. Save it as UTF-8."]) from None
    variables = references.environment(folder, os.environ if process is None else process)
    reader = _Reader(folder=folder.resolve(), text=text, offered=offered, variables=variables)
    settings = reader.settings()
    if reader.complaints or settings is None:
        ordered = sorted(set(reader.complaints), key=lambda c: (c.line, c.spot, c.what))
        raise SettingsError([complaint.said_of(FILE) for complaint in ordered])
    return settings


class _Reader:
    """One reading of one file; it goes on after a mistake, to find the next."""

    def __init__(
        self,
        *,
        folder: Path,
        text: str,
        offered: Mapping[str, type[BaseModel]],
        variables: Mapping[str, str],
    ) -> None:
        self.complaints: list[Complaint] = []
        self._folder = folder
        self._text = text
        self._offered = offered
        self._variables = variables
        self._lines = complaints.lines_of(text)
        self._lost: set[Spot] = set()

    def settings(self) -> Settings | None:
        try:
            raw: dict[str, Any] = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            self.complaints.append(complaints.syntax(str(error)))
            return None
        for section in _REFERRING:
            if section in raw:
                raw[section] = self._resolved(raw[section], (section,))
        options = self._options(raw)
        written = self._validated(ConvoToml, raw, ())
        if written is None:
            return None
        self._crossed(written, options)
        pools = self._pools(written)
        calendar = self._calendar(written)
        if self.complaints:
            return None
        business = _business(written, options, pools, calendar)
        for spot, what in unfit_backups(business.channels):
            self._complain(spot, what)
        return self._settled(written, options, business)

    def _complain(self, spot: Spot, what: str) -> None:
        line = complaints.line_at(self._lines, spot)
        self.complaints.append(Complaint(line=line, spot=spot, what=what))

    def _resolved(self, value: Any, spot: Spot) -> Any:
        """The value with every reference in it followed."""
        match value:
            case str():
                try:
                    return references.resolved(value, self._variables, self._folder)
                except references.Unresolved as error:
                    self._lost.add(spot)
                    self._complain(spot, str(error))
                    return value
            case dict():
                table = cast(dict[str, Any], value)
                return {key: self._resolved(inner, (*spot, key)) for key, inner in table.items()}
            case list():
                return [self._resolved(inner, spot) for inner in cast(list[Any], value)]
            case _:
                return value

    def _validated(self, model: type[M], table: Any, spot: Spot) -> M | None:
        try:
            return model.model_validate(table)
        except ValidationError as error:
            found = complaints.of_model(model, error, self._lines, spot)
            # A value that could not be looked up was complained of already.
            self.complaints += [one for one in found if one.spot not in self._lost]
            return None

    def _options(self, raw: dict[str, Any]) -> Mapping[str, BaseModel]:
        """Each channel's own part of its table; what all channels have is left where it was."""
        settled: dict[str, BaseModel] = {}
        channels = raw.get("channels")
        if not isinstance(channels, dict):
            return settled
        for name, table in cast(dict[str, Any], channels).items():
            if not isinstance(table, dict):
                continue
            given = cast(dict[str, Any], table)
            provider = given.get("provider")
            spot = ("channels", name)
            if not isinstance(provider, str) or provider not in self._offered:
                if isinstance(provider, str):
                    self._complain(
                        (*spot, "provider"),
                        f'"{provider}" is no provider that Convo knows. '
                        f"{advice(provider, self._offered)}",
                    )
                _keep_common(given)
                continue
            model = self._offered[provider]
            own = _keep_common(given)
            known = {field.alias or key for key, field in model.model_fields.items()}
            for key in [key for key in own if key not in known]:
                del own[key]
                sentence = complaints.unknown(key, known | set(ChannelSection.model_fields))
                self._complain((*spot, key), sentence)
            if (options := self._validated(model, own, spot)) is not None:
                settled[name] = options
        return settled

    def _crossed(self, written: ConvoToml, options: Mapping[str, BaseModel]) -> None:
        """What is wrong between one table and another."""
        if not written.channels:
            self._complain(("channels",), "there is none. Write [channels.main] and its provider.")
        owners: dict[str, str] = {}
        for name, entry in written.anytime.items():
            for word in entry.words:
                owner = owners.setdefault(word.casefold(), name)
                if owner != name:
                    self._complain(
                        ("anytime", name), f'"{word}" is a word of "{owner}" too. One must go.'
                    )
        for name in written.channels:
            if not name.isidentifier() or not name.isascii():
                self._complain(
                    ("channels", name),
                    "a channel's name stands in web addresses: letters, digits and _ only.",
                )
        self._reached(written, options)
        named = {
            name: (table.account_limit, table.registrations)
            for name, table in written.channels.items()
        }
        for spot, what in unfit_limits(named, written.accounts, written.registrations):
            self._complain(spot, what)
        if what := hasty(written.doubts, shared=not written.store.url.startswith("sqlite:")):
            self._complain(("doubts", "grace"), what)
        self._well_known_tokens(written)
        self._speaking(written)
        for spot, what in places.unlike(written.places):
            self._complain(spot, what)

    def _speaking(self, written: ConvoToml) -> None:
        """Caps and windows against what they name."""
        for path, what in speaking.unfit_caps(written.caps, written.contact):
            self._complain(path, what)
        for name, window in written.windows.items():
            hours = speaking.window_hours(window)
            if hours.heeds_calendar and not written.holidays.file:
                self._complain(
                    ("windows", name),
                    "it goes by holidays, and no file names them. Write [holidays] with "
                    'file = "holidays/cn.yaml".',
                )

    def _calendar(self, written: ConvoToml) -> Calendar:
        if not written.holidays.file:
            return NO_CALENDAR
        try:
            return read_calendar(self._folder, written.holidays.file)
        except BadHolidays as error:
            for problem in error.problems:
                self._complain(("holidays", "file"), problem)
            return NO_CALENDAR

    def _reached(self, written: ConvoToml, options: Mapping[str, BaseModel]) -> None:
        """Channels that reach contacts by something else than their number, or with pictures."""
        for name, channel in written.channels.items():
            if channel.reach and written.contact.get(channel.reach) != "text":
                self._complain(
                    ("channels", name, "reach"),
                    f'it names a field of the contact: write `{channel.reach} = "text"` under '
                    "[contact].",
                )
            known = options.get(name)
            if channel.media == "mms" and known is not None and not carries_media(known):
                self._complain(
                    ("channels", name, "media"),
                    f'{channel.provider} carries no pictures. Leave it out, or write "link".',
                )
            if channel.provider == "smtp" and not channel.reach:
                self._complain(
                    ("channels", name),
                    'it is missing who gets the mail: write `reach = "email"`, and '
                    '`email = "text"` under [contact].',
                )

    def _well_known_tokens(self, written: ConvoToml) -> None:
        """The tokens of the example are for this machine alone: the world knows them."""
        server = written.server
        called = urlsplit(server.public_url or "").hostname or "localhost"
        bound, _ = meanings.host_and_port(server.bind)
        if meanings.only_here(called) and meanings.only_here(bound):
            return
        tokens: list[tuple[Spot, SecretStr | None]] = [
            (("server", "api_token"), token) for token in server.api_token
        ]
        tokens += [
            (("channels", name, "path_token"), channel.path_token)
            for name, channel in written.channels.items()
        ]
        for spot, token in tokens:
            if meanings.well_known(token):
                self._complain(
                    spot,
                    "this token of the example is known to everybody, and the server is to be "
                    "reached from outside. `convo doctor --token` prints a fresh one.",
                )

    def _pools(self, written: ConvoToml) -> Mapping[str, tuple[str, ...]]:
        pools: dict[str, tuple[str, ...]] = {}
        for name, table in written.codes.items():
            try:
                pools[name] = read_pool(self._folder / table.file)
            except BadPool as problem:
                self._complain(("codes", name, "file"), f"{table.file}: {problem}")
        return pools

    def _store(self, url: str) -> str:
        """The URL with a path that is seen from anywhere."""
        scheme, _, rest = url.partition(":")
        return f"sqlite:{self._folder / rest}" if scheme == "sqlite" else url

    def _settled(
        self,
        written: ConvoToml,
        options: Mapping[str, BaseModel],
        business: Business,
    ) -> Settings:
        host, port = meanings.host_and_port(written.server.bind)
        return Settings(
            file=self._folder / FILE,
            business=business,
            store=self._store(written.store.url),
            partitions=written.store.partitions,
            durability=written.store.durability,
            retention_days=written.store.retention_days,
            dedupe_days=written.store.dedupe_days,
            public_url=written.server.public_url or "",
            host=host,
            port=port,
            console_names=written.console.names if written.console is not None else None,
            secret=_plain(written.server.secret),
            api_tokens=tuple(_plain(token) for token in written.server.api_token),
            own_systems_secret=(
                meanings.secret_bytes(_plain(written.own_systems.secret))
                if written.own_systems.secret
                else b""
            ),
            log_level=written.server.log_level,
            flows=self._folder / written.folders.flows,
            handlers=self._folder / written.folders.handlers,
            connections={
                name: Connection(
                    channel=name,
                    provider=channel.provider,
                    options=options[name],
                    path_token=_plain(channel.path_token),
                )
                for name, channel in written.channels.items()
            },
            anytime=tuple(
                AnytimeWords(name=name, words=entry.words, flow=entry.flow)
                for name, entry in written.anytime.items()
            ),
            doubts=cast(
                Mapping[MessageClass, Doubt],
                written.doubts.model_dump(exclude={"within", "grace"}),
            ),
            breaker=rules_of(written.breaker),
            send_within=meanings.seconds(written.doubts.within),
            doubt_grace=meanings.seconds(written.doubts.grace),
        )


def _keep_common(table: dict[str, Any]) -> dict[str, Any]:
    """Take out of a channel's table what is not every channel's, and answer it."""
    return {key: table.pop(key) for key in list(table) if key not in ChannelSection.model_fields}


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


def _business(
    written: ConvoToml,
    options: Mapping[str, BaseModel],
    pools: Mapping[str, tuple[str, ...]],
    calendar: Calendar,
) -> Business:
    return Business(
        name=written.business.name,
        zone=written.business.zone,
        country=written.business.country,
        currency=written.business.currency or meanings.currency_of(written.business.country),
        languages=written.business.languages,
        channels={
            name: channel_of(
                name,
                table,
                options[name],
                country=written.business.country,
                shared=shared_limits(
                    table.account_limit,
                    table.registrations,
                    written.accounts,
                    written.registrations,
                ),
            )
            for name, table in written.channels.items()
        },
        programmes={name: _programme(name, table) for name, table in written.programmes.items()},
        public_url=written.server.public_url or "",
        contact_fields=dict(written.contact),
        code_pools=pools,
        events_url=written.events.url or "",
        quiet={kind: speaking.quiet_hours(hours) for kind, hours in written.quiet.items()},
        places=places.places_of(written.places),
        windows={name: speaking.window_hours(each) for name, each in written.windows.items()},
        calendar=calendar,
        caps=speaking.caps(written.caps),
        texts_a_minute=written.server.texts_a_minute,
        most_parts=written.texts.parts,
        most_emoji=written.texts.emoji,
        opt_out=written.opt_out,
        privacy=Privacy(words=written.privacy.words, policy=written.privacy.policy),
        law=Law(
            default=written.law.default,
            countries=written.law.countries,
            stop_scope=written.law.stop_scope,
        ),
    )


def _programme(name: str, table: ProgrammeSection) -> Programme:
    return Programme(
        name=name,
        about=next(iter(table.about.values())),
        abouts={language: text for language, text in table.about.items() if language},
        double_opt_in=table.double_opt_in,
        confirm_within=meanings.milliseconds(table.confirm_within),
    )
