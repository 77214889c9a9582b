// The task as pure functions: the schedule of trials, the outcome of a response, and the results of a session.
// Posner (1980), "Orienting of attention": an arrow shows where to expect the target, and is sometimes invalid.

const CONDITIONS = ["valid", "neutral", "invalid"];
const TIMES = {
  fixation: [700, 1200], // ms from the plus sign to the arrow
  soa: [400, 800], // ms from the arrow to the target; random in each trial, so that it cannot be predicted
  anticipation: 120, // ms after the target; an earlier response is not a response to it
  miss: 1500, // ms after the target; the trial then counts as too late
  rest: 450, // ms of empty boxes between trials
  note: 1100, // ms for which the note on an excluded trial is shown
};
const OUTCOMES = ["correct", "incorrect", "too early", "too late"];
const RESAMPLES = 2000;
const MIN_RESPONSES = 3; // with fewer, there is no interval

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

// The side that the arrow points to: that of the target, the other one, or both.
function cueOf(condition, side) {
  return { valid: side, neutral: "both", invalid: otherSide(side) }[condition];
}

// counts: condition -> number of trials. Targets alternate between left and right; the order is random.
function schedule(counts, random, practice) {
  const between = ([low, high]) => Math.round(low + random() * (high - low));
  const kinds = CONDITIONS.flatMap((condition) =>
    Array.from({ length: counts[condition] }, (_, index) => [condition, index % 2 ? "right" : "left"]),
  );
  return shuffled(kinds, random).map(([condition, target]) => ({
    practice, condition, target, cue: cueOf(condition, target),
    fixation: between(TIMES.fixation), soa: between(TIMES.soa),
  }));
}

// response: {side, rt} with rt in ms after the target, negative before it; null for no response.
function judge(trial, response) {
  if (response === null) return { response: "", rt: null, outcome: "too late" };
  const early = response.rt < TIMES.anticipation;
  const outcome = early ? "too early" : response.side === trial.target ? "correct" : "incorrect";
  return { response: response.side, rt: response.rt, outcome };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function quantile(sorted, share) {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

const resample = (values, random) => values.map(() => values[Math.floor(random() * values.length)]);

// {value, low, high}: a statistic of one or more lists and its 95% bootstrap interval (Efron, 1979); each list is
// resampled with replacement. Null if a list is empty; low and high are null if a list is too short.
function estimate(statistic, lists, random) {
  if (lists.some((list) => list.length === 0)) return null;
  const value = statistic(...lists);
  if (lists.some((list) => list.length < MIN_RESPONSES)) return { value, low: null, high: null };
  const samples = Array.from({ length: RESAMPLES }, () => statistic(...lists.map((list) => resample(list, random))));
  samples.sort((one, other) => one - other);
  return { value, low: quantile(samples, 0.025), high: quantile(samples, 0.975) };
}

// Results of the finished trials without practice: medians of correct responses, the validity effect (invalid minus
// valid), its benefit and cost, and the number of trials per outcome. The seed makes the intervals reproducible.
function summarize(trials, seed) {
  const random = generator(seed);
  const counted = trials.filter(({ practice, outcome }) => !practice && outcome);
  const times = (condition) =>
    counted.filter((trial) => trial.condition === condition && trial.outcome === "correct").map(({ rt }) => rt);
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

// One line per finished trial.
function toCsv(trials) {
  const names = [
    "trial", "practice", "condition", "cue", "target", "fixation_ms", "soa_ms", "response", "outcome", "rt_ms",
  ];
  const rows = trials
    .filter(({ outcome }) => outcome)
    .map((trial, index) => [
      index + 1, trial.practice ? 1 : 0, trial.condition, trial.cue, trial.target, trial.fixation, trial.soa,
      trial.response, trial.outcome, trial.rt === null ? "" : trial.rt.toFixed(1),
    ]);
  return [names, ...rows].map((row) => row.join(",")).join("\n") + "\n";
}
