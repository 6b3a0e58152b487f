"""The flow that a command was asked about, or what its name may have meant."""

from collections.abc import Mapping

from convo.engine.flow import Flow
from convo.errors import SettingsError
from convo.language.spelling import advice


def one_flow(name: str, flows: Mapping[str, Flow]) -> Flow:
    """Raises `SettingsError` where the project has no flow of that name."""
    if name not in flows:
        raise SettingsError([f'There is no flow "{name}". {advice(name, flows)}'])
    return flows[name]
