// The try-out page: shows what the server tells, sends what is typed. Texts are put in as text,
// never as markup; the drawing is parsed as an image of ours.

import { at, made, notice, page, post, say } from "./asking.js";
import { centre, fromTheBeginning } from "./centring.js";
import * as phones from "./try_phones.js";

const told = new Map(); // number -> its turns, oldest first
let watched = page.number;
let ahead = Number(page.now) - Date.now();

const days = new Intl.DateTimeFormat(page.lang, { timeZone: page.zone, dateStyle: "medium", timeStyle: "short" });

// --- the flow beside them -----------------------------------------------------------------------

let stands = null;

async function draw() {
  const query = new URLSearchParams({ texts: at("texts").value, lang: page.lang });
  const flow = encodeURIComponent(at("flow").value);
  const [answer, listed] = await Promise.all([
    fetch(`/try/flow/${flow}?${query}`),
    fetch(`/try/outline/${flow}?${query}`),
  ]);
  if (!answer.ok || !listed.ok) return;
  list((await listed.json()).cards);
  const drawn = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  at("picture").replaceChildren(document.importNode(drawn.documentElement, true));
  light();
  look();
}

// The same flow as a list, whose ways lead from item to item.
function list(cards) {
  const item = ({ id, title, does, lines, ways }) => {
    const each = made("li");
    each.id = `list-${id}`;
    each.dataset.card = id;
    each.tabIndex = -1;
    each.append(made("strong", "", title), made("span", "does", does && ` ${does}`));
    for (const line of lines) each.append(made("p", "", line));
    const leads = made("ul");
    for (const { words, to, title: target } of ways) {
      const way = made("li", "", words.length ? say.by_way.replace("{}", words.join(" · ")) : "");
      const link = made("a", "", say.leads_to.replace("{}", target));
      if (cards.some((card) => card.id === to)) link.href = `#list-${to}`;
      way.append(link);
      leads.append(way);
    }
    each.append(leads);
    return each;
  };
  at("outline").querySelector("ol").replaceChildren(...cards.map(item));
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
  for (const item of at("outline").querySelectorAll("[aria-current]")) {
    item.removeAttribute("aria-current");
    item.querySelector(".here").remove();
  }
  for (const session of stands?.sessions ?? [])
    if (session.flow === flow) {
      const item = at(`list-step:${session.step}`);
      item?.setAttribute("aria-current", "step");
      item?.querySelector(".does").after(made("em", "here", ` · ${say.here}`));
      const card = picture.querySelector(`[data-card="${CSS.escape("step:" + session.step)}"]`);
      card?.classList.add("here");
      if (card) centre(picture, card);
    }
}

// Where the conversation stands; in a flow in which it does not, the beginning.
function look() {
  const picture = at("picture");
  const card = picture.querySelector(".card.here");
  if (card) centre(picture, card);
  else fromTheBeginning(picture);
}

// What whoever has taken over presses.
function back(number) {
  const button = made("button", "back", say.give_back);
  button.type = "button";
  button.addEventListener("click", () => post("/try/back", { number }));
  return button;
}

async function stand(number) {
  watched = number;
  const answer = await fetch(`/try/standing?${new URLSearchParams({ number, lang: page.lang })}`).catch(() => null);
  if (!answer?.ok || watched !== number) return;
  stands = await answer.json();
  const [nowhere, list] = at("standing").children;
  list.replaceChildren();
  nowhere.hidden = stands.sessions.length > 0;
  for (const { flow, step, handed, answers } of stands.sessions) {
    const where = made("dd", "", `${say.at_step} ${step}${handed ? ` · ${say.handed} ` : ""}`);
    if (handed) where.append(back(number));
    list.append(made("dt", "", flow), where);
    for (const [name, value] of Object.entries(answers))
      list.append(made("dt", "answer", name), made("dd", "answer", value));
  }
  const why = (told.get(number) ?? []).flatMap((turn) => turn.why[page.lang]).slice(-40);
  at("why").replaceChildren(...why.map((each) => made("li", "", each)));
  at("why").scrollTop = at("why").scrollHeight;
  const open = stands.sessions.at(-1)?.flow;
  if (open && open !== at("flow").value) {
    at("flow").value = open;
    await draw();
  } else {
    light();
    if (!stands.sessions.length) look();
  }
}

// --- what the server tells ----------------------------------------------------------------------

const events = new EventSource("/try/happenings");
const hear = (kind, then) => events.addEventListener(kind, (event) => then(JSON.parse(event.data)));
events.addEventListener("open", () => {
  phones.emptied();
  told.clear();
  notice("");
});
events.addEventListener("error", () => notice(say.lost));
hear("phone", phones.showPhone);
hear("mood", phones.showMood);
hear("text", phones.showText);
hear("arrived", phones.showArrived);
hear("status", phones.showStatus);
hear("twice", phones.showTwice);
hear("back", phones.showBack);
hear("anew", (anew) => {
  phones.showAnew(anew);
  told.delete(anew.number);
  if (anew.number === watched) stand(watched);
});
hear("turn", (turn) => {
  told.set(turn.number, [...(told.get(turn.number) ?? []), turn]);
  if (turn.number === watched) stand(watched);
});
hear("time", ({ at: now }) => {
  ahead = now - Date.now();
  tick();
});
hear("flows", ({ mistakes }) => {
  at("mistakes").hidden = !mistakes;
  at("mistakes").textContent = mistakes?.[page.lang] ?? "";
  notice(mistakes ? say.wrong_files : say.mended);
  if (!mistakes) draw();
});

function tick() {
  at("clock").textContent = days.format(new Date(Date.now() + ahead));
}

for (const button of document.querySelectorAll("[data-by]"))
  button.addEventListener("click", () => post("/try/time", { by: button.dataset.by }));
at("flow").addEventListener("change", draw);
at("texts").addEventListener("change", draw);
new ResizeObserver(look).observe(at("picture"));
tick();
setInterval(tick, 1000);
phones.onWatch(stand);
phones.phoneOf(watched);
draw().then(() => phones.watch(watched));
