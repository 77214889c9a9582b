// State of the player. Stepping changes only this element; nothing is sent to the server.

const DWELL_MS = 1600; // duration of a moment while playing at 1x
const SIZERS = 3; // the longest sentences reserve space; the very longest is not always the tallest
const LIGHT_TEXT = 140; // mean of red, green and blue above which the text is light, so the theme is dark

class Player {
  constructor(root, options) {
    this.root = root;
    this.part = (name) => root.querySelector(`.${name}`);
    this.stage = new Stage(this.part("image"));
    this.panels = new Panels(root);
    this.address = new Address();
    this.listening = new AbortController();
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    this.highlightedLayers = null;
    this.settings = { speed: 1, overrides: {}, opacity: 0.75, smooth: null };
    this.listen();
    this.load(options);
  }

  load(options) {
    const { moment = 0, compact = false, stay = false, remembered = null } = options;
    const { group = "", title = "", mark = null } = options;
    const trace = readTrace(JSON.parse(options.trace));
    const before = this.trace ? this.state() : remembered;
    const same = before?.identity === trace.identity;
    this.trace = trace;
    this.compact = compact;
    this.mark = mark;
    this.showTitle(title);
    this.moments = momentsOf(trace);
    this.sentences = this.moments.map((at) => sentenceOf(trace, at));
    if (before) this.settings = before.settings;
    this.build();
    this.applyTheme();
    // The player stays at its moment, unless a rebuilt page requests another moment than before.
    // Where traces are compared, it stays there for the next trace too.
    const stays = stay ? Boolean(before) : same && (before !== remembered || before.requested === moment);
    this.requested = moment;
    const start = stays ? before.now : moment;
    if (group) {
      if (this.group?.name !== group) this.join(group, start);
      this.follow(this.group.now, false);
      this.showPlaying(this.group.playing);
      if (this.group.now > 0 || Address.moment() !== null) this.group.address.write(this.group.now);
      return;
    }
    this.show(this.clamp(start), false);
    const plays = same ? before.playing : compact && !this.reducedMotion.matches;
    this.setPlaying(plays && this.now < this.moments.length - 1);
    if (!compact && (this.now > 0 || Address.moment() !== null)) this.address.write(this.now);
  }

  state() {
    const { now, requested, playing, settings } = this;
    return { identity: this.trace.identity, now: this.group?.now ?? now, requested, playing, settings };
  }

  join(group, moment) {
    this.group?.leave(this);
    this.group = Group.join(group, this, moment);
  }

  showTitle(title) {
    this.part("title").textContent = title;
    this.part("title").hidden = !title;
    this.root.setAttribute("aria-label", title ? `Attention player: ${title}` : "Attention player");
  }

  build() {
    this.root.classList.toggle("compact", this.compact);
    this.root.classList.toggle("photo", this.trace.free);
    const { width, height } = this.trace.image;
    this.root.style.setProperty("--proportions", width / height);
    for (const part of this.root.querySelectorAll("[data-full]")) part.hidden = this.compact;
    this.stage.load(this.trace);
    this.panels.load(this.trace, this.moments);
    buildTimeline(this.root, this.trace, this.moments, this.mark);
    // The longest sentences are placed invisibly behind the current one and reserve its space.
    const longest = this.sentences.map(plainSentence).sort((one, other) => other.length - one.length);
    for (const old of this.root.querySelectorAll(".sizer")) old.remove();
    for (const text of longest.slice(0, SIZERS)) {
      const sizer = element("p", "sizer", text);
      sizer.setAttribute("aria-hidden", "true");
      this.part("sentence").append(sizer);
    }
    this.fit();
  }

  // The text color reveals the theme of the host; without a host the style sheet follows the system.
  applyTheme() {
    const style = getComputedStyle(this.root);
    const [red, green, blue] = style.color.match(/[\d.]+/g).map(Number);
    this.root.dataset.theme = (red + green + blue) / 3 > LIGHT_TEXT ? "dark" : "light";
    this.panels.ink = this.root.dataset.theme === "dark" ? "#ffffff" : "#000000";
    this.stage.context.fontFamily = style.fontFamily; // a canvas does not inherit the font
  }

  themeChanged() {
    this.applyTheme();
    this.show(this.now, false);
  }

  fit() {
    this.stage.resize(Math.floor(this.part("image").clientWidth));
  }

  clamp(moment) {
    return Math.min(Math.max(Math.trunc(moment) || 0, 0), this.moments.length - 1);
  }

  // The moment that a control leads to from here.
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

  // In a group, the longest trace decides where a control leads.
  goTo(name) {
    const leader = this.group?.longest() ?? this;
    this.go(leader.target(name));
  }

  go(target) {
    if (this.group) {
      this.group.go(target);
      return;
    }
    const next = this.clamp(target);
    if (next === this.now) return;
    this.show(next, next === this.now + 1 && !this.reducedMotion.matches);
    if (!this.compact) this.address.write(next);
    if (this.playing) this.setPlaying(next < this.moments.length - 1);
  }

  // Shows the group's moment, or the last one if this trace has ended before it.
  follow(moment, animated) {
    const next = this.clamp(moment);
    if (next !== this.now || !animated) this.show(next, animated && !this.reducedMotion.matches);
    if (moment > next) this.part("count").textContent = `Ended at moment ${next + 1}; the others continue`;
  }

  show(now, animated) {
    this.now = now;
    this.showSentence();
    showTimeline(this.root, this.moments, now);
    if (!this.compact) this.panels.show(now);
    this.redraw(animated);
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

  redraw(animated = false) {
    const moment = this.moments[this.now];
    const automatic = automaticLayers(this.trace, moment);
    const { overrides, opacity } = this.settings;
    const smooth = this.settings.smooth ?? this.trace.free; // the cells of a photo are small
    const selected = LAYERS.filter((layer) => overrides[layer] ?? automatic.includes(layer));
    const layers = new Set(this.highlightedLayers ?? selected);
    showViewSettings(this.root, layers, { ...this.settings, smooth });
    this.stage.show(moment, { layers, opacity, smooth }, animated);
    showScale(this.root, scaleOf(this.stage, layers));
  }

  // Shows only the layers that a word of the page refers to; name is null for no word.
  highlight(name) {
    const layers = HIGHLIGHTED_LAYERS[name] ?? null;
    if (layers === this.highlightedLayers) return;
    this.highlightedLayers = layers;
    this.redraw();
  }

  choose(changes) {
    this.settings = { ...this.settings, ...changes };
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
    if (playing) this.timer = setTimeout(() => this.go(this.now + 1), DWELL_MS / this.settings.speed);
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
    const hint = "Point at the image to read the values of a cell.";
    this.part("readout").textContent = cell === null ? hint : readoutOf(this.trace, this.moments[this.now], cell);
  }

  hover(event) {
    const box = this.part("image").getBoundingClientRect();
    // A mouse that leaves is outside the image and clears the readout; a lifted finger keeps it.
    this.stage.hover(this.stage.cellAt(event.clientX - box.left, event.clientY - box.top));
    this.showReadout();
  }

  listen() {
    listenToControls(this, this.listening.signal);
    listenToHighlights(this, this.listening.signal);
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
