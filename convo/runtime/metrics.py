"""Every number that Convo tells about itself, on one page, and the registry that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One entry. `labels` never hold a number or a text of a contact."""

    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    #: Upper bounds of a histogram, in its unit.
    buckets: tuple[float, ...] = ()


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "convo_webhooks_total": Metric(
            kind="counter",
            help="Webhooks by what became of them: kept, ignored, refused, nonsense, ...",
            labels=("channel", "result"),
        ),
        "convo_posts_total": Metric(
            kind="counter",
            help="Posts of own systems by what became of them: kept, known, refused, nonsense, ...",
            labels=("path", "result"),
        ),
        "convo_sends_total": Metric(
            kind="counter",
            help="Tries to send by outcome: accepted, again, failed, held, ...",
            labels=("channel", "outcome"),
        ),
        "convo_moved_total": Metric(
            kind="counter",
            help="Messages that a backup took over, or that came back, by channel and by who has "
            "them now.",
            labels=("channel", "by"),
        ),
        "convo_turns_total": Metric(
            kind="counter", help="Turns by result: done or parked.", labels=("result",)
        ),
        "convo_turn_seconds": Metric(
            kind="histogram",
            help="From an event's being kept to its turn's commit.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
        ),
        "convo_turn_cpu_seconds": Metric(
            kind="histogram",
            help="One core's time for a turn: the mean of each batch.",
            buckets=(0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.1, 1),
        ),
        "convo_arrivals_total": Metric(
            kind="counter",
            help="Events on their way in, by kind and by what the store said, or own_number.",
            labels=("channel", "kind", "result"),
        ),
        "convo_errands_total": Metric(
            kind="counter", help="Errands that ended: done or failed.", labels=("kind", "result")
        ),
        "convo_blocked_total": Metric(
            kind="counter",
            help="Times that the event loop stood still for two seconds: the log says where.",
        ),
        "convo_emitted_total": Metric(
            kind="counter", help="Events that flows emitted, by name.", labels=("event",)
        ),
        "convo_channel_stopped": Metric(
            kind="gauge",
            help="1 while a channel sends nothing because its settings or its provider fail.",
            labels=("channel",),
        ),
        "convo_channel_pace": Metric(
            kind="gauge",
            help="How fast a channel goes that was asked to slow down: 1 is as fast as it may.",
            labels=("channel",),
        ),
        "convo_inbox": Metric(kind="gauge", help="Events that wait for their turn."),
        "convo_outbox": Metric(kind="gauge", help="Messages that wait to be sent."),
        "convo_parked": Metric(kind="gauge", help="Events whose turn failed."),
        "convo_held": Metric(
            kind="gauge", help="Messages in doubt that wait for a report or a person."
        ),
    }
)

prometheus_client.disable_created_metrics()  # a second series for each one, which nobody reads


class Metrics:
    """One process's numbers. An unknown name is a `KeyError`: the table above is the list."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._all = {name: self._made(name, metric) for name, metric in METRICS.items()}
        self._labelled: dict[tuple[str, ...], Counter] = {}

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        """Add to a counter; `labels` in the order of the table."""
        key = (name, *labels)
        counter = self._labelled.get(key)
        if counter is None:
            family = self._all[name]
            if not isinstance(family, Counter):
                raise KeyError(f"{name} is no counter")
            counter = self._labelled[key] = family.labels(*labels) if labels else family
        counter.inc(by)

    def observe(self, name: str, value: float) -> None:
        """Put a value into a histogram."""
        histogram = self._all[name]
        if not isinstance(histogram, Histogram):
            raise KeyError(f"{name} is no histogram")
        histogram.observe(value)

    def level(self, name: str, value: float, *labels: str) -> None:
        """Set a gauge; `labels` in the order of the table."""
        gauge = self._all[name]
        if not isinstance(gauge, Gauge):
            raise KeyError(f"{name} is no gauge")
        (gauge.labels(*labels) if labels else gauge).set(value)

    def page(self) -> tuple[bytes, str]:
        """All of it as Prometheus reads it, and the content type."""
        text = prometheus_client.generate_latest(self._registry)
        return text, prometheus_client.CONTENT_TYPE_LATEST

    def _made(self, name: str, metric: Metric) -> Counter | Gauge | Histogram:
        match metric.kind:
            case "counter":
                return Counter(name, metric.help, metric.labels, registry=self._registry)
            case "gauge":
                return Gauge(name, metric.help, metric.labels, registry=self._registry)
            case "histogram":
                return Histogram(
                    name,
                    metric.help,
                    metric.labels,
                    registry=self._registry,
                    buckets=metric.buckets,
                )
