"""A flow that is changed while people wait in it, by a server that is stopped and started again."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.rows.crowd import Crowd, crowd

pytestmark = pytest.mark.anyio

FIRST = """\
flow: offer
start: {words: [offer]}
answers: {colour: text}
expires: {after: 1d, go: end}
steps:
  colour: {ask: Which colour?, save: colour}
  name: {ask: Your name?}
  done: {say: "One {{ colour }} bag is yours.", go: end}
"""
SECOND = FIRST.replace("  colour: {ask: Which", "  shade: {ask: Which").replace(
    "steps:", "moved: {colour: shade}\nsteps:"
)
OVER = SECOND.replace("{colour: shade}", "{colour: {end: The offer is over.}, name: restart}")
ANN, BEN, CAT, DAN = (f"+861380013800{n}" for n in range(4))


def serve(phones: Crowd, flow: str) -> None:
    """The server is stopped, the file is changed, and the server is started over the same store."""
    phones.serving.stop()
    (phones.serving.folder / "flows" / "offer.yaml").write_text(flow, "utf-8")
    phones.serving.start()


async def hears(phones: Crowd, number: str, said: str, *wanted: str) -> None:
    """They write, and these are the texts that they have got by then, all in all."""
    await phones.text(number, said)
    texts = "SELECT text FROM message WHERE contact = ? ORDER BY seq"
    phones.serving.waits_for(texts, [number], [(text,) for text in wanted])


def told_moved(phones: Crowd) -> Sequence[str]:
    """Who was moved, by what is written down of it."""
    moved = "SELECT contact FROM record WHERE CAST(records AS TEXT) LIKE '%\"moved\"%' ORDER BY at"
    return [number for (number,) in phones.serving.rows(moved)]


async def test_people_who_wait_go_on_where_each_newer_file_says(tmp_path: Path) -> None:
    with crowd(tmp_path / "shop", {"offer": FIRST}, {}) as phones:
        for number in (ANN, BEN, CAT, DAN):
            await hears(phones, number, "offer", "Which colour?")
        await hears(phones, CAT, "red", "Which colour?", "Your name?")

        serve(phones, SECOND)
        await hears(phones, ANN, "blue", "Which colour?", "Your name?")
        assert told_moved(phones) == [ANN]
        # Cat's step is not named: she goes on in her own version, which the files have no more.
        done = "One red bag is yours."
        await hears(phones, CAT, "Cat", "Which colour?", "Your name?", done)

        serve(phones, OVER)
        await hears(phones, BEN, "red", "Which colour?", "The offer is over.")
        await hears(phones, ANN, "Ann", "Which colour?", "Your name?", "Which colour?")
        assert sorted(told_moved(phones)) == sorted([ANN, ANN, BEN])

        serve(phones, FIRST)  # back again: Ann goes on in the version that she came to
        await hears(
            phones, ANN, "pink", "Which colour?", "Your name?", "Which colour?", "Your name?"
        )
        await hears(phones, DAN, "gold", "Which colour?", "Your name?")
        assert len(told_moved(phones)) == 3
