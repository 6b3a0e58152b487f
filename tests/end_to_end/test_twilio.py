"""Conversations with a `convo run` that only Twilio's own code signs for, and a strict fake API."""

import re
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from anyio.from_thread import start_blocking_portal
from twilio.request_validator import RequestValidator

from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import ROOT, Serving, shown, soon, written
from tests.fakes.twilio import ACCOUNT, LOGIN, PATH, TOKEN, FakeTwilio, error

PREVIOUS = "fedcba9876543210fedcba9876543210"
HOW_TO = ROOT / "docs" / "how-to" / "connect-twilio.md"
PUBLIC = "https://sms.salon.example"
OURS = "+12025550100"
IN = "/in/main"
REPORT = re.compile(rf"{re.escape(PUBLIC)}(/dlr/main/[A-Za-z0-9-]+)")
MENU = "Hello! What can we do for you?\n1 Haircut\n2 Colour\n3 Talk to us"
DAY = 'Which day and time? For example "tomorrow 3pm".'
MENU_ZH = "您好！请问需要什么服务？\n1 剪发\n2 染发\n3 人工客服"
DAY_ZH = "您想约什么时间？例如“明天下午三点”。"

LOOK = """
flow: look
start: {words: [look]}
steps:
  shown: {say: Our new look, media: ["https://salon.example/look.jpg?x=1&y=2"], go: end}
"""


class Stage:
    """A business, and Twilio on both sides of it."""

    def __init__(self, folder: Path, fake: FakeTwilio) -> None:
        (port,) = free_ports(1)
        self.fake = fake
        self.url = f"http://127.0.0.1:{port}"
        tables = (
            shown(HOW_TO, "toml")
            .replace("[server]", f'[server]\nbind = "127.0.0.1:{port}"')
            .replace('rate = "1 part/s"', 'rate = "100 parts/s"')
        )
        tables += f'base_url = "{fake.url}"\nprevious_tokens = ["env:TWILIO_PREVIOUS_TOKEN"]\n'
        assert PUBLIC in tables
        assert OURS in tables
        written(folder / "salon", tables, {"look": LOOK})
        secrets = {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_PREVIOUS_TOKEN": PREVIOUS,
        }
        self.convo = Serving(folder / "salon", secrets)
        self._sids = 0

    def text(self, number: str, text: str, **more: str) -> dict[str, str]:
        """The fields of a webhook that brings `text`."""
        self._sids += 1
        sid = f"SM{self._sids:032x}"
        return {
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": number,
            "To": OURS,
            "Body": text,
            "NumMedia": "0",
            "NumSegments": "1",
            "FromCity": "",
            "ApiVersion": "2010-04-01",
            **more,
        }

    def post(self, path: str, body: bytes, signature: str) -> int:
        request = urllib.request.Request(
            self.url + path,
            body,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signature,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def posts(self, path: str, fields: Mapping[str, str], token: str = TOKEN) -> int:
        """A webhook as Twilio makes it."""
        return self.post(path, urlencode(fields).encode(), signed(path, fields, token))

    def says(self, number: str, text: str, **more: str) -> None:
        assert self.posts(IN, self.text(number, text, **more)) == 200

    def says_in_vain(self, number: str, text: str, **more: str) -> None:
        """A text whose turn is over, and nobody heard of it, before anything else happens."""
        before = self.heard(number)
        self.says(number, text, **more)
        self.convo.waits_for("SELECT count(*) FROM inbox WHERE contact = ?", [number], [(0,)])
        self.hears(number, *before)

    def heard(self, number: str) -> list[str]:
        return [each["body"] for each in list(self.fake.messages) if each["to"] == number]

    def hears(self, number: str, *texts: str) -> None:
        """Until all that `number` ever got is `texts`."""
        soon(lambda: self.heard(number), list(texts))

    def reports(self, number: str, status: str, **more: str) -> int:
        """Twilio reports on the only message to `number`, at the URL that came with it."""
        ((_, callback),) = self.sends(number)
        found = REPORT.fullmatch(callback)
        assert found is not None
        (sid,) = [each["sid"] for each in list(self.fake.messages) if each["to"] == number]
        fields = {
            "MessageSid": sid,
            "MessageStatus": status,
            "To": number,
            "From": OURS,
            "AccountSid": ACCOUNT,
            **more,
        }
        return self.posts(found[1], fields)

    def sends(self, number: str) -> list[tuple[dict[str, str], str]]:
        """Fields of every request for `number`, and the callback of each."""
        posts = [each for each in list(self.fake.asked) if each.method == "POST"]
        asked = [dict(parse_qsl(each.body.decode())) for each in posts]
        return [(each, each.pop("StatusCallback")) for each in asked if each["To"] == number]


def signed(path: str, fields: Mapping[str, str], token: str = TOKEN) -> str:
    """By the vendor's own code."""
    return RequestValidator(token).compute_signature(PUBLIC + path, dict(fields))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(FakeTwilio()) as fake,
    ):
        stage = Stage(tmp_path_factory.mktemp("twilio"), fake)
        try:
            stage.convo.start()
            yield stage
        finally:
            stage.convo.kill()


def is_unknown(stage: Stage, number: str) -> bool:
    """Whether nothing that came from `number` was kept."""
    queries = (
        "SELECT count(*) FROM inbox WHERE contact = ?",
        "SELECT count(*) FROM record WHERE contact = ?",
        "SELECT count(*) FROM contact WHERE id = ?",
    )
    return all(stage.convo.rows(query, number) == [(0,)] for query in queries)


def test_a_visit_is_booked_by_signed_webhooks(stage: Stage) -> None:
    number = "+447400123501"
    stage.says(number, "book")
    stage.hears(number, MENU)
    stage.says(number, "1")
    stage.hears(number, MENU, DAY)
    stage.says(number, "friday 4pm")
    soon(lambda: len(stage.heard(number)), 3)
    question = stage.heard(number)[-1]
    assert re.fullmatch(r"Haircut on Fri \d+ \w+, 4:00 pm\. Reply YES to book it .*", question)
    stage.says(number, "yes")
    soon(lambda: len(stage.heard(number)), 4)
    assert stage.heard(number)[-1].startswith("Booked! See you on Fri ")


def test_signs_that_forms_and_signatures_stumble_over_come_through(stage: Stage) -> None:
    number = "+8613800138501"
    stage.says(number, "预约")
    stage.hears(number, MENU_ZH)
    stage.says(number, "二")
    stage.hears(number, MENU_ZH, DAY_ZH)
    other = "+447400123502"
    stage.says(other, " book + ☺ & = 100% \r\n")  # no word of ours, but it is taken
    soon(lambda: len(stage.heard(other)), 1)


def test_every_reply_reaches_twilio_as_its_api_wants_it(stage: Stage) -> None:
    number = "+447400123503"
    stage.says(number, "book")
    stage.hears(number, MENU)
    (asked,) = [each for each in stage.fake.asked if b"To=%2B447400123503" in each.body]
    assert asked.method == "POST"
    assert asked.target == PATH
    assert asked.headers["authorization"] == LOGIN
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    ((fields, callback),) = stage.sends(number)
    assert fields == {"To": number, "From": OURS, "Body": MENU}
    assert REPORT.fullmatch(callback)


def test_a_picture_goes_as_mms_within_america_and_as_its_link_elsewhere(stage: Stage) -> None:
    american, british = "+12125550123", "+447400123514"
    link = "https://salon.example/look.jpg?x=1&y=2"
    for number in (american, british):
        stage.says(number, "look")
        soon(lambda number=number: len(stage.heard(number)), 1)
    ((fields, _),) = stage.sends(american)
    assert fields == {"To": american, "From": OURS, "Body": "Our new look", "MediaUrl": link}
    stage.hears(british, f"Our new look\n{link}")


def test_a_flipped_bit_in_any_byte_of_the_body_is_refused(stage: Stage) -> None:
    number = "+447400123504"
    fields = stage.text(number, "book")
    body, signature = urlencode(fields).encode(), signed(IN, fields)
    answers = [stage.post(IN, flipped(body, place), signature) for place in range(len(body))]
    assert set(answers) == {403}
    assert is_unknown(stage, number)
    assert stage.post(IN, body, signature) == 200
    stage.hears(number, MENU)


def test_a_flipped_bit_in_any_byte_of_the_signature_is_refused(stage: Stage) -> None:
    number = "+447400123505"
    fields = stage.text(number, "book")
    body, signature = urlencode(fields).encode(), signed(IN, fields)
    wrong = [flipped(signature.encode(), place).decode() for place in range(len(signature))]
    assert {stage.post(IN, body, each) for each in [*wrong, "", signature[:-1]]} == {403}
    assert is_unknown(stage, number)
    assert stage.post(IN, body, signature) == 200
    stage.hears(number, MENU)


def test_a_flipped_bit_in_any_byte_of_the_signed_url_is_refused(stage: Stage) -> None:
    number = "+447400123506"
    fields = stage.text(number, "book")
    body, url = urlencode(fields).encode(), (PUBLIC + IN).encode()
    validator = RequestValidator(TOKEN)
    for place in range(len(url)):
        other = flipped(url, place).decode()
        assert stage.post(IN, body, validator.compute_signature(other, fields)) == 403, other
    assert stage.post(f"{IN}?a=b", body, signed(IN, fields)) == 403
    assert is_unknown(stage, number)
    assert stage.post(IN, body, signed(IN, fields)) == 200
    stage.hears(number, MENU)


def test_a_webhook_that_comes_again_is_answered_once(stage: Stage) -> None:
    number = "+447400123507"
    fields = stage.text(number, "book")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: stage.posts(IN, fields), range(8)))
    assert answers == [200] * 8
    stage.hears(number, MENU)
    assert stage.posts(IN, fields) == 200
    stage.says(number, "1")
    stage.hears(number, MENU, DAY)


def test_the_status_of_a_message_rises_by_signed_reports_and_never_falls(stage: Stage) -> None:
    number = "+447400123508"
    stage.says(number, "book")
    stage.hears(number, MENU)
    stage.convo.waits_for_statuses(number, "queued")
    assert stage.reports(number, "sent") == 200
    stage.convo.waits_for_statuses(number, "sent")
    assert stage.reports(number, "delivered") == 200
    stage.convo.waits_for_statuses(number, "delivered")
    assert stage.reports(number, "sending") == 200
    assert stage.reports(number, "sent", RawDlrDoneDate="2611220900") == 200
    stage.convo.waits_for_statuses(number, "delivered")


def test_what_a_carrier_refused_is_undelivered_and_says_why(stage: Stage) -> None:
    number = "+447400123509"
    stage.says(number, "book")
    stage.hears(number, MENU)
    stage.convo.waits_for_statuses(number, "queued")
    assert stage.reports(number, "undelivered", ErrorCode="30003") == 200
    query = "SELECT status, code FROM message WHERE contact = ?"
    stage.convo.waits_for(query, [number], [("undelivered", "30003")])


def test_a_report_with_a_wrong_signature_or_for_no_message_of_ours_is_refused(
    stage: Stage,
) -> None:
    number = "+447400123510"
    stage.says(number, "book")
    stage.hears(number, MENU)
    stage.convo.waits_for_statuses(number, "queued")
    ((_, callback),) = stage.sends(number)
    path = callback.removeprefix(PUBLIC)
    fields = {"MessageSid": "SM1", "MessageStatus": "failed"}
    body = urlencode(fields).encode()
    assert stage.post(path, body, signed(IN, fields)) == 403
    assert stage.post(path, flipped(body, 3), signed(path, fields)) == 403
    forged = path[:-1] + ("0" if path[-1] != "0" else "1")
    assert stage.posts(forged, fields) == 403
    stage.convo.waits_for_statuses(number, "queued")


def test_twilio_confirms_a_stop_and_we_say_nothing_until_a_start(stage: Stage) -> None:
    number = "+447400123511"
    stage.says(number, "book")
    stage.hears(number, MENU)
    stage.says_in_vain(number, "Stop", OptOutType="STOP")
    stage.says_in_vain(number, "1")
    stage.says_in_vain(number, "book")
    stage.says_in_vain(number, "start", OptOutType="START")
    stage.says(number, "book")
    stage.hears(number, MENU, MENU)


def test_a_refusal_for_a_stop_at_twilio_is_a_stop(stage: Stage) -> None:
    number = "+447400123512"
    stage.fake.refusal = error(400, 21610)
    try:
        stage.says(number, "book")
        query = "SELECT status, code FROM message WHERE contact = ?"
        stage.convo.waits_for(query, [number], [("failed", "21610")])
    finally:
        stage.fake.refusal = None
    stage.says_in_vain(number, "book")
    stage.says_in_vain(number, "start", OptOutType="START")
    stage.says(number, "book")
    stage.hears(number, MENU)


def test_while_a_token_is_replaced_the_one_before_it_may_sign(stage: Stage) -> None:
    number = "+447400123513"
    assert stage.posts(IN, stage.text(number, "book"), PREVIOUS) == 200
    stage.hears(number, MENU)
    assert stage.posts(IN, stage.text(number, "1"), "another token") == 403


def test_it_ends_cleanly_and_no_number_is_in_its_log(stage: Stage) -> None:
    stage.convo.stop()
    log = stage.convo.log.read_text("utf-8")
    assert "Traceback" not in log
    assert "4474001235" not in log
    assert TOKEN not in log


def flipped(given: bytes, place: int) -> bytes:
    """`given` with the lowest bit of one byte turned over."""
    return given[:place] + bytes([given[place] ^ 1]) + given[place + 1 :]
