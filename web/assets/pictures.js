
// Pictures of the composer: sent as soon as they are chosen, dropped or pasted,
// taken away, and their focus.
{
  const changed = form => form.dispatchEvent(new Event("attached", { bubbles: true }))

  function attach(form, files) {
    const list = form.querySelector("[data-attached]")
    for (const file of files) {
      if (list.querySelectorAll("li:not(.failed)").length >= Number(list.dataset.attached)) refuse(list, file, list.dataset.full)
      else if (file.size > Number(list.dataset.bytes)) refuse(list, file, list.dataset.large)
      else upload(form, list, file)
    }
  }

  // refuse says beside a picture's name why it is not there.
  function refuse(list, file, why) {
    const row = document.createElement("li")
    row.className = "failed"
    const text = document.createElement("p")
    text.className = "wrong"
    text.setAttribute("role", "alert")
    text.textContent = `${file.name}: ${why}`
    const close = Object.assign(document.createElement("button"), { type: "button", className: "act", textContent: list.dataset.dismiss })
    close.dataset.dismiss = ""
    row.append(text, close)
    list.append(row)
  }

  function upload(form, list, file) {
    const row = document.createElement("li")
    row.className = "sending"
    const name = Object.assign(document.createElement("span"), { textContent: file.name })
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 })
    bar.setAttribute("aria-label", file.name)
    row.append(name, bar)
    list.append(row)
    const data = new FormData()
    data.append("token", form.elements.token.value)
    data.append("file", file)
    const request = new XMLHttpRequest()
    request.open("POST", "/media")
    request.setRequestHeader("HX-Request", "true")
    request.upload.onprogress = e => { if (e.lengthComputable) bar.value = e.loaded / e.total }
    const answer = selector => new DOMParser().parseFromString(request.responseText || "", "text/html").querySelector(selector)
    const fail = () => {
      row.remove()
      const said = answer(".wrong span")
      refuse(list, file, said ? said.textContent.trim() : request.status === 413 ? list.dataset.large : document.body.dataset.failed)
    }
    request.onerror = request.ontimeout = fail
    request.onload = () => {
      const away = request.getResponseHeader("HX-Redirect") // the session has ended
      if (away) return location.assign(away)
      const made = request.status === 200 && answer(".attachment")
      if (!made) return fail()
      row.replaceWith(document.adoptNode(made))
      changed(form)
      made.querySelector("textarea").focus({ preventScroll: true })
    }
    request.send(data)
  }

  // remove takes a picture away, here and on the server; one that is posted stays
  // there until the post is saved.
  function remove(form, row) {
    const data = new FormData()
    data.append("token", form.elements.token.value)
    fetch(form.dataset.removes + row.querySelector("input[name=media]").value + "/remove",
      { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" } }).catch(() => { /* it is swept later */ })
    row.remove()
    changed(form)
    form.elements.text.focus()
  }

  // The focus is where a picture is pressed; the fields below say it in percent.
  const fields = aim => aim.closest(".attachment").querySelectorAll("input[type=number]")
  function focusAt(aim, x, y) {
    const at = [x, y].map(v => Math.round(Math.max(0, Math.min(100, v))))
    fields(aim).forEach((field, i) => { field.value = at[i] })
    draw(aim)
    changed(aim.form)
  }
  function draw(aim) {
    const [x, y] = fields(aim), dot = aim.querySelector("circle")
    dot.setAttribute("cx", `${x.value}%`)
    dot.setAttribute("cy", `${y.value}%`)
  }
  function press(e, aim) {
    const box = aim.querySelector("img").getBoundingClientRect()
    focusAt(aim, (100 * (e.clientX - box.left)) / box.width, (100 * (e.clientY - box.top)) / box.height)
  }
  document.addEventListener("pointerdown", e => {
    const aim = e.target.closest("[data-aim]")
    if (!aim || e.button) return
    aim.setPointerCapture(e.pointerId)
    press(e, aim)
  })
  document.addEventListener("pointermove", e => {
    const aim = e.target.closest && e.target.closest("[data-aim]")
    if (aim && aim.hasPointerCapture(e.pointerId)) press(e, aim)
  })
  const arrows = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] }
  document.addEventListener("keydown", e => {
    const aim = e.target.closest("[data-aim]")
    if (!aim || !arrows[e.key]) return
    e.preventDefault()
    const [x, y] = fields(aim), [dx, dy] = arrows[e.key]
    focusAt(aim, Number(x.value) + dx, Number(y.value) + dy)
    say(`${x.labels[0].textContent}: ${x.value}. ${y.labels[0].textContent}: ${y.value}.`)
  })
  document.addEventListener("input", e => {
    const row = e.target.type === "number" && e.target.closest(".attachment")
    if (row) draw(row.querySelector("[data-aim]"))
  })

  const pictures = data => [...(data ? data.files : [])].filter(f => f.type.startsWith("image/"))
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
    if (e.target.closest("[data-choose]")) {
      e.preventDefault()
      form.elements.file.click()
    }
    const row = e.target.closest("li")
    if (e.target.closest("button[name=detach]")) {
      e.preventDefault()
      remove(form, row)
    } else if (e.target.closest("button[data-dismiss]")) {
      row.remove()
      form.elements.text.focus()
    }
  })
}
