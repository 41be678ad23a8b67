"use strict"

// The room of a mock interview: two texts, each with one writer, a clock, and who
// is there. The server's log is what is true; it is heard as it grows, and what is
// typed is sent as changes of it, again and again until they have arrived.
{
  const sendEvery = 300 // ms; the server takes five changes a second
  const insertMost = 1000 // characters in one change
  let main, source, seq, skew, panes, known, retry, wait, ticking, opening, alone, troubled, later

  const points = text => [...text.replaceAll("\0", "")] // what the log counts in
  const pause = ms => new Promise(done => setTimeout(done, ms))
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, "0")).join("")

  // change is what makes one text of another; null if they are the same.
  function change(before, after) {
    let at = 0
    while (at < before.length && at < after.length && before[at] === after[at]) at++
    let end = 0
    while (end < before.length - at && end < after.length - at && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
    const remove = before.length - at - end, insert = after.slice(at, after.length - end)
    return remove || insert.length ? { at, remove, insert } : null
  }
  const changed = (text, c) => [...text.slice(0, c.at), ...c.insert, ...text.slice(c.at + c.remove)]

  // ask sends something to the server; "" is no connection.
  async function ask(address, fields) {
    try {
      const answer = await fetch(address, { method: fields ? "POST" : "GET", headers: { "HX-Request": "true" }, body: fields && new URLSearchParams(fields) })
      const elsewhere = answer.headers.get("HX-Redirect") // the session has ended
      if (elsewhere) location.href = elsewhere
      const data = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null
      return { ok: answer.ok, status: answer.status, data }
    } catch {
      return { status: 0 }
    }
  }

  // trouble shows that there is no connection, once it lasts.
  function trouble(is) {
    const place = main.querySelector("[data-trouble]")
    if (!place || is && troubled) return
    clearTimeout(troubled)
    troubled = 0
    if (!is) place.hidden = true
    else troubled = setTimeout(() => {
      place.textContent = main.dataset.lost
      place.hidden = false
    }, 1500)
  }

  // Pane is one of the two texts as the log has it.
  class Pane {
    constructor(place) {
      this.name = place.dataset.pane
      this.place = place
      this.base = Number(place.dataset.base) // changes that it has seen
      this.area = place.querySelector("textarea")
      this.shown = place.querySelector("pre")
      this.text = points(this.area ? this.area.defaultValue : this.shown.textContent)
      this.sent = null // a change that may have arrived or not
      this.busy = false
      if (!this.area) return
      this.area.value = this.area.defaultValue // not what the browser remembers
      this.area.addEventListener("input", () => this.push())
      place.addEventListener("submit", e => {
        e.preventDefault()
        this.push()
      })
    }

    // hear takes in a change of the log, the same one once.
    hear(data, key) {
      const c = { at: data.at || 0, remove: data.remove || 0, insert: points(data.insert || "") }
      if ((data.base || 0) !== this.base) return (data.base || 0) < this.base
      const mine = this.sent && this.sent.key === key
      if (mine) this.sent = null
      else if (this.area) this.merge(c)
      this.text = changed(this.text, c)
      this.base++
      if (this.shown) this.shown.textContent = this.text.join("")
      return true
    }

    // merge takes what the same person has written in another window.
    merge(c) {
      const value = points(this.area.value), own = change(this.text, value)
      const cursor = [this.area.selectionStart, this.area.selectionEnd]
      if (!own || c.at + c.remove <= own.at) this.area.value = changed(value, c).join("")
      else if (c.at >= own.at + own.remove) this.area.value = changed(value, { ...c, at: c.at + own.insert.length - own.remove }).join("")
      this.area.setSelectionRange(...cursor)
    }

    get open() { return this.sent || change(this.text, points(this.area.value)) }

    // next is the change that is to be sent; a long text goes in parts.
    next() {
      const c = change(this.text, points(this.area.value))
      if (!c) return null
      return { ...c, insert: c.insert.slice(0, insertMost), base: this.base, key: newKey() }
    }

    // push sends until the log has what is typed.
    async push() {
      if (this.busy) return
      this.busy = true
      this.say(main.dataset.keeps)
      let delay = 1000
      while (this.place.isConnected && (this.sent ||= this.next())) {
        const { at, remove, insert, base, key } = this.sent
        const answer = await ask(`${main.dataset.mock}/patch`, { token: main.dataset.token, pane: this.name, base, at, remove, insert: insert.join(""), key })
        if (answer.ok && answer.data) {
          this.hear(answer.data.data, key)
          delay = 1000
          if (source?.readyState === EventSource.OPEN) trouble(false)
          await pause(sendEvery)
        } else if (answer.status === 422) {
          this.sent = null
          this.say(main.dataset.full)
          this.busy = false
          return
        } else if (answer.status === 409) { // written elsewhere, or not the time any more
          const before = seq
          this.sent = null
          await catchUp()
          await pause(seq === before ? delay : sendEvery)
          delay = seq === before ? Math.min(2 * delay, 8000) : 1000
        } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
          this.busy = false
          return renew()
        } else {
          if (answer.status !== 429) trouble(true)
          await pause(delay)
          delay = Math.min(2 * delay, 8000)
        }
      }
      this.busy = false
      this.say(main.dataset.kept)
    }

    say(text) {
      const state = this.place.querySelector("[data-state]")
      if (state) state.textContent = text
    }
  }

  // catchUp reads what the log has after the last event that was heard.
  async function catchUp() {
    const before = seq, answer = await ask(`${main.dataset.mock}/log?after=${seq}`)
    if (!answer.ok) return
    for (const e of answer.data) take(e)
    if (seq === before && panes.every(p => !p.sent)) await renew()
  }

  // take takes in an event.
  function take(e) {
    if (e.type === "presence") return presence(e.data.here)
    if (e.seq <= seq) return
    seq = e.seq
    if (e.type !== "patch") renew()
    else if (e.data && !panes.find(p => p.name === e.data.pane)?.hear(e.data, e.key)) renew(true)
  }

  function presence(here) {
    clearTimeout(alone)
    const show = () => {
      main.dataset.with = here ? "here" : "away"
      const place = main.querySelector("[data-presence]")
      if (place) place.textContent = here ? main.dataset.here : main.dataset.away
    }
    if (here) show()
    else alone = setTimeout(show, 2500) // not for who loads the page again
  }

  // renew shows the page as it is now. In the same round the texts stay as they
  // are: the log keeps them up to date.
  let renewing = null, again = ""
  async function renew(whole) {
    if (renewing) {
      again = again || (whole ? "whole" : "parts")
      return renewing
    }
    renewing = exchange(whole)
    await renewing
    renewing = null
    if (!again) return
    const next = again === "whole"
    again = ""
    await renew(next)
  }

  async function exchange(whole) {
    let doc
    try {
      const answer = await fetch(main.dataset.mock)
      if (answer.redirected || answer.status === 404) return location.reload()
      if (!answer.ok) throw new Error(answer.status)
      doc = new DOMParser().parseFromString(await answer.text(), "text/html")
    } catch { // not now
      clearTimeout(later)
      later = setTimeout(() => renew(whole), 3000)
      return
    }
    const fresh = doc.querySelector("main[data-mock]")
    if (!fresh) return location.reload()
    if (whole || fresh.dataset.phase !== main.dataset.phase || !panes.length) return replace(document.adoptNode(fresh))
    for (const part of main.querySelectorAll("[data-part]")) {
      const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`)
      if (next && next.innerHTML !== known.get(part)) {
        known.set(part, next.innerHTML)
        keepFocus(part, () => part.replaceChildren(...document.adoptNode(next).childNodes))
      }
    }
    show()
  }

  // replace shows another state; who was on the page stays on it.
  function replace(fresh) {
    const inside = main.contains(document.activeElement), aside = document.querySelector(".hall > .aside")
    const here = main.dataset.with
    stop()
    if (aside) aside.hidden = fresh.matches(".room")
    main.replaceWith(fresh)
    start(fresh)
    if (here && main.dataset.token) presence(here === "here")
    if (inside) focusOn(main.querySelector("h1"))
    heard(main.querySelector("h1")?.textContent.trim())
  }

  function heard(text) {
    const place = main.querySelector("[data-heard]")
    if (place && text) place.textContent = text
  }

  // show puts times and the clock into what has come new.
  function show() {
    for (const time of main.querySelectorAll("time[data-clock]")) {
      time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" })
    }
    if (main.dataset.with) presence(main.dataset.with === "here")
    tick()
  }

  // tick shows what is left of the round, by the server's clock.
  function tick() {
    const clock = main.querySelector("[data-ends]")
    if (!clock) return
    const left = Math.round((Number(clock.dataset.ends) - Date.now() - skew) / 1000), s = Math.abs(left)
    const before = Number(clock.dataset.left ?? Infinity)
    clock.dataset.left = left
    clock.textContent = `${left < 0 ? "−" : ""}${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`
    clock.classList.toggle("over", left < 60)
    for (const [at, text] of [[300, main.dataset.five], [60, main.dataset.one], [0, main.dataset.over]]) {
      if (left <= at && before > at && before !== Infinity) heard(text)
    }
  }

  function listen() {
    const mine = source = new EventSource(`${main.dataset.events}?after=${seq}`)
    source.onopen = () => {
      wait = 1000
      trouble(false)
    }
    source.onmessage = e => {
      if (mine === source) take(JSON.parse(e.data))
    }
    source.onerror = async () => {
      if (mine !== source) return mine.close()
      trouble(true)
      if (source.readyState !== EventSource.CLOSED) return // the browser tries again
      await ask(`${main.dataset.mock}/log?after=${seq}`) // leads to where one signs in, if need be
      retry = setTimeout(listen, wait)
      wait = Math.min(2 * wait, 30000)
    }
  }

  // send has a form of the room do its work without leaving the page.
  async function send(form, button) {
    if (form.dataset.busy) return
    form.dataset.busy = "1"
    for (const pane of panes) if (pane.area && pane.open) await Promise.race([pane.push(), pause(2000)])
    const answer = await ask(form.action, new FormData(form, button))
    delete form.dataset.busy
    if (!answer.ok) return say(answer.data?.error || document.body.dataset.failed)
    if (form.elements.key) form.elements.key.value = newKey()
    const line = form.querySelector("input:not([type=hidden])")
    if (line) line.value = ""
    await renew()
  }

  function start(page) {
    main = page
    seq = Number(main.dataset.seq || 0)
    panes = [...main.querySelectorAll("[data-pane]")].filter(p => p.closest(".room")).map(p => new Pane(p))
    known = new Map([...main.querySelectorAll("[data-part]")].map(p => [p, p.innerHTML]))
    main.classList.add("live")
    wait = 1000
    if (main.dataset.now && skew === undefined) {
      const made = performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now()
      skew = Number(main.dataset.now) + performance.now() - made - Date.now()
    }
    if (main.dataset.opens) {
      const until = Number(main.dataset.opens) - Date.now()
      if (until > 0 && until < 2 ** 31) opening = setTimeout(() => renew(true), until + 1000)
    }
    if (main.dataset.events) {
      listen()
      ticking = setInterval(tick, 250)
      if (main.dataset.token) presence(false) // until somebody says otherwise
    }
    show()
    for (const replay of main.querySelectorAll(".replay")) play(replay)
  }

  function stop() {
    source?.close()
    source = null
    for (const timer of [retry, opening, alone, troubled, later]) clearTimeout(timer)
    clearInterval(ticking)
    troubled = 0
  }

  // play lets the log of a round be gone through step by step.
  async function play(replay) {
    let events = []
    const read = async () => {
      for (let after = 0; ;) {
        const answer = await ask(`${main.dataset.mock}/log?after=${after}`)
        if (!answer.ok || !answer.data.length) return
        events = events.concat(answer.data)
        after = answer.data.at(-1).seq
      }
    }
    await read()
    for (const round of replay.querySelectorAll("[data-round]")) {
      const begins = events.findIndex(e => e.type === "phase" && e.data?.phase === `round${round.dataset.round}`)
      if (begins < 0) continue
      let ends = events.findIndex((e, i) => i > begins && e.type === "phase")
      if (ends < 0) ends = events.length
      const steps = events.slice(begins, ends), shown = [...round.querySelectorAll("[data-pane]")]
      if (steps.filter(e => e.type === "patch").length < 2) continue
      const player = round.querySelector(".player"), slider = player.querySelector("input"), time = player.querySelector("output")
      const lines = [...round.querySelectorAll(".moments li")]
      const show = () => {
        const n = Number(slider.value), texts = {}
        let said = 0
        for (const e of steps.slice(0, n + 1)) {
          if (e.type === "patch" && e.data) {
            const d = e.data
            texts[d.pane] = changed(texts[d.pane] || [], { at: d.at || 0, remove: d.remove || 0, insert: points(d.insert || "") })
          } else if (["hint", "flag", "note"].includes(e.type) && e.data) said++
        }
        for (const pane of shown) pane.textContent = (texts[pane.dataset.pane] || []).join("")
        lines.forEach((line, i) => line.classList.toggle("later", i >= said))
        const s = Math.round((new Date(steps[n].at) - new Date(steps[0].at)) / 1000)
        time.textContent = slider.ariaValueText = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`
      }
      slider.max = steps.length - 1
      slider.value = slider.max
      slider.addEventListener("input", show)
      player.hidden = false
      show()
    }
  }

  document.addEventListener("submit", e => {
    const form = e.target
    if (!main || !("send" in form.dataset) || !main.contains(form)) return
    e.preventDefault()
    send(form, e.submitter)
  })
  // What is typed last is sent although the page is left.
  window.addEventListener("beforeunload", e => {
    if (panes?.some(p => p.area && p.open)) e.preventDefault()
  })
  window.addEventListener("pagehide", stop)
  window.addEventListener("pageshow", e => {
    if (e.persisted && main) location.reload()
  })

  // Times are in the reader's own; the server is told how far that is from UTC
  // on each day.
  for (const form of document.querySelectorAll("form[data-slots]")) {
    const two = n => String(n).padStart(2, "0")
    const own = d => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`
    const slots = [...form.querySelectorAll("input[type=datetime-local]")]
    const unfold = () => {
      const filled = slots.reduce((n, s, i) => (s.value ? i + 1 : n), 0)
      slots.forEach((s, i) => {
        s.closest(".field").hidden = i > filled
        form.elements[s.name.replace("slot", "offset")].value = -(s.value ? new Date(s.value) : new Date()).getTimezoneOffset()
      })
    }
    for (const slot of slots) {
      slot.labels[0].textContent = slot.labels[0].dataset.local
      if (slot.dataset.at) slot.value = own(new Date(slot.dataset.at))
    }
    form.addEventListener("input", unfold)
    unfold()
  }

  const page = document.querySelector("main[data-mock]")
  if (page && "EventSource" in window) start(page)
}
