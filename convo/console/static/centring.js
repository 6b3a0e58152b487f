// Moves a drawing within its frame, and nothing else: the page stays where its reader is.

export function centre(frame, card) {
  const [around, box] = [frame, card].map((each) => each.getBoundingClientRect());
  frame.scrollBy(
    box.left + box.width / 2 - around.left - around.width / 2,
    box.top + box.height / 2 - around.top - around.height / 2,
  );
}

// The flow's first step: where nothing else is to be seen first.
export const firstStep = (drawing) => drawing.querySelector('[data-card^="step:"]');
