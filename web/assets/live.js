
// What is live: posts that arrive, the count of notifications. One of the
// browser's windows holds the connection and tells the others: a browser opens
// only few to one host.
{
  const place = document.getElementById("live")
  const bar = document.getElementById("news")
  const title = document.title
  const arrived = new Set()
  const others = "BroadcastChannel" in window ? new BroadcastChannel("guildhall") : null
  let wait = 1000

  const shown = id => document.querySelector(`article[data-post="${id}"]`)

  function hear(message) {
    if (message.post && bar && !shown(message.post)) {
      arrived.add(message.post)
      announce()
    }
    if (message.notifications !== undefined) badge(message.notifications)
    if (message.lost !== undefined) place.hidden = !message.lost
    if (message.back && bar) catchUp()
  }

  function tell(message) {
    hear(message)
    if (others) others.postMessage(message)
  }

  function announce() {
    const n = arrived.size
    bar.hidden = n === 0
    bar.textContent = n === 1 ? bar.dataset.one : bar.dataset.other.replace("%s", n)
    document.title = n ? `(${n}) ${title}` : title
  }

  // badge writes how many notifications are new beside their place.
  function badge(n) {
    for (const a of document.querySelectorAll(`.nav a[href="${place.dataset.notifications}"], .tabs a[href="${place.dataset.notifications}"]`)) {
      let count = a.querySelector(".n")
      if (!count && n > 0) a.append(count = Object.assign(document.createElement("span"), { className: "n" }))
      if (!count) continue
      count.hidden = n === 0
      const heard = Object.assign(document.createElement("span"), { className: "heard", textContent: place.dataset.new })
      count.replaceChildren(n >= 99 ? "99+ " : n + " ", heard)
    }
  }

  function connect() {
    const source = new EventSource(place.dataset.events)
    let lost = false
    source.onopen = () => {
      place.dataset.on = ""
      wait = 1000
      if (lost) tell({ lost: false, back: true })
      lost = false
    }
    source.addEventListener("post", e => tell({ post: e.data }))
    source.addEventListener("notifications", e => tell({ notifications: Number(e.data) }))
    source.onerror = () => {
      if (!lost) setTimeout(() => { if (lost) tell({ lost: true }) }, 1500) // not for the blink of a restart
      lost = true
      if (source.readyState !== EventSource.CLOSED) return
      source.close()
      setTimeout(() => { connect.again = true; connect() }, wait)
      wait = Math.min(2 * wait, 60000)
    }
    if (connect.again) lost = true
  }

  // newest is the id of the newest post of the page. Ids are too long for numbers.
  function newest() {
    const ids = [...document.querySelectorAll("article[data-post]")].map(a => BigInt(a.dataset.post))
    return ids.length ? ids.reduce((a, b) => (a > b ? a : b)) : 0n
  }

  const fetchNews = () => fetch(`/?since_id=${since}`, { headers: { "HX-Request": "true" } })
  let since = bar ? newest() : 0n

  // catchUp counts what came while there was no connection.
  async function catchUp() {
    try {
      const answer = await fetchNews()
      if (!answer.ok) return
      const came = new DOMParser().parseFromString(await answer.text(), "text/html")
      for (const a of came.querySelectorAll("article[data-post]")) if (!shown(a.dataset.post)) arrived.add(a.dataset.post)
      announce()
    } catch { /* the connection will tell */ }
  }

  async function showNews() {
    bar.disabled = true
    try {
      const answer = await fetchNews()
      if (!answer.ok) throw new Error(answer.status)
      if (answer.headers.get("HX-Refresh")) return location.reload()
      put(new DOMParser().parseFromString(await answer.text(), "text/html"))
    } catch {
      say(document.body.dataset.failed)
    }
    bar.disabled = false
  }

  // put adds posts above the others; what is being read stays where it is.
  function put(doc) {
    const list = bar.nextElementSibling
    const fresh = [...doc.querySelectorAll("article[data-post]")].filter(a => !shown(a.dataset.post)).map(a => document.adoptNode(a.closest(".sifted") || a))
    const read = [...list.children].find(e => e.getBoundingClientRect().bottom > 0)
    const before = read && read.getBoundingClientRect().top
    const scrolled = window.scrollY > list.getBoundingClientRect().top + window.scrollY
    list.querySelector(".none")?.remove()
    list.prepend(...fresh)
    for (const a of fresh) htmx.process(a)
    arrived.clear()
    announce()
    if (read && scrolled) window.scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" })
    if (fresh.length) {
      const first = fresh[0].querySelector(":scope > summary") || fresh[0]
      first.tabIndex = Math.min(first.tabIndex, 0)
      first.focus({ preventScroll: true })
    }
    since = newest()
  }

  if (place && "EventSource" in window) {
    if (others) others.onmessage = e => hear(e.data)
    if (bar) bar.addEventListener("click", showNews)
    // What was written here is on the page already.
    document.addEventListener("htmx:afterSettle", () => {
      if (!bar || !arrived.size) return
      for (const id of arrived) if (shown(id)) arrived.delete(id)
      announce()
    })
    if (navigator.locks && others) navigator.locks.request("guildhall-live", () => new Promise(connect))
    else connect()
  }
}
