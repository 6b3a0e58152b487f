"""How people and their sign-ins are written: JSON arrays, their schema number in front."""

import json

from convo.core.codec import known
from convo.core.people import Person, SignedIn

SCHEMA = 1


def write_person(person: Person) -> str:
    return json.dumps([SCHEMA, person.name, person.role, person.password, person.stamp])


def read_person(kept: str | bytes) -> Person:
    """Raises `UnknownSchema`."""
    _, name, role, password, stamp = known(json.loads(kept), SCHEMA, "A person's account")
    return Person(name=name, role=role, password=password, stamp=stamp)


def write_sign_in(signed_in: SignedIn) -> str:
    return json.dumps([SCHEMA, signed_in.person, signed_in.stamp, signed_in.since, signed_in.seen])


def read_sign_in(kept: str | bytes) -> SignedIn:
    """Raises `UnknownSchema`."""
    _, person, stamp, since, seen = known(json.loads(kept), SCHEMA, "A sign-in")
    return SignedIn(person=person, stamp=stamp, since=since, seen=seen)
