/** A CacheStorage in memory, as far as site/offline/ uses it. */

class FakeCache {
  constructor(storage) {
    this.storage = storage;
    this.entries = new Map();
  }

  async put(url, response) {
    const body = await response.arrayBuffer();
    if (this.storage.used() + body.byteLength > this.storage.quota) throw new DOMException("full", "QuotaExceededError");
    this.entries.set(String(url), { body, headers: [...response.headers] });
  }

  async match(url) {
    const entry = this.entries.get(String(url));
    return entry && new Response(entry.body.slice(0), { headers: entry.headers });
  }

  async keys() {
    return [...this.entries.keys()].map((url) => new Request(url));
  }

  async delete(url) {
    return this.entries.delete(String(url));
  }
}

export class FakeCaches {
  constructor() {
    this.all = new Map();
    this.quota = Infinity;
  }

  async open(name) {
    if (!this.all.has(name)) this.all.set(name, new FakeCache(this));
    return this.all.get(name);
  }

  async has(name) {
    return this.all.has(name);
  }

  async keys() {
    return [...this.all.keys()];
  }

  async delete(name) {
    return this.all.delete(name);
  }

  async match(url, { cacheName }) {
    return this.all.get(cacheName)?.match(url);
  }

  used() {
    let sum = 0;
    for (const { entries } of this.all.values()) for (const { body } of entries.values()) sum += body.byteLength;
    return sum;
  }
}
