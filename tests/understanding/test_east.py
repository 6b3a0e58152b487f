"""Japanese, Korean, Arabic and Hindi: what each script asks for, and the traps of each language."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from convo.understanding.dates import understand_when
from convo.understanding.normalise import contains_phrase, match_key
from convo.understanding.numerals import understand_number
from convo.understanding.options import OptionWords, understand_option
from convo.understanding.yes_no import understand_yes_no

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
SALON = (
    OptionWords(id="cut", number=1, labels=("カット", "커트"), words=("حلاقة", "हेयरकट")),
    OptionWords(id="colour", number=2, labels=("カラー", "염색"), words=("صبغة", "रंग")),
    OptionWords(id="perm", number=3, labels=("パーマ", "펌"), words=("تمويج", "पर्म")),
    OptionWords(id="spa", number=4, labels=("スパ", "스파"), words=("سبا", "स्पा")),
)


def rows(written: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in written.strip().splitlines()]


@pytest.mark.parametrize(
    ("language", "text", "day", "hour"),
    rows("""
    ja | 明日15時 | 24 | 15:00
    ja | あした午後３時半でお願いします | 24 | 15:30
    ja | 来週の火曜日の午前10時 | 1 | 10:00
    ja | 11月27日(金)18:00 | 27 | 18:00
    ja | ﾓｸﾖｳ | - | -
    ja | 明後日 | 25 | -
    ja | 3時5分前 | - | 14:55
    ja | 午後8時 | - | 20:00
    ja | 11月27日(木) | - | -
    ja | 明日3時以降 | - | -
    ja | 来週 | - | -
    ko | 내일 오후 3시 | 24 | 15:00
    ko | 다음주 화요일 저녁 7시 반 | 1 | 19:30
    ko | 모레 열두시 | 25 | 12:00
    ko | 27일 세 시 삼십분이요 | 27 | 15:30
    ko | 30분 뒤에 | 23 | 10:30
    ko | 3시부터 | - | -
    ko | 내일이나 모레 | - | -
    ar | غدا الساعة ٣ عصرا | 24 | 15:00
    ar | بُكرة الساعة الثالثة والنصف | 24 | 15:30
    ar | يوم الجمعة الساعة 5 إلا ربع | 27 | 16:45
    ar | ٢٧ نوفمبر ١٠ ص | 27 | 10:00
    ar | بعد ساعتين | 23 | 12:00
    ar | بعد بكرة | 25 | -
    ar | قبل الجمعة | - | -
    ar | غدا أو بعد غد | - | -
    hi | कल शाम ५ बजे | 24 | 17:00
    hi | kal subah saadhe das baje | 24 | 10:30
    hi | शुक्रवार को पौने चार बजे | 27 | 15:45
    hi | parso dhai baje | 25 | 14:30
    hi | agle somvar ko 11 baje | 30 | 11:00
    hi | aadhe ghante mein | 23 | 10:30
    hi | कल या परसों | - | -
    hi | kal nahi | - | -
    """),
)
def test_a_day_and_an_hour(language: str, text: str, day: str, hour: str) -> None:
    when = understand_when(text, now=NOW, languages=(language, "en"), day_first=True)
    found = when and (
        str(when.day.day) if when.day else "-",
        when.time.isoformat("minutes") if when.time else "-",
    )
    assert (found or ("-", "-")) == (day, hour)


@pytest.mark.parametrize(
    ("language", "text", "option"),
    rows("""
    ja | ２番で | colour
    ja | かっとでお願いします | cut
    ja | ｶﾗｰ希望です | colour
    ja | 三つ目 | perm
    ja | 最後のやつ | spa
    ja | カットではない | -
    ja | カットですか | -
    ja | に | -
    ja | 2人です | -
    ko | 1번이요 | cut
    ko | 네번째 | spa
    ko | 펌으로 할게요 | perm
    ko | 염색해주세요 | colour
    ko | 염색 말고요 | -
    ko | 이번 | -
    ko | 한번 | -
    ar | رقم ٣ | perm
    ar | أريد الصبغة | colour
    ar | الأوّل | cut
    ar | الخيار الأخير | spa
    ar | مش الصبغة | -
    ar | بكم الحلاقة | -
    hi | doosra wala | colour
    hi | 3 नंबर | perm
    hi | रंग चाहिए | colour
    hi | रंग नहीं | -
    hi | रंग कितने का है | -
    """),
)
def test_an_option(language: str, text: str, option: str) -> None:

    assert (understand_option(text, SALON, (language, "en")) or "-") == option


@pytest.mark.parametrize(
    ("language", "text", "value"),
    rows("""
    ja | 三名です | 3
    ja | 二十五 | 25
    ja | ふたり | 2
    ko | 네 명 | 4
    ko | 스물두 살 | 22
    ko | 삼십오 | 35
    ko | 두세 명 | -
    ko | 네 | -
    ar | ٢٥ | 25
    ar | خمسة وعشرين | 25
    ar | ٤ أشخاص | 4
    ar | أكثر من خمسة | -
    hi | ४ लोग | 4
    hi | निन्यानवे | 99
    hi | hum paanch log hain | 5
    hi | 4-5 | -
    """),
)
def test_a_number(language: str, text: str, value: str) -> None:
    found = understand_number(text, languages=(language, "en"))
    assert ("-" if found is None else str(found)) == value


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    rows("""
    ja | はい、お願いします🙏 | yes
    ja | ﾊｲ | yes
    ja | いいえ、結構です | no
    ja | 結構です | -
    ja | 大丈夫です | -
    ja | 嫌ではない | -
    ko | 넵 감사합니다^^ | yes
    ko | 아니요 괜찮아요 | no
    ko | 괜찮아요 | -
    ko | 네 시 | -
    ko | 네? | -
    ar | نَعَم | yes
    ar | نـــعم | yes
    ar | لأ شكرا | no
    ar | نعم؟ | -
    ar | نعم أو لا | -
    hi | हाँ जी | yes
    hi | जी | yes
    hi | thanks ji | -
    hi | nahi ji | no
    hi | नीला | -
    """),
)
def test_yes_or_no(language: str, text: str, answer: str) -> None:
    found = understand_yes_no(text, (language, "en"))
    assert {True: "yes", False: "no", None: "-"}[found] == answer


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("예약해주세요", "예약", True),
        ("내일 예약이요", "예약", True),
        ("재예약", "예약", False),
        ("カットを予約したい", "予約", True),
        ("الموعد من فضلك", "موعد", True),
        ("وبالموعد", "موعد", False),
        ("والموعد", "موعد", True),
        ("مواعيد", "موعد", False),
        ("रंगीन", "रंग", False),
        ("रंग चाहिए", "रंग", True),
    ],
)
def test_a_start_word_is_found_as_its_script_joins_words(
    text: str, phrase: str, found: bool
) -> None:
    assert contains_phrase(match_key(text), match_key(phrase)) is found


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant", "ja", "ko", "ar", "hi"])
def test_no_name_of_a_country_a_language_or_a_currency_is_an_answer(locale: str) -> None:
    here = Locale.parse(locale)
    languages = (here.language, "en")
    names = {str(name) for listed in (here.territories, here.languages, here.currencies)
             for name in listed.values()}  # fmt: skip
    assert len(names) > 500
    assert [name for name in names if understand_yes_no(name, languages) is not None] == []
    assert [name for name in names if understand_option(name, SALON, languages)] == []
    assert [name for name in names if understand_when(name, now=NOW, languages=languages)] == []
