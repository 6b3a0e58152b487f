// The dialog in which a phone's conversation is saved as a chat.

import { asked, at, fields, made, say } from "./asking.js";

const dialog = at("saving");
const form = dialog.querySelector("form");
const outcome = dialog.querySelector(".outcome");
const [doing, adding] = ["save", "add"].map((each) => dialog.querySelector(`[value=${each}]`));
let number = "";

export function save(of) {
  number = of;
  dialog.querySelector(".number").textContent = of;
  outcome.replaceChildren();
  adding.hidden = true;
  dialog.showModal();
}

form.elements.name.addEventListener("input", () => {
  adding.hidden = true;
});
form.addEventListener("submit", async (event) => {
  const pressed = event.submitter?.value;
  if (pressed === "close") return;
  event.preventDefault();
  if (doing.disabled) return;
  doing.disabled = adding.disabled = true;
  const add = pressed === "add" ? "yes" : "";
  const said = await asked("/try/save", { ...fields(form), number, add });
  doing.disabled = adding.disabled = false;
  adding.hidden = said.status !== 409;
  if (said.done) {
    const run = made("p", "", `${say.run_it} `);
    run.append(made("code", "", said.run));
    outcome.replaceChildren(made("p", "", said.told), run);
  } else outcome.replaceChildren(made("p", "wrong", said.wrong));
});
