"""回答“营业时间”：改掉文字，或者去别处查。"""

from convo import Call, Reply, keyword


@keyword("营业时间", "几点开门")
async def opening_hours(call: Call) -> Reply:  # noqa: ARG001
    """我们什么时候营业。"""
    return Reply("周一至周六，9点到18点营业。")
