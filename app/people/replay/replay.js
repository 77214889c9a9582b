// State of the replay: people's scanpaths and the model's over one photo, fixation by fixation. Everything happens in
// the browser; nothing is sent to the server.

const DWELL_MS = 900; // duration of a fixation while playing
const SACCADE_MS = 350;
const VIEWS = ["over", "beside", "next", "density"];
const LIGHT_TEXT = 140; // mean of red, green and blue above which the text is light, so the theme is dark

class Replay {
  constructor(root, data) {
    this.root = root;
    this.part = (name) => root.querySelector(`.${name}`);
    this.views = [...root.querySelectorAll(".pane")].map((figure) => new PhotoView(figure));
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    this.listening = new AbortController();
    this.highlighted = null;
    listen(this, this.listening.signal);
    this.sizes = new ResizeObserver(() => this.draw(1));
    this.sizes.observe(this.part("panes"));
    this.load(data);
    if (data.linked) this.addressTimer = setInterval(() => writeAddress(this), ADDRESS_INTERVAL_MS);
  }

  // data: {identity, photo, width, height, people, model, next, guesses, near, blur, linked, remembered}
  load(data) {
    const before = this.data ? this.state() : data.remembered ?? data.linked;
    const same = !before?.identity || before.identity === data.identity;
    const sameModel = this.data?.model?.title === data.model?.title;
    this.data = data;
    for (const person of data.next?.people ?? []) if (person) person.bytes ??= bytesOf(person.maps);
    this.root.style.setProperty("--proportion", data.width / data.height);
    buildPeople(this);
    this.restore(before ?? {}, same);
    this.applyTheme();
    if (data.photo !== this.address) this.showPhoto(data.photo);
    if (this.data && !sameModel) this.setPlaying(false);
    this.show();
  }

  // Another photo keeps the view, and begins at the end of the paths: the last fixation.
  restore({ view, person, fixation, guesses, phase }, same) {
    const { people } = this.data;
    this.view = VIEWS.includes(view) && this.offers(view) ? view : "over";
    const who = person || (this.data.guesses ? "all" : "1"); // a guess is compared with everyone
    const named = people[Number(who) - 1] ? Number(who) - 1 : 0;
    this.person = people.length && (who !== "all" || people.length === 1) ? named : null;
    if (this.view === "next") this.person ??= 0;
    this.guesses = new Guesses(this.data.guesses, same && guesses ? guesses : []);
    this.phase = this.data.guesses && !(same && phase === "shown") ? "guess" : "shown";
    const wanted = same && fixation ? Number(fixation) - 1 : this.length() - 1;
    this.now = this.clamp(wanted);
  }

  state() {
    const { data, guesses, phase } = this;
    return { identity: data.identity, guesses: guesses.places, phase, ...this.place() };
  }

  // As in a link, where people are counted from 1.
  place() {
    const { view, person, now, data } = this;
    const who = person === null ? "all" : String(person + 1);
    return { view, person: data.people.length ? who : undefined, fixation: String(now + 1) };
  }

  // The place as parameters of a link; "" for a default.
  parameters() {
    if (this.phase === "guess") return { view: "", person: "", fixation: "" };
    const { view, person, fixation } = this.place();
    const atEnd = this.now === this.length() - 1;
    return {
      view: view === "over" ? "" : view, fixation: atEnd ? "" : fixation, person: person === "1" ? "" : person ?? "",
    };
  }

  async showPhoto(address) {
    this.address = address;
    const photo = new Image();
    photo.src = address;
    await photo.decode();
    if (address !== this.address) return; // another photo has arrived in the meantime
    for (const view of this.views) view.load(photo, this.data);
    this.root.dataset.photo = this.data.name;
    this.draw(1);
  }

  applyTheme() {
    const [red, green, blue] = getComputedStyle(this.root).color.match(/[\d.]+/g).map(Number);
    this.root.dataset.theme = (red + green + blue) / 3 > LIGHT_TEXT ? "dark" : "light";
  }

  offers(view) {
    const { people, model, next } = this.data;
    if (view === "beside") return people.length > 0 && model !== null;
    if (view === "next") return next !== null;
    return view === "over" || people.length > 0;
  }

  // The people whose paths are shown.
  persons() {
    return this.person === null ? [...this.data.people.keys()] : [this.person];
  }

  // The number of steps: the longest path that is shown decides.
  length() {
    const people = this.persons().map((at) => this.data.people[at].length);
    const model = this.view === "next" || this.view === "density" ? 0 : this.data.model?.path.length ?? 0;
    return Math.max(1, model, ...people);
  }

  clamp(fixation) {
    return Math.min(Math.max(Math.trunc(fixation) || 0, 0), this.length() - 1);
  }

  target(name) {
    return { first: 0, back: this.now - 1, forward: this.now + 1, last: this.length() - 1 }[name];
  }

  go(target) {
    const next = this.clamp(target);
    if (next === this.now) return;
    const animated = next === this.now + 1 && !this.reducedMotion.matches;
    this.now = next;
    this.show(animated);
    if (this.playing) this.setPlaying(next < this.length() - 1);
  }

  choosePerson(person) {
    this.person = person;
    if (person === null && this.view === "next") this.view = "over";
    this.now = this.clamp(this.now);
    this.show();
  }

  chooseView(view) {
    this.view = view;
    if (view === "next") this.person ??= 0;
    if (view === "density" && this.data.people.length > 1) this.person = null;
    this.now = this.clamp(this.now);
    this.show();
  }

  togglePlay() {
    if (!this.playing && this.now === this.length() - 1) this.go(0);
    this.setPlaying(!this.playing && this.length() > 1);
  }

  setPlaying(playing) {
    clearTimeout(this.timer);
    this.playing = playing;
    this.root.classList.toggle("playing", playing);
    this.part("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    if (playing) this.timer = setTimeout(() => this.go(this.now + 1), DWELL_MS);
  }

  moveAim(right, down) {
    this.guesses.moveAim(right, down, this.data);
    this.draw(1);
  }

  guess(place) {
    if (this.phase !== "guess") return;
    this.guesses.add(place);
    this.show();
  }

  undoGuess() {
    this.guesses.undo();
    this.show();
  }

  guessAgain() {
    this.setPlaying(false);
    [this.phase, this.guesses] = ["guess", new Guesses(this.data.guesses)];
    this.show();
    this.root.focus({ preventScroll: true });
  }

  // Shows the paths; they play at once unless the visitor prefers reduced motion.
  reveal() {
    this.phase = "shown";
    this.now = this.reducedMotion.matches ? this.length() - 1 : 0;
    this.show();
    this.setPlaying(this.now < this.length() - 1);
    this.part("play").focus({ preventScroll: true });
  }

  show(animated = false) {
    this.root.classList.toggle("guess", this.phase === "guess");
    this.part("panes").classList.toggle("two", panesOf(this).length === 2);
    showControls(this);
    const words = this.sentence();
    this.part("sentence").textContent = this.part("spoken").textContent = words;
    this.part("count").textContent = `Fixation ${this.now + 1} of ${this.length()}`;
    this.part("verdict").textContent = this.guessVerdict();
    if (animated) this.animate();
    else this.draw(1);
  }

  sentence() {
    if (this.phase === "guess") return this.guesses.invitation();
    if (this.view === "next") return nextSentence(this);
    return this.view === "density" ? densitySentence(this, this.persons()) : pathSentence(this);
  }

  guessVerdict() {
    const { people, model, near } = this.data;
    const { places } = this.guesses;
    return places.length ? guessSentence(places, people.flat(), model?.path ?? [], near) : "";
  }

  animate() {
    cancelAnimationFrame(this.pending);
    const begin = performance.now();
    const frame = (time) => {
      const share = Math.min(1, Math.max(0, time - begin) / SACCADE_MS);
      this.draw(1 - (1 - share) ** 3);
      this.pending = share < 1 ? requestAnimationFrame(frame) : null;
    };
    frame(begin);
  }

  // Shows one kind of path alone while a word of the page refers to it; name is null for no word.
  highlight(name) {
    if (name === this.highlighted) return;
    this.highlighted = name;
    this.draw(1);
  }

  draw(progress) {
    const panes = panesOf(this);
    for (const [at, view] of this.views.entries()) {
      view.figure.hidden = at >= panes.length;
      if (panes[at]) drawPane(this, view, panes[at], progress);
    }
  }

  destroy() {
    this.listening.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.pending);
    clearTimeout(this.timer);
    clearInterval(this.addressTimer);
  }
}

export default hosted(".replay", (root, data) => new Replay(root, data));
