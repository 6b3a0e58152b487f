"""What was tried on a phone becomes a chat, and `convo test` holds it."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.console.browser import PATIENCE, Desk, Dev, developing, sitting

ROOF = """
flow: roof
about: A picture says what is broken
class: service
languages: [en]
start: {words: [roof]}
answers: {picture: text}
steps:
  picture:
    ask: {en: Please send us a picture.}
    expect: photo
    save: picture
    silent: [{after: 2h, go: done}]
  thanks:
    say: {en: "Thank you, we have got your picture."}
  done:
    end: reported
"""


def save(desk: Desk, name: str, title: str, n: int = 0) -> None:
    """Fill in the dialog, and press its button."""
    desk.phone(n).locator(".save").click()
    desk.page.fill("#saving [name=name]", name)
    desk.page.fill("#saving [name=title]", title)
    desk.page.click("#saving [value=save]")


def told(desk: Desk, part: str) -> None:
    expect(desk.page.locator("#saving .outcome")).to_contain_text(part, timeout=PATIENCE)


def close(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#saving")).to_be_hidden(timeout=PATIENCE)


def convo_test(dev: Dev, *paths: str) -> str:
    """What `convo test` says of these; it must pass."""
    done = subprocess.run(
        [sys.executable, "-m", "convo.cli", "-C", dev.folder, "test", *paths],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_booking_with_a_journey_in_time_is_saved_and_convo_test_holds_it(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        desk.text("book")
        desk.hears("What can we do for you?")
        desk.page.click("[data-by='10m']")
        desk.hears("Still there?")
        desk.text("1")
        desk.hears("Which day and time?")
        desk.text("in 5 days 3pm")
        desk.hears("Reply YES to book it")
        desk.text("yes")
        desk.hears("Booked!")
        desk.page.click("[data-by=next]")
        desk.hears("expects you")
        save(desk, "booked", "a visit is booked, and we remind")
        told(desk, "Written to flows/tests/booked.chat, and it passes.")
        told(desk, "convo test flows/tests/booked.chat")
        chat = (dev.folder / "flows/tests/booked.chat").read_text("utf-8")
        lines = chat.splitlines()
        assert lines[0] == "# a visit is booked, and we remind"
        assert lines[1].startswith("@ now ")
        assert lines[2:4] == ["> book", "< Hello! What can we do for you?"]
        assert lines[lines.index("~ 10m") + 1] == "< Still there? Reply 1, 2 or 3."
        assert next(each for each in lines if each.startswith("! calendar.book -> "))
        assert lines[-1] == "= booking: waiting at remind"
        assert "1 chat passed, 0 failed" in convo_test(dev, "flows/tests/booked.chat")
        # Nothing is written over, and nobody is surprised.
        told(desk, "passes")
        desk.page.click("#saving [value=save]")
        told(desk, "flows/tests/booked.chat is there already.")
        assert (dev.folder / "flows/tests/booked.chat").read_text("utf-8") == chat
        desk.page.click("#saving [value=add]")
        told(desk, "Added to flows/tests/booked.chat, and it passes.")
        assert (dev.folder / "flows/tests/booked.chat").read_text("utf-8") == f"{chat}\n{chat}"
        assert "2 chats passed, 0 failed" in convo_test(dev)
        assert all("409" in each for each in desk.complaints)
        desk.complaints.clear()


def test_another_phone_is_saved_with_its_number_and_its_language_alone(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "zh-CN") as desk:
        desk.another(country="GB", language="zh")
        expect(desk.phone(1).locator(".number")).to_have_text("+447400123456")
        desk.text("book", 0)
        desk.hears("Hello!", 0)
        desk.text("menu", 1)
        desk.hears("1 ", 1)
        desk.text("hello\nthere", 1)
        save(desk, "../sneaky", "", 1)
        told(desk, "名称只能用字母、数字、- 和 _。")
        desk.page.fill("#saving [name=name]", "菜单")
        desk.page.click("#saving [value=save]")
        told(desk, "已写入 flows/tests/菜单.chat")
        close(desk)
        lines = (dev.folder / "flows/tests/菜单.chat").read_text("utf-8").splitlines()
        assert lines[0] == "# 菜单"
        assert lines[2:5] == ["@ from +447400123456", "@ zh", "> menu"]
        assert "> hello there" in lines
        assert "> book" not in lines
        assert "1 chat passed, 0 failed" in convo_test(dev)
        assert [*dev.folder.rglob("*sneaky*")] == []
        assert all("422" in each for each in desk.complaints)
        desk.complaints.clear()


def test_a_file_that_changed_meanwhile_is_what_the_chat_says_and_its_author_is_told(
    browser: Browser, tmp_path: Path
) -> None:
    with developing(tmp_path / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
        save(desk, "early", "")
        told(desk, "Nothing was written on this phone yet.")
        close(desk)
        desk.text("book")
        desk.hears("What can we do for you?")
        flow = dev.flow("booking")
        good = flow.read_text("utf-8")
        flow.write_text(good.replace("What can we do for you?", "How can we help?"), "utf-8")
        desk.says("#picture", "How can we help?")
        save(desk, "helped", "")
        told(desk, "The files say something else now than the phone has shown")
        assert "< Hello! How can we help?" in (dev.folder / "flows/tests/helped.chat").read_text()
        convo_test(dev)
        # With a mistake in a file no test could pass, so none is written.
        flow.write_text(good.replace("no: day", "no: dya"), "utf-8")
        close(desk)
        save(desk, "broken", "")
        told(desk, 'There is no step "dya".')
        assert not (dev.folder / "flows/tests/broken.chat").exists()
        assert all("422" in each for each in desk.complaints)
        desk.complaints.clear()


def test_pictures_and_what_a_person_gives_back_are_tried_and_saved(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        developing(tmp_path / "shop", {"roof": ROOF}) as dev,
        sitting(browser, dev, "en-GB") as desk,
    ):
        desk.text("roof")
        desk.hears("Please send us a picture.")
        page = desk.page
        page.click(".pictures summary")
        page.fill(".pictures [name=links]", "https://pictures.example/mine.jpg")
        page.keyboard.press("Enter")
        desk.hears("Thank you, we have got your picture.")
        expect(page.locator(".texts .mine .said").last).to_have_text(
            "https://pictures.example/mine.jpg"
        )
        expect(page.locator("#standing .back")).to_have_count(0)
        desk.text("complaint")
        desk.hears("Somebody will answer you here")
        desk.says("#standing", "a person has it")
        page.click("#standing .back")
        desk.says(".texts", "A person gave it back")
        desk.says("#standing", "No conversation is open.")
        save(desk, "tried", "")
        told(desk, "Written to flows/tests/tried.chat, and it passes.")
        lines = (dev.folder / "flows/tests/tried.chat").read_text("utf-8").splitlines()
        assert lines[-1] == "= front_desk: ended answered by a person"
        assert lines[2:5] == [
            "> roof",
            "< Please send us a picture.",
            "% picture https://pictures.example/mine.jpg",
        ]
        assert "% back" in lines
        assert "1 chat passed, 0 failed" in convo_test(dev, "flows/tests/tried.chat")
        # What is no link, and what nobody has, does nothing and says so.
        asking = """async ([path, asked]) => (await fetch(path, {method: "POST",
            headers: {"Content-Type": "application/json"}, body: JSON.stringify(asked)})).json()"""
        number = desk.phone().locator(".number").inner_text()
        for path, asked, wrong in (
            ("/try/picture", {"number": number, "links": "roof.jpg"}, "A picture is its link"),
            ("/try/back", {"number": number}, "No person has this conversation."),
            ("/try/back", {"number": "+12025550199"}, "There is no such phone here."),
        ):
            assert wrong in page.evaluate(asking, [path, asked])["wrong"]
        assert all("409" in each or "422" in each for each in desk.complaints)
        desk.complaints.clear()
