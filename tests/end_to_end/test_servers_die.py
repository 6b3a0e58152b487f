"""One business in several processes, and the Redis that serves them dies: another takes over."""

from pathlib import Path

from tests.clusters import cluster, until, watched
from tests.end_to_end.serving import soon
from tests.end_to_end.test_many_processes import CUSTOMERS, Company, company
from tests.servers import ON_DISK, redis_server, valkey_server


def at_work(shop: Company) -> None:
    """Web and workers, and everybody has heard the first words."""
    shop.hire("web", "web")
    for worker in ("first", "second"):
        shop.hire("worker", worker)
    for number in CUSTOMERS:
        shop.text(number, "hello")
    soon(lambda: shop.said()["Hello! Say something."], len(CUSTOMERS))
    shop.all_say("one")


def everything_was_said_once(shop: Company) -> None:
    assert set(shop.said().values()) == {1, len(CUSTOMERS)}


def test_the_sentinels_name_another_and_every_customer_hears_everything_once(
    tmp_path: Path,
) -> None:
    with (
        watched(valkey_server(), tmp_path / "servers", *ON_DISK) as servers,
        company(tmp_path, servers.url, servers.replica) as shop,
    ):
        at_work(shop)
        servers.primary.kill()
        shop.all_say("two")
        assert servers.port() == servers.replica.port
        shop.all_say("three")
        everything_was_said_once(shop)


def test_a_node_of_the_cluster_dies_and_every_customer_hears_everything_once(
    tmp_path: Path,
) -> None:
    with (
        cluster(redis_server(), tmp_path / "servers", *ON_DISK, followers=3) as nodes,
        company(tmp_path, nodes.url, nodes.nodes[0]) as shop,
    ):
        at_work(shop)
        dies = nodes.nodes[1]
        slot = nodes.first_slot_of(dies)
        dies.kill()
        shop.all_say("two")
        until(lambda: nodes.owner_of(slot) in nodes.followers)
        shop.all_say("three")
        everything_was_said_once(shop)
