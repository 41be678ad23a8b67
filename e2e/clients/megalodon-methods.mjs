// Calls every method of megalodon's Mastodon client with records that exist: no
// answer may be a failure. The variables are those of masto-methods.mjs.
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import generator from "megalodon";
import { soon, until } from "./until.mjs";

const { BASE: url, IMAGE: image } = process.env;
const client = (token) => generator("mastodon", url, token);
const [ann, ben, cleo] = [client(process.env.OWNER), client(process.env.BEN), client(process.env.CLEO)];
const id = async (c) => (await c.verifyAccountCredentials()).data.id;
const [annId, benId, cleoId] = [await id(ann), await id(ben), await id(cleo)];
let count = 0;
const fresh = (prefix) => `${prefix}${++count}`;
const later = (days) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();
const post = async (by = ann, more = {}) => (await by.postStatus(fresh("A post #go "), { visibility: "public", ...more })).data.id;
const picture = async () => (await ann.uploadMedia(createReadStream(image), { description: "a square" })).data.id;
const list = async () => (await ann.createList(fresh("list"))).data.id;
const filter = async () => (await ann.createFilter(fresh("word"), ["home"])).data.id;
const featured = async () => (await ann.createFeaturedTag(fresh("tag"))).data.id;
const scheduled = async () => (await ann.postStatus(fresh("later "), { scheduled_at: later(1) })).data.id;
const conversation = async () => {
  const said = await post(ben, { visibility: "direct", in_reply_to_id: await post() });
  await ben.editStatus(said, { status: `@ann ${fresh("psst ")}` });
  await ben.postStatus(`@ann ${fresh("psst ")}`, { visibility: "direct" });
  return (await until("the conversation", async () => (await ann.getConversationTimeline()).data[0])).id;
};
const notification = async () => {
  await ben.postStatus(`@ann ${fresh("hey ")}`, { visibility: "public" });
  return (await until("the notification", async () => (await ann.getNotifications()).data[0])).id;
};
const request = async () => {
  await ann.updateCredentials({ locked: true });
  await ben.unfollowAccount(annId);
  await ben.followAccount(annId);
  await ann.updateCredentials({ locked: false });
  return benId;
};
const poll = async () => (await ben.postStatus("Tea?", { poll: { options: ["yes", "no"], expires_in: 3600 } })).data.poll.id;
const announcement = async () => (await ann.getInstanceAnnouncements()).data[0].id;
const app = await ann.createApp("megalodon", { scopes: ["read"], redirect_uris: "http://127.0.0.1:9/back" });
const push = { endpoint: "https://push.example.org/1", keys: {
  p256dh: "BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8", auth: "aGVsbG9oZWxsb2hlbGxvMQ" } };
const p = (...args) => ({ args });
const or = (call, ...status) => ({ ...call, status });
const stream = (...args) => ({ args, stream: true });
const unsupported = { args: ["1", "x"], unsupported: true }; // megalodon itself says that Mastodon has no such thing

const calls = {
  registerApp: p("megalodon", { scopes: ["read"] }),
  createApp: p("megalodon", { scopes: ["read"] }),
  generateAuthUrl: { args: [app.clientId ?? app.client_id, app.clientSecret ?? app.client_secret, {}], asks: false },
  verifyAppCredentials: p(),
  // A code or a token that there is not: these are for OAuth's own tests.
  fetchAccessToken: or(p(app.client_id, app.client_secret, "no code", "http://127.0.0.1:9/back"), 400),
  refreshToken: or(p(app.client_id, app.client_secret, "no token"), 400),
  revokeToken: p(app.client_id, app.client_secret, "no token"),
  registerAccount: p("new", "new@example.org", "a long password", true, "en"),
  verifyAccountCredentials: p(),
  updateCredentials: p({ note: "hello" }),
  getAccount: p(benId),
  getAccountStatuses: p(benId, { limit: 2 }),
  getAccountFavourites: unsupported,
  subscribeAccount: p(benId),
  unsubscribeAccount: p(benId),
  getAccountFollowers: p(benId, { limit: 2 }),
  getAccountFollowing: p(benId, { limit: 2 }),
  getAccountLists: p(benId),
  getIdentityProof: p(benId),
  followAccount: p(benId),
  unfollowAccount: p(cleoId),
  blockAccount: p(cleoId),
  unblockAccount: p(cleoId),
  muteAccount: p(cleoId, true),
  unmuteAccount: p(cleoId),
  pinAccount: p(benId),
  unpinAccount: p(benId),
  setAccountNote: p(benId, "friend"),
  getRelationship: p(benId),
  getRelationships: { args: [() => [[benId, cleoId]]] },
  searchAccount: p("ben", { limit: 2 }),
  lookupAccount: p("ben"),
  getBookmarks: p(), getFavourites: p(), getMutes: p(), getBlocks: p(), getDomainBlocks: p(),
  blockDomain: p("other.example"),
  unblockDomain: p("other.example"),
  getFilters: p(),
  getFilter: p(filter),
  createFilter: p("one", ["home"]),
  updateFilter: p(filter, "other", ["public"]),
  deleteFilter: p(filter),
  report: p(benId, { comment: "see", category: "other" }),
  getFollowRequests: p(),
  acceptFollowRequest: p(request),
  rejectFollowRequest: p(request),
  getEndorsements: p(), getFeaturedTags: p(),
  createFeaturedTag: p("go"),
  deleteFeaturedTag: p(featured),
  getSuggestedTags: p(), getPreferences: p(), getFollowedTags: p(), getSuggestions: p(),
  getTag: p("go"),
  followTag: p("go"),
  unfollowTag: p("go"),
  postStatus: p("Hello", { visibility: "public" }),
  getStatus: p(post),
  editStatus: p(post, { status: "Changed" }),
  deleteStatus: p(post),
  getStatusContext: p(post),
  getStatusSource: p(post),
  getStatusRebloggedBy: p(post),
  getStatusFavouritedBy: p(post),
  favouriteStatus: p(post), unfavouriteStatus: p(post), reblogStatus: p(post), unreblogStatus: p(post),
  bookmarkStatus: p(post), unbookmarkStatus: p(post), muteStatus: p(post), unmuteStatus: p(post), pinStatus: p(post), unpinStatus: p(post),
  uploadMedia: { args: [() => createReadStream(image)] },
  getMedia: p(picture),
  updateMedia: p(picture, { description: "another" }),
  getPoll: p(poll),
  votePoll: { args: [poll, () => [[0]]] },
  getScheduledStatuses: p(),
  getScheduledStatus: p(scheduled),
  scheduleStatus: p(scheduled, later(2)),
  cancelScheduledStatus: p(scheduled),
  getPublicTimeline: p(), getLocalTimeline: p(), getTagTimeline: p("go"), getHomeTimeline: p(), getListTimeline: p(list),
  getConversationTimeline: p(),
  deleteConversation: p(conversation),
  readConversation: p(conversation),
  getLists: p(),
  getList: p(list),
  createList: p("one"),
  updateList: p(list, "another"),
  deleteList: p(list),
  getAccountsInList: p(list),
  addAccountsToList: { args: [list, () => [[benId]]] },
  deleteAccountsFromList: { args: [list, () => [[benId]]] },
  getMarkers: { args: [() => [["home"]]] },
  saveMarkers: p({ home: { last_read_id: annId } }),
  getNotifications: p(),
  getNotification: p(notification),
  dismissNotification: p(notification),
  dismissNotifications: p(),
  readNotifications: unsupported,
  subscribePushNotification: p(push, { alerts: { follow: true } }),
  getPushSubscription: p(),
  updatePushSubscription: p({ alerts: { mention: true } }),
  deletePushSubscription: p(),
  search: p("go", { type: "hashtags" }),
  getInstance: p(), getInstancePeers: p(), getInstanceActivity: p(), getInstanceTrends: p(), getInstanceDirectory: p(), getInstanceCustomEmojis: p(),
  getInstanceAnnouncements: p(),
  dismissInstanceAnnouncement: p(announcement),
  addReactionToAnnouncement: p(announcement, "🎉"),
  removeReactionFromAnnouncement: p(announcement, "🎉"),
  createEmojiReaction: unsupported, deleteEmojiReaction: unsupported, getEmojiReactions: unsupported, getEmojiReaction: unsupported,
  streamingURL: { args: [] },
  userStreaming: stream(), publicStreaming: stream(), localStreaming: stream(), tagStreaming: stream("go"), listStreaming: stream(list), directStreaming: stream(),
};

/** Calls one method; throws what is wrong with it. */
async function call(name, { args, status = [], stream, unsupported }) {
  const values = [];
  for (const a of args) values.push(...[typeof a === "function" ? await a() : a].flat(typeof a === "function" ? 1 : 0));
  let out;
  try {
    out = await ann[name](...values);
  } catch (e) {
    if (unsupported && e.name === "NotImplementedError") return;
    if (!status.includes(e.response?.status)) throw new Error(`${e.config?.method} ${e.config?.url}: ${e.response?.status ?? e} ${JSON.stringify(e.response?.data ?? "")}`);
    return;
  }
  if (unsupported) throw new Error("is supported");
  if (stream) {
    out.on("error", () => {}); // of the end
    await soon(`the stream ${name}`, new Promise((done) => out.once("connect", done)));
    out.stop();
  }
}

const own = new Set(["constructor", "cancel", "urlToAccounts"]); // call nothing, or only follow a link
const has = Object.getOwnPropertyNames(Object.getPrototypeOf(ann)).filter((name) => !own.has(name));
assert.deepEqual(has.filter((name) => !calls[name]), [], "methods of megalodon that are not called");
assert.deepEqual(Object.keys(calls).filter((name) => !has.includes(name)), [], "methods that megalodon does not have");
await ann.followAccount(benId);
await ben.followAccount(annId);
const broken = [];
for (const [name, what] of Object.entries(calls)) {
  try {
    await call(name, what);
  } catch (e) {
    broken.push(`${name}: ${e.response ? `${e.config.method} ${e.config.url}: ${e.response.status}` : e}`);
  }
}
console.log(`${has.length} methods, ${broken.length} wrong`);
if (broken.length > 0) {
  console.log(broken.join("\n"));
  process.exit(1);
}
process.exit(0);
