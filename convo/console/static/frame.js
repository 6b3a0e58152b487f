// What every page does: tell that something takes longer than a moment.

const PATIENCE = 400; // ms
const bar = document.getElementById("progress");
let waiting;

export function begin() {
  clearTimeout(waiting);
  waiting = setTimeout(() => (bar.hidden = false), PATIENCE);
}

export function over() {
  clearTimeout(waiting);
  bar.hidden = true;
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  // A second press must not ask twice; the button itself is still sent with the form.
  setTimeout(() => event.target.querySelectorAll("button").forEach((each) => (each.disabled = true)));
  begin();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const leaves = link && link.origin === location.origin && !link.getAttribute("href").startsWith("#");
  if (leaves && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey) begin();
});
// Also when the browser shows a page again that it has kept.
window.addEventListener("pageshow", () => {
  over();
  for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});
