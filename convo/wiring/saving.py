"""A conversation of the try-out page made into a test: played again, and held as `convo test` does.

What is written is what the files say now, so it passes from the first; where that is not what the
phone has shown, whoever saves it is told.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from convo.console.diary import Page, ToTheNext
from convo.console.saving import Asked, Saved, Unsaved
from convo.core.failures import failure_in
from convo.core.numbers import PhoneNumber
from convo.errors import ConvoError
from convo.language.chat_reading import read_chats
from convo.language.chats import Deed, From, OnChannel, Passing, Written, answer_words, deed_line
from convo.policy.numbering import example_number
from convo.rehearsal.chat_run import hold
from convo.rehearsal.conversing import Conversation, may_be_called, write_chat
from convo.rehearsal.rehearsal import Rehearsal
from convo.rehearsal.virtual import OpenErrand
from convo.routing.playbook import Playbook
from convo.settings import Settings
from convo.wiring.authored import authored
from convo.wiring.rehearsing import rehearse

A_MINUTE = 60_000
SLACK = timedelta(minutes=2)
"""What comes next may be so much farther in a chat, whose texts lie half a minute apart."""


async def save(asked: Asked, page: Page, channel: str, settings: Settings) -> Saved:
    """Write the conversation of a phone as a chat. Raises `Unsaved`, and then nothing was written.

    `settings` are the business's own, as `convo test` has them.
    """
    if not may_be_called(asked.name):
        raise Unsaved("bad_name")
    file = settings.flows / "tests" / f"{asked.name}.chat"
    shown = file.relative_to(settings.file.parent).as_posix()
    if file.exists() and not asked.add:
        raise Unsaved("exists", shown)
    title = " ".join(asked.title.lstrip("# ").split()) or asked.name
    try:
        playbook = (await asyncio.to_thread(authored, settings)).playbook
        chat, said = await _played(asked.number, page, channel, playbook, title)
        await _hold(chat, shown, playbook)
        new = await asyncio.to_thread(write_chat, file, chat, add=asked.add)
    except ConvoError as error:
        raise Unsaved("files", str(error)) from None
    except FileExistsError:
        raise Unsaved("exists", shown) from None
    except OSError as error:
        raise Unsaved("not_written", f"{shown}: {error.strerror}") from None
    return Saved(file=shown, new=new, differs=said != tuple(page.said))


async def _played(
    number: str, page: Page, channel: str, playbook: Playbook, title: str
) -> tuple[str, Sequence[str]]:
    """The chat, and what was said in it to this number on its channel."""
    answers: defaultdict[str, deque[str]] = defaultdict(deque)
    for each in page.answers:
        answers[each.name].append(answer_words(each.value, each.failure))

    async def answered(errand: OpenErrand) -> str:
        known = answers[errand.name]
        return known.popleft() if known else ""

    said: list[str] = []
    async with rehearse(playbook, start=page.begun // A_MINUTE * A_MINUTE) as rehearsal:
        conversation = Conversation(rehearsal, answered)
        for deed in (*_who(number, channel, rehearsal), *page.deeds):
            exchange = await conversation.happen(_repeated(deed, rehearsal))
            said += [each.text for each in exchange.said if each.to.e164 == number]
            if exchange.parked:
                raise ConvoError(failure_in(exchange.parked[0]).told)
        return conversation.chat(title), tuple(said)


def _who(number: str, channel: str, rehearsal: Rehearsal) -> Sequence[Deed]:
    """What a chat must say of the phone before it begins."""
    said: list[Deed] = []
    if number != example_number(rehearsal.playbook.business.country).e164:
        said.append(From(phone=PhoneNumber(number)))
    if channel != rehearsal.channel:
        said.append(OnChannel(name=channel))
    return said


def _repeated(deed: Deed | ToTheNext, rehearsal: Rehearsal) -> Deed:
    """The deed of the chat: as far as it goes to what happens next there, and on one line."""
    match deed:
        case ToTheNext(length=length):
            due = rehearsal.next_due()
            return Passing(length=due if due is not None and due <= length + SLACK else length)
        case Written():
            return replace(deed, text=deed_line(deed).removeprefix("> "))
        case _:
            return deed


async def _hold(chat: str, shown: str, playbook: Playbook) -> None:
    """As `convo test` will. Raises `ConvoError` with what would not be as it is written."""
    for each in read_chats(chat, shown):
        async with rehearse(playbook, start=0) as rehearsal:
            outcome = await hold(each, rehearsal)
        for failure in outcome.failures:
            raise ConvoError(f"{shown}:{failure.line}: {failure.what}")
