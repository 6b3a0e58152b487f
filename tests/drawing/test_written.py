"""Mermaid and DOT are read by Mermaid and by Graphviz themselves, hostile texts included."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from convo.drawing.chart import Chart, chart_of
from convo.drawing.dot import dot_of
from convo.drawing.mermaid import mermaid_of
from tests.drawing.flows import HOSTILE, examples, forty_steps, read
from tests.node_packages import install, run

#: Reads charts, one in JSON a line, and prints how many nodes and edges Mermaid finds in each.
READ = """
import { JSDOM } from "jsdom";
import { createInterface } from "node:readline";
const page = new JSDOM("<body></body>");
globalThis.window = page.window;
globalThis.document = page.window.document;
const mermaid = (await import("mermaid")).default;
await mermaid.parse("flowchart TD\\n  a --> b"); // which makes its kinds of diagrams known
for await (const line of createInterface({ input: process.stdin })) {
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(JSON.parse(line));
  console.log(JSON.stringify([db.getVertices().size, db.getEdges().length]));
}
"""


def charts() -> list[Chart]:
    hostile = "\n".join(f"  s{n}: {{say: {json.dumps(text)}}}" for n, text in enumerate(HOSTILE))
    flows = [*examples().values(), forty_steps()]
    flows.append(read(f"flow: drawn\nsteps:\n{hostile}\n  done: {{end: done}}\n"))
    return [chart_of(flow) for flow in flows]


def counts(drawn: list[Chart]) -> list[list[int]]:
    return [[len(chart.cards), len(chart.arrows)] for chart in drawn]


def test_mermaid_reads_every_card_and_every_arrow(tmp_path: Path) -> None:
    install(tmp_path, "mermaid@11", "jsdom@26")
    drawn = charts()
    told = run(tmp_path, READ, "".join(json.dumps(mermaid_of(chart)) + "\n" for chart in drawn))
    assert [json.loads(line) for line in told.splitlines()] == counts(drawn)


def test_graphviz_reads_every_card_and_every_arrow() -> None:
    dot = shutil.which("dot")
    if dot is None:
        pytest.fail("this test needs dot on the PATH: install the package graphviz")
    drawn = charts()
    told = subprocess.run(
        [dot, "-Tjson0"],
        input="".join(map(dot_of, drawn)),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert told.stderr == ""
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(told.stdout.rstrip()):
        graph, at = decoder.raw_decode(told.stdout, at)
        at += len(told.stdout[at:]) - len(told.stdout[at:].lstrip())
        found.append([len(graph["objects"]), len(graph["edges"])])
    assert found == counts(drawn)
