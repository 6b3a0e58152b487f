"""What a store's URL says of its servers: read without a network, and shown without a password.

redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]    one server; rediss:// by TLS
redis+unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE]  one server by its socket
"""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

PORT = 6379

SCHEMES = ("redis", "rediss", "redis+unix")

_LIKE = 'Write it like "redis://localhost:6379/0", or "rediss://" for TLS.'


class BadUrl(ValueError):
    """What is wrong with the URL, and how to write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a store's servers are."""

    scheme: str
    #: Empty for a socket.
    hosts: tuple[tuple[str, int], ...]
    socket: str = ""
    database: int = 0
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def encrypted(self) -> bool:
        return self.scheme.startswith("rediss")

    @property
    def shown(self) -> str:
        """The URL as people and logs may see it."""
        secret = "***@" if self.password else ""
        if self.socket:
            return f"{self.scheme}://{secret}{self.socket}?db={self.database}"
        hosts = ",".join(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts
        )
        return f"{self.scheme}://{secret}{hosts}/{self.database}"


def read(url: str) -> Address:
    """The address in `url`. Raises `BadUrl`."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise BadUrl(f'"{parts.scheme}:" is no way to Redis. {_LIKE}')
    if parts.fragment:
        raise BadUrl("there is a # in it; write %23 for one in a password.")
    credentials, at, place = parts.netloc.rpartition("@")
    user, colon, password = credentials.partition(":")
    if at and not colon:
        raise BadUrl("before the @ stand a user and a password: USER:PASSWORD@, or :PASSWORD@.")
    known = {"scheme": parts.scheme, "user": unquote(user), "password": unquote(password)}
    if parts.scheme == "redis+unix":
        return _socket(parts, place, known)
    if parts.query:
        raise BadUrl(f"there is a ? in it. {_LIKE}")
    return Address(
        **known,
        hosts=(_host(place),),
        database=_database(parts.path.strip("/") or "0"),
    )


def _socket(parts: SplitResult, place: str, known: dict[str, str]) -> Address:
    asked = parse_qs(parts.query, keep_blank_values=True)
    if place or not parts.path.strip("/") or asked.keys() - {"db"}:
        raise BadUrl('write a socket like "redis+unix:///run/redis/redis.sock?db=0".')
    database = _database(asked.get("db", ["0"])[-1])
    return Address(**known, hosts=(), socket=unquote(parts.path), database=database)


def _host(place: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{place}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadUrl(f'"{place}" is no host and port. {_LIKE}') from error
    if not host:
        raise BadUrl(f"there is no host in it. {_LIKE}")
    return host, PORT if port is None else port


def _database(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise BadUrl(f'"{text}" is no number of a database. {_LIKE}')
    return int(text)
