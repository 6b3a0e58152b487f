// Moves a drawing within its frame, and nothing else: the page stays where its reader is.

export function centre(frame, card) {
  const [around, box] = [frame, card].map((each) => each.getBoundingClientRect());
  frame.scrollBy(
    box.left + box.width / 2 - around.left - around.width / 2,
    box.top + box.height / 2 - around.top - around.height / 2,
  );
}

// A drawing from its beginning: its top, with what is to both sides of its first step; that step
// itself where it is not in sight there.
export function fromTheBeginning(frame) {
  frame.scrollTo(0, 0);
  const first = frame.querySelector('[data-card^="step:"]');
  if (!first) return;
  const [around, box] = [frame, first].map((each) => each.getBoundingClientRect());
  if (box.bottom > around.bottom) centre(frame, first);
  else frame.scrollBy(box.left + box.width / 2 - around.left - around.width / 2, 0);
}
