
// The focus is never lost when a part of the page is exchanged or taken away: it
// goes to what stands in the same place.

// focusOn moves the focus to anything, without moving the page.
function focusOn(e) {
  if (!e) return
  if (e.tabIndex < 0) e.tabIndex = -1
  e.focus({ preventScroll: true })
}

// keepFocus runs what changes the page below or at an element; the focus, if it
// was in there, is in what has come instead, on the same button if there is one.
function keepFocus(element, change) {
  const place = focusPlace(element)
  change()
  place?.find()
}

// focusPlace remembers where the focus is, if it is in an element.
function focusPlace(element) {
  const at = document.activeElement
  if (!element || !element.contains(at) || at === document.body) return null
  const parent = element.parentElement, size = parent.children.length
  const index = [...parent.children].indexOf(element)
  const row = element.closest("article, li, tr"), rows = row && row !== element ? row : null
  const menu = at.closest("details.menu")
  const kind = [...at.classList].filter(c => !["go", "quiet", "act"].includes(c) && !c.startsWith("htmx-"))[0]
  const same = menu ? "details.menu > summary" : kind ? `${at.localName}.${kind}` : null
  return { find() {
    if (document.activeElement !== document.body && document.activeElement?.isConnected) return
    if (!parent.isConnected) return focusOn(rows?.isConnected ? rows : document.querySelector("main h1, main"))
    const now = parent.children[index]
    if (parent.children.length >= size && now) { // exchanged
      const like = same && (now.matches(same) ? now : now.querySelector(same))
      const any = now.matches("a[href], button, summary") ? now : [...now.querySelectorAll("button, a[href], summary, input:not([type=hidden])")].find(e => e.checkVisibility())
      return focusOn(like || any || now)
    }
    const next = [now, parent.children[index - 1]].find(e => e && e.checkVisibility())
    focusOn(next ? (next.matches(".sifted") ? next.firstElementChild : next) : rows || document.querySelector("main h1, main"))
  } }
}

{
  let place = null
  document.addEventListener("htmx:beforeSwap", e => { place = focusPlace(e.detail.target) })
  document.addEventListener("htmx:afterOnLoad", () => {
    place?.find()
    place = null
  })
  // What was done is said, where a look or the focus does not tell.
  document.addEventListener("htmx:beforeOnLoad", e => {
    const { xhr, requestConfig } = e.detail
    if (xhr.status === 200) say(requestConfig.elt.dataset.said)
  })
}
