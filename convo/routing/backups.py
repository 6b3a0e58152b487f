"""One conversation on two channels: what a backup carries, and what is written to it."""

from dataclasses import replace

from convo.core.business import Business
from convo.core.contacts import ContactState
from convo.core.events import Event, Inbound, Moved
from convo.routing.desk import Desk


def in_its_conversation(state: ContactState, event: Event, business: Business) -> Event:
    """A text to a backup, as one to the channel whose conversation they answer.

    Only where they have none on the backup itself. Law words are the backup's own: it may be that
    its provider answers them.
    """
    if not isinstance(event, Inbound) or event.law is not None:
        return event
    if any(session.channel == event.channel for session in state.sessions):
        return event
    theirs = [
        channel.name
        for session in reversed(state.sessions)
        if (channel := business.channels.get(session.channel)) is not None
        and event.channel in channel.backups
    ]
    # Of two channels with one backup, the one whose messages it carries.
    for name in theirs:
        if state.routes.get(name) == event.channel:
            return replace(event, channel=name)
    return replace(event, channel=theirs[0]) if theirs else event


def reroute(desk: Desk, channel: str, by: str) -> None:
    """From now on `by` carries what is said on `channel`, as long as a conversation is open."""
    if desk.outbox.routes.get(channel, channel) == by or not desk.open_walks():
        return
    if by == channel:
        del desk.outbox.routes[channel]
    else:
        desk.outbox.routes[channel] = by
    desk.record("rerouted", channel=channel, by=by)


def moved(desk: Desk, event: Moved) -> None:
    """The sender has had to take another channel, or could take the first again."""
    channel = desk.business.channels.get(event.channel)
    if channel is not None and event.by in (channel.name, *channel.backups):
        reroute(desk, event.channel, event.by)
