"""Every example flow, one of forty steps, and one that means harm."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from convo.engine.flow import Flow, compile_flow
from convo.engine.schema import read_flow
from convo.wiring.authored import authored, settings_in

ROOT = Path(__file__).parents[2]
BUSINESSES = (ROOT, *sorted(path.parent for path in ROOT.glob("examples/*/convo.toml")))


@lru_cache(maxsize=1)
def examples() -> dict[str, Flow]:
    """Every flow of every example business, by its business and name."""
    return {
        f"{folder.name}/{name}": flow
        for folder in BUSINESSES
        for name, flow in authored(settings_in(folder)).playbook.flows.items()
    }


def read(text: str) -> Flow:
    """A flow from its file's text."""
    return compile_flow(read_flow(text, "flows/drawn.yaml"), ("en",))


FORTY_HEAD = """flow: drawn
languages: [en]
start: {words: [drawn]}
expires: {after: 24h, go: gone}
steps:
"""


def forty_steps() -> Flow:
    """Forty steps with ways back, ways far ahead, and endings that many lead to."""
    return read("\n".join(("flow: drawn", "steps:", *_forty())))


def forty_served() -> str:
    """The same as a file that is served: with a way in, and one out of every silence."""
    return FORTY_HEAD + "\n".join(_forty())


def _forty() -> Iterator[str]:
    for n in range(0, 36, 4):
        yield f"  ask{n}: {{ask: 'Question {n}: how many of them shall it be?', expect: number,"
        yield "    give_up: desk, silent: [{after: 2h, go: gone}]}"
        yield f"  menu{n}:"
        yield "    choose: Which one?"
        back = max(n - 4, 0)
        yield f"    options: {{a: Again, b: {{en: Back a question, go: ask{back}}},"
        yield "      c: {en: To the end, go: done}, d: {en: Somebody else, go: desk}}"
        yield f"  sure{n}: {{confirm: Is that right?, no: ask{n}, give_up: desk}}"
        yield f"  told{n}: {{say: 'Noted, that was number {n}.'}}"
    yield "  done: {end: done}"
    yield "  desk: {say: Somebody calls you.}"
    yield "  called: {end: called}"
    yield "  gone: {end: gone}"


HOSTILE = (
    "<script>alert(1)</script>",
    "</text></svg><img src=x onerror=alert(1)>",
    "\"quoted\" and 'single' and `ticks`",
    "a | b || c [x] {y} (z) #35; %% comment",
    "back\\slash \\n \\l",
    "]]> <!-- --> <![CDATA[",
    "\u202eright to left\u202c and \u200bzero\u200b",
    "汉字，标点。" * 30,
    "=1+1",
    "end\nsubgraph x\nclick n0 callback",
)
