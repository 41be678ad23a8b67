
// What is live: posts, answers and notifications that arrive, posts that change
// or go. One of the browser's windows holds the connection and tells the others:
// a browser opens only few to one host. The others say which thread they show.
{
  const place = document.getElementById("live")
  const bar = document.getElementById("news")
  const kind = bar?.dataset.kind // posts, answers or notifications
  const heard = document.getElementById("news-heard") // what only screen readers are told
  const thread = bar?.dataset.thread
  const title = document.title
  const arrived = new Set() // posts
  let unread = 0 // notifications that have come since the page was made
  // newest is the id of the newest post of the page. Ids are too long for numbers.
  function newest() {
    const ids = [...document.querySelectorAll("main article[data-post]")].map(a => BigInt(a.dataset.post))
    return ids.length ? ids.reduce((a, b) => (a > b ? a : b)) : 0n
  }

  const showing = thread ? `${thread}-${newest()}` : "" // what came between the page and the connection is told, too
  const threads = new Set(showing ? [showing] : []) // that windows show; known to the one with the connection
  const threadsMax = 20
  let others, source, before, release, leaving, timer, soon
  let wait = 1000

  const shown = id => document.querySelector(`main article[data-post="${id}"]`)

  function hear(message) {
    if (message.post && kind === "posts") arrive(message.post)
    if (message.answer && thread && message.thread === thread) arrive(message.answer)
    if (message.watch && release) watch(message.watch)
    if (message.asks && showing) others.postMessage({ watch: showing })
    if (message.notifications !== undefined) {
      badge(place.dataset.notifications, message.notifications)
      if (navigator.setAppBadge) navigator.setAppBadge(message.notifications).catch(() => {}) // not installed
      if (kind === "notifications") {
        unread = message.notifications
        announce()
      }
    }
    if (message.conversations !== undefined) badge(place.dataset.conversations, message.conversations)
    if (message.edit) renew(message.edit)
    if (message.gone) remove(message.gone)
    if (message.lost !== undefined) lost(message.lost)
    if (message.ended) ended()
    if (message.back) catchUp()
  }

  function tell(message) {
    hear(message)
    if (others) others.postMessage(message)
  }

  function arrive(id) {
    if (shown(id)) return
    arrived.add(id)
    announce()
  }

  function announce() {
    const n = kind === "notifications" ? unread : arrived.size
    bar.hidden = n === 0
    bar.textContent = n === 1 ? bar.dataset.one : bar.dataset.other.replace("%s", n >= 99 ? "99+" : n)
    heard.textContent = bar.hidden ? "" : bar.textContent
    document.title = n ? `(${n}) ${title}` : title
  }

  // badge writes how many are new beside a place of the navigation.
  function badge(address, n) {
    for (const a of document.querySelectorAll(`nav a[href="${address}"]:has(> svg)`)) {
      let count = a.querySelector(".n")
      if (!count && n > 0) a.append(count = Object.assign(document.createElement("span"), { className: "n" }))
      if (!count) continue
      count.hidden = n === 0
      const heard = Object.assign(document.createElement("span"), { className: "heard", textContent: place.dataset.new })
      count.replaceChildren(n >= 99 ? "99+ " : n + " ", heard)
    }
  }

  function lost(is) {
    if (place.dataset.is === "ended") return
    place.textContent = is ? place.dataset.lost : ""
    place.hidden = !is
  }

  // ended says that the session is over, and leads to where it begins again and
  // back. What is being written stays until the reader goes there.
  function ended() {
    const back = Object.assign(document.createElement("a"), { textContent: place.dataset.again })
    back.href = `${place.dataset.signIn}?return_to=${encodeURIComponent(location.pathname + location.search)}`
    place.dataset.is = "ended"
    place.replaceChildren(place.dataset.ended + " ", back)
    place.hidden = false
  }

  // signedOut asks whether the session has ended.
  async function signedOut() {
    try {
      return (await fetch(place.dataset.events, { headers: { "HX-Request": "true" } })).headers.has("HX-Redirect")
    } catch {
      return false
    }
  }

  // watch has the connection tell of a thread, too, that another window shows. The
  // old one goes on until the new one is there.
  function watch(other) {
    const known = threads.delete(other)
    threads.add(other)
    if (known) return
    for (const first of threads) {
      if (threads.size <= threadsMax) break
      if (first !== showing) threads.delete(first)
    }
    clearTimeout(soon)
    soon = setTimeout(() => connect(false), 50)
  }

  const address = () => place.dataset.events + (threads.size ? "?thread=" + [...threads].join("&thread=") : "")

  function connect(again) {
    let broken = again
    before?.close()
    before = source
    const mine = source = new EventSource(address())
    source.onopen = () => {
      before?.close()
      before = null
      place.dataset.on = [...threads].join(" ")
      wait = 1000
      if (broken) tell({ lost: false, back: true })
      broken = false
    }
    const on = (name, message) => source.addEventListener(name, e => tell(message(e.data)))
    on("post", post => ({ post }))
    on("answer", data => ({ thread: data.split(" ")[0], answer: data.split(" ")[1] }))
    on("edit", edit => ({ edit }))
    on("delete", gone => ({ gone }))
    on("notifications", n => ({ notifications: Number(n) }))
    on("conversations", n => ({ conversations: Number(n) }))
    source.onerror = async () => {
      if (mine !== source) return mine.close()
      before?.close()
      before = null
      if (!broken) timer = setTimeout(() => { if (broken) tell({ lost: true }) }, 1500) // not for the blink of a restart
      broken = true
      if (source.readyState !== EventSource.CLOSED) return
      source.close()
      if (await signedOut()) {
        clearTimeout(timer)
        return tell({ ended: true })
      }
      timer = setTimeout(() => connect(true), wait)
      wait = Math.min(2 * wait, 60000)
      tell({ lost: true })
    }
  }

  let since = kind === "posts" ? newest() : 0n

  // what gives the document that has what is new.
  async function what() {
    const answer = kind === "posts" ? await fetch(`/?since_id=${since}`, { headers: { "HX-Request": "true" } }) : await fetch(location.href)
    if (!answer.ok || answer.redirected) throw new Error(answer.status)
    if (answer.headers.get("HX-Refresh")) location.reload()
    return new DOMParser().parseFromString(await answer.text(), "text/html")
  }
  const inOrder = doc => [...(doc.querySelector("main .posts") || doc.body).querySelectorAll("article[data-post]")]

  // catchUp counts what came while there was no connection; notifications are
  // counted by the server when it begins again.
  async function catchUp() {
    if (!bar || kind === "notifications") return
    try {
      for (const a of inOrder(await what())) arrive(a.dataset.post)
    } catch { /* the connection will tell */ }
  }

  async function showNews() {
    bar.disabled = true
    try {
      const doc = await what()
      const first = kind === "notifications" ? putNotices(doc) : put(doc)
      arrived.clear()
      unread = 0
      announce()
      focusOn(first?.querySelector(":scope > summary") || first)
    } catch {
      say(document.body.dataset.failed)
    }
    bar.disabled = false
  }

  // put adds posts where they belong; what is being read stays where it is.
  function put(doc) {
    const list = bar.nextElementSibling
    const read = [...list.children].find(e => e.getBoundingClientRect().bottom > 0)
    const before = read && read.getBoundingClientRect().top
    const scrolled = window.scrollY > list.getBoundingClientRect().top + window.scrollY
    const fresh = []
    let last = null
    for (const a of inOrder(doc)) {
      const here = shown(a.dataset.post)
      const item = here ? here.closest(".sifted") || here : document.adoptNode(a.closest(".sifted") || a)
      if (!here) {
        if (last) (last.matches(".main") && document.getElementById("posted") || last).after(item)
        else list.prepend(item)
        htmx.process(item)
        fresh.push(item)
      }
      last = item
    }
    list.querySelector(":scope > .none")?.remove()
    if (read && scrolled) window.scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" })
    since = newest()
    return fresh[0]
  }

  // putNotices shows the notifications anew: they are grouped.
  function putNotices(doc) {
    const list = bar.nextElementSibling
    list.replaceChildren(...[...doc.querySelector("main .notices").children].map(e => document.adoptNode(e)))
    htmx.process(list)
    window.scrollTo({ top: 0, behavior: "instant" })
    tell({ notifications: 0 })
    return list.firstElementChild
  }

  // renew shows a post as it was edited. Who is about to vote in it goes first.
  async function renew(id) {
    for (const old of document.querySelectorAll(`main article[data-of="${id}"]`)) {
      const address = old.querySelector("a.when")?.getAttribute("href")
      if (!address || old.querySelector(".poll :checked")) continue
      try {
        const answer = await fetch(address + (old.matches(".main") ? "?main=1" : ""), { headers: { "HX-Request": "true" } })
        const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("article")
        if (!fresh) continue
        exchange(old, document.adoptNode(fresh))
        mention(bar?.dataset.edited)
      } catch { /* it is shown the next time */ }
    }
  }

  // exchange takes over what a post says, but not who boosted it here, nor what
  // can be done with it, which has not changed and may have the focus. What is
  // open stays open.
  function exchange(old, fresh) {
    const why = old.querySelector(":scope > .why:first-child"), acts = old.querySelector(":scope > .acts")
    const open = [...old.querySelectorAll(".veil")].map(d => d.open)
    const inside = old.contains(document.activeElement)
    for (const e of [...old.children]) if (e !== why && e !== acts) e.remove()
    for (const e of [...fresh.children]) if (!e.matches(".acts")) old.insertBefore(e, acts)
    old.querySelectorAll(".veil").forEach((d, i) => { d.open = open[i] || false })
    htmx.process(old)
    if (inside && document.activeElement === document.body) focusOn(old)
  }

  // mention tells screen readers what has become of the thread before one's eyes.
  function mention(text) {
    if (thread) heard.textContent = text
  }

  // remove takes a post off the page that was deleted, or whose boost was taken back.
  function remove(id) {
    arrived.delete(id)
    if (bar) announce()
    for (const old of document.querySelectorAll(`main article[data-post="${id}"], main article[data-of="${id}"]`)) {
      if (old.matches(".main")) {
        say(place.dataset.deleted)
        continue
      }
      keepFocus(old.closest(".sifted") || old, () => (old.closest(".sifted") || old).remove())
      mention(bar?.dataset.gone)
    }
  }

  function start(again) {
    if ("BroadcastChannel" in window) {
      others = new BroadcastChannel("guildhall")
      others.onmessage = e => hear(e.data)
    }
    leaving = new AbortController()
    const asked = Date.now()
    // Whoever takes over from another window may have missed something between.
    const hold = () => {
      const held = new Promise(done => { release = done })
      connect(again || Date.now() - asked > 3000)
      others?.postMessage({ asks: true })
      return held
    }
    if (navigator.locks && others) navigator.locks.request("guildhall-live", { signal: leaving.signal }, hold).catch(() => {}) // given up
    else hold()
    if (showing) others?.postMessage({ watch: showing })
  }

  // A page that the browser keeps for going back must hold nothing.
  function stop() {
    clearTimeout(timer)
    clearTimeout(soon)
    before?.close()
    source?.close()
    release?.()
    leaving.abort()
    others?.close()
    others = source = before = release = null
  }

  if (place && "EventSource" in window) {
    if (bar) bar.addEventListener("click", showNews)
    // What was written here is on the page already.
    document.addEventListener("htmx:afterSettle", () => {
      if (!bar || !arrived.size) return
      for (const id of arrived) if (shown(id)) arrived.delete(id)
      announce()
    })
    start(false)
    window.addEventListener("pagehide", stop)
    window.addEventListener("pageshow", async e => {
      if (!e.persisted) return
      if (await signedOut()) return location.reload() // what it shows is private
      start(true)
      catchUp()
    })
  }
}
