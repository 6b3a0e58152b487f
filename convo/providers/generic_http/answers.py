"""What a gateway's answer to a send means, by the rules of its description."""

import re
from collections.abc import Sequence

from convo.errors import (
    ConfigError,
    OptedOut,
    RateLimited,
    Refused,
    SendError,
    SendUncertain,
    Unavailable,
)
from convo.ports import Sent
from convo.providers.generic_http.options import Outcomes, Rule
from convo.providers.generic_http.payload import pointed, scalars
from convo.providers.http import Response, seconds_to_wait


def outcome(answer: Response, outcomes: Outcomes) -> Sent:
    """The gateway's ids, when it has taken the message. Raises a `SendError`."""
    failure = _ruled(answer, outcomes) or _by_status(answer, outcomes)
    if failure is not None:
        raise failure
    return Sent(provider_ids=values_at(answer, outcomes.id))


def holds(rules: Sequence[Rule], answer: Response) -> bool:
    """Whether one of the rules fits."""
    return any(_fits(rule, answer) for rule in rules)


def values_at(answer: Response, places: Sequence[str]) -> tuple[str, ...]:
    """All values at the first place that has any."""
    return next((found for place in places if (found := _at(answer, place))), ())


def _ruled(answer: Response, outcomes: Outcomes) -> SendError | None:
    code = next(iter(values_at(answer, outcomes.code)), str(answer.status))[:64]
    why = f"the gateway answered {answer.status}"
    if holds(outcomes.opted_out, answer):
        return OptedOut(why, code=code)
    if holds(outcomes.rate_limited, answer):
        return RateLimited(why, code=code, retry_after=_wait(answer, outcomes))
    if holds(outcomes.temporary, answer):
        return Unavailable(why, code=code)
    if holds(outcomes.permanent, answer):
        return Refused(why, code=code)
    return None


def _by_status(answer: Response, outcomes: Outcomes) -> SendError | None:
    status = answer.status
    code = next(iter(values_at(answer, outcomes.code)), str(status))[:64]
    why = f"the gateway answered {status}"
    failure: SendError | None = None
    if holds(outcomes.success, answer):
        failure = None
    elif status < 300:
        if outcomes.success:
            failure = Refused(f"{why}, but not what response.success asks for", code=code)
    elif status < 400:
        failure = ConfigError(f"{why}: redirects are not followed, correct send.url", code=code)
    elif status == 429 or (
        status == 503 and not outcomes.ambiguous_5xx and _wait(answer, outcomes) is not None
    ):
        failure = RateLimited(why, code=code, retry_after=_wait(answer, outcomes))
    elif status in (401, 403):
        failure = ConfigError(f"{why}: it does not take our credentials", code=code)
    elif status == 408 or (status >= 500 and outcomes.ambiguous_5xx):
        failure = SendUncertain(f"{why}; it may have been taken", code=code)
    elif status >= 500:
        failure = Unavailable(why, code=code)
    else:
        failure = Refused(why, code=code)
    return failure


def _fits(rule: Rule, answer: Response) -> bool:
    if rule.status and answer.status not in rule.status:
        return False
    if rule.pointer:
        found = scalars(pointed(answer.json(), rule.pointer))
        if not found or (rule.values and not set(found) & set(rule.values)):
            return False
    return not rule.pattern or re.search(rule.pattern, _text(answer)) is not None


def _at(answer: Response, place: str) -> tuple[str, ...]:
    kind, _, rest = place.partition(":")
    if place.startswith("/"):
        return tuple(scalars(pointed(answer.json(), place)))
    if kind == "header":
        value = answer.headers.get(rest.lower(), "")
        return (value,) if value else ()
    return tuple(found[1] for found in re.finditer(rest, _text(answer)) if found[1])


def _text(answer: Response) -> str:
    return answer.body.decode("utf-8", "replace")


def _wait(answer: Response, outcomes: Outcomes) -> float | None:
    told = next(iter(_at(answer, outcomes.retry_after)), "")
    return seconds_to_wait(told, answer.headers.get("date", ""))
