// A session as it goes: trial after trial on animation frames, timed by performance.now(). Knows no element.

const STORE = "hsal.posner"; // in sessionStorage: a reload of the tab goes on, closing it forgets

// The session kept in this tab, or null.
function keptSession() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORE));
    return Array.isArray(kept?.trials) && kept.trials.length > 0 ? kept : null;
  } catch {
    return null; // storage is closed to us, or holds something else
  }
}

function keepSession(session) {
  try {
    if (session) sessionStorage.setItem(STORE, JSON.stringify(session));
    else sessionStorage.removeItem(STORE);
  } catch {
    // without storage the session lives as long as the page
  }
}

function newSession(seed, practice, counts) {
  const random = generator(seed);
  return { seed, next: 0, trials: [...schedule(practice, random, true), ...schedule(counts, random, false)] };
}

// show(what, trial): "rest", "fixation", "cue" or "target" is to be seen now.
// ended(trial): a trial is over, and its outcome is in it. Then `proceed` begins the next one.
class Run {
  constructor(session, { show, ended }) {
    this.session = session;
    this.show = show;
    this.ended = ended;
    this.stage = null;
  }

  get trial() {
    return this.session.trials[this.session.next];
  }

  begin() {
    this.enter("fixation", this.trial.fixation);
    this.frame = requestAnimationFrame(() => this.tick());
  }

  enter(stage, duration) {
    this.stage = stage;
    this.since = performance.now(); // of the frame that is about to be drawn
    this.due = this.since + duration;
    this.show(stage, this.trial);
  }

  tick() {
    const { trial, stage } = this;
    if (performance.now() >= this.due) {
      if (stage === "fixation") this.enter("cue", trial.soa);
      else if (stage === "cue") this.enter("target", TIMES.miss);
      else return this.finish(null);
    }
    this.frame = requestAnimationFrame(() => this.tick());
  }

  // A side was chosen; before the arrow that means nothing.
  respond(side) {
    const now = performance.now();
    if (this.stage === "target") this.finish({ side, rt: now - this.since });
    else if (this.stage === "cue") this.finish({ side, rt: now - this.due });
  }

  finish(answer) {
    const { trial } = this;
    this.halt();
    Object.assign(trial, judge(trial, answer));
    this.session.next += 1;
    keepSession(this.session);
    this.show("rest", trial);
    this.ended(trial);
  }

  // Stop at once; the trial in hand is forgotten and comes again.
  halt() {
    cancelAnimationFrame(this.frame);
    this.stage = null;
  }
}
