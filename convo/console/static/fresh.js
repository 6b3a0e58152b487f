// Shows what is new on a page that stands open. While somebody can see it, the page is asked for
// again every few seconds, and its parts that are marked are made like the new ones: what has not
// changed stays the same element, so focus, selection and what is unfolded stay where they are.

const EVERY = 4000; // ms
const news = document.getElementById("news");
let version = document.querySelector("main").dataset.version ?? "";
let waiting;

const keys = (element) => new Map([...element.children].flatMap((each) => (each.dataset.key ? [[each.dataset.key, each]] : [])));

function like(old, fresh) {
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  const known = keys(old);
  const stays = keys(fresh);
  for (const [key, each] of known) if (!stays.has(key)) each.remove();
  let place = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const key = next.dataset?.key;
    const alike = place && !place.dataset?.key && place.nodeName === next.nodeName;
    const mine = key ? known.get(key) : alike && place;
    if (!mine) {
      old.insertBefore(next, place);
      continue;
    }
    if (mine.nodeType === Node.ELEMENT_NODE) like(mine, next);
    else if (mine.data !== next.data) mine.data = next.data;
    if (mine === place) place = place.nextSibling;
    else old.insertBefore(mine, place);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

// What more there is, said once and in few words to who hears the page.
function tell(part, fresh) {
  const more = Number(fresh.dataset.count) - Number(part.dataset.count);
  if (more > 0) news.textContent = part.dataset.news.replace("{}", more);
}

function amiss(words) {
  news.textContent = words;
  news.classList.toggle("unseen", !words);
}

async function look() {
  clearTimeout(waiting);
  const answer = await fetch(location.href, { headers: { "If-None-Match": version } }).catch(() => null);
  if (answer?.status === 401) return amiss(news.dataset.out);
  if (answer?.ok) {
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    version = found.querySelector("main").dataset.version ?? "";
    const focused = document.activeElement;
    if (!news.classList.contains("unseen")) amiss("");
    for (const part of document.querySelectorAll("[data-fresh]")) {
      const fresh = found.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
      if (!fresh) continue;
      if (part.dataset.news) tell(part, fresh);
      like(part, fresh);
    }
    if (focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  } else if (answer?.status === 304) {
    if (!news.classList.contains("unseen")) amiss("");
  } else amiss(news.dataset.lost);
  rest();
}

function rest() {
  clearTimeout(waiting);
  if (document.visibilityState === "visible") waiting = setTimeout(look, EVERY);
}

document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? look() : clearTimeout(waiting)));
rest();
