// What every script of the try-out page needs: its words, asking the server, and elements with text.

import { begin, over } from "/console/static/frame.js";

export const page = document.body.dataset;
export const say = JSON.parse(page.say);
export const at = (id) => document.getElementById(id);

export function notice(text) {
  at("notice").textContent = text;
}

// An element with text in it as text, never as markup.
export function made(tag, kind, text) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  if (text !== undefined) element.textContent = text;
  return element;
}

// What the server answers, and whether it has done what was asked.
export async function asked(path, wanted) {
  begin();
  try {
    const answer = await fetch(`${path}?lang=${page.lang}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wanted),
    });
    return { ...(await answer.json()), done: answer.ok, status: answer.status };
  } catch {
    return { wrong: say.lost, done: false, status: 0 };
  } finally {
    over();
  }
}

// The same, with the page's line telling what was wrong.
export async function post(path, wanted) {
  const said = await asked(path, wanted);
  notice(said.wrong ?? "");
  return said.done ? said : null;
}

// A form as an object of texts.
export const fields = (form) => Object.fromEntries(new FormData(form));
