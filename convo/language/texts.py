"""Texts as authors write them: in one language or several, one wording or any, one or more."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Self, cast

from babel import localedata

from convo.core.languages import base_of, forms_of, nearest, script_of
from convo.language.allowed import Use
from convo.language.authored import Authored
from convo.language.document import Path
from convo.language.localising import kind_of
from convo.language.sandbox import MAX_TEXT, inspected_text, is_template, rendered
from convo.language.scope import Scope
from convo.language.text_problems import TextProblem
from convo.sentences import sentence

MAX_MESSAGES = 10
MAX_WORDINGS = 20
ANY = "any"

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    source: str
    live: bool  # whether Jinja has anything to do in it


@dataclass(frozen=True, slots=True, kw_only=True)
class _ByLanguage:
    texts: "Mapping[str, _Tree]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _AnyOf:
    texts: "tuple[_Tree, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Several:
    texts: "tuple[_Tree, ...]"


_Tree = _Message | _ByLanguage | _AnyOf | _Several


@lru_cache(maxsize=512)
def is_language(code: str) -> bool:
    """Whether this is a language tag that is known: "en", "zh", "zh-Hant", "pt-BR"."""
    return bool(_LANGUAGE.fullmatch(code)) and localedata.exists(code.partition("-")[0])


def spoken(known: Sequence[str] | Mapping[str, object], language: str) -> str | None:
    """This language or the nearest form of it, if any is known."""
    return language if language in known else nearest(known, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Authored):
    """One or more messages to a contact. Two are equal when they were written alike.

    A text is a string, a map of languages, `{any: [...]}` for several wordings, or a list for
    several messages in order; each of these may hold the others, none holds its own kind.
    """

    JSON_SCHEMA: ClassVar[dict[str, Any]] = {
        "description": "A text, a map of languages, {any: [...]} or a list of messages",
        "anyOf": [
            {"type": "string"},
            {"type": "object", "minProperties": 1},
            {"type": "array", "minItems": 1, "maxItems": MAX_MESSAGES},
        ],
    }

    raw: object = field(repr=False, hash=False)
    uses: tuple[Use, ...] = field(repr=False, compare=False)
    functions: frozenset[str] = field(repr=False, compare=False)
    languages: frozenset[str] = field(compare=False)
    _tree: _Tree = field(repr=False, compare=False)

    @classmethod
    def read(cls, raw: object) -> Self:
        """Checks everything, runs nothing; raises TextProblem with all further ones in it."""
        if isinstance(raw, cls):
            return raw
        reading = _Reading()
        tree = reading.tree(raw, (), frozenset())
        if reading.problems or tree is None:
            first, *others = reading.problems
            first.others = tuple(others)
            raise first
        return cls(
            raw=raw,
            uses=tuple(reading.uses),
            functions=frozenset(reading.functions),
            languages=frozenset(reading.languages),
            _tree=tree,
        )

    @property
    def written(self) -> object:
        return self.raw

    @property
    def variables(self) -> frozenset[str]:
        """The names used in any language or wording, dotted: "contact.fan"."""
        return frozenset(use.name for use in self.uses)

    def lacking(self, languages: Sequence[str]) -> frozenset[str]:
        """Those of these languages that some part of the text is not written in."""
        return frozenset(_lacking(self._tree, languages))

    def sources(self, language: str) -> tuple[str, ...]:
        """Everything that could be said in this language as written, all wordings included."""
        return tuple(_sources(self._tree, language))

    def render(
        self, scope: Scope, *, chance: str, languages: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """The messages to send, one string each; one that comes out blank is not sent.

        `chance` picks among wordings and is the same for the same string, so a replay says the
        same. `languages` are tried in order when the contact's own is not written. Values are
        shown in the language that the text turned out to be in.
        """
        spoken_here = scope
        if languages and spoken(languages, scope.language) is None:
            spoken_here = scope.speaking(languages[0])
        said = _said(self._tree, scope, spoken_here, chance, languages)
        return tuple(message for message in said if message.strip())


class _Reading:
    """Walks what was written and gathers every problem, name and language."""

    def __init__(self) -> None:
        self.problems: list[TextProblem] = []
        self.uses: list[Use] = []
        self.functions: set[str] = set()
        self.languages: set[str] = set()

    def refuse(self, message: str, path: Path) -> None:
        self.problems.append(TextProblem(message, path))

    def tree(self, raw: object, path: Path, inside: frozenset[type]) -> _Tree | None:
        if isinstance(raw, str):
            return self.message(raw, path)
        if isinstance(raw, Mapping):
            return self.mapping(cast("Mapping[str, object]", raw), path, inside)
        if isinstance(raw, (list, tuple)):
            entries = cast("Sequence[object]", raw)
            below = self.listed(entries, path, inside, _Several, MAX_MESSAGES, sentence("messages"))
            return None if below is None else _Several(texts=below)
        if raw is None:
            self.refuse(sentence("The text is missing."), path)
        elif isinstance(raw, bool):
            self.refuse(
                sentence(
                    '"{word}" is read as yes or no here. Put it in quotes.', word=str(raw).lower()
                ),
                path,
            )
        else:
            self.refuse(sentence("A text is wanted here, not {kind}.", kind=kind_of(raw)), path)
        return None

    def message(self, raw: str, path: Path) -> _Message | None:
        source = raw.strip()
        if not source:
            self.refuse(sentence("The text is empty."), path)
            return None
        if not is_template(source):
            if len(source) > MAX_TEXT:
                self.refuse(
                    sentence(
                        "The text is longer than {max_text} characters.", max_text=f"{MAX_TEXT:,}"
                    ),
                    path,
                )
            return _Message(source=source, live=False)
        # Looked at as written, so that places in it are right; rendered without its margins.
        try:
            found = inspected_text(raw)
        except TextProblem as problem:
            self.problems.append(problem.below(path))
            return None
        self.uses.extend(
            Use(name=use.name, path=path, line=use.line, column=use.column) for use in found.uses
        )
        self.functions |= found.functions
        return _Message(source=source, live=True)

    def mapping(
        self, raw: Mapping[str, object], path: Path, inside: frozenset[type]
    ) -> _Tree | None:
        if ANY in raw:
            wordings = raw[ANY]
            if len(raw) > 1 or not isinstance(wordings, (list, tuple)):
                self.refuse(sentence("Several wordings are written {{any: [one, other]}}."), path)
                return None
            entries = cast("Sequence[object]", wordings)
            below = self.listed(
                entries, (*path, ANY), inside, _AnyOf, MAX_WORDINGS, sentence("wordings")
            )
            return None if below is None else _AnyOf(texts=below)
        if _ByLanguage in inside:
            self.refuse(sentence("A language cannot hold languages again."), path)
            return None
        if not raw:
            self.refuse(sentence("The text is missing."), path)
        found: dict[str, _Tree] = {}
        for code, value in raw.items():
            here = (*path, code)
            if not is_language(code):
                self.refuse(
                    sentence(
                        '"{code}" is not a language code, such as en, zh or pt-BR.', code=code
                    ),
                    here,
                )
                continue
            self.languages.add(code)
            tree = self.tree(value, here, inside | {_ByLanguage})
            if tree is not None:
                found[code] = tree
        return _ByLanguage(texts=found)

    def listed(
        self,
        raw: Sequence[object],
        path: Path,
        inside: frozenset[type],
        kind: type,
        most: int,
        name: str,
    ) -> tuple[_Tree, ...] | None:
        if kind in inside:
            self.refuse(sentence("A list of {name} cannot hold another.", name=name), path)
            return None
        if not 1 <= len(raw) <= most:
            self.refuse(sentence("Write 1 to {most} {name}.", most=most, name=name), path)
            return None
        trees = [self.tree(one, (*path, at), inside | {kind}) for at, one in enumerate(raw)]
        return tuple(tree for tree in trees if tree is not None)


def _said(
    tree: _Tree, scope: Scope, neutral: Scope, chance: str, languages: Sequence[str]
) -> Iterator[str]:
    """`scope` has the contact's language; `neutral` is for texts that are in no language."""
    if isinstance(tree, _Message):
        yield rendered(tree.source, neutral) if tree.live else tree.source
    elif isinstance(tree, _ByLanguage):
        language = _chosen(tree.texts, scope.language, languages)
        # In the contact's own form of the language, with its region, but in the text's script.
        own = base_of(language) == base_of(scope.language)
        alike = own and script_of(language) == script_of(scope.language)
        shown_in = scope if alike else scope.speaking(language)
        yield from _said(tree.texts[language], scope, shown_in, chance, languages)
    elif isinstance(tree, _AnyOf):
        index = zlib.crc32(chance.encode()) % len(tree.texts)
        yield from _said(tree.texts[index], scope, neutral, chance, languages)
    else:
        for number, text in enumerate(tree.texts):
            yield from _said(text, scope, neutral, f"{chance}/{number}", languages)


def _chosen(texts: Mapping[str, _Tree], language: str, languages: Sequence[str]) -> str:
    for wanted in (language, *languages):
        known = spoken(texts, wanted)
        if known is not None:
            return known
    return next(iter(texts))


def _lacking(tree: _Tree, languages: Sequence[str]) -> Iterator[str]:
    if isinstance(tree, _ByLanguage):
        yield from (each for each in languages if not tree.texts.keys() & {*forms_of(each)})
        for text in tree.texts.values():
            yield from _lacking(text, languages)
    elif isinstance(tree, (_AnyOf, _Several)):
        for text in tree.texts:
            yield from _lacking(text, languages)


def _sources(tree: _Tree, language: str) -> Iterator[str]:
    if isinstance(tree, _Message):
        yield tree.source
    elif isinstance(tree, _ByLanguage):
        yield from _sources(tree.texts[_chosen(tree.texts, language, ())], language)
    else:
        for text in tree.texts:
            yield from _sources(text, language)
