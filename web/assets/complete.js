
// What a word could become while it is typed: @people, #tags, :emoji:. The list
// is below the text; keys move in it while the cursor stays.
{
  const word = /(?:^|[\s([{>])([@#:][\p{L}\p{M}\p{N}_.-]+)$/u
  let field = null // the text whose list is open
  let begins = 0 // where the word begins in it
  let timer = 0, asked = 0
  const cache = new Map()

  const list = text => text.closest(".typing").querySelector("[role=listbox]")
  const options = () => [...list(field).children]
  const chosen = () => options().findIndex(o => o.getAttribute("aria-selected") === "true")

  function close() {
    clearTimeout(timer)
    asked++
    if (!field) return
    list(field).hidden = true
    list(field).replaceChildren()
    for (const name of ["aria-activedescendant", "aria-controls"]) field.removeAttribute(name)
    field = null
  }

  function choose(i) {
    const all = options()
    all.forEach((o, n) => o.setAttribute("aria-selected", n === i))
    field.setAttribute("aria-activedescendant", all[i].id)
    all[i].scrollIntoView({ block: "nearest" })
  }

  function open(text, from, found) {
    if (!found.length) return close()
    field = text
    begins = from
    const box = list(text)
    box.replaceChildren(...found.map((o, i) => {
      o = o.cloneNode(true)
      o.id = `${box.id}-${i}`
      return o
    }))
    box.hidden = false
    text.setAttribute("aria-autocomplete", "list")
    text.setAttribute("aria-controls", box.id)
    choose(0)
    const said = text.closest(".typing").querySelector("[data-completed]")
    said.textContent = found.length === 1 ? text.dataset.one : text.dataset.other.replace("%s", found.length)
  }

  // insert puts what was chosen in the place of the word.
  function insert(option) {
    const text = field, end = text.selectionEnd
    const rest = text.value.slice(end)
    text.setRangeText(option.dataset.insert + (/^\s/.test(rest) ? "" : " "), begins, end, "end")
    close()
    text.focus()
    text.dispatchEvent(new Event("input", { bubbles: true }))
    close()
  }

  async function ask(text, typed, from) {
    const mine = ++asked
    try {
      if (!cache.has(typed)) {
        const answer = await fetch(`${text.dataset.completes}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } })
        if (!answer.ok || answer.status !== 200) return
        cache.set(typed, [...new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[role=option]")])
        if (cache.size > 100) cache.delete(cache.keys().next().value)
      }
      if (mine === asked && document.activeElement === text) open(text, from, cache.get(typed))
    } catch { /* without suggestions it can be typed as well */ }
  }

  document.addEventListener("input", e => {
    const text = e.target
    if (!text.dataset || !text.dataset.completes || e.isComposing) return
    const before = text.value.slice(0, text.selectionEnd)
    const found = text.selectionStart === text.selectionEnd && before.match(word)
    if (!found || found[1].length < 2) return close()
    clearTimeout(timer)
    timer = setTimeout(() => ask(text, found[1], before.length - found[1].length), cache.has(found[1]) ? 0 : 150)
  })
  document.addEventListener("keydown", e => {
    if (!field || e.target !== field || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return
    const n = options().length
    const keys = {
      ArrowDown: () => choose((chosen() + 1) % n),
      ArrowUp: () => choose((chosen() + n - 1) % n),
      Enter: () => insert(options()[chosen()]),
      Tab: () => insert(options()[chosen()]),
      Escape: close,
    }
    if (!keys[e.key] || (e.key === "Tab" && e.shiftKey)) return
    e.preventDefault()
    e.stopPropagation()
    keys[e.key]()
  }, true)
  // The cursor stays in the text while an option is pressed.
  document.addEventListener("pointerdown", e => {
    const option = e.target.closest && e.target.closest(".completions [role=option]")
    if (option && field) {
      e.preventDefault()
      insert(option)
    } else if (e.target !== field) close()
  })
  document.addEventListener("focusout", e => { if (e.target === field) close() })
  document.addEventListener("htmx:beforeSwap", close)
}
