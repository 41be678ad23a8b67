// Two members use Guildhall with megalodon in its Mastodon mode; the variables
// are those of masto.mjs.
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import generator, { detector } from "megalodon";
import { allow } from "./consent.mjs";
import { soon, until } from "./until.mjs";

const { BASE: url, PASSWORD: password, IMAGE: image } = process.env;
assert.equal(await detector(url), "mastodon");

async function member(login) {
  const redirect = "http://127.0.0.1:9/back";
  const app = await generator("mastodon", url).registerApp("megalodon", { scopes: ["read", "write", "follow"], redirect_uris: redirect });
  const back = await allow(app.url, login, password);
  const token = await generator("mastodon", url).fetchAccessToken(app.client_id, app.client_secret, back.searchParams.get("code"), redirect);
  return generator("mastodon", url, token.access_token);
}

const [ann, ben] = [await member("ann"), await member("ben")];
const annAccount = (await ann.verifyAccountCredentials()).data;
assert.equal(annAccount.username, "ann");
assert.equal((await ben.followAccount(annAccount.id)).data.following, true);

const stream = await ben.userStreaming();
const events = { update: [], notification: [], status_update: [], delete: [] };
for (const [event, list] of Object.entries(events)) stream.on(event, (payload) => list.push(payload));
stream.on("parser-error", (e) => assert.fail(e));
stream.on("error", (e) => assert.fail(e));
const connected = new Promise((done) => stream.once("connect", done));
await soon("the connection", connected);

const post = (await ann.postStatus("Hello @ben #go", { visibility: "public" })).data;
await until("the post", () => events.update.find((s) => s.id === post.id && s.content === post.content));
await until("the mention", () => events.notification.find((n) => n.type === "mention" && n.status.id === post.id));
const reply = (await ben.postStatus("@ann Hello", { in_reply_to_id: post.id })).data;
assert.deepEqual((await ann.getStatusContext(post.id)).data.descendants.map((s) => s.id), [reply.id]);
assert.equal((await ben.favouriteStatus(post.id)).data.favourited, true);
assert.equal((await ben.reblogStatus(post.id)).data.reblog.id, post.id);

const asked = (await ann.postStatus("Tea?", { poll: { options: ["yes", "no"], expires_in: 600 } })).data;
assert.equal((await ben.votePoll(asked.poll.id, [0])).data.votes_count, 1);

const upload = (await ann.uploadMedia(createReadStream(image), { description: "A square" })).data;
const media = await until("the picture", async () => (await ann.getMedia(upload.id)).data.url && upload);
const pictured = (await ann.postStatus("Look", { media_ids: [media.id] })).data;
assert.equal(pictured.media_attachments[0].description, "A square");

assert.match((await ann.editStatus(post.id, { status: "Hello again @ben" })).data.content, /again/);
await until("the edit", () => events.status_update.find((s) => s.id === post.id && /again/.test(s.content)));
await ann.deleteStatus(asked.id);
await until("the deletion", () => events.delete.includes(asked.id));

const first = await ben.getHomeTimeline({ limit: 2 });
const second = await ben.getHomeTimeline({ limit: 2, max_id: first.data.at(-1).id });
// His boost is not there: what it boosts is too near.
assert.deepEqual([...first.data, ...second.data].map((s) => s.id), [pictured.id, reply.id, post.id]);
await until("the notifications", async () => (await ann.getNotifications()).data.length === 4);
assert.deepEqual((await ann.getNotifications()).data.map((n) => n.type).sort(), ["favourite", "follow", "mention", "reblog"]);
assert.equal((await ben.search("ann", { type: "accounts" })).data.accounts[0].id, annAccount.id);
stream.stop();
console.log("ok");
process.exit(0); // the stream's timers would be waited for
