// What is seen and pressed: the screens of the task, its keys and buttons.

const SIDES = { arrowleft: "left", f: "left", arrowright: "right", j: "right" };
const CUES = { left: "M336 120h-72m22-18-22 18 22 18", right: "M264 120h72m-22-18 22 18-22 18" };
CUES.both = "M264 120h72m-18-18 18 18-18 18m-36 0-18-18 18-18";
const NOTES = {
  "too early": "Too early: wait for the dot.",
  "too late": "Too late: press as soon as you see the dot.",
  "wrong side": "The dot was on the other side.",
};

class Posner {
  // options: {practice, lengths: [{counts}], seed}
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.part = (name) => root.querySelector(`.${name}`);
    this.listening = new AbortController();
    this.length = options.lengths[0];
    this.listen();
    const kept = keptSession();
    if (kept && kept.next >= kept.trials.length) this.finish(kept);
    else if (kept && kept.next > 0) this.pause("Your session is still here.", kept);
    else this.screen("intro");
  }

  screen(name) {
    this.now = name;
    this.root.dataset.screen = name;
    for (const part of this.root.querySelectorAll("[data-on]")) {
      part.hidden = !part.dataset.on.split(" ").includes(name);
    }
    const wanted = this.root.querySelector(`[data-first~="${name}"]`);
    if (name !== "intro" && this.touched) wanted?.focus({ preventScroll: true });
  }

  // A new session, practice first.
  start() {
    const seed = this.options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0];
    this.session = newSession(seed, this.options.practice, this.length.counts);
    keepSession(this.session);
    this.go();
  }

  go() {
    this.run = new Run(this.session, {
      show: (what, trial) => this.show(what, trial),
      ended: (trial) => this.ended(trial),
    });
    this.say("");
    this.screen("running");
    this.proceed();
  }

  proceed() {
    this.part("progress").textContent = this.progress();
    this.run.begin();
  }

  progress() {
    const { trials, next } = this.session;
    const practice = trials.filter((trial) => trial.practice).length;
    const inPractice = next < practice;
    return inPractice ? `Practice ${next + 1} of ${practice}` : `Trial ${next - practice + 1} of ${trials.length - practice}`;
  }

  // The style sheet shows what `data-shows` names.
  show(what, { cue, target }) {
    Object.assign(this.root.dataset, { shows: what, cue, target });
    this.part("arrow").setAttribute("d", CUES[cue]);
    this.part("dot").setAttribute("cx", target === "left" ? 90 : 510);
  }

  ended(trial) {
    const { trials, next } = this.session;
    const note = NOTES[trial.outcome] ?? (trial.practice ? `Right: ${Math.round(trial.rt)} ms.` : "");
    this.say(note);
    this.waiting = setTimeout(() => {
      if (next >= trials.length) this.finish(this.session);
      else if (trial.practice && !trials[next].practice) this.screen("ready");
      else {
        this.say("");
        this.proceed();
      }
    }, trial.outcome === "right" ? TIMES.rest : TIMES.note);
  }

  say(text) {
    this.part("note").textContent = text;
  }

  pause(why, session = this.session) {
    this.stop();
    this.session = session;
    const done = session.trials.filter(({ practice, outcome }) => !practice && outcome).length;
    const left = session.trials.length - session.next;
    this.part("why").textContent = `${why} ${done} trials are done, ${left} are left, practice included.`;
    this.root.querySelector("[data-do=finish]").hidden = done === 0;
    this.screen("paused");
  }

  stop() {
    this.run?.halt();
    clearTimeout(this.waiting);
  }

  finish(session) {
    this.stop();
    this.session = session;
    session.next = session.trials.length; // what was not done will not be
    keepSession(session);
    showResults(this.root, sumUp(session.trials, session.seed));
    this.screen("done");
  }

  again() {
    this.stop();
    keepSession(null);
    this.session = null;
    this.screen("intro");
    this.root.querySelector("[data-do=start]").focus({ preventScroll: true });
  }

  download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([toCsv(this.session.trials)], { type: "text/csv" }));
    link.download = "posner-cueing.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  act(name) {
    this.touched = true;
    const deeds = {
      start: () => this.start(), go: () => this.go(), pause: () => this.pause("Paused."),
      finish: () => this.finish(this.session), again: () => this.again(), csv: () => this.download(),
    };
    deeds[name]();
  }

  choose(length) {
    this.length = this.options.lengths[length];
    for (const button of this.root.querySelectorAll("[data-length]")) {
      button.setAttribute("aria-pressed", Number(button.dataset.length) === length);
    }
  }

  press(event) {
    if (this.now !== "running" || event.ctrlKey || event.altKey || event.metaKey) return;
    const side = SIDES[event.key.toLowerCase()];
    if (event.key === "Escape") this.act("pause");
    else if (side && !event.repeat) this.run.respond(side);
    if (side || event.key === "Escape") event.preventDefault();
  }

  listen() {
    const { signal } = this.listening;
    const on = (target, event, act) => target.addEventListener(event, act, { signal });
    on(document, "keydown", (event) => this.press(event));
    on(document, "visibilitychange", () => {
      if (document.hidden && this.now === "running") this.pause("Paused, since this tab was hidden.");
    });
    on(this.root, "click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.do) this.act(button.dataset.do);
      else if (button?.dataset.length) this.choose(Number(button.dataset.length));
      // detail 0: pressed by the keyboard or a screen reader, not by a pointer, which was heard already
      else if (button?.dataset.side && event.detail === 0) this.run?.respond(button.dataset.side);
    });
    on(this.root, "pointerdown", (event) => this.touch(event));
    this.choose(0);
  }

  touch(event) {
    if (this.now !== "running") return;
    const stage = event.target.closest(".stage");
    const box = stage?.getBoundingClientRect();
    const half = box && (event.clientX < box.left + box.width / 2 ? "left" : "right");
    const side = event.target.closest("[data-side]")?.dataset.side ?? half;
    if (!side) return;
    event.preventDefault(); // the focus stays on the stage
    this.run.respond(side);
  }

  destroy() {
    this.stop();
    this.listening.abort();
  }
}

export default hosted(".posner", (root, data) => new Posner(root, data));
