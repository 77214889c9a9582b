// The moment in the address bar, so that a link or a reload restores it.

const WRITE_INTERVAL_MS = 250;

class Address {
  constructor() {
    this.timer = null;
    this.pending = null;
  }

  // The moment in the address, or null.
  static moment() {
    const text = new URLSearchParams(location.search).get("moment");
    return /^\d+$/.test(text ?? "") ? Number(text) : null;
  }

  // Browsers limit how often the address may change, so only the last moment of a burst is written.
  write(moment) {
    this.pending = moment;
    this.timer ??= setTimeout(() => this.flush(), WRITE_INTERVAL_MS);
  }

  flush() {
    this.timer = null;
    const url = new URL(location.href);
    if (url.searchParams.get("moment") === String(this.pending)) return;
    url.searchParams.set("moment", String(this.pending));
    try {
      history.replaceState(history.state, "", url);
    } catch {
      // A page without its own address (about:blank, a sandboxed frame) must not change it.
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}
