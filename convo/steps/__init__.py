"""The step kinds: what a flow can be made of. The file is the YAML key."""

from collections.abc import Mapping

from convo.steps.ask import Ask
from convo.steps.branch import Branch
from convo.steps.call import Call
from convo.steps.choose import Choose
from convo.steps.confirm import Confirm
from convo.steps.consent import Consent
from convo.steps.do import Do
from convo.steps.end import End
from convo.steps.handoff import Handoff
from convo.steps.limit import Limit
from convo.steps.run import Run
from convo.steps.say import Say
from convo.steps.set import Set
from convo.steps.split import Split
from convo.steps.step import Step
from convo.steps.tally import Tally
from convo.steps.verify import Verify
from convo.steps.wait import Wait

#: Key -> kind. A step is of the first kind whose key it has, so their order is a rule:
#: `say` and `set` may stand beside the kinds above them.
KINDS: Mapping[str, type[Step]] = {
    "ask": Ask,
    "choose": Choose,
    "consent": Consent,
    "confirm": Confirm,
    "verify": Verify,
    "branch": Branch,
    "do": Do,
    "call": Call,
    "wait": Wait,
    "run": Run,
    "handoff": Handoff,
    "split": Split,
    "limit": Limit,
    "tally": Tally,
    "end": End,
    "set": Set,
    "say": Say,
}
