
// What belongs to this device: the service worker, messages that are pushed,
// and the page that says that there is no connection.
{
  const workers = navigator.serviceWorker // not on pages that come over a plain connection
  const member = document.getElementById("live")

  // A browser that takes no worker does without: everything else works.
  if (workers && member) window.addEventListener("load", () => workers.register("/sw.js").catch(() => {}))

  // The offline page stands at the address of a page, and gives way to it.
  if ("offline" in document.body.dataset && location.pathname !== "/offline") {
    const again = () => fetch(location.href, { method: "HEAD", cache: "no-store" }).then(() => location.reload(), () => {})
    window.addEventListener("online", again)
    setInterval(again, 4000)
  }

  async function subscription() {
    const registration = await workers.getRegistration()
    return registration && registration.pushManager ? registration.pushManager.getSubscription() : null
  }
  const within = (ms, work) => Promise.race([work, new Promise(done => setTimeout(done, ms))])

  // Before the session ends here, or nothing is to be pushed any more, the
  // browser gives up its subscription. A push service that is not reached must
  // hold nobody up.
  document.addEventListener("submit", async e => {
    const form = e.target
    if (!workers || !["/auth/sign_out", "/settings/notifications/device/end"].includes(form.getAttribute("action"))) return
    e.preventDefault()
    try {
      await within(1000, subscription().then(s => s && s.unsubscribe()))
    } catch { /* the server forgets it in any case */ }
    form.submit()
  })

  const place = document.getElementById("device")
  if (place) settings(place)

  async function settings(place) {
    const form = place.querySelector("[data-subscribe]"), unable = place.querySelector("[data-unable]")
    const problem = place.querySelector("[data-problem]")
    const tell = text => {
      problem.textContent = text
      problem.hidden = false
    }
    if (!workers || !("PushManager" in window) || !("Notification" in window)) {
      if (unable && /iPhone|iPad/.test(navigator.userAgent)) unable.textContent = place.dataset.homeScreen
      return
    }
    if (unable) unable.hidden = true
    const taken = await subscription().catch(() => null)
    if ("subscribed" in place.dataset) {
      if (taken && Notification.permission === "granted") return
      tell(Notification.permission === "denied" ? place.dataset.denied : place.dataset.lost)
    }
    form.hidden = false
    form.addEventListener("submit", async e => {
      e.preventDefault()
      problem.hidden = true
      const button = form.querySelector("button")
      button.disabled = true
      try {
        if ((await Notification.requestPermission()) !== "granted") tell(place.dataset.denied)
        else await subscribe(form, place.dataset.key)
      } catch {
        tell(place.dataset.failed)
      }
      button.disabled = false
      button.focus()
    })
  }

  // subscribe has the browser give an address for messages, and sends it off.
  async function subscribe(form, key) {
    await workers.register("/sw.js")
    const { pushManager } = await workers.ready
    const before = await pushManager.getSubscription()
    if (before) await before.unsubscribe() // it may be for another server's key
    const { endpoint, keys } = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON()
    form.elements.endpoint.value = endpoint
    form.elements.p256dh.value = keys.p256dh
    form.elements.auth.value = keys.auth
    form.submit()
  }
}
