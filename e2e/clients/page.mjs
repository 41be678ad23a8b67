// A page of another origin calls the server as its browser lets it: what is not
// simple is asked about first, and of the answer's headers only those are read
// that the server exposes. It notes which rows of a list it has called.
import assert from "node:assert/strict";

const simpleType = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/;
const readable = new Set(["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"]);
const words = (res, name) => (res.headers.get(name) ?? "").toLowerCase().split(/\s*,\s*/);

/** Reads rows like "GET /a/{id} EP": method, pattern, and the apps that call it. */
export function rows(text) {
  return text.trim().split("\n").map((line) => {
    const [method, path, apps] = line.split(" ");
    const pattern = new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{[^}]*\}/g, "[^/]+")}$`);
    return { name: `${method} ${path}`, method, pattern, apps, wild: path.split("{").length };
  }).sort((a, b) => a.wild - b.wild); // what has no wildcard wins
}

export class Page {
  called = new Set();
  asked = new Map(); // answers to preflights, by what was asked

  constructor(base, origin, list) {
    Object.assign(this, { base, origin, list });
  }

  note(method, path) {
    const row = this.list.find((r) => r.method === method && r.pattern.test(path));
    if (row) this.called.add(row.name);
  }

  /** What rows of an app have not been called. */
  missed(app) {
    return this.list.filter((r) => r.apps.includes(app) && !this.called.has(r.name)).map((r) => r.name);
  }

  async preflight(method, url, names) {
    const asked = `${method} ${url.pathname} ${names}`;
    if (this.asked.has(asked)) return;
    const res = await fetch(url, { method: "OPTIONS", headers: { origin: this.origin, "access-control-request-method": method,
      ...(names.length > 0 && { "access-control-request-headers": names.join(",") }) } });
    const has = JSON.stringify([...res.headers]);
    assert.ok(res.ok, `preflight of ${asked}: ${res.status}`);
    assert.ok(["*", this.origin].includes(res.headers.get("access-control-allow-origin")), `preflight of ${asked}: ${has}`);
    assert.ok(["get", "post", "head", ...words(res, "access-control-allow-methods")].includes(method.toLowerCase()), `preflight of ${asked}: ${has}`);
    for (const name of names) assert.ok(words(res, "access-control-allow-headers").includes(name), `preflight of ${asked}: ${has}`);
    this.asked.set(asked, true);
  }

  /** Calls; the body is an object for JSON, URLSearchParams for a form, FormData for multipart. */
  async call(method, path, { body, token = this.token, headers = {}, status = [200] } = {}) {
    const url = new URL(path, this.base);
    const sent = new Headers(headers);
    if (token) sent.set("authorization", `Bearer ${token}`);
    if (body?.constructor === Object) {
      sent.set("content-type", "application/json");
      body = JSON.stringify(body);
    }
    const names = [...sent.keys()].filter((n) => n !== "accept" && !(n === "content-type" && simpleType.test(sent.get(n)))).sort();
    if (names.length > 0 || !["GET", "POST", "HEAD"].includes(method)) await this.preflight(method, url, names);
    sent.set("origin", this.origin);
    const res = await fetch(url, { method, headers: sent, body });
    const text = await res.text();
    assert.ok(status.includes(res.status), `${method} ${path}: ${res.status} ${text.slice(0, 500)}`);
    assert.ok(["*", this.origin].includes(res.headers.get("access-control-allow-origin")), `${method} ${path} is not for pages: ${res.status} ${JSON.stringify([...res.headers])}`);
    this.note(method, url.pathname);
    return {
      status: res.status,
      text,
      get json() {
        return JSON.parse(text);
      },
      header(name) {
        assert.ok(readable.has(name) || words(res, "access-control-expose-headers").includes(name), `${method} ${path} does not expose ${name}`);
        return res.headers.get(name);
      },
    };
  }

  async get(path, more) {
    return (await this.call("GET", path, more)).json;
  }

  async post(path, body, more) {
    return (await this.call("POST", path, { body, ...more })).json;
  }

  /** Where a list goes on, which must be a whole address. */
  async next(path) {
    const link = (await this.call("GET", path)).header("link");
    const [, address] = link.match(/<([^>]*)>; rel="next"/);
    assert.ok(address.startsWith(`${this.base}/api/`), address);
    return address;
  }
}
