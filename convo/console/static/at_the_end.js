// A frame that shows its end goes on showing it while more comes, or while it is made narrower; who
// reads farther up is left there.

export function staysAtTheEnd(frame, atEnd = true) {
  const follow = () => atEnd && (frame.scrollTop = frame.scrollHeight);
  const look = () => (atEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 40);
  // What is unfolded moves the end away from who reads it.
  for (const kind of ["scroll", "toggle"]) frame.addEventListener(kind, look, true);
  new MutationObserver(follow).observe(frame, { childList: true, subtree: true });
  new ResizeObserver(follow).observe(frame);
}
