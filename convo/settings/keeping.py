"""Where everything is kept, as convo.toml says it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from convo.core.shards import SHARDS
from convo.settings import meanings
from convo.settings.section import Section
from convo.stores.redis.layout import PARTITIONS
from convo.stores.redis.safety import Durability


class StoreSection(Section):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(meanings.store_url)] = Field(
        default="sqlite:data/convo.db",
        description="`sqlite:` and the path of the database, seen from the folder of convo.toml, "
        "or the URL of a Redis or Valkey: `redis://`, with TLS `rediss://`, by a socket "
        "`redis+unix://`, of a Cluster `redis+cluster://`, under Sentinels `redis+sentinel://` "
        "(docs/how-to/run-on-redis.md). With a password in it, let it stand in the environment: "
        "`env:NAME`.",
        examples=["sqlite:data/convo.db", "redis://localhost:6379/0"],
    )
    partitions: int | None = Field(
        default=None,
        ge=1,
        le=SHARDS,
        description="Redis alone: into how many parts the contacts are divided, each owned by one "
        "worker at a time. It counts when the store is empty; without it there are "
        f"{PARTITIONS}. `convo partitions` changes it later.",
    )
    durability: Durability = Field(
        default="default",
        description="Redis alone: `default` trusts only what is on its disk; `strict` waits for a "
        "replica too; `fast` takes a server that may lose a second, or everything, with its power.",
    )
    retention_days: int = Field(
        default=180,
        ge=1,
        description="Days that the records of turns are kept.",
    )
    dedupe_days: int = Field(
        default=7,
        ge=1,
        le=90,
        description="Days in which a webhook that comes again is known as the same.",
    )
