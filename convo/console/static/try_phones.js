// The phones: what was written and said on each, and what their holders can do.

import { staysAtTheEnd } from "/console/static/at_the_end.js";
import { at, fields, made, page, post, say } from "./asking.js";
import { save } from "./try_saving.js";

const phones = new Map(); // number -> its article
const hours = new Intl.DateTimeFormat(page.lang, { timeZone: page.zone, hour: "2-digit", minute: "2-digit" });
const watchers = [];
const texts = new Map(); // id -> the item of a text, and what is told below it
const TICKS = { queued: "○", sent: "✓", delivered: "✓✓", undelivered: "✗", failed: "✗", again: "↻", held: "?" };
const FINAL = ["delivered", "undelivered", "failed"]; // what a later word of ours does not change

// Told the number of the phone that is held, whenever another one is.
export const onWatch = (then) => watchers.push(then);

export function watch(number) {
  for (const [each, article] of phones) article.classList.toggle("watched", each === number);
  for (const then of watchers) then(number);
}

export function phoneOf(number) {
  if (phones.has(number)) return phones.get(number);
  const article = at("phone").content.firstElementChild.cloneNode(true);
  const [area, form] = ["textarea", "form"].map((each) => article.querySelector(each));
  article.querySelector(".number").textContent = number;
  article.setAttribute("aria-label", `${say.phone} ${number}`);
  area.setAttribute("aria-label", `${say.write} · ${number}`);
  const send = (text) => text.trim() && post("/try/text", { number, text });
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
  article.querySelector(".pictures form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    post("/try/picture", { number, ...fields(event.target) });
  });
  for (const word of article.querySelectorAll("[data-word]"))
    word.addEventListener("click", () => send(word.dataset.word));
  article
    .querySelector(".spoken")
    .addEventListener("change", ({ target }) => post("/try/phone", { number, language: target.value }));
  article
    .querySelector(".mood")
    .addEventListener("change", ({ target }) => post("/try/mood", { number, mood: target.value }));
  article.querySelector(".restart").addEventListener("click", () => post("/try/anew", { number }));
  article.querySelector(".save").addEventListener("click", () => save(number));
  article.addEventListener("focusin", () => watch(number));
  at("phones").insertBefore(article, at("add"));
  staysAtTheEnd(article.querySelector(".texts"));
  phones.set(number, article);
  return article;
}

export function emptied() {
  texts.clear();
  for (const article of phones.values()) article.querySelector(".texts ol").replaceChildren();
}

export function showAnew({ number }) {
  phoneOf(number).querySelector(".texts ol").replaceChildren();
}

export function showPhone({ number, language }) {
  phoneOf(number).querySelector(".spoken").value = language;
}

export function showMood({ number, mood }) {
  phoneOf(number).querySelector(".mood").value = mood;
}

export function showText({ id, number, mine, text, media = [], at: when, parts, encoding, price }) {
  const log = phoneOf(number).querySelector(".texts");
  const item = made("li", mine ? "mine" : "ours away");
  item.append(made("p", "said", [text, ...media].filter(Boolean).join("\n")), made("p", "cost"));
  const known = { item, mine, status: "queued", code: "", told: [hours.format(new Date(when))] };
  if (!mine) known.told.push(`${parts} ${parts === 1 ? say.part : say.parts}`, encoding, ...(price ? [price] : []));
  texts.set(id, known);
  log.firstElementChild.append(item);
  below(known);
  log.scrollTop = log.scrollHeight;
}

// The line below a text: its time, what it costs, how far it got and why no farther.
function below({ item, mine, status, code, told }) {
  const far = `${TICKS[status]}\u00a0${say[`status_${status}`]}${code ? ` (${code})` : ""}`;
  item.dataset.status = status;
  item.querySelector(".cost").textContent = [...told, ...(mine ? [] : [far])].join(" · ");
}

export function showArrived({ id }) {
  texts.get(id)?.item.classList.remove("away");
}

export function showStatus({ id, theirs, status, code }) {
  const known = [id, ...theirs].map((each) => texts.get(each)).find(Boolean);
  if (known) texts.set(id, known);
  if (!known || (FINAL.includes(known.status) && !FINAL.includes(status))) return;
  Object.assign(known, { status, code });
  below(known);
}

export function showBack({ number }) {
  phoneOf(number).querySelector(".texts ol").append(made("li", "aside-note", say.given_back));
}

export function showTwice({ id, kept }) {
  const known = texts.get(id);
  if (!known) return;
  known.told.push(say.came_twice.replace("{}", kept));
  below(known);
}

at("add")
  .querySelector("form")
  .addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const added = await post("/try/phone", fields(form));
    if (!added) return;
    form.elements.number.value = "";
    at("add").open = false;
    phoneOf(added.number).querySelector("textarea").focus();
  });
