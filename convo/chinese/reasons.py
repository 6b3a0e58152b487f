"""Chinese for why something does not work now: a process, a channel, a store."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    # processes and their store
    "the store fails: {why}": "存储出错：{why}",
    "the owner died: {error}": "处理中断（{error}）",
    "stopping": "正在停止",
    "has not become the owner of anything yet": "尚未接管任何分区",
    "pauses, for contacts are being divided anew (convo partitions)": (
        "暂停：正在重新划分联系人（convo partitions）"
    ),
    "Redis cannot be used: {why}.": "无法使用 Redis：{why}。",
    "{told} If it is not running, its own log says why: a full disk ends it at every write "
    "(appendfsync always). Make room there and start it.": (
        "{told}如果它没有运行，原因见它自己的日志：磁盘已满时，每次写入都会使它退出"
        "（appendfsync always）。请腾出空间再启动。"
    ),
    # SMPP
    "the SMSC cannot be reached: {error}": "无法连接短信中心（{error}）",
    "the SMSC does not let us in {status}": "短信中心拒绝登录（{status}）",
    "the SMSC answers the bind {status}": "短信中心对登录的应答为 {status}",
    "the SMSC does not answer": "短信中心没有应答",
    "the connection to the SMSC is lost": "与短信中心的连接已断开",
    "the connection was lost before the answer": "收到应答之前连接已断开",
    "there is no connection to the SMSC": "没有与短信中心的连接",
    # queues
    "Amazon SQS gives {count} messages again, for {code}": (
        "Amazon SQS 会重发 {count} 条消息（{code}）"
    ),
    "Amazon SQS does not say how many messages wait": "Amazon SQS 没有说明有多少消息在等待",
    "Amazon SQS answered {status} {name} to {action}": (
        "Amazon SQS 对 {action} 的应答为 {status} {name}"
    ),
    "{why}: is the queue's URL right, and may the key do that there?": (
        "{why}：请检查队列的网址是否正确，密钥是否有此权限"
    ),
    "Amazon SQS answered what cannot be read": "无法读取 Amazon SQS 的应答",
    # HTTP
    "{host}: we are closing": "{host}：我们正在关闭",
    "{host}: no connection came free in {seconds} s": "{host}：{seconds} 秒内没有空闲连接",
    "{host}: no connection in {seconds} s": "{host}：{seconds} 秒内无法连接",
    "{host}: no connection ({error})": "{host}：无法连接（{error}）",
    "{host}: {why}; the request may have been taken": "{host}：{why}；请求可能已被接受",
    "no answer in {seconds} s": "{seconds} 秒内没有应答",
    "the answer is longer than {bytes} bytes": "应答超过 {bytes} 字节",
    "the answer is not HTTP": "应答不是 HTTP",
    "closed before its answer was whole": "应答未完成连接就已关闭",
}
