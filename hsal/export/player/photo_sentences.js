// Pure: the sentences of free viewing, which is about fixations and about where people would look.

// "Fixation 1 of 8"; where a meta-step has another number of glimpses than one, "Step 1 of 8".
function fixationName(trace, step) {
  const single = trace.steps.every(({ glimpses }) => glimpses.length === 1);
  return `${single ? "Fixation" : "Step"} ${step + 1} of ${trace.steps.length}`;
}

const PHOTO_SENTENCES = {
  ...SENTENCES,

  saliency(trace, { step }) {
    const { saliency } = trace.steps[step];
    const peak = peakOf(saliency);
    if (saliency[peak] <= 0) return [["nothing draws the eyes any more; saliency is zero everywhere."]];
    const meaning = step === 0 ? "this is what draws people\u2019s eyes" : "this is what still draws the eyes";
    return [[`${meaning} (saliency map), most of all ${cellRegion(trace, peak)}.`]];
  },

  priority(trace, { step }) {
    const { priority } = trace.steps[step];
    const peak = peakOf(priority);
    if (priority[peak] <= 0) return [["attention and saliency do not overlap, so priority is zero everywhere."]];
    const meaning = "this is where people may look next (priority map, mask times saliency)";
    return [[`${meaning}, most of all ${cellRegion(trace, peak)}.`]];
  },

  broad: () => [["a wide glimpse averages everything under the spotlight (broad glimpse)."]],

  glimpse(trace, moment) {
    const cell = glimpsedCell(trace, moment);
    const { labels } = trace.steps[moment.step].glimpses[moment.glimpse];
    const place = `the eyes land ${cellRegion(trace, cell)} (sharp glimpse)`;
    if (trace.withheld || !labels.length) return [[`${place}.`]];
    const [label, probability] = labels[0];
    return [[`${place}. This spot alone ${resembles(trace, label, probability)}.`]];
  },

  label(trace, { step }) {
    const { label, classes, saliency } = trace.steps[step];
    const left = saliency[peakOf(saliency)] < 0.1 ? ": little saliency is left" : "";
    if (label === trace.stop) return [[`the model stops${left}.`]];
    return [[`what attention covers ${resembles(trace, label, classes[label])}.`]];
  },

  inhibition(trace, { step }) {
    const { saliency, nextSaliency } = trace.steps[step];
    const glimpses = trace.steps.reduce((sum, record) => sum + record.glimpses.length, 0);
    const times = `${glimpses} glimpse${glimpses === 1 ? "" : "s"}`;
    const end = step === trace.steps.length - 1 ? `; here it stops, after ${times}.` : ".";
    const before = total(saliency);
    if (before <= 0) return [[`there was no saliency left to lower${end}`]];
    const changes = (sign) => total(saliency.map((value, cell) => Math.max(0, sign * (value - nextSaliency[cell]))));
    if (changes(1) + changes(-1) === 0) return [[`switched off, so saliency does not change${end}`]];
    const lost = `attended places lose saliency for a while, ${inWords(percent(changes(1) / before))} of the total`;
    return [[`${lost}${changes(-1) > 0.005 * before ? ", and earlier ones regain some" : ""}${end}`]];
  },
};

// "looks like a label", or that the label is only a guess
function resembles(trace, label, probability) {
  const name = quoted(trace.names[label]);
  const share = inWords(percent(probability));
  return isUnsure(trace, probability) ? `could be ${name}, but that is unsure (${share})` : `looks like ${name} (${share})`;
}

// "at the upper left" or "in the center", and the cell
function cellRegion(trace, cell) {
  const down = (Math.floor(cell / trace.columns) + 0.5) / trace.rows;
  const across = ((cell % trace.columns) + 0.5) / trace.columns;
  const region = regionName(down, across);
  return `${region === "the center" ? "in" : "at"} ${region}, ${cellName(trace, cell)}`;
}
