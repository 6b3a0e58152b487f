"""What the pages tell the reader to do is done from top to bottom, and prints what they say.

A comment before a fenced block says what the block is:

    <!-- file: PATH -->     the whole of a file, written there
    <!-- more of: PATH -->  more of the same file, behind what it has
    <!-- edit: PATH -->     a diff: lines with `-` or no sign are there, `+` takes their place
    <!-- part of: PATH -->  lines that stand in the file one after another
    <!-- run -->            `$ command` and what it prints; `...` stands for anything
    <!-- terminal -->       the same at a terminal: what stands behind a prompt is typed
    <!-- serve -->          a `$ command` that goes on until the page ends
    <!-- not run: WHY -->   nothing
"""

import os
import pty
import re
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from convo.cli import COMMANDS
from convo.policy.law_words import LAW_WORDS

ROOT = Path(__file__).parents[2]
EXAMPLE = ("convo.toml", "flows", "keyword_handlers", "codes")
PATIENCE = 60.0
"""Seconds for one command, or for one answer at the terminal."""

ADDRESS = "127.0.0.1:8000"
"""Where the pages say that Convo listens; here it listens on a port that is free."""

END_OF_INPUT = b"\x04"
"""Ctrl-D."""

NEW_BUSINESS = "$ convo init shop --template blank\n...\n$ cd shop\n"

A_VISIT = """\
$ convo chat --now "2026-11-22 10:00" --say visit --say cut --say "tomorrow 3pm" --say y \\
    --say "/wait 5h" --say 9
...
< Booked: Mon 23 Nov, 3:00 pm.
~ 5h
< Tomorrow: Haircut, Mon 23 Nov, 3:00 pm.
< From 0 to 10, how was it?
> 9
"""

ITS_CHAT = "$ convo test\n...\n1 chat passed, 0 failed\n"

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
PROMPT = re.compile(r"^(?:\+\d+|[A-Z][a-z]{2} \d\d:\d\d) > (?P<typed>.*)$")
PROMPTS = re.compile(r"(?:\+\d+|[A-Z][a-z]{2} \d\d:\d\d) > ")
BLOCK = re.compile(r"^```[a-z]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")
MARK = re.compile(r"<!-- (?P<kind>[a-z ]+?)(?:: (?P<about>.+?))? -->\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block and what the comment before it says."""

    line: int
    kind: str
    about: str
    text: str


def blocks_of(page: Path) -> Iterator[Block]:
    """Every fenced block of a page; one without a comment is a mistake of the page."""
    source = page.read_text("utf-8")
    for found in BLOCK.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        mark = MARK.search(source, 0, found.start())
        assert mark, f"{page.name}:{line}: no comment says what this block is"
        yield Block(line=line, kind=mark["kind"], about=mark["about"] or "", text=found["text"])


def as_pattern(text: str) -> str:
    """`...` alone on a line stands for any lines, else for anything in a line."""
    lines = [
        r"(?:.*\n)*?"
        if line.strip() == "..."
        else r".*?".join(map(re.escape, line.split("..."))) + r"\n"
        for line in tidy(text).splitlines()
    ]
    return "".join(lines)


def tidy(text: str) -> str:
    """Without blanks at the ends of lines, and without empty lines at both ends."""
    return "".join(f"{line.rstrip()}\n" for line in text.strip().splitlines())


class Reader:
    """Somebody who does what a page says, in a folder where the pages begin."""

    def __init__(self, page: Path, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.serving: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        programs = folder / ".programs"
        programs.mkdir()
        convo = programs / "convo"
        convo.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m convo.cli "$@"\n', "utf-8")
        convo.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "100",
            "TERM": "dumb",  # without the movements of a cursor
        }

    def does(self, block: Block) -> None:
        match block.kind:
            case "file":
                file = self.folder / block.about
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text, "utf-8")
            case "more of":
                file = self.folder / block.about
                file.write_text(f"{file.read_text('utf-8')}\n{block.text}", "utf-8")
            case "edit":
                self.edits(block)
            case "part of":
                there = (self.folder / block.about).read_text("utf-8")
                assert block.text in there, self.at(block, f"this is no part of {block.about}")
            case "run":
                self.runs(block)
            case "terminal":
                self.types(block)
            case "serve":
                self.serves(block)
            case "not run":
                assert block.about, self.at(block, "why is this not run?")
            case _:
                raise AssertionError(self.at(block, f"nobody knows what {block.kind} means"))

    def edits(self, block: Block) -> None:
        file = self.folder / block.about
        source = file.read_text("utf-8")
        lines = block.text.splitlines(keepends=True)
        before = "".join(line[1:] or "\n" for line in lines if line[0] in " -\n")
        after = "".join(line[1:] or "\n" for line in lines if line[0] in " +\n")
        assert source.count(before) == 1, self.at(block, f"the lines are not once in {file.name}")
        file.write_text(source.replace(before, after), "utf-8")

    def runs(self, block: Block) -> None:
        for command, expected in commands_of(block.text):
            if command.startswith("cd "):
                self.folder /= command.removeprefix("cd ")
                continue
            ran = subprocess.run(
                command,
                shell=True,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE,
                check=False,
            )
            self.compares(block, expected, ran.stdout.decode())
            if command.startswith("convo init "):
                self.listens(self.folder / command.split()[2] / "convo.toml")

    def types(self, block: Block) -> None:
        """At a terminal: each line is typed when all that is written before it is there."""
        ((command, transcript),) = commands_of(block.text)
        folder = self.folder
        if command == "make run":
            # What make does before it is tried by whoever runs these tests.
            command, folder = "convo run", self.opens_the_example()
        screen, theirs = pty.openpty()
        child = subprocess.Popen(
            f"exec {command}",
            shell=True,
            cwd=folder,
            env=self.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        try:
            seen, expected, prompts = "", "", 0
            for line in transcript.splitlines():
                typed = PROMPT.match(line)
                if typed:
                    prompts += 1
                    seen = self.sees(screen, seen, expected, prompts, block)
                    os.write(screen, f"{typed['typed']}\r".encode())
                expected += f"{typed['typed'] if typed else line}\n"
            self.sees(screen, seen, expected, prompts + 1, block)
            assert hung_up(child, screen) == 0, self.at(block, "Ctrl-D does not end it well")
        finally:
            child.kill()
            child.wait()
            os.close(screen)

    def sees(self, screen: int, seen: str, expected: str, prompts: int, block: Block) -> str:
        """Read on until it is all there, and the prompt too: what is typed before is lost."""
        until = time.monotonic() + PATIENCE
        while (
            not re.fullmatch(self.here(expected), plain(seen))
            or len(PROMPTS.findall(ESCAPES.sub("", seen))) < prompts
        ):
            if not select.select([screen], [], [], max(0.0, until - time.monotonic()))[0]:
                break
            try:
                seen += os.read(screen, 65_536).decode(errors="replace")
            except OSError:  # it has ended
                break
        self.compares(block, expected, plain(seen))
        return seen

    def serves(self, block: Block) -> None:
        ((command, expected),) = commands_of(block.text)
        serving = subprocess.Popen(
            f"exec {command}",
            shell=True,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.serving.append(serving)
        assert serving.stdout is not None
        self.compares(block, expected, serving.stdout.readline().decode())

    def opens_the_example(self) -> Path:
        folder = self.folder / ".example"
        folder.mkdir()
        for name in EXAMPLE:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
        self.listens(folder / "convo.toml")
        return folder

    def listens(self, settings: Path) -> None:
        """Where nobody else does."""
        text = settings.read_text("utf-8")
        bind = f'[server]\nbind = "{self.address}"\n'
        there = f'[server]\nbind = "{ADDRESS}"\n'
        settings.write_text(
            text.replace(there, bind) if there in text else f"{text}\n{bind}", "utf-8"
        )

    def here(self, expected: str) -> str:
        return as_pattern(expected.replace(ADDRESS, self.address))

    def compares(self, block: Block, expected: str, said: str) -> None:
        assert re.fullmatch(self.here(expected), tidy(said)), self.at(
            block, f"it does not print this.\n--- the page\n{expected}\n--- it prints\n{said}"
        )

    def at(self, block: Block, what: str) -> str:
        return f"{self.page.name}:{block.line}: {what}"

    def ends(self) -> None:
        for serving in self.serving:
            serving.terminate()
            serving.communicate(timeout=PATIENCE)


def hung_up(child: subprocess.Popen[bytes], screen: int) -> int | None:
    """The exit code after Ctrl-D: more than one, for before the prompt listens it is lost."""
    until = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < until:
        os.write(screen, END_OF_INPUT)
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.2)
    return child.returncode


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """Each `$ command` with the lines below it; a command goes on behind a backslash."""
    for piece in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = piece.replace("\\\n", " ").partition("\n")
        yield " ".join(command.split()) if "'" not in command else command, output


def plain(seen: str) -> str:
    """The screen without colours and prompts, for a prompt may come before or after an answer.

    What is typed while an answer is being written is echoed twice: by the prompt, and by the line.
    """
    lines = tidy(PROMPTS.sub("", ESCAPES.sub("", seen))).splitlines()
    return "".join(f"{line}\n" for n, line in enumerate(lines) if not n or line != lines[n - 1])


def is_done(page: Path, folder: Path, *, before: str = "", after: str = "") -> None:
    """Do the page; `before` and `after` are commands that it leaves to the reader's wit."""
    reader = Reader(page, folder)
    try:
        reader.runs(Block(line=0, kind="run", about="", text=before))
        for block in blocks_of(page):
            reader.does(block)
        reader.runs(Block(line=0, kind="run", about="", text=after))
    finally:
        reader.ends()


def test_the_tutorial_is_true_from_top_to_bottom(tmp_path: Path) -> None:
    is_done(ROOT / "docs/tutorial.md", tmp_path)


def test_the_flow_and_the_chat_of_the_readme_are_a_business(tmp_path: Path) -> None:
    is_done(
        ROOT / "README.md",
        tmp_path,
        before=NEW_BUSINESS,
        after="$ convo test\n...\n1 chat passed, 0 failed\n",
    )


def test_the_patterns_of_how_to_write_a_flow_are_flows(tmp_path: Path) -> None:
    is_done(
        ROOT / "docs/how-to/write-a-flow.md",
        tmp_path,
        before="$ convo init shop --template survey\n...\n$ cd shop\n$ rm -r flows\n",
        after="$ convo check\nAll is well: 5 flows, 1 handler.\n" + A_VISIT + ITS_CHAT,
    )


def test_the_flow_of_how_to_change_a_live_flow_is_in_order(tmp_path: Path) -> None:
    is_done(
        ROOT / "docs/how-to/change-a-live-flow.md",
        tmp_path,
        before=NEW_BUSINESS,
        after="$ convo check\nAll is well: 2 flows, 1 handler.\n",
    )


def test_the_handlers_of_how_to_write_a_handler_answer(tmp_path: Path) -> None:
    is_done(ROOT / "docs/how-to/write-a-handler.md", tmp_path, before=NEW_BUSINESS)


def test_the_chats_of_how_to_test_with_chats_pass(tmp_path: Path) -> None:
    is_done(ROOT / "docs/how-to/test-with-chats.md", tmp_path, before=NEW_BUSINESS)


def test_the_page_of_law_words_has_them_all() -> None:
    page = (ROOT / "docs/how-to/law-words-and-consent.md").read_text("utf-8").splitlines()
    rows = [
        f"| {row.means} | {', '.join(row.countries) or 'everywhere'} | {', '.join(row.words)} |"
        for row in LAW_WORDS
    ]
    assert [line for line in page if line in rows] == rows


def test_every_command_is_in_the_readme() -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"| `convo {name}" not in page] == []


def test_every_link_of_the_pages_leads_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for target in LINK.findall(page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: there is no {target}"
