"""STOP and its kin win in every spelling, and ordinary sentences never do."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.folding import whole_message
from convo.policy.law_words import LAW_WORDS, is_law_word, law_word, rejoin_word

STOPS_EVERYWHERE = [
    *(
        "STOP",
        "stop",
        "Stop.",
        "stop!!",
        " STOP ",
        "ＳＴＯＰ",
        "ｓｔｏｐ",
        "“Stop”",
        "STOP\n",
        "🛑stop",
    ),
    *("StopAll", "STOP ALL", "stop  all", "UNSUBSCRIBE", "Cancel", "END", "quit", "Revoke"),
    *("OPTOUT", "opt out", "OPT-OUT", "opt‑out", "Remove", "ARRET", "arrêt", "st\u200bop"),
    *(
        "退订",
        "退訂",
        "拒收",
        "取消订阅",
        "取消訂閱",
        "退订短信",
        "退订。",
        "退 订",
        "退订！！",
        "【退订】",
    ),
    *("Please stop", "stop please", "STOP texting me", "Please stop texting me.", "unsubscribe me"),
    *("Remove me", "don’t text me", "DON'T TEXT ME!", "take me off your list", "No more texts"),
    *("请退订", "我要退订", "不要再发了", "别再发了。", "请不要再发了", "不要再给我发短信了"),
]
NOT_LAW_WORDS = [
    *("We have got to STOP this terrible bill", "Stop by at 3?", "I can't stop thinking about it"),
    *("Is there a bus stop?", "non-stop", "The end of May", "at the end", "cancel my appointment"),
    *("please cancel my booking", "Don't stop", "start at 9", "help me choose", "s t o p", "st op"),
    *(
        "N",
        "n",
        "Ｎ",
        "no",
        "NO",
        "nope",
        "取消",
        "取消预约",
        "我想取消明天的预约",
        "不要",
        "不用了",
    ),
    *(
        "怎么退订会员？",
        "退订了怎么恢复",
        "好的",
        "是",
        "1",
        "",
        "   ",
        "!!",
        "tomorrow 3pm",
        "明天下午三点",
    ),
    *("baja temporada", "temporada alta", "salir", "cancelar", "annuler", "stornieren", "fin"),
    *("yes", "YES", "Y", "ok", "订阅", "T恤", "Mr T", "TDI", "STOPS", "ends", "quite"),
]


@pytest.mark.parametrize("text", STOPS_EVERYWHERE)
@pytest.mark.parametrize("country", ["US", "CN", "DE", None])
def test_stop_and_its_kin_stop_everywhere(text: str, country: str | None) -> None:
    assert law_word(text, country) == "stop"


@pytest.mark.parametrize("text", NOT_LAW_WORDS)
@pytest.mark.parametrize("country", ["US", "CN", "DE", None])
def test_an_ordinary_answer_is_no_law_word(text: str, country: str | None) -> None:
    assert law_word(text, country) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "配信停止",
            "配信停止。",
            "もう送らないでください",
            "수신거부",
            "수신 거부!",
            "문자 그만 보내세요",
        ),
        *("إلغاء الاشتراك", "الغاء الاشتراك", "إيقاف.", "تَوَقَّف", "बंद करो", "BAND KARO", "रोकें"),
    ],
)
@pytest.mark.parametrize("country", ["JP", "KR", "SA", "IN", "US", None])
def test_who_refuses_in_their_own_language_is_heard_everywhere(
    text: str, country: str | None
) -> None:
    assert law_word(text, country) == "stop"


@pytest.mark.parametrize(
    ("text", "country"),
    [("停止", "JP"), ("解除", "JP"), ("거부", "KR"), ("중지", "KR"), ("해지", "KR")],
)
def test_one_word_that_says_other_things_too_stops_only_at_home(text: str, country: str) -> None:
    assert law_word(text, country) == "stop"
    assert law_word(text, "US") is None
    assert law_word(f"予約を{text}", country) is None


@pytest.mark.parametrize("text", ["ヘルプ", "ﾍﾙﾌﾟ", "도움말", "مساعدة", "मदद"])
def test_help_is_heard_in_the_languages_of_the_east(text: str) -> None:
    assert law_word(text, None) == "help"


@pytest.mark.parametrize(
    "text",
    [
        "キャンセル",
        "やめます",
        "취소",
        "그만",
        "إلغاء",
        "إلغاء الموعد",
        "لا",
        "नहीं",
        "रद्द करो",
        "बंद",
        "band",
    ],
)
def test_who_cancels_or_says_no_is_not_taken_off_the_list(text: str) -> None:
    for country in ("JP", "KR", "SA", "EG", "IN", None):
        assert law_word(text, country) is None


@pytest.mark.parametrize("text", ["TD", "td", "ＴＤ", "Td。", "T", "ｔ", "R", "r."])
def test_the_letters_of_chinese_platforms_stop_in_china(text: str) -> None:
    assert law_word(text, "CN") == "stop"


@pytest.mark.parametrize("country", ["US", "CA", "GB", "DE", "HK", "TW", None])
def test_t_and_r_are_letters_everywhere_else(country: str | None) -> None:
    assert law_word("T", country) is None
    assert law_word("R", country) is None


def test_td_stops_also_where_aws_names_it_and_nowhere_else() -> None:
    countries = ("CN", "US", "CA", "GB", "DE", "JP", "HK", "TW", None)
    assert {country for country in countries if law_word("TD", country)} == {"CN", "US", "CA"}


def test_n_is_never_a_law_word_and_cancel_in_chinese_neither() -> None:
    for word in ("N", "取消", "no", "否"):
        assert not is_law_word(word)
    assert all("N" not in row.words and "取消" not in row.words for row in LAW_WORDS)


@pytest.mark.parametrize(
    "text", ["START", "start.", "ＳＴＡＲＴ", "Unstop", "恢复订阅", "重新订阅。"]
)
def test_start_and_its_kin_start(text: str) -> None:
    assert law_word(text, "CN") == "start"


@pytest.mark.parametrize("text", ["HELP", "help!", "Info", "帮助", "幫助？"])
def test_help_and_its_kin_ask_for_help(text: str) -> None:
    assert law_word(text, "US") == "help"


def test_yes_is_an_answer_first_and_start_only_to_the_withdrawn() -> None:
    assert law_word("YES", "US") is None
    assert rejoin_word("Yes!")
    assert not rejoin_word("yes please")
    assert not is_law_word("YES")


def test_a_flow_may_not_offer_a_law_word_of_its_country_or_with_none_given_of_any() -> None:
    assert is_law_word("Cancel", "DE")
    assert is_law_word("R")
    assert not is_law_word("R", "US")
    assert is_law_word("R", "CN")


def test_every_word_says_where_it_comes_from_and_means_one_thing() -> None:
    meanings: dict[str, set[str]] = {}
    for row in LAW_WORDS:
        assert row.source
        assert row.words
        for word in row.words:
            assert whole_message(word)
            meanings.setdefault(whole_message(word), set()).add(row.means)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


EDGES = st.text(
    alphabet=" \t\r\n.!?…。！？、,;:'\"“”()【】*-~🙏🛑👍\u200b\ufeff\u00a0\u3000", max_size=8
)
STOP_WORDS = st.sampled_from(
    [word for row in LAW_WORDS if row.means == "stop" and not row.countries for word in row.words]
)


CASES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
}


@given(EDGES, STOP_WORDS, EDGES, st.sampled_from(sorted(CASES)))
def test_no_edge_and_no_case_hides_a_stop(before: str, word: str, after: str, case: str) -> None:
    assert law_word(before + CASES[case](word) + after, None) == "stop"


@given(STOP_WORDS)
def test_full_width_letters_hide_nothing(word: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)
    assert law_word(wide, None) == "stop"


@given(STOP_WORDS, st.sampled_from(["bus", "明天", "3pm", "my order", "的时候"]))
def test_a_stop_within_a_sentence_is_only_a_word_of_it(word: str, more: str) -> None:
    assert law_word(f"{more} {word} {more}", "US") is None


@pytest.mark.parametrize(
    ("text", "country", "meant"),
    [
        ("BAJA", "ES", "stop"),
        ("¡Baja!", "MX", "stop"),
        ("baja", "US", "stop"),
        ("baja", "DE", None),
        ("ALTA", "ES", "start"),
        ("alta", "BR", None),
        ("Sair.", "BR", "stop"),
        ("parar", "PT", "stop"),
        ("parar", "ES", None),
        ("Stopp!", "DE", "stop"),
        ("stopp", "US", None),
        ("quiero darme de baja", "DE", "stop"),
        ("ya no quiero recibir mensajes", "AR", "stop"),
        ("NO MAS MENSAJES", "US", "stop"),
        ("Désabonner", "FR", "stop"),
        ("desabonner", "FR", "stop"),
        ("je ne veux plus recevoir de SMS", "BE", "stop"),
        ("ABMELDEN", "AT", "stop"),
        ("Keine SMS mehr!", "CH", "stop"),
        ("descadastrar", "BR", "stop"),
        ("não quero mais mensagens", "PT", "stop"),
        ("Ayuda", "ES", "help"),
        ("aide", "CA", "help"),
        ("HILFE", "DE", "help"),
        ("ajuda", "BR", "help"),
        ("cancelar mi cita", "ES", None),
        ("annuler", "FR", None),
        ("Termin stornieren", "DE", None),
        ("cancelar", "BR", None),
        ("vou sair às 5", "BR", None),
    ],
)
def test_who_refuses_in_a_language_of_the_west_is_heard(
    text: str, country: str, meant: str | None
) -> None:
    assert law_word(text, country) == meant
