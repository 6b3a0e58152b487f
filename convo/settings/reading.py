"""From the file and the environment to `Settings`, or to everything that is wrong with them."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from convo.core.hours import NO_CALENDAR, Calendar
from convo.errors import SettingsError
from convo.language.spelling import advice
from convo.settings import complaints, references
from convo.settings.agreeing import disagreements
from convo.settings.backups import unfit_backups
from convo.settings.complaints import Complaint, Spot
from convo.settings.holidays import BadHolidays, read_calendar
from convo.settings.pools import BadPool, read_pool
from convo.settings.sections import ChannelSection, ConvoToml
from convo.settings.settled import Settings
from convo.settings.settling import business_of, settled

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
        for spot, what in disagreements(written, options):
            self._complain(spot, what)
        pools = self._pools(written)
        calendar = self._calendar(written)
        if self.complaints:
            return None
        business = business_of(written, options, pools, calendar)
        for spot, what in unfit_backups(business.channels):
            self._complain(spot, what)
        return settled(written, options, business, file=self._folder / FILE)

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

    def _calendar(self, written: ConvoToml) -> Calendar:
        if not written.holidays.file:
            return NO_CALENDAR
        try:
            return read_calendar(self._folder, written.holidays.file)
        except BadHolidays as error:
            for problem in error.problems:
                self._complain(("holidays", "file"), problem)
            return NO_CALENDAR

    def _pools(self, written: ConvoToml) -> Mapping[str, tuple[str, ...]]:
        pools: dict[str, tuple[str, ...]] = {}
        for name, table in written.codes.items():
            try:
                pools[name] = read_pool(self._folder / table.file)
            except BadPool as problem:
                self._complain(("codes", name, "file"), f"{table.file}: {problem}")
        return pools


def _keep_common(table: dict[str, Any]) -> dict[str, Any]:
    """Take out of a channel's table what is not every channel's, and answer it."""
    return {key: table.pop(key) for key in list(table) if key not in ChannelSection.model_fields}
