"""call: an HTTP request to a system of the business's own."""

from pydantic import Field, field_validator

from convo.language.expressions import Expression
from convo.language.values import plain
from convo.sentences import sentence
from convo.steps.outside import Outside, worked_out
from convo.steps.scene import Scene


class Call(Outside):
    """Posts JSON to an own system: signed, tried again, with an idempotency key.

    tell_crm:
      call: https://crm.example/leads
      json: {name: name, day: when}
      failed: front_desk
    """

    call: str = Field(description="The URL; https, or http on this machine.")
    json_: dict[str, Expression] = Field(
        default={}, alias="json", description="The body: names and expressions."
    )

    @field_validator("call")
    @classmethod
    def _url(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")) or " " in url or "{{" in url:
            raise ValueError(
                sentence("Give a whole URL that starts with https:// and holds no {{{{ }}}}.")
            )
        return url

    def depart(self, scene: Scene) -> None:
        seconds = self.within.total_seconds()
        scene.send_out("http", self.call, plain(worked_out(self.json_, scene)), seconds)
