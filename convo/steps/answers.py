"""What a reply means as each type of answer, and what is asked back where it is not sure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from convo.core.business import Place, Places
from convo.errors import BadAddress
from convo.language.scope import Choice
from convo.policy.numbering import read_number
from convo.steps.expect import MAX_ANSWER, Expect
from convo.steps.question import NOTHING, Understood
from convo.steps.scene import Scene
from convo.understanding.dates import understand_date, understand_time, understand_when
from convo.understanding.emails import understand_email
from convo.understanding.names import understand_name
from convo.understanding.numerals import understand_number
from convo.understanding.options import (
    OptionWords,
    option_list,
    renumbered,
    understand_listed,
    understand_option,
)
from convo.understanding.patterns import understand_pattern
from convo.understanding.places import PlaceNames, place_list, understand_place
from convo.understanding.yes_no import understand_yes_no, without_no

#: Countries that write the month before the day (CLDR short dates); China writes 12/5 so too.
MONTH_FIRST = frozenset({"US", "CN", "TW", "HK", "JP", "KR", "PH", "CA"})

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
#: Of an answer that is asked back: what was probably meant, and what was written.
MEANT = "meant"
_WRITTEN = "written"
_ID = "id"
#: Ids of places that are called alike, with spaces between.
AMONG = "among"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an answer is read: in whose zone, and what half of it is known already."""

    now: datetime
    languages: tuple[str, ...]
    country: str
    partial: Mapping[str, str]
    places: Places = field(default_factory=dict[str, Mapping[str, Place]])
    #: The links of the pictures that came with the text.
    media: tuple[str, ...] = ()
    #: The contact's language, for what is asked back; and the numbers that it was asked with.
    language: str = ""
    numbers: Sequence[int] = ()

    @property
    def day_first(self) -> bool:
        return self.country not in MONTH_FIRST


def reading(scene: Scene, zone: ZoneInfo) -> Reading:
    """How answers of this scene are read."""
    return Reading(
        now=scene.around.now.astimezone(zone),
        languages=scene.flow.reads,
        country=scene.around.country,
        partial=scene.partial or {},
        places=scene.around.places,
        media=scene.around.media,
        language=scene.language,
        numbers=scene.numbers,
    )


def understood_answer(expect: Expect, text: str, how: Reading) -> Understood | None:
    """What `text` means as this type of answer; None when it means nothing."""
    if expect.number is not None:
        bounds = expect.number
        number = understand_number(
            text,
            minimum=bounds.min,
            maximum=bounds.max,
            whole=bounds.whole,
            languages=how.languages,
        )
        return None if number is None else Understood(value=number)
    if expect.option is not None:
        words = [
            OptionWords(id=word, number=n, labels=(word,), words=())
            for n, word in enumerate(expect.option, start=1)
        ]
        chosen = understand_option(text, words, how.languages)
        return None if chosen is None else Understood(value=chosen)
    if expect.pattern is not None:
        fit = understand_pattern(text, expect.pattern.match.ready, how.languages)
        return None if fit is None else Understood(value=fit)
    if expect.place is not None:
        return _place(text, how.places.get(expect.place, {}), how)
    return _SIMPLE[expect.kind or "text"](text, how)


def make_ready(expect: Expect, languages: tuple[str, ...]) -> None:
    """Make the grammar of this type of answer, by reading with it what means nothing."""
    how = Reading(now=_SOME_DAY, languages=languages, country="", partial={})
    understood_answer(expect, NOTHING, how)


def _text(text: str, how: Reading) -> Understood | None:
    trimmed = text.strip()
    return Understood(value=trimmed) if trimmed and len(trimmed) <= MAX_ANSWER else None


def _photo(text: str, how: Reading) -> Understood | None:
    """What was sent, whatever was written beside it."""
    return Understood(value=" ".join(how.media)) if how.media else None


def _name(text: str, how: Reading) -> Understood | None:
    name = understand_name(text, how.languages)
    return None if name is None else Understood(value=name)


def _yes_no(text: str, how: Reading) -> Understood | None:
    said = understand_yes_no(text, how.languages)
    return None if said is None else Understood(value=said)


def _date(text: str, how: Reading) -> Understood | None:
    day = understand_date(text, now=how.now, languages=how.languages, day_first=how.day_first)
    return None if day is None else Understood(value=day)


def _time(text: str, how: Reading) -> Understood | None:
    hour = understand_time(text, now=how.now, languages=how.languages)
    return None if hour is None else Understood(value=hour)


def _datetime(text: str, how: Reading) -> Understood | None:
    """A day with an hour; half of it is kept until the other half comes."""
    when = understand_when(text, now=how.now, languages=how.languages, day_first=how.day_first)
    day, hour = (when.day, when.time) if when is not None else (None, None)
    if hour is None and day is None and "day" in how.partial:
        hour = understand_time(text, now=how.now, languages=how.languages)
    if day is None and hour is None:
        return None
    day = day or _kept(how.partial, "day", date.fromisoformat)
    hour = hour or _kept(how.partial, "time", time.fromisoformat)
    if day is None or hour is None:
        half = {"day": day.isoformat()} if day else {"time": str(hour)}
        return Understood(partial=half)
    return Understood(value=datetime.combine(day, hour, tzinfo=how.now.tzinfo))


_Half = TypeVar("_Half", date, time)


def _kept(partial: Mapping[str, str], name: str, read: Callable[[str], _Half]) -> _Half | None:
    raw = partial.get(name)
    return None if raw is None else read(raw)


def _phone(text: str, how: Reading) -> Understood | None:
    try:
        return Understood(value=read_number(text, how.country).e164)
    except BadAddress:
        return None


def _email(text: str, how: Reading) -> Understood | None:
    """An address; one that looks like a slip is asked back, and taken when it comes again."""
    if MEANT in how.partial:
        if understand_yes_no(text, how.languages):
            return Understood(value=how.partial[MEANT])
        text = without_no(text, how.languages)
    found = understand_email(text, how.languages)
    if found is None:
        return None
    if found.meant is None or found.address == how.partial.get(_WRITTEN):
        return Understood(value=found.address)
    return Understood(partial={MEANT: found.meant, _WRITTEN: found.address})


def _place(text: str, places: Mapping[str, Place], how: Reading) -> Understood | None:
    """A place's id; asked back are a slip, and which one of those that are called alike."""
    if MEANT in how.partial:
        if understand_yes_no(text, how.languages):
            return Understood(value=how.partial[_ID])
        text = without_no(text, how.languages)
    if AMONG in how.partial:
        chosen = _chosen(text, how.partial[AMONG].split(), places, how)
        if chosen is not None:
            return Understood(value=chosen)
    names = tuple(
        PlaceNames(
            id=id,
            names=(*place.labels.values(), *place.words),
            within=tuple(place.within.values()),
        )
        for id, place in places.items()
    )
    found = understand_place(text, place_list(names, how.languages))
    if found is None:
        return None
    id, *others = found.ids
    if others:
        return Understood(partial={AMONG: " ".join(found.ids)})
    if found.slip:
        return Understood(
            partial={MEANT: Choice(id, places[id].labels).label(how.language), _ID: id}
        )
    return Understood(value=id)


def _chosen(text: str, ids: Sequence[str], places: Mapping[str, Place], how: Reading) -> str | None:
    """Which of the places that we have listed is meant: by its number, or by where it is."""
    numbers = dict(zip(ids, how.numbers, strict=False))
    words = tuple(
        OptionWords(
            id=id,
            number=number,
            labels=(called(places[id], how.language),),
            words=tuple(places[id].within.values()),
        )
        for id, number in numbers.items()
        if id in places
    )
    listed = option_list(words, how.languages)
    return understand_listed(
        text, renumbered(listed, [w.id for w in words], [w.number for w in words])
    )


def called(place: Place, language: str) -> str:
    """A place's name, with what it lies in."""
    within = Choice("", place.within).label(language)
    name = Choice("", place.labels).label(language)
    return f"{name}, {within}" if within else name


_SIMPLE: Mapping[str, Callable[[str, Reading], Understood | None]] = {
    "text": _text,
    "name": _name,
    "photo": _photo,
    "yes_no": _yes_no,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "phone": _phone,
    "email": _email,
}
