// What the pages do beyond what the browser does by itself. Everything works
// without it, only with more pages on the way.
"use strict"

// Rows of links that are wider than the screen begin where one is.
for (const here of document.querySelectorAll(":is(.top, .desks, .settings-nav) > [aria-current]")) {
  const row = here.parentElement.getBoundingClientRect(), at = here.getBoundingClientRect()
  here.parentElement.scrollLeft += at.left + at.width / 2 - row.left - row.width / 2
}

// A favourite or boost shows at once; the answer then puts what is true in its
// place, and a failure takes it back.
document.addEventListener("htmx:beforeRequest", e => {
  const b = e.target.closest("button[data-toggle]")
  if (b) turn(b)
})
document.addEventListener("htmx:responseError", failed)
document.addEventListener("htmx:sendError", failed)
document.addEventListener("htmx:timeout", failed)

function turn(b) {
  const on = b.getAttribute("aria-pressed") !== "true"
  b.setAttribute("aria-pressed", on)
  const n = b.querySelector("[data-count]")
  if (n) {
    const next = Math.max(0, Number(n.dataset.count) + (on ? 1 : -1))
    n.dataset.count = next
    n.textContent = next || ""
  }
}

function failed(e) {
  const b = e.target.closest && e.target.closest("button[data-toggle]")
  if (b) turn(b)
  say(document.body.dataset.failed)
}

// say tells something that has happened, to eyes and to screen readers.
function say(text) {
  const place = document.getElementById("said")
  if (!place || !text) return
  place.textContent = text
  place.hidden = false
  clearTimeout(say.timer)
  say.timer = setTimeout(() => { place.hidden = true }, 6000)
}
