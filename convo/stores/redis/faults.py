"""What a server says when it cannot, as our errors: what it means for us, and how to mend it."""

from collections.abc import Mapping

from redis import exceptions
from redis.asyncio.sentinel import MasterNotFoundError

from convo.errors import Busy, StoreError, StoreUnavailable
from convo.sentences import sentence


class Moved(StoreUnavailable):
    """Not here: another node of the Cluster has it, or, where it `asks`, may have it this once."""

    def __init__(self, error: exceptions.AskError) -> None:
        super().__init__(f"Another node of the Cluster has it: {error}.")
        self.place: tuple[str, int] = (str(error.host), error.port)  # pyright: ignore[reportUnknownMemberType,reportUnknownArgumentType]
        self.asks = not isinstance(error, exceptions.MovedError)


class Passing(StoreUnavailable):
    """Nothing was done, and it passes by itself: keys are moving, or nobody serves them yet."""


def is_away(error: Exception) -> bool:
    """Whether it tells of the server or of the line to it, and of no fault of ours."""
    if isinstance(error, exceptions.RedisError | OSError):
        return True
    # uvloop's word for a line that was cut just when something was written to it.
    return isinstance(error, RuntimeError) and "the handler is closed" in str(error)


#: How Redis begins what passes by itself as soon as there is room, or a replica, again; and what
#: is to be done for that.
_PASSING: Mapping[str, str] = {
    "OOM": "Give it more memory (maxmemory), or take from it what is not Convo's.",
    "MISCONF": "Its disk is full or broken, and its log says how: make room there.",
    "NOREPLICAS": "Too few replicas follow it (min-replicas-to-write): start them.",
}


def store_error(error: Exception) -> Exception:
    """What a caller should see of `error`: a decision where it is no fault of the code's."""
    if isinstance(error, StoreError):
        return error
    said = str(error)
    # The client knows this one by itself, and takes its first word away.
    word = "OOM" if isinstance(error, exceptions.OutOfMemoryError) else said.partition(" ")[0]
    if (mend := _PASSING.get(word)) is not None:
        return Busy(
            f"Redis could not keep it: {said.rstrip('.')}. {mend} Nothing was changed, and it goes "
            "on by itself."
        )
    if isinstance(error, exceptions.AskError):
        return Moved(error)
    if isinstance(error, _PASSES):
        return Passing(f"The Cluster cannot do it yet: {said}.")
    if isinstance(error, exceptions.ResponseError) and not isinstance(error, _AWAY):
        return error
    if isinstance(error, MasterNotFoundError):
        return StoreUnavailable(_said_by_sentinels(said))
    told = sentence("Redis cannot be used: {why}.", why=said.rstrip(".") or type(error).__name__)
    if type(error) is exceptions.ConnectionError or isinstance(error, ConnectionError):
        told = sentence(
            "{told} If it is not running, its own log says why: a full disk ends it at every write "
            "(appendfsync always). Make room there and start it.",
            told=told,
        )
    return StoreUnavailable(told)


def _said_by_sentinels(said: str) -> str:
    """The client's words without all that it tells of its connections."""
    found, _, why = said.partition(" : ")
    told = f"Redis cannot be used: {found}."
    if "AuthenticationError" in why:
        return f"{told} The Sentinels want a password, or another one: ?sentinel_password=..."
    return f"{told} No Sentinel answers." if why else told


_AWAY = (
    exceptions.ReadOnlyError,
    exceptions.NoPermissionError,
    exceptions.AuthenticationWrongNumberOfArgsError,
)

_PASSES = (exceptions.ClusterDownError, exceptions.TryAgainError, exceptions.MasterDownError)
