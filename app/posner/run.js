// Runs the trials of a session on animation frames, timed by performance.now(). Does not touch the page.

const STORE = "hsal.cueing"; // in sessionStorage: survives a reload of the tab, but not closing it

// The session stored in this tab, or null.
function storedSession() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(STORE));
    return Array.isArray(stored?.trials) && stored.trials.length > 0 ? stored : null;
  } catch {
    return null; // storage is not accessible, or holds something else
  }
}

function storeSession(session) {
  try {
    if (session) sessionStorage.setItem(STORE, JSON.stringify(session));
    else sessionStorage.removeItem(STORE);
  } catch {
    // without storage, the session lasts as long as the page
  }
}

function newSession(seed, practice, counts) {
  const random = generator(seed);
  return { seed, next: 0, trials: [...schedule(practice, random, true), ...schedule(counts, random, false)] };
}

// show(stage, trial) is called when the stage "rest", "fixation", "cue" or "target" begins.
// ended(trial) is called when a trial is over and holds its outcome; `begin` starts the next one.
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
    this.since = performance.now(); // time of the frame that is about to be drawn
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

  // Handles a key or touch; it is ignored before the arrow.
  respond(side) {
    const now = performance.now();
    if (this.stage === "target") this.finish({ side, rt: now - this.since });
    else if (this.stage === "cue") this.finish({ side, rt: now - this.due });
  }

  finish(response) {
    const { trial } = this;
    this.halt();
    Object.assign(trial, judge(trial, response));
    this.session.next += 1;
    storeSession(this.session);
    this.show("rest", trial);
    this.ended(trial);
  }

  // Stops at once; the current trial is discarded and repeated.
  halt() {
    cancelAnimationFrame(this.frame);
    this.stage = null;
  }
}
