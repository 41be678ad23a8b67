// Calls every method of masto.js's REST client, as its typings list them, with
// records that exist: no method may ask for what the server does not have, and
// no answer may be a failure. BASE is the server, OWNER, BEN, CLEO and STRANGERS are
// tokens of an owner and of members, IMAGE is a file, PAGE the address of a page,
// YEAR one that is over and in which the owner wrote.
import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { fileURLToPath } from "node:url";
import { createRestAPIClient } from "masto";
import { operations, watch } from "./known.mjs";
import { methods } from "./typings.mjs";
import { until } from "./until.mjs";

const { BASE: url, IMAGE: image, PAGE: page, YEAR: year } = process.env;
const known = await operations(url);
const log = watch();
const client = (accessToken) => createRestAPIClient({ url, accessToken });
const [ann, ben, cleo] = [client(process.env.OWNER), client(process.env.BEN), client(process.env.CLEO)];
const me = await ann.v1.accounts.verifyCredentials();
const benId = (await ben.v1.accounts.verifyCredentials()).id;
const cleoId = (await cleo.v1.accounts.verifyCredentials()).id;
let count = 0;
const fresh = (prefix = "x") => `${prefix}${++count}`;
const post = async (by = ann, more = {}) => (await by.v1.statuses.create({ status: fresh("A post #go "), ...more })).id;
const file = () => openAsBlob(image);
const day = 24 * 3600 * 1000;
const at = (days) => new Date(Date.now() + days * day).toISOString();
const span = { startAt: at(-7).slice(0, 10), endAt: at(0).slice(0, 10) };

// Records that are used many times; each is made when it is asked for first.
const once = (make) => {
  let made;
  return () => (made ??= make());
};
const benPost = once(() => post(ben));
const annPost = once(() => post(ann));
const media = async () => (await ann.v2.media.create({ file: await file(), skipPolling: true })).id;
const pollId = once(async () => (await ben.v1.statuses.create({ status: "Tea?", poll: { options: ["yes", "no"], expiresIn: 3600 } })).poll.id);
const scheduled = async () => (await ann.v1.statuses.create({ status: fresh("later "), scheduledAt: at(1) })).id;
const list = async () => (await ann.v1.lists.create({ title: fresh("list") })).id;
const filter = async () => (await ann.v2.filters.create({ title: fresh("filter"), context: ["home"], keywordsAttributes: [{ keyword: fresh("word") }] })).id;
const keyword = async () => (await ann.v2.filters.$select(await filter()).keywords.create({ keyword: fresh("word") })).id;
const filterV1 = async () => (await ann.v1.filters.create({ phrase: fresh("word"), context: ["home"] })).id;
const filteredStatus = async () => (await ann.v2.filters.$select(await filter()).statuses.create({ statusId: await benPost() })).id;
const featuredTag = async () => (await ann.v1.featuredTags.create({ name: fresh("tag") })).id;
const collection = async () => (await ann.v1.collections.create({ name: fresh("collection"), description: "of people" })).collection.id;
const conversation = async () => {
  const id = await post(ben, { status: `@${me.acct} ${fresh("psst ")}`, visibility: "direct" });
  return (await until("the conversation", async () => (await ann.v1.conversations.list()).find((c) => c.lastStatus?.id === id))).id;
};
const notification = async () => {
  const before = new Set((await ann.v1.notifications.list()).map((n) => n.id));
  await post(ben, { status: `@${me.acct} ${fresh("hey ")}` });
  return (await until("the notification", async () => (await ann.v1.notifications.list()).find((n) => !before.has(n.id)))).id;
};
const group = async () => {
  await notification();
  return (await ann.v2.notifications.list()).notificationGroups[0].groupKey;
};
// What strangers say is put aside, until she lets one through: each serves once.
const strangers = process.env.STRANGERS.split(" ").map(client);
const request = async () => {
  await ann.v2.notifications.policy.update({ forNotFollowing: "filter" });
  const stranger = strangers.pop();
  const { id } = await stranger.v1.accounts.verifyCredentials();
  await post(stranger, { status: `@${me.acct} ${fresh("hey ")}` });
  const found = await until("the request", async () => (await ann.v1.notifications.requests.list()).find((r) => r.account.id === id));
  await ann.v2.notifications.policy.update({ forNotFollowing: "accept" });
  return found.id;
};
const followRequest = async () => {
  await ann.v1.accounts.updateCredentials({ locked: true });
  await ben.v1.accounts.$select(me.id).unfollow();
  await ben.v1.accounts.$select(me.id).follow();
  await ann.v1.accounts.updateCredentials({ locked: false });
  return benId;
};
const report = async () => (await ben.v1.reports.create({ accountId: cleoId, comment: fresh("see ") })).id;
const ipBlock = async () => (await ann.v1.admin.ipBlocks.create({ ip: `203.0.113.${++count}`, severity: "no_access" })).id;
const mailBlock = async () => (await ann.v1.admin.emailDomainBlocks.create({ domain: `${fresh("mail")}.example` })).id;
const canonical = async () => (await ann.v1.admin.canonicalEmailBlocks.create({ email: `${fresh("spam")}@spam.example` })).id;
const domainBlock = async () => (await ann.v1.admin.domainBlocks.create({ domain: `${fresh("evil")}.example` })).id;
const domainAllow = async () => (await ann.v1.admin.domainAllows.create({ domain: `${fresh("good")}.example` })).id;
const announcement = async () => (await ann.v1.announcements.list())[0].id;
const reacted = async () => {
  const id = await announcement();
  await ann.v1.announcements.$select(id).reactions.$select("🎈").update();
  return [id, "🎈"];
};
const tagId = async () => (await ann.v1.tags.$select("go").fetch()).id ?? "1";
const subscription = { subscription: { endpoint: "https://push.example.org/1", keys: {
  p256dh: "BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8", auth: "aGVsbG9oZWxsb2hlbGxvMQ" } },
  data: { alerts: { follow: true } }, policy: "all" };
const pushed = () => ann.v1.push.subscription.create(subscription);
const p = (...args) => ({ args });

/** The statuses that a method may be answered with when not with success. */
const or = (call, ...status) => ({ ...call, status });

// Each method: the ids of its $selects in order, then its parameters.
const calls = {
  "v1.accounts.$select.block": p(cleoId),
  "v1.accounts.$select.collections.list": p(benId),
  "v1.accounts.$select.endorse": p(benId),
  "v1.accounts.$select.endorsements.list": p(benId),
  "v1.accounts.$select.featuredTags.list": p(benId),
  "v1.accounts.$select.fetch": p(benId),
  "v1.accounts.$select.follow": p(benId, { reblogs: true }),
  "v1.accounts.$select.followers.list": p(benId, { limit: 2 }),
  "v1.accounts.$select.following.list": p(benId),
  "v1.accounts.$select.identityProofs.list": p(benId),
  "v1.accounts.$select.inCollections.list": p(benId),
  "v1.accounts.$select.lists.list": p(benId),
  "v1.accounts.$select.mute": p(cleoId, { notifications: true }),
  "v1.accounts.$select.note.create": p(benId, { comment: "friend" }),
  "v1.accounts.$select.pin": p(benId),
  "v1.accounts.$select.removeFromFollowers": p(benId),
  "v1.accounts.$select.statuses.list": p(benId, { excludeReplies: true }),
  "v1.accounts.$select.unblock": p(cleoId),
  "v1.accounts.$select.unendorse": p(benId),
  "v1.accounts.$select.unfollow": p(cleoId),
  "v1.accounts.$select.unmute": p(cleoId),
  "v1.accounts.$select.unpin": p(benId),
  "v1.accounts.create": p({ username: fresh("new"), email: "new@example.org", password: "a long password", agreement: true, locale: "en" }),
  "v1.accounts.familiarFollowers.fetch": p({ id: [benId] }),
  "v1.accounts.fetch": p({ id: [benId] }),
  "v1.accounts.lookup": p({ acct: "ben" }),
  "v1.accounts.relationships.fetch": p({ id: [benId, cleoId] }),
  "v1.accounts.search.list": p({ q: "ben" }),
  "v1.accounts.updateCredentials": p({ note: "hello" }),
  "v1.accounts.verifyCredentials": p(),
  "v1.admin.accounts.$select.action.create": p(cleoId, { type: "none", text: "look out" }),
  "v1.admin.accounts.$select.approve": or(p(cleoId), 403), // she is in already
  "v1.admin.accounts.$select.enable": p(cleoId),
  "v1.admin.accounts.$select.fetch": p(cleoId),
  "v1.admin.accounts.$select.reject": or(p(cleoId), 403),
  "v1.admin.accounts.$select.unsensitive": p(cleoId),
  "v1.admin.accounts.$select.unsilence": p(cleoId),
  "v1.admin.accounts.$select.unsuspend": or(p(cleoId), 403), // she is not suspended
  "v1.admin.accounts.list": p({ local: true }),
  "v1.admin.canonicalEmailBlocks.$select.fetch": p(canonical),
  "v1.admin.canonicalEmailBlocks.$select.remove": p(canonical),
  "v1.admin.canonicalEmailBlocks.create": p({ email: "one@spam.example" }),
  "v1.admin.canonicalEmailBlocks.list": p(),
  "v1.admin.canonicalEmailBlocks.test": p({ email: "one@spam.example" }),
  "v1.admin.dimensions.create": p({ keys: ["languages", "sources", "software_versions", "space_usage"], ...span }),
  "v1.admin.domainAllows.$select.fetch": p(domainAllow),
  "v1.admin.domainAllows.$select.remove": p(domainAllow),
  "v1.admin.domainAllows.create": p({ domain: "good.example" }),
  "v1.admin.domainAllows.list": p(),
  "v1.admin.domainBlocks.$select.fetch": p(domainBlock),
  "v1.admin.domainBlocks.$select.remove": p(domainBlock),
  "v1.admin.domainBlocks.$select.update": p(domainBlock, { severity: "suspend" }),
  "v1.admin.domainBlocks.create": p({ domain: "evil.example", severity: "silence" }),
  "v1.admin.domainBlocks.list": p({ limit: 5 }),
  "v1.admin.emailDomainBlocks.$select.fetch": p(mailBlock),
  "v1.admin.emailDomainBlocks.$select.remove": p(mailBlock),
  "v1.admin.emailDomainBlocks.create": p({ domain: "mail.example" }),
  "v1.admin.emailDomainBlocks.list": p({ limit: 5 }),
  "v1.admin.ipBlocks.$select.fetch": p(ipBlock),
  "v1.admin.ipBlocks.$select.remove": p(ipBlock),
  "v1.admin.ipBlocks.$select.update": p(ipBlock, { comment: "again" }),
  "v1.admin.ipBlocks.create": p({ ip: "203.0.113.0/28", severity: "sign_up_requires_approval" }),
  "v1.admin.ipBlocks.list": p(),
  "v1.admin.measures.create": p({ keys: ["active_users", "new_users", "interactions", "opened_reports", "resolved_reports"], ...span }),
  "v1.admin.reports.$select.assignToSelf": p(report),
  "v1.admin.reports.$select.fetch": p(report),
  "v1.admin.reports.$select.reopen": p(report),
  "v1.admin.reports.$select.resolve": p(report),
  "v1.admin.reports.$select.unassign": p(report),
  "v1.admin.reports.list": p({ resolved: false }),
  "v1.admin.retention.create": p({ ...span, frequency: "day" }),
  "v1.admin.trends.links.$select.approve": p(trendingLink),
  "v1.admin.trends.links.$select.reject": p(trendingLink),
  "v1.admin.trends.links.list": p(),
  "v1.admin.trends.links.publishers.$select.approve": p(publisher),
  "v1.admin.trends.links.publishers.$select.reject": p(publisher),
  "v1.admin.trends.links.publishers.list": p(),
  "v1.admin.trends.statuses.$select.approve": p(benPost),
  "v1.admin.trends.statuses.$select.reject": p(benPost),
  "v1.admin.trends.statuses.list": p(),
  "v1.admin.trends.tags.$select.approve": p(tagId),
  "v1.admin.trends.tags.$select.reject": p(tagId),
  "v1.admin.trends.tags.list": p(),
  "v1.announcements.$select.dismiss": p(announcement),
  "v1.announcements.$select.reactions.$select.remove": p(reacted),
  "v1.announcements.$select.reactions.$select.update": p(announcement, "🎉"),
  "v1.announcements.list": p(),
  "v1.annualReports.$select.fetch": p(annualReport),
  "v1.annualReports.$select.generate": p(year),
  "v1.annualReports.$select.read": p(annualReport),
  "v1.annualReports.$select.state.fetch": p(year),
  "v1.annualReports.list": p(),
  "v1.apps.create": p({ clientName: "x", redirectUris: "http://127.0.0.1/", scopes: "read" }),
  "v1.apps.verifyCredentials": p(),
  "v1.blocks.list": p(),
  "v1.bookmarks.list": p(),
  "v1.collections.$select.fetch": p(collection),
  "v1.collections.$select.items.$select.remove": p(itemOf),
  "v1.collections.$select.items.$select.revoke": p(itemOfAnn),
  "v1.collections.$select.items.create": p(collection, { accountId: benId }),
  "v1.collections.$select.remove": p(collection),
  "v1.collections.$select.update": p(collection, { name: "another" }),
  "v1.collections.create": p({ name: "people", description: "of mine" }),
  "v1.conversations.$select.read": p(conversation),
  "v1.conversations.$select.remove": p(conversation),
  "v1.conversations.$select.unread": p(conversation),
  "v1.conversations.list": p(),
  "v1.customEmojis.list": p(),
  "v1.directory.list": p({ order: "active", local: true }),
  "v1.domainBlocks.create": p({ domain: "other.example" }),
  "v1.domainBlocks.list": p(),
  "v1.domainBlocks.remove": p({ domain: "other.example" }),
  "v1.emails.confirmations.create": or(p(), 403), // confirmed already
  "v1.endorsements.list": p(),
  "v1.favourites.list": p(),
  "v1.featuredTags.$select.remove": p(featuredTag),
  "v1.featuredTags.create": p({ name: "go" }),
  "v1.featuredTags.list": p(),
  "v1.featuredTags.suggestions.list": p(),
  "v1.filters.$select.fetch": p(filterV1),
  "v1.filters.$select.remove": p(filterV1),
  "v1.filters.$select.update": p(filterV1, { phrase: "other", context: ["public"] }),
  "v1.filters.create": p({ phrase: "one", context: ["home"] }),
  "v1.filters.list": p(),
  "v1.followRequests.$select.authorize": p(followRequest),
  "v1.followRequests.$select.reject": p(followRequest),
  "v1.followRequests.list": p(),
  "v1.followedTags.list": p(),
  "v1.instance.activity.list": p(),
  "v1.instance.domainBlocks.fetch": p(),
  "v1.instance.extendedDescription.fetch": p(),
  "v1.instance.fetch": p(),
  "v1.instance.languages.list": p(),
  "v1.instance.peers.list": p(),
  "v1.instance.translationLanguages.list": p(),
  "v1.lists.$select.accounts.create": p(list, { accountIds: [benId] }),
  "v1.lists.$select.accounts.list": p(list),
  "v1.lists.$select.accounts.remove": p(list, { accountIds: [benId] }),
  "v1.lists.$select.fetch": p(list),
  "v1.lists.$select.remove": p(list),
  "v1.lists.$select.update": p(list, { title: "another" }),
  "v1.lists.create": p({ title: "one" }),
  "v1.lists.list": p(),
  "v1.markers.create": p({ home: { lastReadId: me.id } }),
  "v1.markers.fetch": p({ timeline: ["home"] }),
  "v1.media.$select.fetch": p(media),
  "v1.media.$select.update": p(media, { description: "a square" }),
  "v1.media.create": { args: [async () => ({ file: await file() })] },
  "v1.mutes.list": p(),
  "v1.notifications.$select.dismiss": p(notification),
  "v1.notifications.$select.fetch": p(notification),
  "v1.notifications.clear": p(),
  "v1.notifications.fetch": p(),
  "v1.notifications.list": p({ types: ["mention"] }),
  "v1.notifications.requests.$select.accept": p(request),
  "v1.notifications.requests.$select.dismiss": p(request),
  "v1.notifications.requests.$select.fetch": p(request),
  "v1.notifications.requests.accept": { args: [async () => ({ id: [await request()] })] },
  "v1.notifications.requests.dismiss": { args: [async () => ({ id: [await request()] })] },
  "v1.notifications.requests.list": p(),
  "v1.notifications.requests.merged.fetch": p(),
  "v1.notifications.unreadCount.fetch": p(),
  "v1.polls.$select.fetch": p(pollId),
  "v1.polls.$select.votes.create": p(pollId, { choices: [0] }),
  "v1.preferences.fetch": p(),
  "v1.profile.avatar.remove": p(),
  "v1.profile.fetch": p(),
  "v1.profile.header.remove": p(),
  "v1.profile.update": p({ note: "hello again" }),
  "v1.push.subscription.create": p(subscription),
  "v1.push.subscription.fetch": p(),
  "v1.push.subscription.update": p({ data: { alerts: { mention: true } }, policy: "followed" }),
  "v1.push.subscription.remove": p(),
  "v1.reports.create": p({ accountId: benId, comment: "see" }),
  "v1.scheduledStatuses.$select.fetch": p(scheduled),
  "v1.scheduledStatuses.$select.remove": p(scheduled),
  "v1.scheduledStatuses.$select.update": p(scheduled, { scheduledAt: at(2) }),
  "v1.scheduledStatuses.list": p(),
  "v1.search.list": p({ q: "go" }),
  "v1.statuses.create": p({ status: "Hello" }),
  "v1.statuses.fetch": { args: [async () => ({ id: [await benPost()] })] },
  "v1.statuses.$select.bookmark": p(benPost),
  "v1.statuses.$select.card.fetch": p(benPost),
  "v1.statuses.$select.context.fetch": p(benPost),
  "v1.statuses.$select.favourite": p(benPost),
  "v1.statuses.$select.favouritedBy.list": p(benPost),
  "v1.statuses.$select.fetch": p(benPost),
  "v1.statuses.$select.history.list": p(benPost),
  "v1.statuses.$select.mute": p(annPost),
  "v1.statuses.$select.pin": p(annPost),
  "v1.statuses.$select.quotes.list": p(annPost),
  "v1.statuses.$select.reblog": p(benPost),
  "v1.statuses.$select.rebloggedBy.list": p(benPost),
  "v1.statuses.$select.remove": p(post),
  "v1.statuses.$select.source.fetch": p(annPost),
  "v1.statuses.$select.translate": p(benPost, { lang: "de" }),
  "v1.statuses.$select.unbookmark": p(benPost),
  "v1.statuses.$select.unfavourite": p(benPost),
  "v1.statuses.$select.unmute": p(annPost),
  "v1.statuses.$select.unpin": p(annPost),
  "v1.statuses.$select.unreblog": p(benPost),
  "v1.statuses.$select.update": p(annPost, { status: "Changed #go" }),
  "v1.suggestions.$select.remove": p(cleoId),
  "v1.suggestions.list": p(),
  "v1.tags.$select.feature": p("go"),
  "v1.tags.$select.fetch": p("go"),
  "v1.tags.$select.follow": p("go"),
  "v1.tags.$select.unfeature": p("go"),
  "v1.tags.$select.unfollow": p("go"),
  "v1.timelines.direct.list": p(),
  "v1.timelines.home.list": p({ limit: 2 }),
  "v1.timelines.link.list": p({ url: "https://example.org/" }),
  "v1.timelines.list.$select.list": p(list),
  "v1.timelines.public.list": p({ local: true }),
  "v1.timelines.tag.$select.list": p("go"),
  "v1.trends.links.list": p(),
  "v1.trends.statuses.list": p(),
  "v1.trends.tags.list": p(),
  "v2.filters.$select.fetch": p(filter),
  "v2.filters.$select.keywords.create": p(filter, { keyword: "more" }),
  "v2.filters.$select.keywords.list": p(filter),
  "v2.filters.$select.remove": p(filter),
  "v2.filters.$select.statuses.create": { args: [filter, async () => ({ statusId: await benPost() })] },
  "v2.filters.$select.statuses.list": p(filter),
  "v2.filters.$select.update": p(filter, { title: "another" }),
  "v2.filters.create": p({ title: "one", context: ["home"] }),
  "v2.filters.keywords.$select.fetch": p(keyword),
  "v2.filters.keywords.$select.remove": p(keyword),
  "v2.filters.keywords.$select.update": p(keyword, { keyword: "other" }),
  "v2.filters.list": p(),
  "v2.filters.statuses.$select.fetch": p(filteredStatus),
  "v2.filters.statuses.$select.remove": p(filteredStatus),
  "v2.instance.fetch": p(),
  "v2.media.create": { args: [async () => ({ file: await file(), skipPolling: true })] },
  "v2.notifications.$select.accounts.fetch": p(group),
  "v2.notifications.$select.dismiss": p(group),
  "v2.notifications.$select.fetch": p(group),
  "v2.notifications.list": p(),
  "v2.notifications.policy.fetch": p(),
  "v2.notifications.policy.update": p({ forNotFollowing: "accept" }),
  "v2.notifications.unreadCount.fetch": p(),
  "v2.search.list": p({ q: "go" }),
  "v2.suggestions.list": p(),
};

async function itemOf() {
  const id = await collection();
  const made = await ann.v1.collections.$select(id).items.create({ accountId: benId });
  return [id, made.collectionItem.id];
}
async function itemOfAnn() {
  const { id } = (await ben.v1.collections.create({ name: fresh("his"), description: "of people" })).collection;
  const made = await ben.v1.collections.$select(id).items.create({ accountId: me.id });
  return [id, made.collectionItem.id];
}
async function annualReport() {
  await ann.v1.annualReports.$select(year).generate();
  await until("the report", async () => (await ann.v1.annualReports.$select(year).state.fetch()).state === "available");
  return year;
}
function trendingLink() {
  return until("the trending link", async () => (await ann.v1.admin.trends.links.list())[0]?.id);
}
function publisher() {
  return until("the publisher", async () => (await ann.v1.admin.trends.links.publishers.list())[0]?.id);
}

/** Calls one method and returns what is wrong with the answers. */
async function call(name, { args, status: allowed = [] }) {
  const values = [];
  for (const a of args) values.push(...[typeof a === "function" ? await a() : a].flat());
  const from = log.length;
  let resource = ann;
  let failure;
  try {
    for (const part of name.split(".")) {
      if (part === "$select") resource = resource.$select(values.shift());
      else resource = resource[part];
    }
    await resource(...values);
  } catch (e) {
    failure = e;
  }
  const asked = log.slice(from);
  const wrong = [];
  for (const { method, path, status, text } of asked) {
    if (!known(method, path)) wrong.push(`${method} ${path} is not served`);
    else if (status >= 400 && !allowed.includes(status)) wrong.push(`${method} ${path}: ${status} ${text}`);
  }
  if (asked.length === 0) wrong.push(`nothing was asked: ${failure}`);
  else if (failure && wrong.length === 0 && !allowed.includes(failure.statusCode)) wrong.push(String(failure));
  return wrong;
}

const folder = fileURLToPath(new URL("../node_modules/masto/dist", import.meta.url));
const typed = new Set(methods(folder));
assert.deepEqual([...typed].filter((m) => !calls[m]), [], "methods of masto.js that are not called");
assert.deepEqual(Object.keys(calls).filter((m) => !typed.has(m)), [], "methods that masto.js does not have");

// Who is to be found may be collected, and makes links trend.
for (const c of [ann, ben, cleo]) {
  await c.v1.accounts.updateCredentials({ discoverable: true });
  await post(c, { status: `Read ${page}` });
}
await ann.v1.accounts.$select(benId).follow();
await ben.v1.accounts.$select(me.id).follow();
const broken = [];
for (const [name, what] of Object.entries(calls)) {
  let wrong;
  try {
    wrong = await call(name, what);
  } catch (e) {
    wrong = [`its records could not be made: ${e}`];
  }
  if (wrong.length > 0) broken.push(`${name}: ${wrong.join("; ")}`);
}
for (const { method, path, status, text } of log) if (status >= 500) broken.push(`${method} ${path}: ${status} ${text}`);
console.log(`${typed.size} methods, ${log.length} requests, ${broken.length} wrong`);
if (broken.length > 0) {
  console.log(broken.join("\n"));
  process.exit(1);
}
process.exit(0);
