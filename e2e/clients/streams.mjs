// A member listens to every stream there is: with masto.js by one WebSocket, and by
// server-sent events. What is made happen must come by the right ones, and by no
// others. BASE is the server, OWNER, SPEAKER and LISTENER are tokens.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { openAsBlob } from "node:fs";
import { createRestAPIClient, createStreamingAPIClient } from "masto";
import WebSocket from "ws";
import { until } from "./until.mjs";

EventEmitter.defaultMaxListeners = 20; // each stream listens to the one socket
globalThis.WebSocket ??= WebSocket;
Promise.withResolvers ??= () => {
  const out = {};
  out.promise = new Promise((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
};

const { BASE: url, OWNER, SPEAKER, LISTENER, IMAGE: image } = process.env;
const client = (accessToken) => createRestAPIClient({ url, accessToken });
const [owner, speaker, listener] = [OWNER, SPEAKER, LISTENER].map(client);
const [me, you] = await Promise.all([speaker, listener].map((c) => c.v1.accounts.verifyCredentials()));
await listener.v1.accounts.$select(me.id).follow();
const list = (await listener.v1.lists.create({ title: "streamed" })).id;
await listener.v1.lists.$select(list).accounts.create({ accountIds: [me.id] });
const tag = "Streamed";

const streaming = createStreamingAPIClient({ streamingApiUrl: url.replace(/^http/, "ws"), accessToken: LISTENER });
// Each stream: what masto.js subscribes, how its frames call it, its own path.
const streams = [
  [streaming.user.subscribe(), ["user"], "user"],
  [streaming.user.notification.subscribe(), ["user:notification"], "user/notification"],
  [streaming.public.subscribe(), ["public"], "public"],
  [streaming.public.local.subscribe(), ["public:local"], "public/local"],
  [streaming.public.remote.subscribe(), ["public:remote"], "public/remote"],
  [streaming.public.media.subscribe(), ["public:media"], "public?only_media=true"],
  [streaming.public.local.media.subscribe(), ["public:local:media"], "public/local?only_media=true"],
  [streaming.public.remote.media.subscribe(), ["public:remote:media"], "public/remote?only_media=true"],
  [streaming.hashtag.subscribe({ tag: tag.toLowerCase() }), ["hashtag", tag.toLowerCase()], `hashtag?tag=${tag}`],
  [streaming.hashtag.local.subscribe({ tag: tag.toLowerCase() }), ["hashtag:local", tag.toLowerCase()], `hashtag/local?tag=${tag}`],
  [streaming.list.subscribe({ list }), ["list", list], `list?list=${list}`],
  [streaming.direct.subscribe(), ["direct"], "direct"],
];
const heard = { socket: new Map(), events: new Map() }; // lists of events by stream
for (const ways of Object.values(heard)) for (const [, name] of streams) ways.set(name.join(" "), []);
const keep = (way, name, event, payload) => heard[way].get(name).push({ event, payload });
let over = false;

async function listen(subscription, name) {
  for await (const { stream, event, payload } of subscription) {
    // masto.js takes a frame of hashtag:local go for one of hashtag go too, but for its name.
    assert.deepEqual(stream, name);
    keep("socket", name.join(" "), event, payload);
  }
}

/** Reads server-sent events as a page does, whose EventSource sends no headers. */
async function read(path, name) {
  const address = `${url}/api/v1/streaming/${path}${path.includes("?") ? "&" : "?"}access_token=${LISTENER}`;
  const res = await fetch(address, { headers: { accept: "text/event-stream", origin: "https://page.test" } });
  assert.deepEqual([res.status, res.headers.get("content-type"), res.headers.get("access-control-allow-origin")], [200, "text/event-stream", "*"]);
  const decoder = new TextDecoder();
  (async () => {
    let text = "";
    for await (const part of res.body) {
      text += decoder.decode(part, { stream: true });
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        const [, event, data] = text.slice(0, end).match(/event: (.*)\ndata: (.*)$/);
        const plain = event.endsWith("delete") || data === "undefined";
        keep("events", name.join(" "), event, plain ? data : JSON.parse(data));
      }
    }
  })().catch(failed);
}
const failed = (e) => {
  if (over) return;
  console.error(e);
  process.exit(1);
};

for (const [subscription, name] of streams) listen(subscription, name).catch(failed);
await Promise.all(streams.map(([, name, path]) => read(path, name)));

const silent = []; // checks that nothing came by the other streams, for the end
/** Waits for an event on exactly these streams, both ways, and returns its payloads. */
async function comes(what, names, is) {
  const payloads = [];
  for (const [way, lists] of Object.entries(heard))
    for (const name of names) payloads.push((await until(`${what} on ${name} by ${way}`, () => lists.get(name).find(is))).payload);
  silent.push(() => {
    for (const [way, lists] of Object.entries(heard))
      for (const [name, events] of lists) if (!names.includes(name)) assert.equal(events.find(is), undefined, `${what} came on ${name} by ${way}`);
  });
  return payloads;
}
const about = (event, id) => (e) => e.event === event && (e.payload === id || e.payload?.id === id || e.payload?.status?.id === id || e.payload?.lastStatus?.id === id || e.payload?.last_status?.id === id);

// Commands of a socket are obeyed in their order: when one post comes by the last
// stream of it, all are in force. What came before is forgotten.
await until("the socket", async () => {
  const { id } = await listener.v1.statuses.create({ status: `@${me.acct} Is it on?`, visibility: "direct" });
  await new Promise((done) => setTimeout(done, 200));
  return heard.socket.get("direct").some(about("conversation", id));
});

const hash = tag.toLowerCase();
const everywhere = ["user", "public", "public:local", `hashtag ${hash}`, `hashtag:local ${hash}`, `list ${list}`];
const withMedia = [...everywhere, "public:media", "public:local:media"];
const media = await speaker.v2.media.create({ file: await openAsBlob(image) });
const post = await speaker.v1.statuses.create({ status: `Look #${tag}`, mediaIds: [media.id] });
for (const got of await comes("the post", withMedia, about("update", post.id))) assert.equal(got.content, post.content);
const plain = await speaker.v1.statuses.create({ status: `Hear #${tag}` });
await comes("the words", everywhere, about("update", plain.id));
await speaker.v1.statuses.$select(post.id).update({ status: `Look again #${tag}`, mediaIds: [media.id] });
for (const got of await comes("the edit", withMedia, about("status.update", post.id))) assert.match(got.content, /again/);
const hidden = await speaker.v1.statuses.create({ status: `Hush #${tag}`, visibility: "private" });
await comes("the followers' post", ["user", `list ${list}`], about("update", hidden.id));
const mention = await speaker.v1.statuses.create({ status: `@${you.acct} hello`, visibility: "direct" });
await comes("the direct post", ["direct"], about("conversation", mention.id));
await comes("the mention", ["user", "user:notification"], about("notification", mention.id));
await speaker.v1.accounts.$select(you.id).follow();
await comes("the follower", ["user", "user:notification"], (e) => e.event === "notification" && e.payload.type === "follow");

await speaker.v1.statuses.$select(post.id).remove();
await until("the deletion", () => [...withMedia].every((name) => heard.socket.get(name).some(about("delete", post.id)) && heard.events.get(name).some(about("delete", post.id))));

await listener.v2.filters.create({ title: "a word", context: ["home"], keywordsAttributes: [{ keyword: "word" }] });
await comes("the filter", ["user"], (e) => e.event === "filters_changed");
const admin = async (method, path, body) => (await fetch(`${url}/api/guildhall/v1/admin/${path}`, { method, headers: { authorization: `Bearer ${OWNER}`, "content-type": "application/json" }, body: JSON.stringify(body) })).json();
const announced = await admin("POST", "announcements", { text: "We move house" });
await comes("the announcement", ["user"], about("announcement", announced.id));
await owner.v1.announcements.$select(announced.id).reactions.$select("🎉").update();
await comes("the reaction", ["user"], (e) => e.event === "announcement.reaction" && e.payload.name === "🎉" && (e.payload.announcementId ?? e.payload.announcement_id) === announced.id);
await admin("DELETE", `announcements/${announced.id}`);
// Its id is text, but masto.js reads it as a number.
await comes("its end", ["user"], (e) => e.event === "announcement.delete" && [announced.id, Number(announced.id)].includes(e.payload));

// Nothing is told of other servers' posts where there are none.
for (const way of Object.values(heard)) for (const name of ["public:remote", "public:remote:media"]) assert.deepEqual(way.get(name).filter((e) => e.event !== "delete"), []);
for (const check of silent) check();
over = true;
const n = Object.values(heard).flatMap((way) => [...way.values()]).reduce((sum, all) => sum + all.length, 0);
console.log(`ok, ${streams.length} streams, ${n} events`);
process.exit(0);
