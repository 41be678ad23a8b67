
// The service worker. What it keeps and shows stands before this, as parts. It
// keeps nothing of what anybody has been shown: only the page that says that
// there is no connection, and the files that this page needs.
const kept = `guildhall-${parts.version}`

self.addEventListener("install", e => e.waitUntil((async () => {
  const cache = await caches.open(kept)
  // The page from the server, the files from wherever: their names change with them.
  await cache.addAll([new Request(parts.offline, { cache: "reload" }), ...parts.files])
  await self.skipWaiting()
})()))

self.addEventListener("activate", e => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== kept) await caches.delete(name)
  // Pages are asked for while this worker starts, so that it costs them no time.
  if (self.registration.navigationPreload) await self.registration.navigationPreload.enable()
  await self.clients.claim()
})()))

self.addEventListener("fetch", e => {
  const { request } = e
  if (request.method !== "GET") return
  const url = new URL(request.url)
  if (request.mode === "navigate") e.respondWith(page(e))
  else if (url.origin === self.location.origin && parts.files.includes(url.pathname)) e.respondWith(file(request))
})

async function page(e) {
  try {
    return (await e.preloadResponse) || (await fetch(e.request))
  } catch {
    return (await caches.match(parts.offline, { ignoreVary: true })) || Response.error()
  }
}

async function file(request) {
  return (await caches.match(request.url, { ignoreVary: true })) || fetch(request)
}

self.addEventListener("push", e => {
  let message = {}
  try {
    message = e.data.json()
  } catch { /* one of another server, or a browser's own test */ }
  e.waitUntil(self.registration.showNotification(message.title || self.location.host, {
    body: message.body || "",
    icon: message.icon || parts.icon,
    badge: parts.badge,
    tag: message.tag || "",
    lang: message.preferred_locale || "",
    data: { url: message.url || parts.news },
  }))
})

// A browser may give up its address for messages and take another one by itself.
// The server is told as the settings do it; who has signed out is not pushed to.
self.addEventListener("pushsubscriptionchange", e => e.waitUntil(renew(e.newSubscription)))

async function renew(given) {
  const answer = await fetch(parts.device, { cache: "no-store" })
  if (!answer.ok) return
  const { key, token } = await answer.json()
  const taken = given || (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }))
  const { endpoint, keys } = taken.toJSON()
  await fetch(parts.device, { method: "POST", redirect: "manual", body: new URLSearchParams({ token, endpoint, p256dh: keys.p256dh, auth: keys.auth }) })
}

self.addEventListener("notificationclick", e => {
  e.notification.close()
  const url = new URL((e.notification.data || {}).url || parts.news, self.location.origin)
  if (url.origin === self.location.origin) e.waitUntil(show(url.href))
})

// show brings the window with a page to the front, or opens one.
async function show(address) {
  for (const window of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) {
    if (window.url === address) return window.focus()
  }
  return self.clients.openWindow(address)
}
