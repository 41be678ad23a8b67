
// Lists go on by themselves: what follows is loaded when the end comes near. The
// link to it stays, for whoever would rather press and for when loading has
// failed. How far the reader has come is kept with the page in the browser's
// history: who comes back, or loads anew, is where they were.
{
  const kinds = ["posts", "notices", "people", "rows", "entries", "headlines"]
  const byItself = 12 // pages; then it is asked, so that a page has an end
  const link = doc => doc.querySelector("main .older > a[rel=next]")
  const listOf = a => {
    const list = a.closest(".older").previousElementSibling
    return list && kinds.includes(list.classList[0]) ? list : null
  }
  let pages = 0 // that were added to the first
  let busy = null
  let resting = false // loading has failed, or goes on elsewhere

  // more adds the next page; it gives the first thing that is new, if anything is.
  async function more() {
    const a = link(document), list = a && listOf(a)
    if (!list) return null
    a.setAttribute("aria-busy", "true")
    try {
      const answer = await fetch(a.href)
      if (answer.redirected) { // the session has ended
        resting = true
        location.href = a.href
        return null
      }
      if (!answer.ok) throw new Error(answer.status)
      const fresh = append(list, a.closest(".older"), new DOMParser().parseFromString(await answer.text(), "text/html"))
      pages++
      // The browser would look for the old place before the page is as long again.
      history.scrollRestoration = "manual"
      watch()
      return fresh
    } catch {
      resting = true
      say(document.body.dataset.failed)
      return null
    } finally {
      a.removeAttribute("aria-busy")
    }
  }
  function load() {
    busy ||= more().finally(() => {
      busy = null
      settle()
    })
    settle()
    return busy
  }

  // settle says whether the list goes on by itself. As long as it does, what stands
  // below it would be pushed away again and again: only who comes with the keyboard
  // finds it, all others when the list rests or ends.
  function settle() {
    const a = link(document)
    document.documentElement.toggleAttribute("data-goes-on", !!a && !!listOf(a) && (!!busy || !!near && !resting && pages < byItself))
  }

  function append(list, older, doc) {
    const next = link(doc)?.closest(".older")
    const from = next ? next.previousElementSibling : [...doc.querySelectorAll(`main .${list.classList[0]}`)].at(-1)
    const known = new Set([...list.querySelectorAll(":scope > article[data-post], :scope > .sifted > article")].map(e => e.dataset.post))
    const fresh = [...(from ? from.children : [])].map(e => document.adoptNode(e)).filter(e => {
      const post = (e.matches("article") ? e : e.querySelector("article"))?.dataset.post
      return !list.matches(".posts") || !post || !known.has(post)
    })
    list.append(...fresh)
    if (next) older.replaceWith(document.adoptNode(next))
    else older.remove()
    for (const e of fresh) htmx.process(e)
    return fresh[0] || null
  }

  const near = "IntersectionObserver" in window && !navigator.connection?.saveData &&
    new IntersectionObserver(seen => { if (seen.some(e => e.isIntersecting) && !resting && pages < byItself && !document.activeElement?.closest(".foot, .aside")) load() }, { rootMargin: "1200px 0px" })
  function watch() {
    settle()
    if (!near) return
    near.disconnect()
    const a = link(document)
    if (a && listOf(a)) near.observe(a)
  }

  document.addEventListener("click", async e => {
    const a = e.target.closest?.("main .older > a[rel=next]")
    if (!a || !listOf(a) || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return
    e.preventDefault()
    resting = false
    const fresh = await load()
    if (fresh) focusOn(fresh.matches(".sifted") ? fresh.firstElementChild : fresh)
  })

  // The place: the uppermost thing of the list that can be seen, and where.
  function place() {
    const top = [...document.querySelectorAll("main article[data-post], main article.notice")].find(e => e.getBoundingClientRect().bottom > 0)
    const id = top?.dataset.post || top?.dataset.notice
    return { pages, y: window.scrollY, id, at: top ? top.getBoundingClientRect().top : 0 }
  }
  const find = ({ id }) => id && document.querySelector(`main article[data-post="${id}"], main article[data-notice="${id}"]`)
  let soon, going = false
  function keep() {
    clearTimeout(soon)
    if (!going && (pages || link(document))) history.replaceState({ ...history.state, place: place() }, "")
  }

  async function restore(was) {
    going = true
    const all = was.pages + 2 // what is new may have moved the place down
    while (pages < all && (pages < was.pages || was.id && !find(was))) if (!(await load())) break
    going = false
    const there = find(was)
    window.scrollTo({ top: there ? window.scrollY + there.getBoundingClientRect().top - was.at : was.y, behavior: "instant" })
    watch()
  }

  window.addEventListener("scroll", () => {
    clearTimeout(soon)
    if (!going) soon = setTimeout(keep, 300)
  }, { passive: true })
  document.addEventListener("click", e => { if (e.target.closest?.("a[href]") && !going) keep() }, true)
  window.addEventListener("pagehide", () => { if (!going) keep() })
  window.addEventListener("online", () => { resting = false; watch() })

  const was = history.state?.place
  if (was?.pages) restore(was)
  else watch()
}
