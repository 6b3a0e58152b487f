"""How long the page of `convo dev` takes from the press of Send to the reply, in Chromium.

Each sample is a fresh contact's start word on a business with SQLite on the disk: webhook, turn,
gate, sender, network, and what the page hears of it. It begins when the report on the text before
has been told of: that is a webhook and a turn of its own, 0.4 seconds after each text.
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.console.browser import developing, sitting

SAMPLES = 200
WARM = 20
"""Samples before the first that counts."""

#: Milliseconds from the press to the text in the page; each on a phone of its own, which is taken
#: away again.
ONE = """async (n) => {
  const phone = document.querySelectorAll(".phone")[n];
  const shown = phone.querySelector(".texts ol");
  const there = new Promise((go) => {
    const seen = new MutationObserver(() => {
      if (!shown.querySelector(".ours:not(.away)")) return;
      seen.disconnect();
      go(performance.now());
    });
    seen.observe(shown, { childList: true, subtree: true, attributes: true });
  });
  phone.querySelector("textarea").value = "book";
  const pressed = performance.now();
  phone.querySelector("form").requestSubmit();
  const took = (await there) - pressed;
  while (!shown.querySelector("[data-status=delivered]"))
    await new Promise((go) => setTimeout(go, 20));
  return took;
}"""
ANOTHER = """async (n) => {
  await fetch("/try/phone", { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ country: "GB" }) });
  while (document.querySelectorAll(".phone").length <= n)
    await new Promise((go) => setTimeout(go, 5));
}"""


def measure() -> list[float]:
    """Milliseconds of each sample, in their order."""
    chromium = shutil.which("chromium")
    took: list[float] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        with developing(Path(folder) / "shop") as dev, sitting(browser, dev, "en-GB") as desk:
            for n in range(WARM + SAMPLES):
                desk.page.evaluate(ANOTHER, n + 1)
                took.append(desk.page.evaluate(ONE, n + 1))
        browser.close()
    return took[WARM:]


def main() -> None:
    took = measure()
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"from Send to the reply on the page, {len(took)} times, SQLite on the disk:")
    print(f"  median {statistics.median(took):.0f} ms, p95 {p95:.0f} ms, most {max(took):.0f} ms")


if __name__ == "__main__":
    main()
