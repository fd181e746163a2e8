// Elements by name. All text goes in as text: what answers, passages and people write never becomes part of the page.

export const $ = (id) => document.getElementById(id);

export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const button = (title, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, title);

// A link that opens beside the page and tells its site nothing of it; null where it is no address of the web.
export function link(address, title) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, title);
}

// Where a passage of the web was found.
export const addressOf = (passage) => [passage.url, passage.document, passage.source].find((one) => /^https?:/.test(one ?? ""));

// Said to screen readers without moving the focus.
export function announce(text) {
  $("status").textContent = text;
}
