"""ask for a picture: kept as its link, whatever is written beside it; a text is none."""

from tests.steps.conversation import Conversation

FLOW = """
flow: broken
start: {words: [broken]}
answers: {picture: text}
steps:
  show:
    ask: {en: Please send a picture., zh: 请发照片。}
    expect: photo
    save: picture
    silent: [{after: 1h, go: end}]
  where: {ask: Where is it?, silent: [{after: 1h, go: end}]}
  told: {say: "Seen: {{ picture }}", go: end}
"""
ROOF = "https://pictures.example/roof.jpg"
HOLE = "https://pictures.example/hole.jpg"


def asked() -> Conversation:
    talk = Conversation(FLOW)
    talk.text("broken")
    return talk


def test_a_picture_is_kept_as_its_link() -> None:
    talk = asked()
    assert talk.text("", media=(ROOF,)) == ["Where is it?"]
    assert talk.answers["picture"] == ROOF
    assert talk.text("Main Street") == [f"Seen: {ROOF}"]


def test_what_is_written_beside_it_is_no_answer_and_several_are_kept() -> None:
    talk = asked()
    assert talk.text("here you are", media=(ROOF, HOLE)) == ["Where is it?"]
    assert talk.answers["picture"] == f"{ROOF} {HOLE}"


def test_a_text_alone_is_asked_again() -> None:
    talk = asked()
    assert talk.text(ROOF) == ["Please send a picture."]
    assert talk.text("", media=(ROOF,)) == ["Where is it?"]


def test_a_picture_is_no_answer_to_another_question() -> None:
    talk = asked()
    talk.text("", media=(ROOF,))
    assert talk.text("", media=(HOLE,)) == ["Sorry, I did not get that. Please write it in words."]


def test_a_picture_with_a_word_of_the_law_is_that_word() -> None:
    talk = asked()
    talk.text("STOP", media=(ROOF,))
    assert talk.state.sessions == ()
