// Two members use Guildhall with masto.js: BASE is the server, PASSWORD is that
// of the members ann and ben, IMAGE is a file.
import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import WebSocket from "ws";
import { allow } from "./consent.mjs";
import { soon, until } from "./until.mjs";

// What masto.js needs of Node 22, for older ones.
globalThis.WebSocket ??= WebSocket;
Promise.withResolvers ??= () => {
  const out = {};
  out.promise = new Promise((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
};

const { BASE: url, PASSWORD: password, IMAGE: image } = process.env;

async function token(login) {
  const redirectUri = "http://127.0.0.1:9/back";
  const scopes = "read write follow push";
  const app = await createRestAPIClient({ url }).v1.apps.create({ clientName: "masto.js", redirectUris: redirectUri, scopes });
  assert.equal(app.name, "masto.js");
  const query = new URLSearchParams({ client_id: app.clientId, redirect_uri: redirectUri, response_type: "code", scope: scopes, state: "s/1 &" });
  const back = await allow(`${url}/oauth/authorize?${query}`, login, password);
  assert.equal(back.origin + back.pathname, redirectUri);
  assert.equal(back.searchParams.get("state"), "s/1 &");
  const code = { clientId: app.clientId, clientSecret: app.clientSecret, redirectUri, code: back.searchParams.get("code"), scope: scopes };
  const oauth = createOAuthAPIClient({ url });
  const made = await oauth.token.create({ grantType: "authorization_code", ...code });
  assert.equal(made.tokenType, "Bearer");
  return { accessToken: made.accessToken, revoke: () => oauth.revoke({ ...code, token: made.accessToken }) };
}

const [annToken, benToken] = [await token("ann"), await token("ben@example.org")];
const ann = createRestAPIClient({ url, accessToken: annToken.accessToken });
const ben = createRestAPIClient({ url, accessToken: benToken.accessToken });
const annAccount = await ann.v1.accounts.verifyCredentials();
const benAccount = await ben.v1.accounts.verifyCredentials();
assert.equal(annAccount.acct, "ann");
assert.equal((await ben.v1.accounts.$select(annAccount.id).follow()).following, true);
assert.equal((await ben.v1.accounts.lookup({ acct: "ann" })).followersCount, 1);

const instance = await ann.v2.instance.fetch();
assert.match(instance.configuration.urls.streaming, /^ws:/);
const streaming = createStreamingAPIClient({
  streamingApiUrl: instance.configuration.urls.streaming, accessToken: benToken.accessToken,
});
const live = [];
const listening = (async () => {
  for await (const event of streaming.user.subscribe()) live.push(event);
})();
const heard = (event, id) => until(`${event} of ${id}`, () =>
  live.find((e) => e.event === event && (e.payload === id || e.payload.id === id || e.payload.status?.id === id)));
// The subscription is in force when a post arrives; no answer tells so.
await until("the stream", async () => {
  const probe = await ann.v1.statuses.create({ status: "Is somebody there?" });
  await new Promise((done) => setTimeout(done, 200));
  return live.some((e) => e.event === "update" && e.payload.id === probe.id);
});

const post = await ann.v1.statuses.create({ status: "Good morning @ben! #go https://example.org/", visibility: "public", language: "en" });
assert.equal(post.tags[0].name, "go");
assert.equal(post.mentions[0].acct, "ben");
assert.equal((await heard("update", post.id)).payload.content, post.content);
assert.equal((await heard("notification", post.id)).payload.type, "mention");

// An app that knows whom its author means is told whom else the text would reach.
await assert.rejects(ann.v1.statuses.create({ status: "Nothing for @ben", allowedMentions: [] }),
  (e) => e.statusCode === 422 && e.additionalProperties.unexpectedAccounts.map((a) => a.id).join() === benAccount.id);

const reply = await ben.v1.statuses.create({ status: "@ann Good morning.", inReplyToId: post.id });
assert.equal(reply.inReplyToId, post.id);
assert.equal(reply.inReplyToAccountId, annAccount.id);
const context = await ann.v1.statuses.$select(post.id).context.fetch();
assert.deepEqual(context.descendants.map((s) => s.id), [reply.id]);

assert.equal((await ben.v1.statuses.$select(post.id).favourite()).favourited, true);
const boost = await ben.v1.statuses.$select(post.id).reblog();
assert.equal(boost.reblog.id, post.id);
assert.equal((await ben.v1.statuses.$select(post.id).bookmark()).bookmarked, true);
const seen = await ann.v1.statuses.$select(post.id).fetch();
assert.deepEqual([seen.favouritesCount, seen.reblogsCount, seen.repliesCount], [1, 1, 1]);
assert.deepEqual((await ann.v1.statuses.$select(post.id).favouritedBy.list()).map((a) => a.id), [benAccount.id]);
assert.deepEqual((await ben.v1.bookmarks.list()).map((s) => s.id), [post.id]);

const asked = await ann.v1.statuses.create({ status: "Tabs or spaces?", poll: { options: ["tabs", "spaces"], expiresIn: 3600, multiple: false } });
const voted = await ben.v1.polls.$select(asked.poll.id).votes.create({ choices: [1] });
assert.deepEqual([voted.voted, voted.ownVotes, voted.votesCount], [true, [1], 1]);
assert.deepEqual((await ann.v1.polls.$select(asked.poll.id).fetch()).options.map((o) => o.votesCount), [0, 1]);

const media = await ann.v2.media.create({ file: await openAsBlob(image), description: "A square", focus: "0.5,-0.5" });
assert.equal(media.type, "image");
assert.equal(media.description, "A square");
assert.deepEqual([media.meta.original.width, media.meta.original.height, media.meta.focus], [64, 48, { x: 0.5, y: -0.5 }]);
const pictured = await ann.v1.statuses.create({ status: "Look", mediaIds: [media.id], sensitive: true, spoilerText: "a picture" });
assert.deepEqual([pictured.mediaAttachments[0].id, pictured.sensitive, pictured.spoilerText], [media.id, true, "a picture"]);
for (const address of [media.url, media.previewUrl]) {
  const file = await fetch(address);
  assert.equal(file.status, 200);
  assert.match(file.headers.get("content-type"), /^image\//);
}

const edited = await ann.v1.statuses.$select(post.id).update({ status: "Good evening @ben! #go" });
assert.match(edited.content, /evening/);
assert.ok(edited.editedAt);
assert.match((await heard("status.update", post.id)).payload.content, /evening/);
assert.equal((await ann.v1.statuses.$select(post.id).history.list()).length, 2);
assert.equal((await ann.v1.statuses.$select(post.id).source.fetch()).text, "Good evening @ben! #go");

const doomed = await ann.v1.statuses.create({ status: "Not for long" });
await heard("update", doomed.id);
assert.equal((await ann.v1.statuses.$select(doomed.id).remove()).text, "Not for long");
await heard("delete", doomed.id);
await assert.rejects(ben.v1.statuses.$select(doomed.id).fetch(), (e) => e.statusCode === 404 && e.message === "Record not found");

const many = [];
for (let n = 0; n < 25; n++) many.unshift((await ann.v1.statuses.create({ status: `Number ${n} #count` })).id);
async function pages(list) {
  const out = [];
  for await (const page of list) out.push(page.map((s) => s.id));
  return out.filter((page) => page.length > 0);
}
assert.deepEqual((await pages(ben.v1.timelines.tag.$select("count").list({ limit: 10 }))), [many.slice(0, 10), many.slice(10, 20), many.slice(20)]);
const home = (await pages(ben.v1.timelines.home.list({ limit: 7 }))).flat();
assert.deepEqual(home.slice(0, 25), many);
assert.equal(new Set(home).size, home.length);
assert.ok(home.includes(reply.id) && home.includes(pictured.id) && !home.includes(doomed.id));
const local = (await pages(ben.v1.timelines.public.list({ limit: 40, local: true }))).flat();
assert.deepEqual(local.slice(0, 25), many);
const own = (await pages(ben.v1.accounts.$select(annAccount.id).statuses.list({ limit: 40, onlyMedia: true }))).flat();
assert.deepEqual(own, [pictured.id]);

await until("ann's notifications", async () => {
  const types = (await ann.v1.notifications.list()).map((n) => n.type).sort();
  return types.join() === "favourite,follow,mention,reblog";
});
const groups = await ann.v2.notifications.list();
assert.equal(groups.notificationGroups.length, 4);
const [mention] = await ann.v1.notifications.list({ types: ["mention"] });
assert.equal(mention.status.id, reply.id);
await ann.v1.notifications.$select(mention.id).dismiss();
assert.equal((await ann.v1.notifications.list()).length, 3);
await ann.v1.notifications.clear();
assert.deepEqual(await ann.v1.notifications.list(), []);

const profile = await ann.v1.accounts.updateCredentials({ displayName: "Ann", note: "I write #go", avatar: await openAsBlob(image),
  fieldsAttributes: { 0: { name: "Site", value: "https://example.org/" } } });
assert.deepEqual([profile.displayName, profile.source.note, profile.fields[0].name], ["Ann", "I write #go", "Site"]);
assert.equal((await ben.v2.search.list({ q: "ann", type: "accounts" })).accounts[0].id, annAccount.id);
assert.equal((await until("the search", async () => (await ben.v2.search.list({ q: "tabs", type: "statuses" })).statuses[0])).id, asked.id);

// A revoked token ends the stream too.
await benToken.revoke();
await assert.rejects(ben.v1.accounts.verifyCredentials(), (e) => e.statusCode === 401);
streaming.close();
await soon("the stream's end", listening.catch((e) => assert.match(String(e), /closed/i)));
console.log(`ok, ${live.length} events`);
process.exit(0); // masto.js would go on to wait for a connection
