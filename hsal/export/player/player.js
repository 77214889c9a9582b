// State, controls and keys. Stepping changes this element alone: nothing is sent anywhere.

const DWELL_MS = 1600; // how long a moment stays while playing at 1x
const LIGHT_TEXT = 140; // mean of red, green and blue above which text is light, so the theme is dark

class Player {
  constructor(root, options) {
    this.root = root;
    this.part = (name) => root.querySelector(`.${name}`);
    this.stage = new Stage(this.part("image"));
    this.panels = new Panels(root);
    this.address = new Address();
    this.listening = new AbortController();
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.lit = null;
    this.chosen = { speed: 1, overrides: {}, opacity: 0.75, smooth: false };
    this.listen();
    this.load(options);
  }

  load({ trace: text, moment = 0, compact = false, stay = false, group = "", title = "", mark = null, remembered = null }) {
    const trace = readTrace(JSON.parse(text));
    const before = this.trace ? this.state() : remembered;
    const same = before?.identity === trace.identity;
    this.trace = trace;
    this.compact = compact;
    this.mark = mark;
    this.showTitle(title);
    this.moments = momentsOf(trace);
    this.sentences = this.moments.map((at) => sentenceOf(trace, at));
    if (before) this.chosen = before.chosen;
    this.build();
    this.applyTheme();
    // The visitor's place is kept; only a rebuilt page that asks for a moment not asked for before moves it.
    // Where walks are compared it is kept over from one walk to the next.
    const kept = stay ? Boolean(before) : same && (before !== remembered || before.asked === moment);
    this.asked = moment;
    const wanted = kept ? before.now : moment;
    if (group) {
      if (this.group?.name !== group) this.join(group, wanted);
      this.follow(this.group.now, false);
      this.showPlaying(this.group.playing);
      if (this.group.now > 0 || Address.moment() !== null) this.group.address.write(this.group.now);
      return;
    }
    this.show(this.clamp(wanted), false);
    const plays = same ? before.playing : compact && !this.still.matches;
    this.setPlaying(plays && this.now < this.moments.length - 1);
    if (!compact && (this.now > 0 || Address.moment() !== null)) this.address.write(this.now);
  }

  state() {
    const { now, asked, playing, chosen } = this;
    return { identity: this.trace.identity, now: this.group?.now ?? now, asked, playing, chosen };
  }

  join(group, moment) {
    this.group?.leave(this);
    this.group = Group.join(group, this, moment);
  }

  showTitle(title) {
    this.part("called").textContent = title;
    this.part("called").hidden = !title;
    this.root.setAttribute("aria-label", title ? `Attention player: ${title}` : "Attention player");
  }

  build() {
    this.root.classList.toggle("compact", this.compact);
    for (const part of this.root.querySelectorAll("[data-full]")) part.hidden = this.compact;
    this.stage.load(this.trace);
    this.panels.load(this.trace, this.moments);
    buildTimeline(this.root, this.trace, this.moments, this.mark);
    // The longest sentences stand invisibly behind the spoken one and hold its space open.
    const longest = this.sentences.map(plainSentence).sort((one, other) => other.length - one.length);
    for (const old of this.root.querySelectorAll(".sizer")) old.remove();
    for (const text of longest.slice(0, 3)) {
      const sizer = element("p", "sizer", text);
      sizer.setAttribute("aria-hidden", "true");
      this.part("sentence").append(sizer);
    }
    this.fit();
  }

  // The host tells its theme by the color of its text; without a host the style sheet follows the system.
  applyTheme() {
    const style = getComputedStyle(this.root);
    const [red, green, blue] = style.color.match(/[\d.]+/g).map(Number);
    this.root.dataset.theme = (red + green + blue) / 3 > LIGHT_TEXT ? "dark" : "light";
    this.panels.ink = this.root.dataset.theme === "dark" ? "#ffffff" : "#000000";
    this.stage.context.fontFamily = style.fontFamily; // a canvas does not inherit its element's font
  }

  themeChanged() {
    this.applyTheme();
    this.show(this.now, false);
  }

  fit() {
    const width = Math.floor(this.part("image").clientWidth);
    if (width !== this.stage.size) this.stage.resize(width);
  }

  clamp(moment) {
    return Math.min(Math.max(Math.trunc(moment) || 0, 0), this.moments.length - 1);
  }

  // Where each control leads from here.
  target(name) {
    const { step } = this.moments[this.now];
    const startOf = (wanted) => this.moments.findIndex((moment) => moment.step === wanted);
    const last = this.moments.length - 1;
    if (name === "first") return 0;
    if (name === "last") return last;
    if (name === "back") return this.now - 1;
    if (name === "forward") return this.now + 1;
    if (name === "nextStep") return startOf(step + 1) < 0 ? last : startOf(step + 1);
    return this.now > startOf(step) ? startOf(step) : startOf(Math.max(0, step - 1));
  }

  // Where the control of that name leads; in a group the longest walk knows the way.
  goTo(name) {
    const guide = this.group?.longest() ?? this;
    this.go(guide.target(name));
  }

  go(target) {
    if (this.group) {
      this.group.go(target);
      return;
    }
    const next = this.clamp(target);
    if (next === this.now) return;
    this.show(next, next === this.now + 1 && !this.still.matches);
    if (!this.compact) this.address.write(next);
    if (this.playing) this.setPlaying(next < this.moments.length - 1);
  }

  // The group's moment, or the end of a walk that has ended before it.
  follow(moment, moving) {
    const next = this.clamp(moment);
    if (next !== this.now || !moving) this.show(next, moving && !this.still.matches);
    if (moment > next) this.part("count").textContent = `Ended at moment ${next + 1}, the others go on`;
  }

  show(now, moving) {
    this.now = now;
    this.showSentence();
    showTimeline(this.root, this.moments, now);
    if (!this.compact) this.panels.show(now);
    this.redraw(moving);
    this.showReadout();
    this.root.dispatchEvent(new CustomEvent("hsal-moment"));
  }

  showSentence() {
    const pieces = this.sentences[this.now];
    const { step } = this.moments[this.now];
    const spans = pieces.map(([text, tone]) => element("span", tone ? `tone ${tone}` : "", text));
    this.part("spoken").replaceChildren(...spans);
    this.part("image").setAttribute("aria-label", `The image. ${plainSentence(pieces)}`);
    const steps = `meta-step ${step + 1} of ${this.trace.steps.length}`;
    this.part("count").textContent = `Moment ${this.now + 1} of ${this.moments.length}, ${steps}`;
  }

  redraw(moving = false) {
    const moment = this.moments[this.now];
    const automatic = AUTOMATIC_LAYERS[moment.kind];
    const { overrides, opacity, smooth } = this.chosen;
    const chosen = LAYERS.filter((layer) => overrides[layer] ?? automatic.includes(layer));
    const layers = new Set(this.lit ?? chosen);
    showLooks(this.root, layers, this.chosen);
    this.stage.show(moment, { layers, opacity, smooth }, moving);
  }

  // A word of the page speaks of something: it alone is shown over the image; null for no word.
  light(name) {
    const lit = LIT[name] ?? null;
    if (lit === this.lit) return;
    this.lit = lit;
    this.redraw();
  }

  choose(changes) {
    this.chosen = { ...this.chosen, ...changes };
    this.redraw();
    if (this.playing && changes.speed && !this.group) this.setPlaying(true);
  }

  showPlaying(playing) {
    this.playing = playing;
    this.root.classList.toggle("playing", playing);
    this.part("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  setPlaying(playing) {
    clearTimeout(this.timer);
    this.showPlaying(playing);
    if (playing) this.timer = setTimeout(() => this.go(this.now + 1), DWELL_MS / this.chosen.speed);
  }

  togglePlay() {
    if (this.group) {
      this.group.togglePlay();
      return;
    }
    const atEnd = this.now === this.moments.length - 1;
    if (!this.playing && atEnd) this.go(0);
    this.setPlaying(!this.playing && this.moments.length > 1);
  }

  showReadout() {
    const cell = this.stage.hovered;
    this.part("readout").textContent =
      cell === null ? "Point at the image to read a cell." : readoutOf(this.trace, this.moments[this.now], cell);
  }

  hover(event) {
    const box = this.part("image").getBoundingClientRect();
    // A mouse leaves from outside the image, so it reads nothing; a lifted finger keeps what it has read.
    this.stage.hover(this.stage.cellAt(event.clientX - box.left, event.clientY - box.top));
    this.showReadout();
  }

  listen() {
    listenToControls(this, this.listening.signal);
    listenToWords(this, this.listening.signal);
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.part("stage"));
  }

  destroy() {
    this.group?.leave(this);
    this.listening.abort();
    this.sizes.disconnect();
    this.stage.stop();
    this.address.stop();
    clearTimeout(this.timer);
  }
}
