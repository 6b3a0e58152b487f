"""Who may use the console, on the business's Redis: every web process knows the same people."""

from collections.abc import Sequence

from convo.core.people import Person, SignedIn
from convo.core.people_codec import read_person, read_sign_in, write_person, write_sign_in
from convo.stores.redis import address
from convo.stores.redis.connecting import connected
from convo.stores.redis.layout import Layout
from convo.stores.redis.safety import Durability


class RedisRegister:
    """A hash of people, and a key that lapses for each sign-in."""

    def __init__(self, url: str, durability: Durability, prefix: str = "convo") -> None:
        """The people at this URL. It connects when it is asked something."""
        self._wire = connected(address.read(url), durability)
        layout = Layout(prefix=prefix, partitions=1)
        self._people = layout.of_all("people")
        self._sign_ins = layout.of_all("signed_in:")

    async def people(self) -> Sequence[Person]:
        found = map(read_person, await self._wire.ask("HVALS", self._people))
        return tuple(sorted(found, key=lambda each: each.name))

    async def person(self, name: str) -> Person | None:
        kept = await self._wire.ask("HGET", self._people, name)
        return None if kept is None else read_person(kept)

    async def admit(self, person: Person) -> None:
        await self._wire.ask("HSET", self._people, person.name, write_person(person))

    async def dismiss(self, name: str) -> bool:
        return bool(await self._wire.ask("HDEL", self._people, name))

    async def begin(self, key: str, signed_in: SignedIn, until: int) -> None:
        written = write_sign_in(signed_in)
        await self._wire.ask("SET", self._sign_ins + key, written, "PXAT", until)

    async def signed_in(self, key: str) -> SignedIn | None:
        kept = await self._wire.ask("GET", self._sign_ins + key)
        return None if kept is None else read_sign_in(kept)

    async def go_on(self, key: str, signed_in: SignedIn, until: int) -> None:
        written = write_sign_in(signed_in)
        await self._wire.ask("SET", self._sign_ins + key, written, "PXAT", until, "XX")

    async def end(self, key: str) -> None:
        await self._wire.ask("DEL", self._sign_ins + key)

    async def close(self) -> None:
        await self._wire.close()
