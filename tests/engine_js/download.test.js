import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import { fetchVerified, inParallel } from "../../site/engine/download.js";

const BODY = Buffer.from("the weights of a small model ".repeat(1000));
const HASH = createHash("sha256").update(BODY).digest("hex");

let server;
let url;
/** How the server behaves at the first, second, … request; the last one repeats. */
let script;
let requests;

before(async () => {
  server = createServer((request, response) => {
    const behave = script[Math.min(requests, script.length - 1)];
    requests += 1;
    behave(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/part.bin`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  requests = 0;
});

const good = (response) => response.end(BODY);
const wrongByte = (response) => {
  const changed = Buffer.from(BODY);
  changed[77] ^= 1;
  response.end(changed);
};
const short = (response) => response.end(BODY.subarray(0, 500));
const long = (response) => response.end(Buffer.concat([BODY, BODY]));
const cut = (response) => {
  response.writeHead(200, { "content-length": BODY.length });
  response.write(BODY.subarray(0, 9000), () => response.destroy());
};
const status = (code) => (response) => response.writeHead(code).end("no");
const fragment = (response) =>
  response.writeHead(206, { "content-range": "bytes 0-9/99" }).end(BODY.subarray(0, 10));
const signIn = (response) =>
  response.writeHead(200, { "content-type": "text/html" }).end("<html>sign in</html>");
const disguised = (response) => response.end("  <!DOCTYPE html><p>sign in");
const silent = (response) => {
  response.writeHead(200, { "content-length": BODY.length });
  response.write(BODY.subarray(0, 100));
};

async function load(...behaviours) {
  script = behaviours;
  const seen = { bytes: 0 };
  const file = { path: "model/part.bin", url, bytes: BODY.length, sha256: HASH };
  const options = {
    stallMs: 200,
    retryMs: 1,
    onBytes: (delta) => {
      seen.bytes += delta;
    },
  };
  try {
    seen.body = await fetchVerified(file, options);
  } catch (error) {
    seen.error = error;
  }
  return seen;
}

test("a good part arrives, counted byte by byte", async () => {
  const { body, bytes } = await load(good);
  assert.deepEqual(Buffer.from(body), BODY);
  assert.equal(bytes, BODY.length);
  assert.equal(requests, 1);
});

for (const [name, fault] of Object.entries({
  wrongByte,
  short,
  long,
  cut,
  signIn,
  disguised,
  fragment,
  missing: status(404),
  broken: status(503),
})) {
  test(`${name}: fetched once more, then good; nothing of the first try is counted`, async () => {
    const { body, bytes } = await load(fault, good);
    assert.deepEqual(Buffer.from(body), BODY);
    assert.equal(bytes, BODY.length);
    assert.equal(requests, 2);
  });
}

for (const [fault, code] of [
  [wrongByte, "corrupt"],
  [short, "corrupt"],
  [long, "corrupt"],
  [cut, "network"],
  [status(404), "missing"],
  [status(503), "network"],
  [fragment, "corrupt"],
  [signIn, "intercepted"],
  [disguised, "intercepted"],
]) {
  test(`twice ${fault.name || "a bad status"}: ${code}, naming the file and a remedy`, async () => {
    const { error, bytes } = await load(fault);
    assert.equal(error.code, code);
    assert.match(error.message, /model\/part\.bin/);
    assert.notEqual(error.remedy, "");
    assert.equal(bytes, 0);
    assert.equal(requests, 2);
  });
}

test("a transfer that stops is given up after a while, without a second wait", async () => {
  const { error, bytes } = await load(silent);
  assert.equal(error.code, "stalled");
  assert.equal(bytes, 0);
  assert.equal(requests, 1);
});

test("the second try goes past the HTTP cache", async () => {
  const modes = [];
  const fetch = async (_, { cache }) => {
    modes.push(cache);
    return new Response(modes.length === 1 ? "stale" : BODY);
  };
  await fetchVerified({ path: "p", url: "u", bytes: BODY.length, sha256: HASH }, { fetch });
  assert.deepEqual(modes, ["default", "reload"]);
});

test("a server that is gone is a network error", async () => {
  const file = { path: "model/part.bin", url: "http://127.0.0.1:9/x", bytes: 1, sha256: HASH };
  await assert.rejects(fetchVerified(file), { code: "network", message: /part\.bin/ });
});

test("inParallel bounds the width and stops after a failure", async () => {
  let running = 0;
  let most = 0;
  const started = [];
  const work = inParallel(
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    async (item) => {
      started.push(item);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      if (item === 2) throw new Error("two");
    },
    3,
  );
  await assert.rejects(work, /two/);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(most, 3);
  assert.ok(started.length <= 6, `${started}`);
});
