"""A Twilio on 127.0.0.1: it checks what it is sent as the real one does, and keeps it."""

from convo.fakes import twilio
from convo.fakes.twilio import ACCOUNT, LOGIN, PATH, TOKEN, error
from tests.fakes.http_server import FakeServer

__all__ = ["ACCOUNT", "LOGIN", "PATH", "TOKEN", "FakeTwilio", "error"]


class FakeTwilio(twilio.FakeTwilio, FakeServer):
    """`refusal` is what every send is answered from now on."""

    def __init__(self, page_size: int = 1000) -> None:
        twilio.FakeTwilio.__init__(self, page_size=page_size)
        FakeServer.__init__(self, self.answer)
