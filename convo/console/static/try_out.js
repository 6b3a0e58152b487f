// The try-out page: shows what the server tells, sends what is typed. Texts are put in as text,
// never as markup; the drawing is parsed as an image of ours.

const body = document.body;
const say = JSON.parse(body.dataset.say);
const at = (id) => document.getElementById(id);
const phones = new Map(); // number -> its article
const told = new Map(); // number -> its turns, oldest first
let watched = body.dataset.number;
let ahead = Number(body.dataset.now) - Date.now();

const inZone = (style) => new Intl.DateTimeFormat(body.dataset.lang, { timeZone: body.dataset.zone, ...style });
const hours = inZone({ hour: "2-digit", minute: "2-digit" });
const days = inZone({ dateStyle: "medium", timeStyle: "short" });

async function post(path, asked) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked),
    });
    const said = await answer.json();
    notice(said.wrong ?? "");
    return answer.ok ? said : null;
  } catch {
    notice(say.lost);
    return null;
  }
}

function notice(text) {
  at("notice").textContent = text;
}

function made(tag, kind, text) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  if (text !== undefined) element.textContent = text;
  return element;
}

// --- phones -------------------------------------------------------------------------------------

function phoneOf(number) {
  if (phones.has(number)) return phones.get(number);
  const article = at("phone").content.firstElementChild.cloneNode(true);
  const [input, area, form] = ["input", "textarea", "form"].map((each) => article.querySelector(each));
  input.value = number;
  const send = async (text) => {
    if (!text.trim()) return;
    const said = await post("/try/text", { number: input.value, text });
    if (said) watch(said.number);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(area.value);
    area.value = "";
    area.focus();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  for (const word of article.querySelectorAll("[data-word]"))
    word.addEventListener("click", () => send(word.dataset.word));
  input.addEventListener("change", () => {
    const wanted = input.value.trim();
    input.value = number;
    if (wanted && wanted !== number) watch(phoneOf(wanted) && wanted);
  });
  article.addEventListener("focusin", () => watch(number));
  at("phones").insertBefore(article, at("add"));
  phones.set(number, article);
  return article;
}

function another() {
  const last = [...phones.keys()].at(-1);
  const digits = last.slice(-4);
  const next = String((Number(digits) + 1) % 10000).padStart(4, "0");
  const number = last.slice(0, -4) + next;
  phoneOf(number).querySelector("textarea").focus();
}

function showText({ number, mine, text, at: when, parts, encoding }) {
  const log = phoneOf(number).querySelector(".texts");
  const item = made("li", mine ? "mine" : "ours");
  item.append(made("p", "said", text));
  const time = hours.format(new Date(when));
  const cost = mine ? "" : ` · ${parts} ${parts === 1 ? say.part : say.parts} · ${encoding}`;
  item.append(made("p", "cost", time + cost));
  log.firstElementChild.append(item);
  log.scrollTop = log.scrollHeight;
}

// --- the flow beside them -----------------------------------------------------------------------

let stands = null;

async function draw() {
  const query = new URLSearchParams({ texts: at("texts").value, lang: body.dataset.lang });
  const answer = await fetch(`/try/flow/${encodeURIComponent(at("flow").value)}?${query}`);
  if (!answer.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  at("picture").replaceChildren(document.importNode(drawn.documentElement, true));
  light();
}

function light() {
  const picture = at("picture");
  for (const lit of picture.querySelectorAll(".here, .walked")) lit.classList.remove("here", "walked");
  const flow = at("flow").value;
  for (const turn of told.get(watched) ?? [])
    for (const way of turn.ways.filter((each) => each.flow === flow)) {
      const arrow = [...picture.querySelectorAll(`[data-from="${CSS.escape("step:" + way.step)}"]`)].find(
        (each) => each.dataset.ways.split(" ").includes(way.branch),
      );
      arrow?.classList.add("walked");
      for (const step of [way.step, way.to])
        picture.querySelector(`[data-card="${CSS.escape("step:" + step)}"]`)?.classList.add("walked");
    }
  for (const session of stands?.sessions ?? [])
    if (session.flow === flow) {
      const card = picture.querySelector(`[data-card="${CSS.escape("step:" + session.step)}"]`);
      card?.classList.add("here");
      if (card) centre(picture, card);
    }
}

// The drawing is moved and nothing else: the page stays where its reader is.
function centre(picture, card) {
  const [frame, box] = [picture, card].map((each) => each.getBoundingClientRect());
  picture.scrollBy(
    box.left + box.width / 2 - frame.left - frame.width / 2,
    box.top + box.height / 2 - frame.top - frame.height / 2,
  );
}

async function watch(number) {
  watched = number;
  for (const [each, article] of phones) article.classList.toggle("watched", each === number);
  const answer = await fetch(`/try/standing?${new URLSearchParams({ number })}`).catch(() => null);
  if (!answer?.ok || watched !== number) return;
  stands = await answer.json();
  const list = at("standing");
  list.replaceChildren();
  if (!stands.sessions.length) list.append(made("dd", "", say.nothing_open));
  for (const { flow, step, answers } of stands.sessions) {
    list.append(made("dt", "", flow), made("dd", "", `${say.at_step} ${step}`));
    for (const [name, value] of Object.entries(answers))
      list.append(made("dt", "answer", name), made("dd", "answer", value));
  }
  const why = (told.get(number) ?? []).flatMap((turn) => turn.why).slice(-40);
  at("why").replaceChildren(...why.map((each) => made("li", "", each)));
  at("why").scrollTop = at("why").scrollHeight;
  const open = stands.sessions.at(-1)?.flow;
  if (open && open !== at("flow").value) {
    at("flow").value = open;
    await draw();
  } else light();
}

// --- what the server tells ----------------------------------------------------------------------

const events = new EventSource("/try/happenings");
const hear = (kind, then) => events.addEventListener(kind, (event) => then(JSON.parse(event.data)));
events.addEventListener("open", () => {
  for (const article of phones.values()) article.querySelector(".texts ol").replaceChildren();
  told.clear();
  notice("");
});
events.addEventListener("error", () => notice(say.lost));
hear("text", showText);
hear("turn", (turn) => {
  told.set(turn.number, [...(told.get(turn.number) ?? []), turn]);
  if (turn.number === watched) watch(watched);
});
hear("time", ({ at: now }) => {
  ahead = now - Date.now();
  tick();
});
hear("flows", ({ mistakes }) => {
  at("mistakes").hidden = !mistakes;
  at("mistakes").textContent = mistakes;
  notice(mistakes ? say.wrong_files : say.mended);
  if (!mistakes) draw();
});

function tick() {
  at("clock").textContent = days.format(new Date(Date.now() + ahead));
}

for (const button of document.querySelectorAll("[data-by]"))
  button.addEventListener("click", () => post("/try/time", { by: button.dataset.by }));
at("add").addEventListener("click", another);
at("flow").addEventListener("change", draw);
at("texts").addEventListener("change", draw);
tick();
setInterval(tick, 1000);
phoneOf(watched);
draw().then(() => watch(watched));
