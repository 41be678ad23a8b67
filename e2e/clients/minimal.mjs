// Two members use what Elk and Phanpy call, each as that app does it: ann has
// Elk, ben has Phanpy. BASE is the server, PASSWORD that of both, CLEO
// a token of a third member, ROWS is what the apps call, IMAGE is a file.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { openAsBlob } from "node:fs";
import WebSocket from "ws";
import { allow } from "./consent.mjs";
import { Page, rows } from "./page.mjs";
import { soon, until } from "./until.mjs";

const { BASE: base, PASSWORD: password, IMAGE: image } = process.env;
const host = new URL(base).host;
const list = rows(process.env.ROWS);
const scopes = "read write follow push";
let count = 0;
const fresh = (word) => `${word}${++count}`;

/** Signs in as Elk does: JSON, and a redirect address with escapes in it. */
async function signInWithElk(login) {
  const page = new Page(base, "https://elk.test", list);
  const redirect_uri = `https://elk.test/api/${host}/oauth/https%3A%2F%2Felk.test`;
  const app = await page.post("/api/v1/apps", { client_name: "Elk", website: "https://elk.test", redirect_uris: redirect_uri, scopes });
  assert.equal(app.redirect_uri, redirect_uri);
  const query = new URLSearchParams({ client_id: app.client_id, force_login: "true", scope: scopes, redirect_uri, response_type: "code", lang: "en-US" });
  const back = await allow(`${base}/oauth/authorize?${query}`, login, password);
  assert.equal(back.origin + back.pathname, redirect_uri);
  const made = await page.post("/oauth/token", { client_id: app.client_id, client_secret: app.client_secret, redirect_uri,
    grant_type: "authorization_code", code: back.searchParams.get("code"), scope: scopes });
  assert.equal(made.token_type, "Bearer");
  page.token = made.access_token;
  return page;
}

/** Signs in as Phanpy does: forms, and PKCE if the server says that it knows it. */
async function signInWithPhanpy(login) {
  const page = new Page(base, "https://phanpy.test", list);
  const links = (await page.get("/.well-known/nodeinfo")).links;
  const about = await page.get(links.find((l) => l.rel.endsWith("/ns/schema/2.0")).href);
  assert.deepEqual([about.software.name, about.protocols], ["guildhall", []]);
  assert.match((await page.call("GET", "/.well-known/host-meta")).header("content-type"), /xml/);
  const meta = await page.get("/.well-known/oauth-authorization-server");
  assert.ok(meta.code_challenge_methods_supported.includes("S256") && meta.scopes_supported.includes("profile"));
  assert.deepEqual([meta.authorization_endpoint, meta.token_endpoint, meta.revocation_endpoint], [`${base}/oauth/authorize`, `${base}/oauth/token`, `${base}/oauth/revoke`]);
  const redirect_uri = "https://phanpy.test/";
  const app = await page.post("/api/v1/apps", new URLSearchParams({ client_name: "Phanpy", redirect_uris: redirect_uri, scopes, website: "https://phanpy.test" }));
  const code_verifier = randomBytes(48).toString("base64url");
  const code_challenge = createHash("sha256").update(code_verifier).digest("base64url");
  const state = "a/b c&d=é";
  const query = new URLSearchParams({ client_id: app.client_id, scope: scopes, redirect_uri, response_type: "code", state, code_challenge, code_challenge_method: "S256" });
  const back = await allow(`${base}/oauth/authorize?${query}`, login, password);
  assert.equal(back.searchParams.get("state"), state);
  const known = { client_id: app.client_id, client_secret: app.client_secret };
  const made = await page.post("/oauth/token", new URLSearchParams({ ...known, redirect_uri, grant_type: "authorization_code",
    code: back.searchParams.get("code"), scope: scopes, code_verifier }));
  page.token = made.access_token;
  page.signOut = () => page.call("POST", "/oauth/revoke", { token: "", body: new URLSearchParams({ ...known, token: made.access_token }) });
  return page;
}

/** What an app asks first. */
async function start(page, name) {
  page.note("GET", "/oauth/authorize"); // the browser went there, not the page
  page.note("POST", "/oauth/authorize");
  const it = await page.get("/api/v2/instance");
  assert.deepEqual([it.domain, it.configuration.urls.streaming], [host, `wss://${host}`]);
  assert.ok(it.api_versions.mastodon >= 2 && it.configuration.statuses.max_characters >= 500 && it.configuration.media_attachments.supported_mime_types.includes("image/png"));
  page.me = await page.get("/api/v1/accounts/verify_credentials");
  assert.deepEqual([page.me.username, page.me.url, page.me.source.privacy], [name, `${base}/@${name}`, "public"]);
  assert.equal((await page.get("/api/v1/preferences"))["posting:default:visibility"], "public");
  assert.deepEqual(await page.get("/api/v1/custom_emojis"), []);
}

/** Sends posts of all kinds. */
async function write(page, to) {
  const say = (body, more) => page.post("/api/v1/statuses", body, more);
  const first = { status: `Hello @${to.me.acct} #${fresh("tag")}`, visibility: "public", language: "de", spoiler_text: "", sensitive: false, media_ids: [] };
  const key = fresh("key");
  page.said = await say(first, { headers: { "idempotency-key": key } });
  assert.equal((await say(first, { headers: { "idempotency-key": key } })).id, page.said.id);
  assert.deepEqual([page.said.language, page.said.visibility, page.said.mentions[0].id], ["de", "public", to.me.id]);
  page.poll = (await say({ status: "Tea?", poll: { options: ["yes", "no"], expires_in: 3600, multiple: false } })).poll;
  const hidden = await say({ status: "the end", spoiler_text: "of a film", visibility: "private" });
  assert.deepEqual([hidden.spoiler_text, hidden.sensitive, hidden.visibility], ["of a film", true, "private"]);
  const later = await say({ status: "later", scheduled_at: new Date(Date.now() + 3600_000).toISOString() });
  assert.equal(later.params.text, "later");
}

/** Answers a post of the other one's. */
async function reply(page, to) {
  const answer = await page.post("/api/v1/statuses", { status: `@${to.me.acct} yes`, in_reply_to_id: to.said.id });
  assert.equal((await page.get(`/api/v1/statuses/${answer.id}`)).in_reply_to_account_id, to.me.id);
  const { descendants } = await page.get(`/api/v1/statuses/${to.said.id}/context`);
  assert.ok(descendants.some((s) => s.id === answer.id));
}

/** Does and undoes what can be done with a post, and finds it in the lists. */
async function react(page, { id }) {
  for (const [verb, field, by, all] of [["favourite", "favourited", "favourited_by", "favourites"], ["reblog", "reblogged", "reblogged_by"], ["bookmark", "bookmarked", undefined, "bookmarks"]]) {
    const done = await page.post(`/api/v1/statuses/${id}/${verb}`);
    assert.equal((done.reblog ?? done)[field], true);
    if (by) assert.ok((await page.get(`/api/v1/statuses/${id}/${by}`)).some((a) => a.id === page.me.id));
    if (all) assert.equal((await page.get(`/api/v1/${all}`))[0].id, id);
    assert.equal((await page.post(`/api/v1/statuses/${id}/un${verb}`))[field], false);
  }
  await page.post(`/api/v1/statuses/${id}/favourite`); // which stays, to be told of
}

async function timelines(page, to) {
  const home = await page.get("/api/v1/timelines/home?limit=20");
  assert.ok(home.some((s) => s.id === page.said.id) && home.some((s) => s.id === to.said.id));
  const more = await page.get(await page.next("/api/v1/timelines/home?limit=2"));
  assert.deepEqual(more.map((s) => s.id), home.slice(2, 2 + more.length).map((s) => s.id));
  assert.ok((await page.get("/api/v1/timelines/public?local=true&limit=20")).some((s) => s.id === to.said.id));
  assert.equal((await page.get(`/api/v1/timelines/tag/${to.said.tags[0].name}?limit=20`))[0].id, to.said.id);
  assert.deepEqual(await page.get("/api/v1/followed_tags?limit=100"), []);
  const relations = await page.get(`/api/v1/accounts/relationships?id[]=${to.me.id}&id[]=${page.me.id}`);
  assert.deepEqual(relations.map((r) => [r.id, r.following]), [[to.me.id, true], [page.me.id, false]]);
}

/** Sends a picture by the way of each app, and changes and deletes a post of it. */
async function pictures(page, old) {
  const form = new FormData();
  form.set("file", await openAsBlob(image), "square.png");
  form.set("description", old ? "undefined" : "a square");
  const sent = await page.call("POST", old ? "/api/v1/media" : "/api/v2/media", { body: form, status: [200, 202] });
  const { id } = sent.json;
  if (old) {
    assert.equal(sent.json.description, null); // the text undefined is none
    const changed = (await page.call("PUT", `/api/v1/media/${id}`, { body: { description: "A picture" } })).json;
    assert.equal(changed.description, "A picture");
  } else {
    await until("the picture", async () => (await page.call("GET", `/api/v1/media/${id}`, { status: [200, 206] })).json.url);
  }
  const said = await page.post("/api/v1/statuses", { status: "Look", spoiler_text: "square", media_ids: [id] });
  const edited = (await page.call("PUT", `/api/v1/statuses/${said.id}`, { body: { status: "Look here", spoiler_text: "square", media_ids: [id],
    media_attributes: [{ id, description: "Changed", focus: "0.5,-0.5" }] } })).json;
  assert.deepEqual([edited.media_attachments[0].description, edited.media_attachments[0].meta.focus], ["Changed", { x: 0.5, y: -0.5 }]);
  assert.equal((await page.get(`/api/v1/statuses/${said.id}/history`)).length, 2);
  if (!old) assert.equal((await page.get(`/api/v1/statuses/${said.id}/source`)).text, "Look here");
  // Deleted and drafted anew, with the same picture.
  const gone = (await page.call("DELETE", `/api/v1/statuses/${said.id}`)).json;
  assert.deepEqual([gone.text, gone.spoiler_text, gone.media_attachments.map((m) => m.id)], ["Look here", "square", [id]]);
  page.picture = await page.post("/api/v1/statuses", { status: gone.text, media_ids: [id] });
}

async function notifications(page, to, grouped) {
  const types = (what) => page.get(`/api/v1/notifications?limit=30&${what}`);
  const [mention] = await until("the mention", async () => {
    const found = await types("types[]=mention");
    return found.some((n) => n.account.id === to.me.id) && found;
  });
  await until("the favourite", async () => (await types("types[]=favourite&types[]=reblog")).length > 0);
  assert.ok((await types("exclude_types[]=mention")).every((n) => n.type !== "mention"));
  assert.ok((await types(`since_id=${mention.id}`)).every((n) => n.id !== mention.id));
  assert.equal((await page.get(`/api/v1/notifications/${mention.id}`)).type, "mention");
  if (grouped) {
    const all = await page.get("/api/v2/notifications?limit=30&grouped_types[]=favourite&grouped_types[]=reblog&grouped_types[]=follow");
    assert.ok(all.accounts.some((a) => a.id === to.me.id) && all.statuses.length > 0);
    const favourite = all.notification_groups.find((g) => g.type === "favourite");
    const who = await page.get(`/api/v2/notifications/${favourite.group_key}/accounts`);
    assert.deepEqual(who.map((a) => a.id), [to.me.id]);
  }
  await page.post("/api/v1/markers", { notifications: { last_read_id: mention.id } });
  const markers = await page.get("/api/v1/markers?timeline[]=notifications&timeline[]=home");
  assert.equal(markers.notifications.last_read_id, mention.id);
}

/** Somebody asks to follow; the member lets them, and the next time does not. */
async function requests(page, cleo, lists) {
  const change = async (locked) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ locked, "fields_attributes[0][name]": "Site", "fields_attributes[0][value]": "https://example.org/", bot: "undefined" })) form.set(name, String(value));
    return (await page.call("PATCH", "/api/v1/accounts/update_credentials", { body: form })).json;
  };
  const changed = await change(true);
  assert.deepEqual([changed.locked, changed.bot, changed.fields.map((f) => f.name)], [true, false, ["Site"]]);
  for (const [verb, followed] of [["authorize", true], ["reject", false]]) {
    assert.equal((await cleo.post(`/api/v1/accounts/${page.me.id}/follow`)).requested, true);
    if (lists) assert.deepEqual((await page.get("/api/v1/follow_requests?limit=80")).map((a) => a.id), [cleo.me.id]);
    assert.equal((await page.post(`/api/v1/follow_requests/${cleo.me.id}/${verb}`)).followed_by, followed);
    await cleo.post(`/api/v1/accounts/${page.me.id}/unfollow`);
  }
  await change(false);
}

async function profile(page, to) {
  const { id } = await page.get(`/api/v1/accounts/lookup?acct=${to.me.acct}`);
  assert.equal((await page.get(`/api/v1/accounts/${id}`)).id, to.me.id);
  const of = async (what) => (await page.get(`/api/v1/accounts/${id}/statuses?limit=20&${what}`)).map((s) => s.id);
  assert.deepEqual(await of("only_media=true"), [to.picture.id]);
  assert.deepEqual(await of(`tagged=${to.said.tags[0].name}`), [to.said.id]);
  assert.deepEqual(await of("pinned=true"), []);
  assert.ok((await of("exclude_replies=true&exclude_reblogs=true")).includes(to.said.id));
  for (const way of ["followers", "following"]) assert.deepEqual((await page.get(`/api/v1/accounts/${id}/${way}?limit=40`)).map((a) => a.id), [page.me.id]);
}

async function follow(page, to) {
  const path = `/api/v1/accounts/${to.me.id}`;
  const more = await page.post(`${path}/follow`, { reblogs: false, notify: true, languages: ["en", "de"] });
  assert.deepEqual([more.following, more.showing_reblogs, more.notifying, more.languages.sort()], [true, false, true, ["de", "en"]]);
  assert.equal((await page.post(`${path}/unfollow`)).following, false);
  assert.equal((await page.post(`${path}/follow`, { reblogs: true })).showing_reblogs, true);
}

async function search(page, to, accounts) {
  const found = await page.get(`/api/v2/search?q=${to.me.acct}&type=accounts&resolve=true&limit=5&offset=0`);
  assert.deepEqual(found.accounts.map((a) => a.id), [to.me.id]);
  assert.deepEqual([found.statuses, found.hashtags], [[], []]);
  if (accounts) assert.equal((await page.get(`/api/v1/accounts/search?q=${to.me.acct}&limit=1&resolve=false`))[0].id, to.me.id);
}

async function vote(page, { id }) {
  assert.deepEqual((await page.post(`/api/v1/polls/${id}/votes`, { choices: [1] })).own_votes, [1]);
  assert.equal((await page.get(`/api/v1/polls/${id}`)).votes_count, 1);
}

async function lists(page, to, inBody) {
  const title = fresh("list");
  const { id } = await page.post("/api/v1/lists", { title, replies_policy: "list", exclusive: false });
  const path = `/api/v1/lists/${id}`;
  assert.ok((await page.get("/api/v1/lists")).some((l) => l.title === title));
  assert.equal((await page.call("PUT", path, { body: { title: `${title} b`, replies_policy: "none", exclusive: true } })).json.exclusive, true);
  assert.equal((await page.get(path)).title, `${title} b`);
  await page.post(`${path}/accounts`, { account_ids: [to.me.id] });
  assert.deepEqual((await page.get(`${path}/accounts?limit=80`)).map((a) => a.id), [to.me.id]);
  assert.deepEqual((await page.get(`/api/v1/accounts/${to.me.id}/lists`)).map((l) => l.id), [id]);
  assert.ok((await page.get(`/api/v1/timelines/list/${id}?limit=20`)).every((s) => s.account.id === to.me.id));
  if (inBody) await page.call("DELETE", `${path}/accounts`, { body: { account_ids: [to.me.id] } });
  else await page.call("DELETE", `${path}/accounts?account_ids[]=${to.me.id}`);
  assert.deepEqual(await page.get(`${path}/accounts`), []);
  await page.call("DELETE", path);
  await page.call("GET", path, { status: [404] });
}

/** Filters with Phanpy; what it says of posts is for Elk to read too. */
async function filters(page, { said }) {
  const body = { title: "greetings", context: ["home", "public"], filter_action: "warn", expires_in: 86400, keywords_attributes: [{ keyword: "Hello", whole_word: true }] };
  const made = await page.post("/api/v2/filters", body);
  assert.deepEqual((await page.get(`/api/v1/statuses/${said.id}`)).filtered.map((f) => [f.filter.id, f.keyword_matches]), [[made.id, ["Hello"]]]);
  const [keyword] = made.keywords;
  const changed = (await page.call("PUT", `/api/v2/filters/${made.id}`, { body: { title: "farewells", keywords_attributes: [{ id: keyword.id, _destroy: true }, { keyword: "bye", whole_word: false }] } })).json;
  assert.deepEqual([changed.title, changed.keywords.map((k) => k.keyword)], ["farewells", ["bye"]]);
  assert.deepEqual((await page.get(`/api/v1/statuses/${said.id}`)).filtered, []);
  assert.ok((await page.get("/api/v2/filters")).some((f) => f.id === made.id));
  await page.call("DELETE", `/api/v2/filters/${made.id}`);
}

/** Listens by a WebSocket whose protocol is the token, which the browser wants back. */
async function stream(page, to) {
  const socket = new WebSocket(`wss://${host}/api/v1/streaming`, [page.token], { origin: page.origin });
  const heard = [];
  socket.on("message", (text) => heard.push(JSON.parse(text)));
  await soon("the connection", new Promise((done, fail) => socket.on("open", done).on("error", fail)));
  assert.equal(socket.protocol, page.token);
  page.note("GET", "/api/v1/streaming");
  for (const name of ["user", "public:local"]) socket.send(JSON.stringify({ type: "subscribe", stream: name }));
  await until("the stream", async () => {
    const { id } = await to.post("/api/v1/statuses", { status: fresh("live ") });
    await new Promise((done) => setTimeout(done, 200));
    return ["user", "public:local"].every((name) => heard.some((e) => e.event === "update" && e.stream.join() === name && JSON.parse(e.payload).id === id));
  });
  socket.close();
}

const [elk, phanpy] = await Promise.all([signInWithElk("ann"), signInWithPhanpy("ben@example.org")]);
await start(elk, "ann");
await elk.call("GET", "/nodeinfo/2.0");
await elk.call("GET", "/api/v1/push/subscription", { status: [404] });
await start(phanpy, "ben");
assert.deepEqual(await phanpy.get("/api/v1/announcements"), []);
const cleo = new Page(base, "https://cleo.test", list);
cleo.token = process.env.CLEO;
cleo.me = await cleo.get("/api/v1/accounts/verify_credentials");
const each = async (f) => {
  await f(elk, phanpy);
  await f(phanpy, elk);
};
await each(follow);
await each(write);
await each(reply);
await each((page, to) => react(page, to.said));
await each(timelines);
await each((page) => pictures(page, page === elk));
await each((page, to) => notifications(page, to, page === phanpy));
await each((page) => requests(page, cleo, page === phanpy));
await each(profile);
await each((page, to) => search(page, to, page === phanpy));
await each((page, to) => vote(page, to.poll));
await each((page, to) => lists(page, to, page === elk));
await filters(phanpy, elk);
await each(stream);
await phanpy.signOut();
await phanpy.call("GET", "/api/v1/timelines/home", { status: [401] });
for (const [page, app] of [[elk, "E"], [phanpy, "P"]]) assert.deepEqual(page.missed(app), [], "rows that were not called");
console.log(`ok, ${elk.called.size} rows of Elk, ${phanpy.called.size} of Phanpy`);
process.exit(0);
