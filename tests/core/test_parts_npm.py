"""Parts of a text against npm's sms-segments-calculator, which Twilio's own page uses.

It keeps whole graphemes together at a boundary, so texts with combining marks, Indic vowels and
joined emoji may come out one part dearer there; the networks count code units, and so do we.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from convo.core.parts import parts_of
from tests.node_packages import install, run

SEED = 1_530
# Each with no character that joins another into one grapheme (and no CR LF, which is one).
ALPHABETS = (
    "abcdefghij ABC 0123456789.,!?",
    "éùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¡ÄÖÑÜ§¿äöñüà@£$¥èé\n",
    "^{}[]~|\\€",
    "ab€",
    "ab€汉",
    "汉字短信预约明天下午",
    "汉字😀🎉🚀",
    "aé😀€ışçãñ“”—",
)
READ_AND_COUNT = """
import calculator from "sms-segments-calculator";
import { createInterface } from "node:readline";
const { SegmentedMessage } = calculator;
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const message = new SegmentedMessage(JSON.parse(line), "auto");
  console.log(JSON.stringify([message.getEncodingName(), message.segmentsCount]));
});
"""


@pytest.fixture(scope="session")
def count_with_npm(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[list[str]], list[tuple[str, int]]]:
    """Counts many texts in one node process."""
    folder: Path = tmp_path_factory.mktemp("npm")
    install(folder, "sms-segments-calculator@1")

    def count(texts: list[str]) -> list[tuple[str, int]]:
        told = run(folder, READ_AND_COUNT, "".join(json.dumps(text) + "\n" for text in texts))
        return [(encoding, parts) for encoding, parts in map(json.loads, told.splitlines())]

    return count


def test_two_thousand_random_texts_have_the_parts_npm_counts(
    count_with_npm: Callable[[list[str]], list[tuple[str, int]]],
) -> None:
    dice = random.Random(SEED)
    texts = [
        "".join(dice.choices(dice.choice(ALPHABETS), k=dice.randint(1, 500))) for _ in range(2_000)
    ]
    theirs = count_with_npm(texts)
    ours = [(parts.encoding, parts.count) for parts in map(parts_of, texts)]
    assert ours == theirs


def test_edges_have_the_parts_npm_counts(
    count_with_npm: Callable[[list[str]], list[tuple[str, int]]],
) -> None:
    texts = ["a" * n for n in (1, 159, 160, 161, 306, 307)]
    texts += ["€" * n for n in (79, 80, 81, 152, 153, 154)]
    texts += ["汉" * n for n in (69, 70, 71, 134, 135)]
    texts += ["😀" * n for n in (34, 35, 36, 66, 67, 68)]
    texts += ["a" * 152 + "€" + "a" * 152, "汉" * 66 + "😀" + "汉" * 66]
    ours = [(parts.encoding, parts.count) for parts in map(parts_of, texts)]
    assert ours == count_with_npm(texts)
