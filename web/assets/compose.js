
// The composer: pictures, the count of characters, drafts.

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

{
  const composerOf = e => e.target.closest && e.target.closest("[data-composer]")

  function measure(form) {
    const left = form.querySelector("[data-left]")
    const warning = form.elements.spoiler.value.replace(/[\r\n]+/g, " ").trim()
    const n = Number(left.dataset.left) - postLength(form.elements.text.value) - countCharacters(warning)
    left.textContent = n
    left.classList.toggle("over", n < 0)
  }

  // Drafts stay in this browser until they are posted.
  const draftKey = form => form.dataset.draft && "draft:" + form.dataset.draft
  function keep(form) {
    const key = draftKey(form)
    if (!key) return
    const text = form.elements.text.value
    try {
      if (text.trim() && text !== form.elements.text.defaultValue) localStorage.setItem(key, JSON.stringify({ text, spoiler: form.elements.spoiler.value }))
      else localStorage.removeItem(key)
    } catch { /* a browser that keeps nothing */ }
  }
  function recall(form) {
    const key = draftKey(form)
    if (!key || form.querySelector(".alert")) return
    try {
      const draft = JSON.parse(localStorage.getItem(key))
      if (!draft || form.elements.text.value !== form.elements.text.defaultValue) return
      form.elements.text.value = draft.text
      form.elements.spoiler.value = draft.spoiler || form.elements.spoiler.value
      if (draft.spoiler) form.elements.spoiler.closest("details").open = true
    } catch { /* nothing was kept */ }
  }

  // Pictures are sent as soon as they are chosen.
  function attach(form, files) {
    const list = form.querySelector("[data-attached]")
    const problem = form.querySelector("[data-upload-problem]")
    problem.replaceChildren()
    for (const file of files) {
      if (list.children.length >= Number(list.dataset.attached)) {
        problem.textContent = list.dataset.full
        return
      }
      upload(form, list, problem, file)
    }
  }

  function upload(form, list, problem, file) {
    const row = document.createElement("li")
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 })
    bar.setAttribute("aria-label", file.name)
    row.append(bar)
    list.append(row)
    const data = new FormData()
    data.append("token", form.elements.token.value)
    data.append("file", file)
    const request = new XMLHttpRequest()
    request.open("POST", "/media")
    request.setRequestHeader("HX-Request", "true")
    request.upload.onprogress = e => { bar.value = e.loaded / e.total }
    const fail = () => {
      row.remove()
      const said = new DOMParser().parseFromString(request.responseText || "", "text/html").querySelector(".wrong")
      if (said) problem.append(document.adoptNode(said))
      else problem.textContent = request.status === 413 ? list.dataset.large : document.body.dataset.failed
    }
    request.onerror = request.ontimeout = fail
    request.onload = () => {
      const made = new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".attachment")
      if (request.status !== 200 || !made) return fail()
      row.replaceWith(document.adoptNode(made))
      made.querySelector("textarea").focus({ preventScroll: true })
    }
    request.send(data)
  }

  const pictures = data => [...(data ? data.files : [])].filter(f => f.type.startsWith("image/"))

  document.addEventListener("input", e => {
    const form = composerOf(e)
    if (!form || !["text", "spoiler"].includes(e.target.name)) return
    measure(form)
    keep(form)
  })
  document.addEventListener("change", e => {
    const form = composerOf(e)
    if (!form || e.target.name !== "file") return
    attach(form, [...e.target.files])
    e.target.value = ""
  })
  document.addEventListener("paste", e => {
    const form = composerOf(e), files = pictures(e.clipboardData)
    if (!form || !files.length) return
    e.preventDefault()
    attach(form, files)
  })
  document.addEventListener("dragover", e => {
    const form = composerOf(e)
    if (!form || !e.dataTransfer.types.includes("Files")) return
    e.preventDefault()
    form.classList.add("dropping")
  })
  for (const end of ["dragleave", "drop"]) document.addEventListener(end, e => composerOf(e)?.classList.remove("dropping"))
  document.addEventListener("drop", e => {
    const form = composerOf(e), files = pictures(e.dataTransfer)
    if (!form || !files.length) return
    e.preventDefault()
    attach(form, files)
  })
  document.addEventListener("click", e => {
    const form = composerOf(e)
    if (!form) return
    const chooser = e.target.closest("[data-choose]")
    if (chooser) {
      e.preventDefault()
      form.elements.file.click()
    }
    const remove = e.target.closest("button[name=remove]")
    if (remove) {
      e.preventDefault()
      remove.closest("li").remove()
      form.elements.text.focus()
    }
  })
  // The server says that it was posted; what was written wrongly stays.
  document.addEventListener("posted", e => {
    const form = composerOf(e), key = form && draftKey(form)
    if (key) try { localStorage.removeItem(key) } catch { /* nothing was kept */ }
  })

  const begin = root => {
    for (const form of root.querySelectorAll("[data-composer]")) {
      recall(form)
      measure(form)
    }
  }
  begin(document)
  document.addEventListener("htmx:afterSettle", () => begin(document))
}
