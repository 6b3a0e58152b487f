"""A contact's record comes back whole, also one that an older Convo wrote."""

import dataclasses
from typing import Any

import msgspec
import pytest

from convo.core import codec
from convo.core.contacts import (
    Asked,
    AskedBack,
    Beside,
    Closed,
    ContactState,
    Heed,
    Named,
    Pace,
    Pieces,
    Postponed,
    Touch,
)
from convo.core.numbers import PhoneNumber
from convo.core.saying import Say, Unless
from convo.core.sessions import Frame, Held, Session
from convo.core.voices import Voice

ANN = PhoneNumber("+12025550101")
FRAME = Frame(flow="book", version="v1", step="day", answers={"what": "cut"}, tries=1)
#: All that schema 1 knew.
OLD = ContactState(
    number=ANN,
    fields={"city": "Rome"},
    tags=("vip",),
    language="en",
    zone="Europe/Rome",
    sessions=(
        Session(
            id="s1",
            channel="main",
            frames=(FRAME,),
            generation=3,
            timers=("s1/0/day/silent/0",),
            held=(Held(event="e1", at=5, text="hello"),),
        ),
    ),
    postponed=(
        Postponed(
            id="p1", say=Say(text="Later", channel="main", kind="marketing", purpose="first")
        ),
    ),
    asked=(Asked(event="e2", flow="score", channel="main", answers={"n": 1}),),
    first_seen=1,
    last_seen=2,
    pace=Pace(window=1, replies=2),
)
#: With all that was added since: name it here with a value that is not its default.
FULL = dataclasses.replace(
    OLD,
    codes=(5, 6),
    routes={"main": "other"},
    asked=(dataclasses.replace(OLD.asked[0], request="order-8"),),
    sessions=(
        dataclasses.replace(
            OLD.sessions[0],
            frames=(
                dataclasses.replace(
                    FRAME, numbers=(3, 4), brought={"order": "A1"}, trail=("day",), carried=True
                ),
            ),
            in_hand=True,
            began=True,
            unread=True,
            request="order-7",
        ),
    ),
    asked_back=(
        AskedBack(
            event="e3",
            at=7,
            channel="main",
            text="yes",
            choices=(Named(session="s1", number=5, label="Your visit"),),
            word="book",
        ),
    ),
    closed=(
        Closed(
            channel="main",
            flow="book",
            version="v1",
            step="day",
            at=9,
            name="your visit",
            numbers=(3, 4),
        ),
    ),
    pieces=(
        Pieces(
            event="e4",
            at=9,
            channel="main",
            ref="7",
            count=3,
            texts={2: "b", 1: "a"},
            generation=1,
            joined=True,
        ),
    ),
    postponed=(
        dataclasses.replace(
            OLD.postponed[0],
            say=dataclasses.replace(
                OLD.postponed[0].say,
                unless=(Unless(event="bought", same={"what": "cut"}),),
                window="office",
                voice=Voice(session="s1", flows=("book", "cut"), version="v1", request="order-7"),
                touch=4_000_000_000,
                media=("https://salon.example/a.jpg",),
            ),
        ),
    ),
    pace=dataclasses.replace(OLD.pace, spoke_at=1_700_000_000_000, quick=3),
    heed=Heed(touches=(Touch(at=1_700_000_000_000, id=4_000_000_000),), unanswered=2, answered=1),
    begun={"welcome": 5},
    beside=(
        Beside(
            id="b1",
            of="s1",
            channel="main",
            flow="book",
            version="v1",
            step="day",
            n=1,
            generation=3,
            answers={"what": "cut"},
            brought={"order": "7"},
            request="order-7",
        ),
    ),
)

#: `OLD` as schema 1 wrote it.
SCHEMA_1: list[Any] = [
    1,
    {"city": "Rome"},
    ["vip"],
    "en",
    "Europe/Rome",
    [
        [
            "s1",
            "main",
            3,
            ["s1/0/day/silent/0"],
            [["e1", 5, "hello"]],
            [["book", "v1", "day", {"what": "cut"}, 1, None, None]],
        ]
    ],
    [["p1", "Later", "main", "marketing", "first", "", None, "", 0]],
    [["e2", "score", "main", {"n": 1}]],
    1,
    2,
    [1, 2, 0, 0, 0, 0, 0, 0, 0],
]


#: `FULL` as it is written.
WRITTEN: list[Any] = [
    2,
    {"city": "Rome"},
    ["vip"],
    "en",
    "Europe/Rome",
    [
        [
            "s1",
            "main",
            3,
            ["s1/0/day/silent/0"],
            [["e1", 5, "hello"]],
            [
                [
                    *("book", "v1", "day", {"what": "cut"}, 1, None, None),
                    *([3, 4], {"order": "A1"}, ["day"], True),
                ]
            ],
            *(True, True, True, "order-7"),
        ]
    ],
    [
        [
            *("p1", "Later", "main", "marketing", "first", "", None, "", 0),
            *([["bought", {"what": "cut"}]], "office", "s1", 4_000_000_000),
            *(["https://salon.example/a.jpg"], ["book", "cut"], "v1", "order-7"),
        ]
    ],
    [["e2", "score", "main", {"n": 1}, "order-8"]],
    1,
    2,
    [1, 2, 0, 0, 0, 0, 0, 0, 0, 1_700_000_000_000, 3],
    [["e3", 7, "main", "yes", [["s1", 5, "Your visit"]], "book"]],
    [["main", "book", "v1", "day", 9, "your visit", [3, 4]]],
    [[1_700_000_000_000, 4_000_000_000]],
    [["e4", 9, "main", "7", 3, [[2, "b"], [1, "a"]], 1, True]],
    {"welcome": 5},
    [
        [
            *("b1", "s1", "main", "book", "v1", "day", 1, 3),
            *({"what": "cut"}, {"order": "7"}, "order-7"),
        ]
    ],
    [5, 6],
    2,
    1,
    {"main": "other"},
]


def test_a_record_comes_back_whole() -> None:
    assert codec.decode(ANN, codec.encode(FULL)) == FULL


def test_a_record_of_schema_1_is_read_with_what_it_lacks_as_it_was_meant() -> None:
    assert codec.decode(ANN, msgspec.json.encode(SCHEMA_1)) == OLD


def test_every_row_may_lack_its_last_entries_and_no_others() -> None:
    short = [*SCHEMA_1[:-1]]
    with pytest.raises(ValueError, match="9 entries are no row"):
        codec.decode(ANN, msgspec.json.encode(short))


def test_a_row_that_is_longer_than_any_known_is_refused_and_not_cut() -> None:
    longer = [*msgspec.json.decode(codec.encode(FULL)), 1]
    with pytest.raises(ValueError, match="21 entries are no row"):
        codec.decode(ANN, msgspec.json.encode(longer))


def test_what_is_written_stays_where_it_is_written() -> None:
    """What is added to a row stands at its end: move nothing here, only add."""
    assert msgspec.json.decode(codec.encode(FULL)) == WRITTEN


def test_a_record_of_a_newer_convo_is_refused() -> None:
    newer = [codec.SCHEMA + 1, *SCHEMA_1[1:]]
    with pytest.raises(codec.UnknownSchema, match="newer"):
        codec.decode(ANN, msgspec.json.encode(newer))


def test_nothing_of_a_contact_is_forgotten_by_the_codec() -> None:
    """A field that `FULL` leaves at its default is not shown to come back."""
    kept = [each for each in dataclasses.fields(ContactState) if each.name != "consents"]
    empty = ContactState(number=ANN)
    same = [each.name for each in kept if getattr(FULL, each.name) == getattr(empty, each.name)]
    assert same == ["number"]
