"""What was written, as the rest of Convo knows it: the business, and what its process needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pydantic import BaseModel, SecretStr

from convo.core.business import Business, Law, MessageClass, Privacy, Programme
from convo.core.hours import Calendar
from convo.routing.loading import AnytimeWords
from convo.settings import meanings, places, speaking
from convo.settings.channels import channel_of
from convo.settings.sections import ConvoToml, ProgrammeSection
from convo.settings.sending import rules_of, shared_limits
from convo.settings.settled import Connection, Doubt, Settings


def business_of(
    written: ConvoToml,
    options: Mapping[str, BaseModel],
    pools: Mapping[str, tuple[str, ...]],
    calendar: Calendar,
) -> Business:
    """Who is talking, and by what: no secret is in it."""
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


def settled(
    written: ConvoToml, options: Mapping[str, BaseModel], business: Business, *, file: Path
) -> Settings:
    """The settings of `business`, with all paths from the folder of `file`."""
    folder = file.parent
    host, port = meanings.host_and_port(written.server.bind)
    return Settings(
        file=file,
        business=business,
        store=_store(written.store.url, folder),
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
        flows=folder / written.folders.flows,
        handlers=folder / written.folders.handlers,
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


def _store(url: str, folder: Path) -> str:
    """The URL with a path that is seen from anywhere."""
    scheme, _, rest = url.partition(":")
    return f"sqlite:{folder / rest}" if scheme == "sqlite" else url


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


def _programme(name: str, table: ProgrammeSection) -> Programme:
    return Programme(
        name=name,
        about=next(iter(table.about.values())),
        abouts={language: text for language, text in table.about.items() if language},
        double_opt_in=table.double_opt_in,
        confirm_within=meanings.milliseconds(table.confirm_within),
    )
