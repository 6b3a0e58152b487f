// A conversation opens at its newest text and stays there while more come; who reads farther up is
// left there. An address that names a place in it leads there instead.

const chat = document.getElementById("chat");
let atNewest = !location.hash;

const follow = () => atNewest && (chat.scrollTop = chat.scrollHeight);
const look = () => (atNewest = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 40);

// What is unfolded moves the end away from who reads it.
for (const kind of ["scroll", "toggle"]) chat.addEventListener(kind, look, true);
new MutationObserver(follow).observe(chat, { childList: true, subtree: true });
new ResizeObserver(follow).observe(chat);
