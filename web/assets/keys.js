
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
  const press = selector => here()?.querySelector(selector)?.click()
  const visit = address => { if (address) location.href = address }
  let g = 0 // when it was typed

  const keys = {
    j: () => go(1),
    k: () => go(-1),
    f: () => press(".act.favourite"),
    b: () => press(".act.boost"),
    r: () => press(".acts > a.act"),
    Enter: () => { if (document.activeElement === here() && here().localName !== "summary") press("a.when") },
    n: () => {
      const text = document.querySelector("[data-composer] textarea[name=text]")
      if (!text || here()?.contains(text)) return visit(help.dataset.write)
      text.focus()
      text.scrollIntoView({ block: "center" })
    },
    "/": () => {
      const field = document.querySelector("main input[type=search]")
      if (field) field.focus()
      else visit(document.querySelector("a[href='/search']")?.href)
    },
    "?": () => help.showModal(),
  }

  document.addEventListener("keydown", e => {
    if (!help || help.open || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
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
