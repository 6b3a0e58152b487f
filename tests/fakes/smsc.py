"""An SMSC of another house: the npm package `smpp` as a server, told what to do in JSON."""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

SYSTEM_ID, PASSWORD = "convo", "secret08"
HANG_GUARD = 60.0
LINE_AT_MOST = 1_000_000

PACKAGE = "smpp@0.5.1"

PHONE = "phone"
"""The system type of the other side, where it passes on what one side submits to the other."""

#: Everything that it is told and tells is one object a line. A text that has no good answer is
#: brought again, to whoever binds next or a moment later; receipts likewise.
PROGRAM = r"""
import readline from 'node:readline';
import smpp from 'smpp';

const AGAIN_MS = 100;
const PHONE = 'phone';
const bound = new Set();
const waiting = new Map();
let ids = 0, most = 100, receipts = false, relays = false, statuses = [], fates = [], owed = [];
const tell = (event, told) => process.stdout.write(JSON.stringify({event, ...told}) + '\n');
const octets = (hex) => Buffer.from(hex ?? '', 'hex');

function bring(session, name) {
  const waits = waiting.get(name);
  if (!waits || session.brought.has(name)) return;
  session.brought.add(name);
  const {type, ...fields} = waits;
  session.deliver_sm(fields, (answer) => {
    tell('answered', {name, status: answer.command_status});
    if (answer.command_status === 0) { waiting.delete(name); return; }
    session.brought.delete(name);
    setTimeout(() => bound.has(session) && bring(session, name), AGAIN_MS);
  });
}

const hears = (session, fields) => session.role !== 'transmitter' && session.type === fields.type;

function wait(name, fields) {
  waiting.set(name, fields);
  const session = [...bound].find((each) => hears(each, fields));
  if (session) bring(session, name);
}

function keep(name, {text, hex, udh, ...fields}) {
  const message = hex === undefined ? text : octets(hex);
  wait(name, {type: '', ...fields, short_message: udh ? {udh: octets(udh), message} : message});
}

function passOn(session, pdu, id) {
  const {udh, message} = pdu.short_message;
  const header = Buffer.concat([udh ?? []].flat());
  const length = Buffer.from([header.length]);
  wait(`passed on ${id}`, {
    type: session.type ? '' : PHONE, source_addr: pdu.source_addr, source_addr_ton: 1,
    destination_addr: pdu.destination_addr, data_coding: pdu.data_coding,
    esm_class: pdu.esm_class & 0x40,
    short_message: udh ? {udh: Buffer.concat([length, header]), message} : message,
  });
}

function receipt(pdu, id) {
  keep(`receipt ${id}`, {
    source_addr: pdu.destination_addr, source_addr_ton: 1, destination_addr: pdu.source_addr,
    esm_class: 4,
    text: `id:${id} sub:001 dlvrd:001 submit date:2611290000 done date:2611290000 `
      + `stat:DELIVRD err:000 text:`,
    ...(pdu.user_message_reference === undefined ? {}
      : {user_message_reference: pdu.user_message_reference}),
  });
}

function submitted(session, pdu) {
  const fate = fates.shift() ?? 'answer';
  if (fate === 'lose') { session.destroy(); return; }
  const status = statuses.shift() ?? 0;
  if (status && fate === 'answer late') {
    owed.push(() => session.send(pdu.response({command_status: status})));
    return;
  }
  if (status) { session.send(pdu.response({command_status: status})); return; }
  const id = `0${(0xA0000 + ++ids).toString(16).toUpperCase()}`;
  const {udh, message} = pdu.short_message;
  const payload = pdu.message_payload;
  tell('taken', {
    id, text: message || (payload && payload.message) || '',
    udh: Buffer.concat([udh ?? []].flat()).toString('hex'),
    whole: payload !== undefined, source: pdu.source_addr, source_ton: pdu.source_addr_ton,
    to: pdu.destination_addr, to_ton: pdu.dest_addr_ton, esm_class: pdu.esm_class,
    data_coding: pdu.data_coding, registered: pdu.registered_delivery,
    reference: pdu.user_message_reference, sar: pdu.sar_msg_ref_num,
    number: pdu.sar_segment_seqnum, count: pdu.sar_total_segments,
  });
  if (relays) passOn(session, pdu, id);
  if (receipts && pdu.registered_delivery) receipt(pdu, id);
  if (fate === 'take and drop') { session.destroy(); return; }
  if (fate === 'take in silence') return;
  if (fate === 'answer late') {
    owed.push(() => session.send(pdu.response({message_id: id})));
    return;
  }
  session.send(pdu.response({message_id: id}));
}

const server = smpp.createServer((session) => {
  session.brought = new Set();
  session.on('error', () => {});
  session.on('close', () => { bound.delete(session); tell('closed', {role: session.role}); });
  session.on('enquire_link', (pdu) => {
    if (fates[0] !== 'deaf') session.send(pdu.response());
  });
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('submit_sm', (pdu) => submitted(session, pdu));
  for (const role of ['transceiver', 'transmitter', 'receiver']) {
    session.on(`bind_${role}`, (pdu) => {
      const refused = pdu.system_id !== 'convo' || pdu.password !== 'secret08'
        ? smpp.ESME_RINVPASWD : bound.size >= most ? smpp.ESME_RALYBND : 0;
      tell('bind', {role, status: refused});
      session.send(pdu.response({command_status: refused, system_id: 'npm'}));
      if (refused) { session.close(); return; }
      session.role = role;
      session.type = pdu.system_type ?? '';
      bound.add(session);
      for (const [name, fields] of waiting) if (hears(session, fields)) bring(session, name);
    });
  }
});

const orders = {
  bring: ({name, ...fields}) => keep(name, fields),
  drop: () => { for (const session of bound) session.destroy(); },
  unbind: () => { for (const session of bound) session.unbind(); },
  write: ({hex}) => { for (const session of bound) session.socket.write(octets(hex)); },
  statuses: (told) => { statuses = told.list; },
  fates: (told) => { fates = told.list; },
  receipts: () => { receipts = true; },
  relays: () => { relays = true; },
  answer: () => { for (const late of owed.splice(0)) late(); },
  most: (told) => { most = told.most; },
};
readline.createInterface({input: process.stdin})
  .on('line', (line) => { const told = JSON.parse(line); orders[told.order](told); tell('did'); })
  .on('close', () => process.exit(0));
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  tell('open', {port: server.address().port});
});
"""


class Smsc:
    """One that stands; whatever it has told is in `told`, oldest first."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._news = asyncio.Event()
        self._names = itertools.count()
        self._orders = 0
        self.told: list[dict[str, Any]] = []
        self.port = 0

    def of(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.told if each["event"] == event]

    @property
    def taken(self) -> list[dict[str, Any]]:
        """Every submit_sm that it has taken."""
        return self.of("taken")

    async def until(self, is_so: Callable[[], object]) -> None:
        """Until what it has told makes it so."""
        async with asyncio.timeout(HANG_GUARD):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def order(self, order: str, **told: Any) -> None:
        """Returns when it is done."""
        assert self._process.stdin is not None
        self._orders += 1
        mine = self._orders
        self._process.stdin.write(json.dumps({"order": order, **told}).encode() + b"\n")
        await self.until(lambda: len(self.of("did")) >= mine)

    async def bring(self, text: str, source: str = "12025550101", **fields: Any) -> str:
        """A text for us; the name by which its answer is told."""
        name = f"text {next(self._names)}"
        told = {"source_addr": source, "source_addr_ton": 1, "destination_addr": "12025550100"}
        await self.order("bring", name=name, **{**told, "text": text, **fields})
        return name

    async def bring_parts(self, texts: Sequence[str], reference: int, **fields: Any) -> None:
        for number, text in enumerate(texts, start=1):
            udh = bytes((5, 0, 3, reference, len(texts), number)).hex()
            await self.bring(text, udh=udh, esm_class=0x40, **fields)

    async def answers(self, name: str, count: int = 1) -> list[int]:
        """The statuses that a text of this name was answered with, once there are so many."""

        def found() -> list[int]:
            return [each["status"] for each in self.of("answered") if each["name"] == name]

        await self.until(lambda: len(found()) >= count)
        return found()

    async def hear(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.told.append(json.loads(line))
            self._news.set()


@asynccontextmanager
async def smsc(packages: Path, port: int = 0) -> AsyncGenerator[Smsc]:
    """An SMSC at a free port, or at this one; `packages` is where npm has put `PACKAGE`."""
    script = packages / "smsc.mjs"
    script.write_text(PROGRAM, "utf-8")
    process = await asyncio.create_subprocess_exec(
        "node",
        str(script),
        str(port),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=packages,
        limit=LINE_AT_MOST,
    )
    stands = Smsc(process)
    hearing = asyncio.create_task(stands.hear())
    try:
        await stands.until(lambda: stands.of("open"))
        stands.port = stands.of("open")[0]["port"]
        yield stands
    finally:
        process.kill()
        await process.wait()
        await hearing
