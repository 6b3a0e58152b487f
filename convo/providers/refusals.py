"""What an answer means that takes no message: its status comes before the company's own code."""

from convo.errors import ConfigError, RateLimited, Refused, SendError, SendUncertain
from convo.providers.http import Response


def refusal(
    answer: Response, company: str, *, code: str = "", kind: type[SendError] = Refused
) -> SendError:
    """The decision that the answer asks for.

    `code` is the company's own word for it, `kind` what that means where the status leaves it
    open: a server that failed may have taken the message all the same, and one that sends us
    elsewhere has not.
    """
    status = answer.status
    why = f"{company} answered {status} {code}".rstrip()
    code = code or str(status)
    if status >= 500 or status == 408:
        return SendUncertain(f"{why}; it may have been taken", code=code)
    if status == 429 or kind is RateLimited:
        return RateLimited(why, code=code, retry_after=answer.retry_after())
    if status < 400:
        return ConfigError(f"{why}: redirects are not followed, correct base_url", code=code)
    return kind(why, code=code)


def granted(answer: Response, company: str) -> Response:
    """An answer about our account's settings, if it is a good one. Raises a `SendError`."""
    if not 200 <= answer.status < 300:
        raise refusal(answer, company, kind=ConfigError)
    return answer
