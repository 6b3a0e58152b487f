"""Where is my order? ORDER 1001, or 订单1001, from the shop's own table."""

import re

from convo import Call, Reply, keyword

#: Number -> what happened to it. Ask your own shop here instead.
SHOP = {
    "1001": {"en": "is on its way and arrives tomorrow", "zh": "已发货，预计明天送达"},
    "1002": {"en": "is being packed", "zh": "正在打包"},
    "1003": {"en": "was delivered on Friday", "zh": "已于周五送达"},
}


@keyword("order", "订单")
async def order_status(call: Call) -> Reply:
    """Where an order is; asks for its number when there is none."""
    number = re.search(r"\d+", call.rest)
    if number is None:
        return Reply(
            en="Which order? Text ORDER and its number, for example ORDER 1001.",
            zh="请问哪个订单？请回复“订单”加订单号，例如：订单1001。",
        )
    known = SHOP.get(number[0])
    if known is None:
        return Reply(
            en=f"We have no order {number[0]}. Please check the number, or text HUMAN.",
            zh=f"没有找到订单{number[0]}，请核对订单号，或回复“人工”。",
        )
    return Reply(en=f"Order {number[0]} {known['en']}.", zh=f"订单{number[0]}{known['zh']}。")
