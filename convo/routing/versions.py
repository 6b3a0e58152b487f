"""Versions of flows: the hash of what a flow says, and of the flows that it runs."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convo.engine.flow import Flow, compile_flow
from convo.engine.schema import Written, read_flow
from convo.engine.walking import Bundle
from convo.errors import ConvoError


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A flow with all it runs: its hash, and the source from which it can be made again."""

    hash: str
    source: bytes = field(repr=False)


def version_of(name: str, written: Mapping[str, Written], flows: Mapping[str, Flow]) -> Version:
    """The version of a flow. Comments and layout do not change it; the order of steps does."""
    names = sorted(reached(name, flows))
    documents = {each: json.loads(written[each].document.canonical()) for each in names}
    return _packed(name, documents)


def reached(name: str, flows: Mapping[str, Flow]) -> frozenset[str]:
    """The flow and every flow that it runs, and those that these run."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each in found or each not in flows:
            continue
        found.add(each)
        waiting += flows[each].runs
    return frozenset(found)


def unpacked(source: bytes, languages: Sequence[str]) -> tuple[Version, Bundle]:
    """A version kept by a store, ready to run again."""
    kept: dict[str, Any] = json.loads(source)
    documents: dict[str, Any] = kept["flows"]
    bundle: dict[str, Flow] = {}
    for name, data in documents.items():
        # JSON is YAML, so an old version goes the very way of a new one.
        written = read_flow(json.dumps(data, ensure_ascii=False), f"{name} (an old version)")
        bundle[name] = compile_flow(written, languages)
    version = _packed(kept["flow"], documents)
    if version.source != source:
        raise ConvoError(f"A kept version of flow {kept['flow']} does not match its hash.")
    return version, bundle


def _packed(name: str, documents: Mapping[str, Any]) -> Version:
    source = json.dumps(
        {"flow": name, "flows": documents}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    return Version(hash=hashlib.blake2b(source, digest_size=12).hexdigest(), source=source)
