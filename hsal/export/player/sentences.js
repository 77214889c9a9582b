// Pure: one sentence per moment, as a list of [text, tone] pieces. The tone colors a piece; it may be missing.

function sentenceOf(trace, moment) {
  const tell = SENTENCES[moment.kind];
  const said = moment.tone === "inhibition" ? "inhibition of return" : moment.tone;
  return [[`Meta-step ${moment.step + 1}, `], [said, moment.tone], [": "], ...tell(trace, moment)];
}

// In running text a sign becomes a word.
function spoken(number) {
  return number.replace("<", "below ").replace(">", "over ");
}

function plainSentence(pieces) {
  return pieces.map(([text]) => text).join("");
}

const SENTENCES = {
  saliency(trace, { step }) {
    const { saliency } = trace.steps[step];
    const peak = peakOf(saliency);
    if (saliency[peak] <= 0) return [["no saliency is left anywhere."]];
    const start = step === 0 ? "saliency marks what stands out" : "this is the saliency still left";
    return [[`${start}; it is highest at ${cellName(trace, peak)} (${spoken(decimal(saliency[peak]))}).`]];
  },

  mask(trace, { step }) {
    return [[`attention ${spreadOf(trace, trace.steps[step].mask)}.`]];
  },

  priority(trace, { step }) {
    const { priority } = trace.steps[step];
    const peak = peakOf(priority);
    if (priority[peak] <= 0) return [["attention meets no saliency, so priority is zero everywhere."]];
    const where = `${cellName(trace, peak)} (${spoken(decimal(priority[peak]))})`;
    return [[`where attention meets saliency there is priority; it is highest at ${where}.`]];
  },

  broad(trace, { step }) {
    const { broadWeights } = trace.steps[step];
    const peak = peakOf(broadWeights);
    const share = `${spoken(percent(broadWeights[peak]))} of it from ${cellName(trace, peak)}`;
    return [[`the broad glimpse takes in the whole spotlight as one average, ${share}.`]];
  },

  glimpse(trace, moment) {
    const { glimpses, priority } = trace.steps[moment.step];
    const cell = glimpsedCell(trace, moment);
    const stays = moment.glimpse > 0 && glimpsedCell(trace, { ...moment, glimpse: moment.glimpse - 1 }) === cell;
    const which = `glimpse ${moment.glimpse + 1} of ${glimpses.length} ${stays ? "stays" : "lands"} on`;
    return [[`${which} ${cellName(trace, cell)}, where priority is ${spoken(decimal(priority[cell]))}.`]];
  },

  label(trace, { step }) {
    const { label, classes } = trace.steps[step];
    const sure = `(${spoken(percent(classes[label]))})`;
    if (label === trace.stop) return [[`the model says stop ${sure}`], ...afterStop(trace, step)];
    return [[`the model names ${withArticle(trace.names[label])} ${sure}`], ...afterLabel(trace, step)];
  },

  inhibition(trace, { step }) {
    const { saliency, nextSaliency } = trace.steps[step];
    const before = total(saliency);
    const ends = step === trace.steps.length - 1 ? "; the walk ends here, without a stop." : ".";
    if (before <= 0) return [[`there was no saliency left to lose${ends}`]];
    if (total(nextSaliency) === before) return [[`it is switched off, and all saliency stays as it was${ends}`]];
    const share = spoken(percent(1 - total(nextSaliency) / before));
    return [[`what was attended loses its saliency, ${share} of what was left${ends}`]];
  },
};

// Where the mask lies, judged by the cells above half of its peak.
function spreadOf(trace, mask) {
  const peak = mask[peakOf(mask)];
  if (peak < 0.05) return `hardly rises anywhere; the mask\u2019s peak is ${spoken(decimal(peak))}`;
  const cells = [...mask.keys()].filter((cell) => mask[cell] > peak / 2);
  const share = cells.length / mask.length;
  if (share > 0.6) return "opens over the whole image without any eye movement";
  const mean = (place) => cells.reduce((sum, cell) => sum + place(cell), 0) / cells.length;
  const row = mean((cell) => Math.floor(cell / trace.columns));
  const column = mean((cell) => cell % trace.columns);
  // A middle that is itself in the dark lies between several lit places, or inside a ring of them.
  const middle = Math.round(row) * trace.columns + Math.round(column);
  if (mask[middle] <= peak / 2) return "divides over several places without any eye movement";
  const where = regionName((row + 0.5) / trace.rows, (column + 0.5) / trace.columns);
  return `${share < 0.08 ? "gathers on" : "spreads over"} ${where} without any eye movement`;
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
  if (verdict) return [["; "], ["right", "right"], [`, ${name} was still to be named.`]];
  const bare = quoted(trace.names[label]);
  const why = trace.truth?.includes(label) ? `every ${bare} was already named` : `there is no ${bare} in the scene`;
  return [["; "], ["wrong", "wrong"], [`, ${why}.`]];
}

function afterStop(trace, step) {
  const { saliency } = trace.steps[step];
  const verdict = verdictOf(trace.steps[step]);
  const free = stillToName(trace, step);
  if (verdict) return [["; "], ["right", "right"], [", everything is named."]];
  if (verdict === false) return [["; "], ["wrong", "wrong"], [`, ${listed(trace, free)} still to be named.`]];
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

// "a 7" and "an 8", but plain quotation marks round words: their article and number cannot be known.
function withArticle(name) {
  if (!/^\d+$/.test(name)) return quoted(name);
  return /^(8|11$|18$)/.test(name) ? `an ${name}` : `a ${name}`;
}
