"""What is wrong with a page by geometry alone: as it stands, at the width that it has."""

from playwright.sync_api import Page

#: Pixels that browsers round away.
NEARLY = 1.5
SMALLEST_TARGET = 24
"""CSS pixels of what is pressed, either way (WCAG 2.2, 2.5.8); links within a text are exempt."""

#: Cut on purpose, with an ellipsis: the list shows the beginning of a text.
SHORTENED = ".talks .wrote"

#: Texts and controls as rectangles, cut to what their scrolling ancestors show of them; of drawings
#: of flows tests of their own tell.
FAULTS = """([nearly, smallest, shortened]) => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} wide`);
  const hides = (style) => style.overflowX !== "visible" || style.overflowY !== "visible";
  const shownOf = (rect, element) => {
    let { left, top, right, bottom } = rect;
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (!hides(style)) continue;
      const box = each.getBoundingClientRect();
      left = Math.max(left, box.left); right = Math.min(right, box.right);
      top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom);
    }
    return { left, top, right, bottom };
  };
  const dialog = document.querySelector("dialog[open]");
  const seen = (element) => element.checkVisibility({ visibilityProperty: true })
    && !element.closest("svg, template, script, style, .skip, #progress")
    && (!dialog || dialog.contains(element));
  const isThere = (box) => box.right - box.left > nearly && box.bottom - box.top > nearly;
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className || element.id}`;
  const items = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest("select, button, textarea") || !seen(element))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      const box = shownOf(rect, element);
      if (isThere(box)) items.push({ element, box, words: node.textContent.trim().slice(0, 40) });
    }
    const style = getComputedStyle(element);
    if (element.scrollWidth > element.clientWidth + nearly && style.overflowX === "hidden"
        && !element.closest(shortened))
      faults.push(`cut: ${name(element)}: ${node.textContent.trim().slice(0, 40)}`);
  }
  for (const element of document.querySelectorAll("button, select, input, textarea, summary")) {
    if (element.type === "hidden" || !seen(element)) continue;
    const rect = element.getBoundingClientRect();
    if (element.tagName !== "SUMMARY") {
      const box = shownOf(rect, element);
      if (isThere(box)) items.push({ element, box, words: name(element) });
      if (["BUTTON", "SELECT"].includes(element.tagName)
          && element.scrollWidth > element.clientWidth + nearly)
        faults.push(`cut: ${name(element)}: ${element.textContent.trim().slice(0, 40)}`);
    }
    if (rect.width < smallest || rect.height < smallest)
      faults.push(`small: ${name(element)} ${rect.width} x ${rect.height}`);
  }
  for (const { box, words, element } of items)
    if (box.left < -nearly || box.right > innerWidth + nearly)
      faults.push(`outside: ${name(element)}: ${words}`);
  items.sort((one, other) => one.box.top - other.box.top);
  items.forEach((one, n) => {
    for (let m = n + 1; m < items.length; m++) {
      const other = items[m];
      if (other.box.top >= one.box.bottom - nearly) break;
      const apart = one.box.right <= other.box.left + nearly
        || other.box.right <= one.box.left + nearly;
      if (!apart && one.element !== other.element)
        faults.push(`overlap: ${one.words} | ${other.words}`);
    }
  });
  return [...new Set(faults)];
}"""


def faults_of(page: Page) -> list[str]:
    """Whatever stands out of the page, is cut, lies on something else, or is too small to press."""
    return page.evaluate(FAULTS, [NEARLY, SMALLEST_TARGET, SHORTENED])
