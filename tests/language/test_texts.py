"""Texts: languages, wordings, several messages, and how values look in them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from convo.errors import RenderError
from convo.language.scope import Choice, Scope
from convo.language.text_problems import TextProblem
from convo.language.texts import Text

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
WHEN = datetime(2026, 11, 23, 15, 0, tzinfo=SHANGHAI)


def scope(language: str = "en", **names: object) -> Scope:
    return Scope(names=names, language=language, zone=SHANGHAI, now=NOW)


def said(raw: object, language: str = "en", **names: object) -> str:
    (message,) = Text.read(raw).render(
        scope(language, **names), chance="1", languages=("en", "zh", language)
    )
    return message


def problem(raw: object) -> TextProblem:
    with pytest.raises(TextProblem) as raised:
        Text.read(raw)
    return raised.value


SHOWN = [
    (WHEN, "Mon 23 Nov, 3:00 pm", "11月23日周一 下午3:00"),
    (WHEN.astimezone(UTC), "Mon 23 Nov, 3:00 pm", "11月23日周一 下午3:00"),
    (datetime(2026, 11, 23, 15, 0), "Mon 23 Nov, 3:00 pm", "11月23日周一 下午3:00"),
    (WHEN.replace(year=2027), "Tue 23 Nov 2027, 3:00 pm", "2027年11月23日周二 下午3:00"),
    (WHEN.replace(hour=0), "Mon 23 Nov, 12:00 am", "11月23日周一 凌晨12:00"),
    (WHEN.replace(hour=12, minute=5), "Mon 23 Nov, 12:05 pm", "11月23日周一 中午12:05"),
    (WHEN.replace(hour=20), "Mon 23 Nov, 8:00 pm", "11月23日周一 晚上8:00"),
    (date(2026, 11, 23), "Mon 23 Nov", "11月23日周一"),
    (date(2025, 1, 4), "Sat 4 Jan 2025", "2025年1月4日周六"),
    (time(9, 5), "9:05 am", "上午9:05"),
    (time(15), "3:00 pm", "下午3:00"),
    (7, "7", "7"),
    (-12, "-12", "-12"),
    (1234567, "1,234,567", "1,234,567"),
    (1234.5, "1,234.5", "1,234.5"),
    (0.1 + 0.2, "0.3", "0.3"),
    (Decimal("12345.50"), "12,345.5", "12,345.5"),
    (True, "yes", "是"),
    (False, "no", "否"),
    (["a", 2], "a and 2", "a和2"),
    (Choice("cut", {"en": "Haircut", "zh": "剪发"}), "Haircut", "剪发"),
    ("as it is", "as it is", "as it is"),
]


@pytest.mark.parametrize(("value", "english", "chinese"), SHOWN)
def test_values_look_as_people_write_them(value: object, english: str, chinese: str) -> None:
    assert said("{{ it }}", "en", it=value) == english
    assert said("{{ it }}", "zh", it=value) == chinese


@pytest.mark.parametrize("language", ["fr", "de", "es", "en-US", "ru", "ar", "xx"])
def test_no_language_brings_spaces_that_make_a_text_dearer(language: str) -> None:
    text = said("{{ a }} {{ b }} {{ c }}", language, a=WHEN, b=1234567.5, c=time(15))
    assert not {"\u00a0", "\u202f", "\u2009"} & set(text)


def test_other_languages_go_by_their_own_habits() -> None:
    assert said("{{ it }}", "de", it=WHEN) == "Mo., 23. Nov., 15:00"
    assert said("{{ it }}", "en-US", it=WHEN) == "Mon, Nov 23, 3:00 PM"
    assert said("{{ it }}", "fr", it=1234567) == "1 234 567"


def test_a_label_falls_back_to_its_wider_language_and_then_to_the_first() -> None:
    cut = Choice("cut", {"en": "Haircut", "zh": "剪发"})
    assert said("{{ it }}", "zh-Hant", it=cut) == "剪发"
    assert said("{{ it }}", "fr", it=cut) == "Haircut"
    assert said("{{ it }}", "fr", it=Choice("cut", {})) == "cut"
    assert cut == "cut"


FILTERED = [
    ("{{ nick|default('friend') }}", "friend"),
    ("{{ nobody|default('friend') }}", "friend"),
    ("{{ contact.nobody|default(name) }}", "ann lee"),
    ("{{ name|upper }} {{ name|title }} {{ name|capitalize }}", "ANN LEE Ann Lee Ann lee"),
    ("{{ cut|upper }}", "HAIRCUT"),
    ("{{ '  x '|trim }}{{ name|length }}", "x7"),
    ("{{ 7 / 3 | round(2) }} {{ (7 / 3) | round(2) }} {{ (7 / 3)|round }}", "2.333 2.33 2"),
    ("{{ tags|first }} {{ tags|last }} {{ tags|join(' or ') }}", "a b a or b"),
    ("{{ when|date }} | {{ when|time }} | {{ when|datetime }}", None),
    ("{{ when|weekday }}", "Monday"),
    ("{{ 1234.5|money('USD') }}", "US$1,234.50"),
    ("{{ '12'|int + 1 }}", "13"),
]


@pytest.mark.parametrize(("source", "wanted"), FILTERED)
def test_filters(source: str, wanted: str | None) -> None:
    cut = Choice("cut", {"en": "Haircut"})
    names = {"nick": None, "name": "ann lee", "cut": cut, "tags": ["a", "b"], "when": WHEN}
    text = said(source, "en", contact={}, **names)
    assert text == (wanted or "Mon 23 Nov | 3:00 pm | Mon 23 Nov, 3:00 pm")


def test_an_if_on_its_own_line_leaves_no_empty_line() -> None:
    source = (
        "Hello\n{% if fan %}\nDear fan\n{% elif name == 'x' %}\nx\n"
        "{% else %}\nDear you\n{% endif %}\nBye\n"
    )
    assert said(source, fan=True, name="") == "Hello\nDear fan\nBye"
    assert said(source, fan=False, name="x") == "Hello\nx\nBye"
    assert said(source, fan=False, name="") == "Hello\nDear you\nBye"


def test_a_message_that_comes_out_blank_is_not_sent() -> None:
    text = Text.read(["Hi", "{% if fan %}Dear fan{% endif %}"])
    assert text.render(scope(fan=False), chance="1") == ("Hi",)
    assert text.render(scope(fan=True), chance="1") == ("Hi", "Dear fan")


def test_the_contacts_language_is_spoken_else_the_flows_first() -> None:
    text = Text.read({"zh": "{{ when }} 见", "en": "See you on {{ when }}"})

    def heard(language: str, *languages: str) -> str:
        return text.render(scope(language, when=WHEN), chance="1", languages=languages)[0]

    assert heard("zh", "en", "zh") == "11月23日周一 下午3:00 见"
    assert heard("zh-Hant", "en", "zh") == "11月23日周一 下午3:00 见"
    assert heard("fr", "en", "zh") == "See you on Mon 23 Nov, 3:00 pm"
    assert heard("fr", "zh", "en") == "11月23日周一 下午3:00 见"
    assert heard("fr") == "11月23日周一 下午3:00 见"


def test_a_text_in_no_language_speaks_the_contacts_when_the_flow_does() -> None:
    text = Text.read("{{ when }}")
    chinese = scope("zh", when=WHEN)
    assert text.render(chinese, chance="1", languages=("en", "zh")) == ("11月23日周一 下午3:00",)
    assert text.render(chinese, chance="1", languages=("en",)) == ("Mon 23 Nov, 3:00 pm",)
    assert text.languages == frozenset()


def test_wordings_are_chosen_by_chance_and_always_the_same() -> None:
    text = Text.read({"any": ["a", "b", "c"]})
    heard = [text.render(scope(), chance=f"{at}")[0] for at in range(300)]
    assert all(60 < heard.count(wording) < 140 for wording in "abc")
    assert heard == [text.render(scope(), chance=f"{at}")[0] for at in range(300)]


def test_kinds_of_texts_may_hold_each_other_but_not_themselves() -> None:
    raw = {"en": ["one", {"any": ["two", "zwei"]}], "zh": "一"}
    text = Text.read(raw)
    assert text.render(scope("zh"), chance="1") == ("一",)
    assert len(text.render(scope("en"), chance="1")) == 2
    assert text.sources("en") == ("one", "two", "zwei")
    assert text.languages == {"en", "zh"}
    assert "cannot hold" in str(problem(["a", ["b"]]))
    assert "cannot hold" in str(problem({"any": ["a", {"any": ["b"]}]}))
    assert "cannot hold" in str(problem({"en": {"zh": "x"}}))


def test_languages_that_are_lacking_anywhere_are_told() -> None:
    text = Text.read([{"en": "a", "zh": "b"}, {"any": [{"en": "c"}, {"en": "d"}]}])
    assert text.lacking(["en", "zh"]) == {"zh"}
    assert Text.read("plain").lacking(["en", "zh"]) == frozenset()


REFUSED = [
    (None, (), "missing"),
    (True, (), "quotes"),
    (3, (), "a number"),
    ({}, (), "missing"),
    ([], (), "1 to 10"),
    ("", (), "empty"),
    ("  \n", (), "empty"),
    ("x" * 1601, (), "1,600"),
    ({"english": "x"}, ("english",), "language code"),
    ({"en": None}, ("en",), "missing"),
    ({"any": "x"}, (), "wordings"),
    ({"any": ["a"], "en": "b"}, (), "wordings"),
    ({"any": []}, ("any",), "1 to 20"),
    ({"any": ["a", ""]}, ("any", 1), "empty"),
    ({"zh": ["a", "{{ a b }}"]}, ("zh", 1), '"b"'),
]


@pytest.mark.parametrize(("raw", "path", "words"), REFUSED)
def test_a_wrong_text_is_refused_with_the_way_to_it(
    raw: object, path: tuple[str | int, ...], words: str
) -> None:
    found = problem(raw)
    assert found.path == path
    assert words in found.message


SPOTS = [
    ("Hi {{ a b }}", 1, 9, '"b"'),
    ("b\nHi {{ name }} {{ a.b }}", 2, 18, "no parts"),
    ("{{ score = 9 }}", 1, 10, "=="),
    ("{{ “x” }}", 1, 4, "typographic"),
    ("{{ name|uper }}", 1, 9, '"upper"'),
    ("x {{ lnk('a') }}", 1, 6, '"link"'),
    ("{% if a && b %}x{% endif %}", 1, 9, "`and`"),
    ("{% if a %}x", 1, 1, "endif"),
    ("Hi {{ name", 1, 4, "never closed"),
    ("{{ a if b }}", 1, 6, "else"),
    ("for you {% for a in b %}{% endfor %}", 1, 12, "loop"),
    ("{{ name\n  ~ other }}", 2, 3, "side by side"),
]


@pytest.mark.parametrize(("source", "line", "column", "words"), SPOTS)
def test_a_mistake_in_a_text_is_told_with_its_spot(
    source: str, line: int, column: int, words: str
) -> None:
    found = problem(source)
    assert (found.offset_line, found.offset_column) == (line, column)
    assert words in found.message


def test_all_texts_with_mistakes_are_told_at_once() -> None:
    found = problem({"en": "{{ a b }}", "zh": "{% for x in y %}{% endfor %}", "fr": "fine"})
    assert [one.path for one in (found, *found.others)] == [("en",), ("zh",)]


def test_names_are_known_with_their_places() -> None:
    text = Text.read(
        {
            "en": "Hi {{ contact.fan }} {{ link('x') }}\n"
            "{% if score %}{{ event.order.id }}{% endif %}",
            "zh": "{{ contact['city'] }} {{ now }}",
        }
    )
    assert text.variables == {"contact.fan", "score", "event.order.id", "contact.city", "now"}
    assert text.functions == {"link"}
    spots = {use.name: (use.path, use.line, use.column) for use in text.uses}
    assert spots["contact.fan"] == (("en",), 1, 7)
    assert spots["event.order.id"] == (("en",), 2, 18)


def test_functions_of_the_caller_are_called() -> None:
    def link(address: str) -> str:
        return f"https://s.example/{len(address)}"

    assert said("Go {{ link('https://x') }}", link=link) == "Go https://s.example/9"
    with pytest.raises(RenderError, match="`link` is not known"):
        said("{{ link('x') }}")


UNKNOWN = [
    ("{{ nobody }}", "`nobody` is not known"),
    ("{{ contact.nobody }}", "`contact.nobody` is not known"),
    ("{{ empty }}", "`empty`, which is empty"),
    ("{{ contact.none }} {{ empty }}", "`contact.none`, `empty`"),
    ("{{ contact }}", "a mapping"),
    ("{% if empty > 3 %}x{% endif %}", "is empty"),
    ("{% if nobody %}x{% endif %}", "`nobody` is not known"),
]


@pytest.mark.parametrize(("source", "words"), UNKNOWN)
def test_what_is_missing_is_named_and_nothing_is_sent(source: str, words: str) -> None:
    with pytest.raises(RenderError) as raised:
        said(source, empty=None, contact={"none": None})
    assert words in str(raised.value)


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid")
    say: Text
    tries: int = 3


def test_a_text_is_a_field_of_a_model() -> None:
    step = _Step.model_validate({"say": {"en": "Hi {{ name }}"}})
    assert step.say.render(scope(name="Ann"), chance="1") == ("Hi Ann",)
    assert step.model_dump() == {"say": {"en": "Hi {{ name }}"}, "tries": 3}
    assert _Step.model_json_schema()["properties"]["say"]["anyOf"][0] == {"type": "string"}
    with pytest.raises(ValidationError) as raised:
        _Step.model_validate({"say": {"en": "{{ a b }}"}, "tris": 1})
    wrong, unknown = raised.value.errors()
    assert wrong["loc"] == ("say",)
    assert isinstance(wrong.get("ctx", {})["error"], TextProblem)
    assert unknown["loc"] == ("tris",)


def test_texts_keep_their_words_out_of_a_repr() -> None:
    text = Text.read({"en": "a secret {{ name }}"})
    assert "secret" not in repr(text)
    assert "Ann" not in repr(scope(name="Ann"))
    assert text == Text.read({"en": "a secret {{ name }}"})
