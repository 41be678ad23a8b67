"use strict"

// An answer that is being given: the clock runs, and it can be said aloud. What
// is recorded stays in the browser until the answer is sent. In labs, a plan is put
// together by pressing its steps.

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-steps]").forEach(offerSteps)
  const form = document.querySelector("form.answering")
  if (!form) return
  runClock(form)
  if (navigator.mediaDevices?.getUserMedia && window.MediaRecorder && window.DataTransfer) offerRecording(form)
})

// runClock shows for how long the question has been read and answered, and sends it.
function runClock(form) {
  const clock = form.querySelector(".clock"), most = form.dataset.minutes * 60, start = Date.now()
  const tick = () => {
    const s = Math.floor((Date.now() - start) / 1000)
    form.elements.seconds.value = s
    clock.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")} / ${form.dataset.minutes}:00`
    clock.classList.toggle("over", s > most)
  }
  tick()
  setInterval(tick, 1000)
  form.addEventListener("submit", tick)
}

function offerRecording(form) {
  const part = form.querySelector(".speak"), button = part.querySelector("button"), play = part.querySelector("audio"), said = part.querySelector("[role=status]")
  let recorder = null
  part.hidden = false
  button.addEventListener("click", async () => {
    if (recorder) return recorder.stop()
    let sound
    try {
      sound = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch {
      said.textContent = part.dataset.refused
      return
    }
    const parts = []
    recorder = new MediaRecorder(sound)
    recorder.addEventListener("dataavailable", e => parts.push(e.data))
    recorder.addEventListener("stop", () => {
      for (const track of sound.getTracks()) track.stop()
      const type = recorder.mimeType, file = new File(parts, "answer", { type }), files = new DataTransfer()
      recorder = null
      files.items.add(file)
      form.elements.recording.files = files.files
      if (play.src) URL.revokeObjectURL(play.src)
      play.src = URL.createObjectURL(file)
      play.hidden = false
      button.textContent = part.dataset.again
    })
    recorder.start()
    said.textContent = ""
    button.textContent = part.dataset.recording
  })
}

// offerSteps lets the steps of a lab's plan be put into it by pressing them; without
// this script they are typed.
function offerSteps(list) {
  const plan = document.getElementById(list.dataset.steps)
  if (!plan) return
  for (const name of list.querySelectorAll("dt")) {
    const button = document.createElement("button"), step = name.textContent.trim()
    button.type = "button"
    button.textContent = step
    button.setAttribute("aria-label", `${list.dataset.add}: ${step}`)
    button.addEventListener("click", () => {
      const before = plan.value.trimEnd()
      plan.value = (before && before + "\n") + step + "\n"
      plan.scrollTop = plan.scrollHeight
    })
    name.replaceChildren(button)
  }
}
