"""The house rules that no linter knows; each is a function of sources and is shown to bite."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINES_AT_MOST = 400
REFUSED_ROOMS = re.compile(
    "utils?|helpers?|common|misc|base|managers?|services?|models?|types", re.IGNORECASE
)
REFUSED_PREFIXES = ("get_", "process_", "handle_", "do_")
SECRET_WORDS = frozenset(("sig", "signature", "token", "mac", "hmac", "digest"))
MAY_PRINT = ("convo/cli/", "convo/providers/console.py")
STANDARD_LIBRARY_ONLY = {"convo/core/": {"msgspec"}, "convo/authoring.py": set[str]()}
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|NotImplementedError)\b")
# Folders of one developer's machine, and the hosts and settings of package registries. An address
# like https://sms.example/home/x is neither, so what stands before the slash counts.
MACHINE = re.compile(
    r"(?<![\w.\]})])/(?:work|home|root|Users|mnt|tmp)/[A-Za-z]"
    r"|registry\.[a-z]+js\.org|files\.python[h]osted|pypi\.org/[s]imple|\.pkg\.[d]ev\b"
    r"|--(?:extra-)?index[-]url|--find[-]links"
)

Rule = Callable[[str, ast.Module, str], Iterable[str]]


# --- the rules: (path, tree, source) -> what is wrong, each as one sentence ----------------------


def refused_rooms(path: str, _tree: ast.Module, _source: str) -> Iterator[str]:
    for name in Path(path).with_suffix("").parts:
        if REFUSED_ROOMS.fullmatch(name.strip("_")):
            yield f"{path}: a room called {name} says nothing; name the noun it is about"


def missing_docstring(path: str, tree: ast.Module, _source: str) -> Iterator[str]:
    if tree.body and not ast.get_docstring(tree):
        yield f"{path}: say in one sentence at the top what lives here"


def too_long(path: str, _tree: ast.Module, source: str) -> Iterator[str]:
    lines = len(source.splitlines())
    if lines > LINES_AT_MOST:
        yield f"{path}: {lines} lines; a room has at most {LINES_AT_MOST}"


def imports_for_types_only(path: str, tree: ast.Module, _source: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case (
                ast.Name(id="TYPE_CHECKING")
                | ast.Attribute(attr="TYPE_CHECKING")
                | ast.alias(name="TYPE_CHECKING")
            ):
                yield f"{path}:{node.lineno}: TYPE_CHECKING hides a circle; move the noun down"
            case _:
                pass


def built_attribute_names(path: str, tree: ast.Module, _source: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.BinOp() | ast.JoinedStr(), *_]):
                yield f"{path}:{node.lineno}: getattr by a name put together; use a dict"
            case _:
                pass


def empty_verbs(path: str, tree: ast.Module, _source: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        given = node.name.startswith("__") and node.name.endswith("__")  # by Python or pydantic
        if not given and node.name.lstrip("_").startswith(REFUSED_PREFIXES):
            yield f"{path}:{node.lineno}: {node.name}: say what it does or tells"


def plainly_compared_secrets(path: str, tree: ast.Module, _source: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if isinstance(operator, ast.Eq | ast.NotEq) and not (is_empty(left) or is_empty(right)):
                for side in (left, right):
                    if SECRET_WORDS & set(last_name(side).lower().split("_")):
                        yield (
                            f"{path}:{node.lineno}: compare {last_name(side)} by "
                            "hmac.compare_digest; == tells how much of it was right"
                        )


def is_empty(node: ast.expr) -> bool:
    """Whether it is a literal that says "nothing there": that comparison gives nothing away."""
    return isinstance(node, ast.Constant) and not node.value


def last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case _:
            return ""


def stray_prints(path: str, tree: ast.Module, _source: str) -> Iterator[str]:
    if path.startswith(MAY_PRINT):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) == "print":
            yield f"{path}:{node.lineno}: only the command line prints; log it, or return it"


def unfinished_marks(path: str, _tree: ast.Module, source: str) -> Iterator[str]:
    for number, line in enumerate(source.splitlines(), start=1):
        if mark := UNFINISHED.search(line):
            yield f"{path}:{number}: {mark[0]}: finish it or leave it out"


def foreign_imports(path: str, tree: ast.Module, _source: str) -> Iterator[str]:
    """core and authoring stand on the standard library (and the codec on msgspec)."""
    for room, allowed in STANDARD_LIBRARY_ONLY.items():
        if not path.startswith(room):
            continue
        for name, line in imported(tree):
            if name not in allowed | {"convo"} and name not in sys.stdlib_module_names:
                yield f"{path}:{line}: {room} stands on the standard library; {name} is not in it"


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield alias.name.partition(".")[0], node.lineno
            case ast.ImportFrom(module=str() as module, level=0):
                yield module.partition(".")[0], node.lineno
            case _:
                pass


def skipped_tests(path: str, tree: ast.Module, _source: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(
                value=ast.Name(id="pytest") | ast.Attribute(attr="mark"),
                attr="skip" | "skipif" | "xfail" | "importorskip",
            ):
                yield f"{path}:{node.lineno}: a test runs, or is not there; install what it needs"
            case _:
                pass


def machine_marks(path: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if mark := MACHINE.search(line):
            yield f"{path}:{number}: {mark[0]} is of one machine; the project names none"


def untested_entries(
    table: Mapping[str, object], name: str, expected: Callable[[str], Path]
) -> Iterator[str]:
    for key in table:
        if not expected(key).is_file():
            yield f"{name}[{key!r}] has no test: write {expected(key).as_posix()}"


def unmentioned_commands(commands: Iterable[str], tests: str) -> Iterator[str]:
    for command in commands:
        if not re.search(rf"""["']{re.escape(command)}["']""", tests):
            yield f"no test in tests/cli calls {command!r}"


# --- the house as it stands ----------------------------------------------------------------------

RULES: tuple[Rule, ...] = (
    refused_rooms,
    missing_docstring,
    too_long,
    imports_for_types_only,
    built_attribute_names,
    empty_verbs,
    plainly_compared_secrets,
    stray_prints,
    unfinished_marks,
    foreign_imports,
)


def found(rule: Rule, root: Path, folder: str) -> list[str]:
    """What `rule` says of every Python file under `folder`, in the order of their names."""
    faults: list[str] = []
    for file in sorted((root / folder).rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        faults += rule(file.relative_to(root).as_posix(), ast.parse(source, str(file)), source)
    return faults


def tracked(root: Path) -> list[Path]:
    """Every file git keeps or would keep, whoever owns the folder."""
    answer = subprocess.run(
        [
            "git",
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        cwd=root,
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 0, f"git ls-files: {answer.stderr.decode()}"
    return [root / name for name in answer.stdout.decode().split("\0") if name]


def marks_in(files: Iterable[Path], root: Path) -> list[str]:
    faults: list[str] = []
    for file in files:
        raw = file.read_bytes() if file.is_file() else b""
        if b"\0" not in raw:
            name = file.relative_to(root).as_posix()
            faults += machine_marks(name, raw.decode("utf-8", "replace"))
    return faults


def listed(faults: Iterable[str]) -> str:
    return "\n".join(faults)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert listed(found(rule, ROOT, "convo")) == ""


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    assert listed(found(skipped_tests, ROOT, "tests")) == ""


def test_no_file_names_a_machine_or_a_registry() -> None:
    files = tracked(ROOT)
    assert ROOT / "pyproject.toml" in files
    assert listed(marks_in(files, ROOT)) == ""


def test_every_step_kind_has_a_test() -> None:
    from convo.steps import KINDS

    assert len(KINDS) > 0
    assert listed(untested_entries(KINDS, "KINDS", in_tests("steps"))) == ""


def test_every_provider_has_a_test() -> None:
    from convo.wiring import PROVIDERS

    assert len(PROVIDERS) > 0
    assert listed(untested_entries(PROVIDERS, "PROVIDERS", in_tests("providers"))) == ""


def test_every_command_has_a_test() -> None:
    from convo.cli import COMMANDS

    assert len(COMMANDS) > 0
    texts = "".join(file.read_text("utf-8") for file in (ROOT / "tests" / "cli").rglob("test_*.py"))
    assert listed(unmentioned_commands(COMMANDS, texts)) == ""


def test_every_kind_of_record_is_in_the_table_and_is_kept_somewhere() -> None:
    from convo.core.records import KINDS

    assert kinds_recorded(sources(ROOT / "convo")) == set(KINDS)


def test_every_metric_is_in_the_table_and_is_counted_somewhere() -> None:
    from convo.runtime.metrics import METRICS

    named = {
        name
        for path, source in sources(ROOT / "convo").items()
        if path.name != "metrics.py"
        for name in METRIC.findall(source)
    }
    assert named == set(METRICS)


METRIC = re.compile(r'"(convo_[a-z_]+)"')


def kinds_recorded(texts: Mapping[Path, str]) -> set[str]:
    """The kinds of records that are written down: by `record("kind", ...)` or `Record(...)`."""
    kinds: set[str] = set()
    for source in texts.values():
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="record"), args=[ast.Constant(value=str(kind)), *_]
                ):
                    kinds.add(kind)
                case ast.Call(func=ast.Name(id="Record"), keywords=keywords):
                    kinds |= {
                        str(each.value.value)
                        for each in keywords
                        if each.arg == "kind" and isinstance(each.value, ast.Constant)
                    }
                case _:
                    pass
    return kinds


def sources(folder: Path) -> Mapping[Path, str]:
    return {file: file.read_text("utf-8") for file in sorted(folder.rglob("*.py"))}


def in_tests(folder: str) -> Callable[[str], Path]:
    return lambda key: ROOT / "tests" / folder / f"test_{key}.py"


# --- each rule bites -----------------------------------------------------------------------------

LONG = '"""Long."""\n' + "x = 1\n" * LINES_AT_MOST

PLANTED: list[tuple[Rule, str, str]] = [
    (refused_rooms, "convo/web/utils.py", ""),
    (refused_rooms, "convo/services/sms.py", ""),
    (refused_rooms, "convo/steps/_base.py", ""),
    (missing_docstring, "convo/web/health.py", "import json\n"),
    (missing_docstring, "convo/web/__init__.py", "import json\n"),
    (too_long, "convo/core/turns.py", LONG),
    (imports_for_types_only, "convo/a.py", "from typing import TYPE_CHECKING\n"),
    (imports_for_types_only, "convo/a.py", "import typing as t\nif t.TYPE_CHECKING:\n    pass\n"),
    (built_attribute_names, "convo/a.py", 'getattr(self, "on_" + name)()\n'),
    (built_attribute_names, "convo/a.py", 'getattr(self, f"on_{name}", None)\n'),
    (empty_verbs, "convo/a.py", "def get_contact(): ...\n"),
    (empty_verbs, "convo/a.py", "class A:\n    async def _handle_text(self): ...\n"),
    (plainly_compared_secrets, "convo/a.py", "ok = signature == given\n"),
    (plainly_compared_secrets, "convo/a.py", "ok = wanted != self.path_token\n"),
    (plainly_compared_secrets, "convo/a.py", 'ok = form["sig"] == wanted\n'),
    (stray_prints, "convo/runtime/owner.py", 'print("here")\n'),
    (unfinished_marks, "convo/a.py", "x = 1  # TO" + "DO later\n"),
    (unfinished_marks, "convo/a.py", "raise NotImplemented" + "Error\n"),
    (foreign_imports, "convo/core/numbers.py", "import phonenumbers\n"),
    (foreign_imports, "convo/authoring.py", "from msgspec import json\n"),
    (skipped_tests, "convo/test_a.py", "@pytest.mark.skipif(True)\ndef test_a(): ...\n"),
    (skipped_tests, "convo/test_a.py", 'pytest.importorskip("redis")\n'),
]

HARMLESS: list[tuple[Rule, str, str]] = [
    (refused_rooms, "convo/web/typeset.py", ""),
    (missing_docstring, "convo/web/__init__.py", ""),
    (too_long, "convo/a.py", "x = 1\n" * LINES_AT_MOST),
    (built_attribute_names, "convo/a.py", "getattr(value, field.name)\n"),
    (empty_verbs, "convo/a.py", "def gettext(): ...\ndef document(): ...\n"),
    (plainly_compared_secrets, "convo/a.py", 'a = token == ""\nb = len(digest) == 32\n'),
    (plainly_compared_secrets, "convo/a.py", "ok = hmac.compare_digest(signature, given)\n"),
    (stray_prints, "convo/cli/serving.py", 'print("here")\n'),
    (foreign_imports, "convo/core/codec.py", "import json, msgspec\nfrom convo import errors\n"),
    (skipped_tests, "convo/test_a.py", "@pytest.mark.anyio\nasync def test_a(): ...\n"),
]


def plant(root: Path, name: str, source: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True)
    file.write_text(source, encoding="utf-8")


@pytest.mark.parametrize(("rule", "name", "source"), PLANTED)
def test_a_planted_fault_is_found(rule: Rule, name: str, source: str, tmp_path: Path) -> None:
    plant(tmp_path, name, source)
    faults = found(rule, tmp_path, "convo")
    assert len(faults) == 1
    assert faults[0].startswith(name)


@pytest.mark.parametrize(("rule", "name", "source"), HARMLESS)
def test_what_only_looks_alike_passes(rule: Rule, name: str, source: str, tmp_path: Path) -> None:
    plant(tmp_path, name, source)
    assert found(rule, tmp_path, "convo") == []


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, _, _ in PLANTED} == {*RULES, skipped_tests}


@pytest.mark.parametrize(
    "line",
    [
        "see /wo" + "rk/main/notes",
        "PATH = '/ho" + "me/ann/x'",
        "pip install --find-" + "links wheels",
        '"resolved": "https://registry.npm' + 'js.org/a"',
    ],
)
def test_a_planted_machine_mark_is_found(line: str, tmp_path: Path) -> None:
    plant(tmp_path / "docs", "notes/page.md", f"# Notes\n\n{line}\n")
    page = tmp_path / "docs" / "notes" / "page.md"
    faults = marks_in([page], tmp_path)
    assert len(faults) == 1
    assert faults[0].startswith("docs/notes/page.md:3: ")


def test_an_address_or_a_system_path_is_no_machine_mark(tmp_path: Path) -> None:
    plant(
        tmp_path / "docs", "page.md", "https://sms.example/home/x /usr/lib/kannel/smsbox ./home/a"
    )
    assert marks_in([tmp_path / "docs" / "page.md"], tmp_path) == []


def test_a_table_entry_without_a_test_is_found(tmp_path: Path) -> None:
    (tmp_path / "test_say.py").touch()
    faults = list(
        untested_entries({"say": 1, "ask": 2}, "KINDS", lambda key: tmp_path / f"test_{key}.py")
    )
    assert len(faults) == 1
    assert faults[0].startswith("KINDS['ask'] has no test")


def test_a_kind_of_record_is_found_wherever_it_is_written_down() -> None:
    source = 'desk.record("said", id=1)\nrow = Record(kind="sent", facts={})\nself.record(kind)\n'
    assert kinds_recorded({Path("convo/a.py"): source}) == {"said", "sent"}


def test_a_command_without_a_test_is_found() -> None:
    assert list(unmentioned_commands(["run", "check"], 'invoke(["run"])')) == [
        "no test in tests/cli calls 'check'"
    ]
