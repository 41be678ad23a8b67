/** Asks until the answer is there: what runs behind the API takes a moment. */
export async function until(what, ask) {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`did not come: ${what}`);
}

/** Gives up on what does not come. */
export function soon(what, promise) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(`did not come: ${what}`)), 20_000)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
