// Watches what a client library asks for: every request must be an operation of
// the server's own OpenAPI document, and must not fail on the server's side.

/** Returns a matcher for the operations of a document. */
export async function operations(base) {
  const doc = await (await fetch(`${base}/api/guildhall/v1/openapi.json`)).json();
  const all = [];
  for (const [path, item] of Object.entries(doc.paths)) {
    const parts = path.split("/");
    for (const method of Object.keys(item)) all.push({ method: method.toUpperCase(), parts, name: `${method.toUpperCase()} ${path}` });
  }
  return (method, pathname) => {
    const parts = pathname.split("/");
    return all.find((o) => o.method === method && o.parts.length === parts.length && o.parts.every((p, i) => p === parts[i] || (p.startsWith("{") && parts[i] !== "")))?.name;
  };
}

/** Replaces fetch by one that keeps what was asked and answered. */
export function watch() {
  const log = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const res = await real(request);
    log.push({ method: request.method, path: new URL(request.url).pathname, status: res.status, ...(res.status >= 400 && { text: (await res.clone().text()).slice(0, 200) }) });
    return res;
  };
  return log;
}
