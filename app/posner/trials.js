// The task as pure functions: which trials there are, what an answer is worth, and what a session comes to.
// Posner (1980), "Orienting of attention": an arrow tells where to expect the target, and is sometimes wrong.

const CONDITIONS = ["valid", "neutral", "invalid"];
const TIMES = {
  fixation: [700, 1200], // ms from the plus sign to the arrow
  soa: [400, 800], // ms from the arrow to the target, drawn anew for each trial: its moment cannot be guessed
  anticipation: 120, // an answer sooner than this after the target was no answer to it
  miss: 1500, // later than this is too late
  rest: 450, // ms of empty boxes between trials
  note: 1100, // ms that a note on a trial that did not count stays
};
const OUTCOMES = ["right", "wrong side", "too early", "too late"];
const RESAMPLES = 2000;
const LEAST = 3; // fewer answers of a kind have no interval

// Numbers in [0, 1) from a seed (mulberry32).
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(items, random) {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

const otherSide = (side) => (side === "left" ? "right" : "left");

// What the arrow shows: the target's side, the other one, or both.
function cueOf(condition, side) {
  return { valid: side, neutral: "both", invalid: otherSide(side) }[condition];
}

// counts: condition -> number of trials, their targets left and right in turn; in random order.
function schedule(counts, random, practice) {
  const between = ([low, high]) => Math.round(low + random() * (high - low));
  const kinds = CONDITIONS.flatMap((condition) =>
    Array.from({ length: counts[condition] }, (_, place) => [condition, place % 2 ? "right" : "left"]),
  );
  return shuffled(kinds, random).map(([condition, target]) => ({
    practice, condition, target, cue: cueOf(condition, target),
    fixation: between(TIMES.fixation), soa: between(TIMES.soa),
  }));
}

// answer: {side, rt} with rt in ms after the target, negative before it; null where none came.
function judge(trial, answer) {
  if (answer === null) return { response: "", rt: null, outcome: "too late" };
  const early = answer.rt < TIMES.anticipation;
  const outcome = early ? "too early" : answer.side === trial.target ? "right" : "wrong side";
  return { response: answer.side, rt: answer.rt, outcome };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

const resample = (values, random) => values.map(() => values[Math.floor(random() * values.length)]);

// {value, low, high}: a statistic of one or more lists and its 95 % bootstrap interval (Efron, 1979), each list
// drawn anew with replacement; null where a list is empty, low and high null where one is too short.
function estimate(statistic, lists, random) {
  if (lists.some((list) => list.length === 0)) return null;
  const value = statistic(...lists);
  if (lists.some((list) => list.length < LEAST)) return { value, low: null, high: null };
  const drawn = Array.from({ length: RESAMPLES }, () => statistic(...lists.map((list) => resample(list, random))));
  drawn.sort((one, other) => one - other);
  return { value, low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

// What the answered trials come to, without practice: medians of right answers, the validity effect (invalid minus
// valid), its two halves, and how many trials ended how. The seed makes the same intervals of the same trials.
function sumUp(trials, seed) {
  const random = generator(seed);
  const counted = trials.filter(({ practice, outcome }) => !practice && outcome);
  const times = (condition) =>
    counted.filter((trial) => trial.condition === condition && trial.outcome === "right").map(({ rt }) => rt);
  const lists = Object.fromEntries(CONDITIONS.map((condition) => [condition, times(condition)]));
  const difference = (one, other) => median(one) - median(other);
  return {
    lists,
    medians: Object.fromEntries(
      CONDITIONS.map((condition) => [condition, estimate(median, [lists[condition]], random)]),
    ),
    effect: estimate(difference, [lists.invalid, lists.valid], random),
    benefit: estimate(difference, [lists.neutral, lists.valid], random),
    cost: estimate(difference, [lists.invalid, lists.neutral], random),
    trials: counted.length,
    outcomes: Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, counted.filter((trial) => trial.outcome === outcome).length]),
    ),
  };
}

// One line a trial that was answered, or missed.
function toCsv(trials) {
  const names = ["trial", "practice", "condition", "cue", "target", "fixation_ms", "soa_ms", "response", "outcome", "rt_ms"];
  const rows = trials
    .filter(({ outcome }) => outcome)
    .map((trial, place) => [
      place + 1, trial.practice ? 1 : 0, trial.condition, trial.cue, trial.target, trial.fixation, trial.soa,
      trial.response, trial.outcome, trial.rt === null ? "" : trial.rt.toFixed(1),
    ]);
  return [names, ...rows].map((row) => row.join(",")).join("\n") + "\n";
}
