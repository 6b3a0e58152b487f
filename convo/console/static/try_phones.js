// The phones: what was written and said on each, and what their holders can do.

import { at, fields, made, page, post, say } from "./asking.js";
import { save } from "./try_saving.js";

const phones = new Map(); // number -> its article
const hours = new Intl.DateTimeFormat(page.lang, { timeZone: page.zone, hour: "2-digit", minute: "2-digit" });
const watchers = [];

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
  for (const word of article.querySelectorAll("[data-word]"))
    word.addEventListener("click", () => send(word.dataset.word));
  article
    .querySelector(".spoken")
    .addEventListener("change", ({ target }) => post("/try/phone", { number, language: target.value }));
  article.querySelector(".save").addEventListener("click", () => save(number));
  article.addEventListener("focusin", () => watch(number));
  at("phones").insertBefore(article, at("add"));
  phones.set(number, article);
  return article;
}

export function emptied() {
  for (const article of phones.values()) article.querySelector(".texts ol").replaceChildren();
}

export function showPhone({ number, language }) {
  phoneOf(number).querySelector(".spoken").value = language;
}

export function showText({ number, mine, text, media = [], at: when, parts, encoding }) {
  const log = phoneOf(number).querySelector(".texts");
  const item = made("li", mine ? "mine" : "ours");
  item.append(made("p", "said", [text, ...media].join("\n")));
  const time = hours.format(new Date(when));
  const cost = mine ? "" : ` · ${parts} ${parts === 1 ? say.part : say.parts} · ${encoding}`;
  item.append(made("p", "cost", time + cost));
  log.firstElementChild.append(item);
  log.scrollTop = log.scrollHeight;
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
