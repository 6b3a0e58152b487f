"""What a store's URL says of its servers: read without a network, and shown without a password.

redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]    one server; rediss:// by TLS
redis+unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE]  one server by its socket
redis+cluster://[[USER]:PASSWORD@]HOST:PORT[,HOST:PORT...]    a Cluster, by some of its nodes
redis+sentinel://[[USER]:PASSWORD@]HOST:PORT[,HOST:PORT...]/NAME[/DATABASE][?OF_SENTINELS]
                                                    the primary that Sentinels call NAME

User and password are the servers'. OF_SENTINELS is what the Sentinels themselves want, joined by &:
[sentinel_user=USER&]sentinel_password=PASSWORD; and sentinel_tls=on or off, where they have another
way of TLS than the servers.

These two by TLS too: rediss+cluster://, rediss+sentinel://.
"""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

PORT = 6379

SENTINEL_PORT = 26_379

SCHEMES = (
    *("redis", "rediss", "redis+unix"),
    *("redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel"),
)

_LIKE = 'Write it like "redis://localhost:6379/0", or "rediss://" for TLS.'


class BadUrl(ValueError):
    """What is wrong with the URL, and how to write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a store's servers are."""

    scheme: str
    #: Empty for a socket; some nodes of a Cluster; the Sentinels.
    hosts: tuple[tuple[str, int], ...]
    socket: str = ""
    #: What Sentinels call it; empty where it is found without them.
    primary: str = ""
    database: int = 0
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    #: What the Sentinels themselves want; empty where they let everybody in.
    sentinel_user: str = field(default="", repr=False)
    sentinel_password: str = field(default="", repr=False)
    #: "on" or "off" where Sentinels are spoken with otherwise than servers; else empty.
    sentinel_tls: str = ""

    @property
    def encrypted(self) -> bool:
        return self.scheme.startswith("rediss")

    @property
    def sentinels_encrypted(self) -> bool:
        return self.sentinel_tls == "on" if self.sentinel_tls else self.encrypted

    @property
    def is_cluster(self) -> bool:
        return self.scheme.endswith("+cluster")

    @property
    def shown(self) -> str:
        """The URL as people and logs may see it."""
        secret = "***@" if self.password else ""
        if self.socket:
            return f"{self.scheme}://{secret}{self.socket}?db={self.database}"
        hosts = ",".join(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts
        )
        place = f"/{self.primary}" if self.primary else ""
        database = "" if self.is_cluster else f"/{self.database}"
        return f"{self.scheme}://{secret}{hosts}{place}{database}"


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
    if parts.query and not parts.scheme.endswith("+sentinel"):
        raise BadUrl(f"there is a ? in it. {_LIKE}")
    return _servers(parts, place, known)


def _socket(parts: SplitResult, place: str, known: dict[str, str]) -> Address:
    asked = parse_qs(parts.query, keep_blank_values=True)
    if place or not parts.path.strip("/") or asked.keys() - {"db"}:
        raise BadUrl('write a socket like "redis+unix:///run/redis/redis.sock?db=0".')
    database = _database(asked.get("db", ["0"])[-1])
    return Address(**known, hosts=(), socket=unquote(parts.path), database=database)


def _servers(parts: SplitResult, place: str, known: dict[str, str]) -> Address:
    path = parts.path.strip("/")
    if parts.scheme.endswith("+cluster"):
        if path not in ("", "0"):
            raise BadUrl("a Cluster has the database 0 and no other: write nothing behind the /.")
        return Address(**known, hosts=_hosts(place, PORT), database=0)
    if parts.scheme.endswith("+sentinel"):
        name, _, database = path.partition("/")
        if not name:
            raise BadUrl(
                "behind the / stands what the Sentinels call the primary, like "
                f'"{parts.scheme}://localhost:26379/mymaster".'
            )
        return Address(
            **known,
            **_of_sentinels(parts.query),
            hosts=_hosts(place, SENTINEL_PORT),
            primary=unquote(name),
            database=_database(database or "0"),
        )
    return Address(**known, hosts=(_host(place, PORT),), database=_database(path or "0"))


def _of_sentinels(query: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        told[name] = unquote(value)
    secrets = told.keys() - {"sentinel_tls"}
    if secrets and not {"sentinel_password"} <= secrets <= {"sentinel_user", "sentinel_password"}:
        raise BadUrl(
            "behind the ? stands what the Sentinels themselves want: sentinel_password=PASSWORD, "
            "with sentinel_user=USER& before it if they know users; write %26 for a & in them. And "
            "sentinel_tls=on or off, where they have another way of TLS than the servers."
        )
    if told.get("sentinel_tls", "on") not in ("on", "off"):
        raise BadUrl(
            "sentinel_tls is on or off: whether the Sentinels are spoken with by TLS, where the "
            "servers are spoken with otherwise."
        )
    return told


def _hosts(places: str, port: int) -> tuple[tuple[str, int], ...]:
    return tuple(_host(place, port) for place in places.split(","))


def _host(place: str, usual: int) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{place}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadUrl(f'"{place}" is no host and port. {_LIKE}') from error
    if not host:
        raise BadUrl(f"there is no host in it. {_LIKE}")
    return host, usual if port is None else port


def _database(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise BadUrl(f'"{text}" is no number of a database. {_LIKE}')
    return int(text)
