// What a person does in a browser so that an app gets its code: sign in and
// allow it, by the pages' forms alone, without scripts.

const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&quot;": '"', "&#39;": "'" };
const decode = (text) => text.replace(/&[#a-z0-9]+;/g, (e) => entities[e] ?? e);

function attributes(tag) {
  const found = {};
  for (const [, name, value] of tag.matchAll(/([a-z-]+)="([^"]*)"/g)) found[name] = decode(value);
  return found;
}

/** The first form that sends by POST: its address and the hidden fields. */
function form(html, from) {
  const [all, tag] = html.match(/<form([^>]*method="post"[^>]*)>[\s\S]*?<\/form>/) ?? [];
  if (!all) throw new Error(`no form on ${from}:\n${html.slice(0, 2000)}`);
  const fields = new URLSearchParams();
  for (const [, input] of all.matchAll(/<input([^>]*type="hidden"[^>]*)>/g)) {
    const { name, value } = attributes(input);
    fields.set(name, value ?? "");
  }
  return { action: new URL(attributes(tag).action, from), fields };
}

/** A browser without scripts: it keeps cookies and follows redirects. */
class Browser {
  cookies = new Map();

  async go(url, body) {
    for (let method = body ? "POST" : "GET"; ; method = "GET", body = undefined) {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { accept: "text/html", ...(cookie && { cookie }), ...(body && { origin: new URL(url).origin }) };
      const res = await fetch(url, { method, headers, body, redirect: "manual" });
      for (const line of res.headers.getSetCookie()) {
        const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
        this.cookies.set(name, value);
      }
      if (res.status < 300 || res.status >= 400) return { url, status: res.status, html: await res.text() };
      const next = new URL(res.headers.get("location"), url);
      if (next.origin !== new URL(url).origin) return { url: next.href, status: res.status, html: "" };
      url = next.href;
    }
  }
}

/** Returns where the browser is sent once the member has allowed the app. */
export async function allow(authorizeURL, login, password) {
  const browser = new Browser();
  let page = await browser.go(authorizeURL);
  const signIn = form(page.html, page.url);
  signIn.fields.set("login", login);
  signIn.fields.set("password", password);
  page = await browser.go(signIn.action.href, signIn.fields);
  const consent = form(page.html, page.url);
  consent.fields.set("decision", "allow");
  page = await browser.go(consent.action.href, consent.fields);
  if (page.html) throw new Error(`still on ${page.url}, ${page.status}:\n${page.html.slice(0, 2000)}`);
  return new URL(page.url);
}
