"""Answers "hours": change the text, or look the hours up somewhere."""

from convo import Call, Reply, keyword


@keyword("hours", "opening hours")
async def opening_hours(call: Call) -> Reply:  # noqa: ARG001
    """When we are open."""
    return Reply("We are open Monday to Saturday, 9 to 6.")
