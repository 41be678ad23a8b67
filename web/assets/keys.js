
// Keys: what can be pressed can be typed. Not in fields, and not with keys that
// the browser knows.
{
  const help = document.getElementById("keys")
  const stops = "article.post, article.notice, .sifted > summary" // the last covers a post
  const posts = () => [...document.querySelectorAll("main :is(" + stops + ")")].filter(e => e.checkVisibility())
  const here = () => document.activeElement.closest(stops)

  // go moves to the next post, or to the one before.
  function go(step) {
    const all = posts(), now = all.indexOf(here())
    const first = all.findIndex(a => a.getBoundingClientRect().bottom > 60)
    const to = all[now < 0 ? first : now + step]
    if (!to) return
    if (to.localName !== "summary") to.tabIndex = -1
    to.focus({ preventScroll: true })
    to.scrollIntoView({ block: "nearest" })
  }
  // open visits what a post, or a notification, is about.
  const open = () => press("a.when") ?? press("a.gist") ?? press(".what a")
  const press = selector => {
    const e = here()?.querySelector(selector)
    e?.click()
    return e
  }
  const visit = address => { if (address) location.href = address }
  let g = 0 // when it was typed

  const keys = {
    j: () => go(1),
    k: () => go(-1),
    f: () => press(".act.favourite"),
    b: () => press(".act.boost"),
    r: () => press(".acts > a.act"),
    o: () => open(),
    Enter: () => { if (document.activeElement === here() && here().localName !== "summary") open() },
    n: () => {
      const text = document.querySelector("[data-composer] textarea[name=text]")
      if (!text || here()?.contains(text)) return visit(help.dataset.write)
      text.focus()
      text.scrollIntoView({ block: "center" })
    },
    "/": () => {
      const field = [...document.querySelectorAll("main input[type=search], .aside input[type=search]")].find(e => e.checkVisibility())
      if (field) field.focus()
      else visit(help.dataset.search)
    },
    ".": () => document.querySelector("#news:not([hidden])")?.click(),
    "?": () => help.showModal(),
  }

  // leave closes a menu, or goes from a field to what it is part of. A list of
  // proposals at a field has taken the key for itself.
  function leave(e) {
    if (e.defaultPrevented) return
    const menu = e.target.closest("details.menu[open]")
    if (menu) {
      menu.open = false
      menu.querySelector("summary").focus()
    } else if (e.target.closest("input, textarea, select")) {
      focusOn(e.target.closest("article") || document.getElementById("content"))
    }
  }

  document.addEventListener("keydown", e => {
    if (!help || help.open || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
    if (e.key === "Escape") return leave(e)
    if (e.target.closest("input, textarea, select, dialog") || e.target.isContentEditable) return
    const after = g && Date.now() - g < 1500
    g = 0
    if (after && e.key === "h") return visit(help.dataset.home)
    if (after && e.key === "n") return visit(help.dataset.notifications)
    if (e.key === "g") {
      g = Date.now()
      return
    }
    const act = keys[e.key]
    if (!act) return
    if (e.key !== "Enter") e.preventDefault()
    act()
  })
}
