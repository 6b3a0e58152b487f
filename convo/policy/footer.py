"""What every message of a channel bears: its signature, exactly once."""

from convo.core.business import Channel


def signed(text: str, channel: Channel) -> str:
    """`text` with the channel's signature before it.

    An author may have written the signature too: however often it stands in front, it ends up
    there once. One in 【】 may stand at the end instead, as some platforms want it.
    """
    signature = channel.signature
    mark = signature.strip()
    if not mark:
        return text
    rest = text
    while _begins_with(rest.lstrip(), mark):
        rest = rest.lstrip()[len(mark) :]
    if rest == text and mark.startswith("【") and text.rstrip().endswith(mark):
        return text
    return signature + rest.lstrip()


def _begins_with(text: str, mark: str) -> bool:
    """Whether `mark` stands in front as a whole: `Mei` does not in `Meiling`."""
    if not text.startswith(mark):
        return False
    follows = text[len(mark) : len(mark) + 1]
    return not (mark[-1].isascii() and mark[-1].isalnum() and follows.isalnum())
