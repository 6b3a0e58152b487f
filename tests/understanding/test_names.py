"""Names: the name alone, in its own capitals; and all that is said instead of one."""

import pytest

from convo.understanding.names import MAX_ANSWER, understand_name

EVERYWHERE = ("en", "zh", "es", "fr", "de", "pt", "ja", "ko", "ar", "hi")

#: Names that are other words too, or are like one, in the languages that read them.
NAMES: dict[tuple[str, ...], str] = {
    (
        "en",
    ): "Will|May|Mark|Sunny|April May|Roger|Eve|Can Yaman|He Wei|To Lam|Do Thi My|An|Al|Ty Lee|"
    "Nguyễn Thế Anh|Frida|Price|Anna Day|Sun Wei|O'Neill|St. John|Mary Ann Smith-Jones Jr.",
    ("es", "en"): "Domingo|Diez|Dolores Fuertes|José Ortega y Gasset|Sol|Frida Kahlo|Magaña",
    ("fr", "en"): "Pascale|Fleur de Lys|Ma Li|Elle|Aimée",
    ("de", "en"): "Ernst|Wolf|Will von Schön|Mai|Anna Neu",
    ("pt", "en"): "Amanda|Ana Novo|Vitória|Tomé e Silva",
    ("zh", "en"): "那英|何洁|莫言|李想|孙悦|林|李刚|和珅|霍去病|太史慈|卓玛|爱新觉罗·溥仪",
    ("ja", "en"): "ますだ|いとう|まつだ|林|渡辺たいき|ないとう|くどう",
    ("ko", "en"): "전지현|안철수|나문희|김|남궁민",
    ("ar", "en"): "علي|هناء|أبو طالب|نور الهدى",
    ("hi", "en"): "Mai Sharma|हरि|कमल|Jyoti",
}
#: What people write who do not tell their name; read in all languages at once.
NONE = """
I'm at work|in a meeting|on my way|none of your business|good morning|see you tomorrow|it's me
do you need my full name|it's complicated|I'm fine|hold on|two people|the usual|ask my wife
my wife's name is Anna|wrong number|already told you|it's a secret|talk to a human|next week
tomorrow afternoon|noon|lost my phone|estoy en el trabajo|soy cliente|ya lo sabes|plus tard
je ne sais pas|c'est urgent|ich bin unterwegs|morgen früh|das ist privat|não sei|sou cliente
我在开会|等会儿|你是谁|老样子|下周五|两位|我是男的|在路上|打错了|我老婆叫李娜
忙しいです|前と同じです|誰ですか|바빠요|ㅋㅋ|몰라요
من انت|بعدين|मैं व्यस्त हूँ|पता नहीं
...|!!|-|A|あ|x|anna.com|R2-D2|7|Anna (new)|+44 7400 123456
"""


@pytest.mark.parametrize(
    ("languages", "name"),
    [(read, name) for read, names in NAMES.items() for name in names.split("|")],
)
def test_a_name_that_is_another_word_too_is_a_name(languages: tuple[str, ...], name: str) -> None:
    assert understand_name(name, languages) == name.rstrip(".")


@pytest.mark.parametrize("text", NONE.strip().replace("\n", "|").split("|"))
def test_what_is_said_instead_of_a_name_is_none(text: str) -> None:
    assert understand_name(text, EVERYWHERE) is None


def test_words_around_a_name_are_read_in_the_languages_of_the_flow_only() -> None:
    assert understand_name("Me llamo Ana", ("es", "en")) == "Ana"
    assert understand_name("Me llamo Ana", ("zh",)) == "Me llamo Ana"


def test_a_name_keeps_its_capitals_its_accents_and_its_characters() -> None:
    for name in ("anna lee", "ANNA", "McDonald", "Íñigo", "張志強", "Škoda", "N'Golo Kanté"):
        assert understand_name(f"my name is {name}!", ("en", "zh")) == name


def test_a_story_is_no_name() -> None:
    assert understand_name("Anna " + "A" * (MAX_ANSWER - 5), ("en",)) is not None
    assert understand_name("Anna " + "A" * (MAX_ANSWER - 4), ("en",)) is None
    assert understand_name("Anna Bea Cleo Dora Ella Fee Gina", ("en",)) is not None
    assert understand_name("Anna Bea Cleo Dora Ella Fee Gina Hope", ("en",)) is None
    assert understand_name("爱新觉罗弘历", ("zh",)) is None
