
// The composer: the count of characters, drafts, polls, the reader's own time.

// countCharacters counts as people do: what is seen as one character is one.
function countCharacters(text) {
  let n = 0, size = 0, joined = false, flag = false
  for (const c of text) {
    const r = c.codePointAt(0)
    const indicator = r >= 0x1f1e6 && r < 0x1f1e6 + 26
    const extends_ = size > 0 && (joined || r === 0x200d || /\p{M}/u.test(c) || (r >= 0x1f3fb && r <= 0x1f3ff) ||
      (r >= 0xe0020 && r <= 0xe007f) || (r >= 0x1160 && r <= 0x11ff) || (indicator && flag))
    flag = indicator && !(flag && extends_)
    joined = r === 0x200d
    if (extends_ && size < 32) {
      size++
      continue
    }
    n++
    size = 1
  }
  return n
}

// linkEnd is where a link ends that begins a text: not with the punctuation or
// the bracket behind it.
function linkEnd(text) {
  let link = text.match(/^https?:\/\/[^\s<>"`{}|\\^\p{Cc}]+/iu)[0]
  for (;;) {
    const last = link.at(-1)
    const open = { ")": "(", "]": "[" }[last]
    if (open ? link.split(open).length >= link.split(last).length : !/[.,;:!?'"*_~…([]/.test(last)) return link.length
    link = link.slice(0, -1)
  }
}

// postLength is how long the server takes a post to be: links count for 23
// characters, the domains of mentions for none.
function postLength(text) {
  text = text.replace(/\r\n?/g, "\n").replace(/\t/g, " ").replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, "").trim()
  let n = 0, at = 0, rest = ""
  const starts = /https?:\/\/(?=[\p{L}\p{N}[])|(?<![\p{L}\p{Nd}_@#/&＃])@(\w{1,64})@([a-z0-9][a-z0-9.-]*)/giu
  for (let found; (found = starts.exec(text));) {
    if (found[1]) {
      const domain = found[2].replace(/[.-]+$/, "")
      const end = found.index + found[0].length - found[2].length + domain.length
      if (!domain || /^[\p{L}\p{Nd}_@]/u.test(text.slice(end))) continue
      rest = text.slice(at, end - domain.length - 1)
      at = end
    } else {
      const end = found.index + linkEnd(text.slice(found.index))
      if (/[\p{L}\p{Nd}_]$/u.test(text.slice(0, found.index)) || /^https?:\/\/[^/?#]*@/i.test(text.slice(found.index, end))) continue
      rest = text.slice(at, found.index)
      n += 23
      at = end
    }
    n += countCharacters(rest)
    starts.lastIndex = at
  }
  return n + countCharacters(text.slice(at))
}

// composerOf is the composer in which something happens.
const composerOf = e => e.target.closest && e.target.closest("[data-composer]")

{
  function measure(form) {
    const left = form.querySelector("[data-left]")
    const warning = form.elements.spoiler.value.replace(/[\r\n]+/g, " ").trim()
    const n = Number(left.dataset.left) - postLength(form.elements.text.value) - countCharacters(warning)
    left.textContent = n
    left.classList.toggle("beyond", n < 0)
  }

  // Drafts stay in this browser until they are posted: one for each place where
  // something is written. base is the text that the page began with; a draft of
  // another beginning is old. Of pictures, which the server keeps for a while, the
  // draft has their ids and what is said of them.
  const draftKey = form => "draft:" + form.dataset.draft
  const options = form => [...form.querySelectorAll("input[name=option]")]
  const kept = ["text", "spoiler", "option", "expires", "multiple", "hide_totals", "sensitive", "visibility", "language", "quote_policy", "at"]
  const fields = form => [...form.elements].filter(f => kept.includes(f.name))
  const worth = f => (f.type === "checkbox" ? f.checked : f.value)
  const rows = form => [...form.querySelectorAll(".attachment")]
  const said = row => [...row.querySelectorAll("textarea, input")].map(f => f.value) // the id, the description, the focus
  const began = new WeakMap() // what each form had when it came

  const state = form => JSON.stringify({ fields: fields(form).map(f => [f.name, worth(f)]), pictures: rows(form).map(said) })
  function keep(form) {
    const now = state(form)
    try {
      if (now !== began.get(form)) localStorage.setItem(draftKey(form), JSON.stringify({ base: form.elements.text.defaultValue, ...JSON.parse(now) }))
      else localStorage.removeItem(draftKey(form))
    } catch { /* a browser that keeps nothing */ }
  }
  function recall(form) {
    if (began.has(form)) return
    const text = form.elements.text
    began.set(form, state(form))
    if (form.querySelector("[role=alert]:not(:empty)") || text.value !== text.defaultValue) return
    try {
      const draft = JSON.parse(localStorage.getItem(draftKey(form)))
      if (!draft?.fields || draft.base !== text.defaultValue) return
      fields(form).forEach((f, i) => { if (draft.fields[i]?.[0] === f.name) put(f, draft.fields[i][1]) })
      if (draft.pictures.length) recallPictures(form, draft.pictures)
      say(form.dataset.restored)
    } catch { /* nothing was kept */ }
  }

  // put gives a field what was kept of it, and shows the field.
  function put(f, value) {
    if (worth(f) === value || f.localName === "select" && ![...f.options].some(o => o.value === value)) return
    if (f.type === "checkbox") f.checked = value
    else f.value = value
    const folded = f.closest("details")
    if (folded) folded.open = true
    if (f.name === "at") offset(f)
  }

  // recallPictures asks the server for those that it still has.
  async function recallPictures(form, pictures) {
    const list = form.querySelector("[data-attached]")
    const has = id => rows(form).find(row => said(row)[0] === id)
    const wanted = pictures.map(p => p[0]).filter(id => !has(id))
    try {
      if (wanted.length) {
        const answer = await fetch(form.dataset.removes + "?media=" + wanted.join("&media="), { headers: { "HX-Request": "true" } })
        if (!answer.ok) throw new Error(answer.status)
        const doc = new DOMParser().parseFromString(await answer.text(), "text/html")
        list.append(...[...doc.querySelectorAll(".attachment")].map(row => document.adoptNode(row)))
      }
      for (const [id, ...values] of pictures) {
        if (has(id)) [...has(id).querySelectorAll("textarea, input:not([name=media])")].forEach((f, i) => {
          f.value = values[i]
          f.dispatchEvent(new Event("input", { bubbles: true }))
        })
      }
      if (!pictures.every(p => has(p[0]))) say(form.dataset.gone)
      keep(form)
    } catch {
      say(document.body.dataset.failed)
    }
  }

  // A poll shows one line more than were written.
  function unfoldPoll(form) {
    const all = options(form)
    const written = all.reduce((n, o, i) => (o.value ? i + 1 : n), 0)
    all.forEach((o, i) => { o.hidden = i > Math.max(1, written) })
  }

  // Days and times are in the reader's own time; the server is told how far
  // that is from UTC on that day.
  const two = n => String(n).padStart(2, "0")
  const localTime = d => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`
  function ownTime(at) {
    const label = at.labels[0]
    if (label) label.textContent = label.dataset.local
    if (at.dataset.at) at.value = localTime(new Date(at.dataset.at))
    offset(at)
  }
  function offset(at) {
    const when = at.value ? new Date(at.value) : new Date()
    at.form.elements.offset.value = -when.getTimezoneOffset()
  }

  document.addEventListener("input", e => {
    if (e.target.name === "at" && e.target.form?.elements.offset) offset(e.target)
    const form = composerOf(e)
    if (!form || !began.has(form)) return
    measure(form)
    unfoldPoll(form)
    keep(form)
  })
  // Pictures come, go and get a focus.
  document.addEventListener("attached", e => {
    const form = composerOf(e)
    if (form) keep(form)
  })
  // The server says that it was posted; what was written wrongly stays.
  document.addEventListener("posted", e => {
    const form = composerOf(e)
    if (form) try { localStorage.removeItem(draftKey(form)) } catch { /* nothing was kept */ }
  })

  const begin = root => {
    for (const at of root.querySelectorAll("input[name=at]:not([data-own])")) {
      at.dataset.own = ""
      if (at.form.elements.offset) ownTime(at)
    }
    for (const form of root.querySelectorAll("[data-composer]")) {
      recall(form)
      measure(form)
      unfoldPoll(form)
    }
    for (const time of root.querySelectorAll("time[data-clock]")) {
      time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" })
    }
  }
  begin(document)
  document.addEventListener("htmx:afterSettle", () => begin(document))
}
