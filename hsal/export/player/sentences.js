// Pure: one sentence per moment, as a list of [text, tone] pieces. The tone colors a piece and is optional.

function sentenceOf(trace, moment) {
  const tone = moment.tone === "inhibition" ? "inhibition of return" : moment.tone;
  const describe = (trace.free ? PHOTO_SENTENCES : SENTENCES)[moment.kind];
  return [[`${stepName(trace, moment.step)}, `], [tone, moment.tone], [": "], ...describe(trace, moment)];
}

// "Prediction 1 of 3"; the step in which the model says stop is the final step.
function stepName(trace, step) {
  if (trace.free) return fixationName(trace, step);
  if (trace.withheld) return `Step ${step + 1} of ${trace.steps.length}`;
  const labeled = trace.steps.filter(({ label }) => label !== trace.stop).length;
  if (trace.steps[step].label === trace.stop) return "Final step";
  return `Prediction ${step + 1} of ${labeled}`;
}

// In running text a sign becomes a word.
function inWords(number) {
  return number.replace("<", "below ").replace(">", "over ");
}

function plainSentence(pieces) {
  return pieces.map(([text]) => text).join("");
}

// Plain words first, then the technical term in parentheses.
const SENTENCES = {
  saliency(trace, { step }) {
    const { saliency } = trace.steps[step];
    const peak = peakOf(saliency);
    if (saliency[peak] <= 0) return [["nothing stands out any more; saliency is zero everywhere."]];
    const meaning = step === 0 ? "this is how much each place stands out" : "this is what still stands out";
    const maximum = `${inWords(decimal(saliency[peak]))} at ${cellName(trace, peak)}`;
    return [[`${meaning} (saliency map); the maximum is ${maximum}.`]];
  },

  mask(trace, { step }) {
    return [[`attention ${spreadOf(trace, trace.steps[step].mask)} (covert mask).`]];
  },

  priority(trace, { step }) {
    const { priority } = trace.steps[step];
    const peak = peakOf(priority);
    if (priority[peak] <= 0) return [["attention and saliency do not overlap, so priority is zero everywhere."]];
    const maximum = `${inWords(decimal(priority[peak]))} at ${cellName(trace, peak)}`;
    return [[`this is where it is worth looking (priority map, mask times saliency); the maximum is ${maximum}.`]];
  },

  broad(trace, { step }) {
    const { broadWeights } = trace.steps[step];
    const peak = peakOf(broadWeights);
    const share = `${inWords(percent(broadWeights[peak]))} of it comes from ${cellName(trace, peak)}`;
    return [[`a wide glimpse averages everything under the spotlight (broad glimpse); ${share}.`]];
  },

  glimpse(trace, moment) {
    const { glimpses, priority } = trace.steps[moment.step];
    const cell = glimpsedCell(trace, moment);
    const stays = moment.glimpse > 0 && glimpsedCell(trace, { ...moment, glimpse: moment.glimpse - 1 }) === cell;
    const which = `sharp glimpse ${moment.glimpse + 1} of ${glimpses.length} ${stays ? "stays" : "lands"} on`;
    return [[`${which} ${cellName(trace, cell)}, where priority is ${inWords(decimal(priority[cell]))}.`]];
  },

  label(trace, { step }) {
    const { label, classes } = trace.steps[step];
    const probability = `(${inWords(percent(classes[label]))})`;
    if (label === trace.stop) return [[`the model says stop ${probability}`], ...afterStop(trace, step)];
    return [[`the model names ${withArticle(trace.names[label])} ${probability}`], ...afterLabel(trace, step)];
  },

  inhibition(trace, { step }) {
    const { saliency, nextSaliency } = trace.steps[step];
    const before = total(saliency);
    const end = step === trace.steps.length - 1 ? "; the trace ends here, without a stop." : ".";
    if (before <= 0) return [[`there was no saliency left to remove${end}`]];
    if (total(nextSaliency) === before) return [[`switched off, so saliency does not change${end}`]];
    const share = inWords(percent(1 - total(nextSaliency) / before));
    return [[`attended places lose saliency, ${share} of the total that was left${end}`]];
  },
};

// Describes where the mask lies, from the cells above half of its peak.
function spreadOf(trace, mask) {
  const peak = mask[peakOf(mask)];
  if (peak < 0.05) return `is weak everywhere, with a peak of ${inWords(decimal(peak))}`;
  const cells = [...mask.keys()].filter((cell) => mask[cell] > peak / 2);
  const share = cells.length / mask.length;
  if (share > 0.6) return "covers the whole image without any eye movement";
  const mean = (coordinate) => cells.reduce((sum, cell) => sum + coordinate(cell), 0) / cells.length;
  const row = mean((cell) => Math.floor(cell / trace.columns));
  const column = mean((cell) => cell % trace.columns);
  // If the mask is weak at the mean position, that position lies between several attended places.
  const middle = Math.round(row) * trace.columns + Math.round(column);
  if (mask[middle] <= peak / 2) return "is divided over several places without any eye movement";
  const region = regionName((row + 0.5) / trace.rows, (column + 0.5) / trace.columns);
  return `${share < 0.08 ? "is focused on" : "spreads over"} ${region} without any eye movement`;
}

function regionName(down, across) {
  const third = (share, names) => names[Math.min(2, Math.floor(share * 3))];
  const row = third(down, ["upper", "", "lower"]);
  const column = third(across, ["left", "", "right"]);
  if (!row && !column) return "the center";
  if (!column) return `the ${row} middle`;
  return row ? `the ${row} ${column}` : `the ${column} side`;
}

function afterLabel(trace, step) {
  const { label } = trace.steps[step];
  const verdict = verdictOf(trace.steps[step]);
  const name = withArticle(trace.names[label]);
  if (verdict === null) return [["."]];
  if (verdict) return [["; this is "], ["correct", "correct"], [`: ${name} was still to be named.`]];
  const bare = quoted(trace.names[label]);
  const why = trace.truth?.includes(label) ? `every ${bare} was already named` : `there is no ${bare} in the image`;
  return [["; this is "], ["incorrect", "incorrect"], [`: ${why}.`]];
}

function afterStop(trace, step) {
  const { saliency } = trace.steps[step];
  const verdict = verdictOf(trace.steps[step]);
  const remaining = remainingLabels(trace, step);
  if (verdict) return [["; this is "], ["correct", "correct"], [": everything has been named."]];
  const missed = `: ${listed(trace, remaining)} still to be named.`;
  if (verdict === false) return [["; this is "], ["incorrect", "incorrect"], [missed]];
  return [[saliency[peakOf(saliency)] < 0.1 ? ": nothing salient is left." : "."]];
}

function listed(trace, labels) {
  if (!labels?.length) return "something was";
  const names = labels.map((label) => quoted(trace.names[label]));
  const last = names.pop();
  return names.length ? `${names.join(", ")} and ${last} were` : `${last} was`;
}

function quoted(name) {
  return /^\d+$/.test(name) ? name : `\u201c${name}\u201d`;
}

// "a 7" and "an 8"; other names are quoted, because their article is unknown.
function withArticle(name) {
  if (!/^\d+$/.test(name)) return quoted(name);
  return /^(8|11$|18$)/.test(name) ? `an ${name}` : `a ${name}`;
}
