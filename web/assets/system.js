// The page of the machine asks for itself every ten seconds.
"use strict"

// It does not while nobody looks, while somebody is busy in it (a swap would take
// the focus away), or for those who want things to stand still.
document.addEventListener("htmx:beforeRequest", e => {
  if (e.target.id !== "machine") return
  const busy = e.target.contains(document.activeElement) || String(getSelection())
  if (document.hidden || busy || matchMedia("(prefers-reduced-motion: reduce)").matches) e.preventDefault()
})

// The tables that were open stay open, and scrolled as they were.
document.addEventListener("htmx:beforeSwap", e => {
  if (e.target.id !== "machine") return
  system.open = [...e.target.querySelectorAll("details[open]")].map(d => d.id)
  system.left = [...e.target.querySelectorAll(".wide")].map(w => w.scrollLeft)
})
document.addEventListener("htmx:afterSwap", e => {
  if (e.target.id !== "machine") return
  for (const id of system.open) {
    const d = document.getElementById(id)
    if (d) d.open = true
  }
  e.target.querySelectorAll(".wide").forEach((w, i) => { w.scrollLeft = system.left[i] || 0 })
})

// system is what a swap must not lose.
const system = { open: [], left: [] }
