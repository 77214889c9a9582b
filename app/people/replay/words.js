// What the replay says.

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

const ordinal = (place) => ORDINALS[place] ?? `${place + 1}th`;
const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const signed = (bits) => `${bits < 0 ? "\u2212" : "+"}${Math.abs(bits).toFixed(1)}`;

// How many of the guesses lie close to a fixation of people, and of the model.
function guessSentence(guesses, people, model, near) {
  const close = (points) => `${countNear(guesses, points, near)} of your ${counted(guesses.length, "place")} close to`;
  const parts = [];
  if (people.length) parts.push(`${close(people)} a fixation of people`);
  if (model.length) parts.push(`${close(model)} a fixation of the model`);
  return parts.length ? `${parts.join("; ")} (inside the ring).` : "";
}

function pathSentence({ now, person, data }) {
  const model = now < (data.model?.path.length ?? 0);
  if (!data.people.length) return model ? `The model's ${ordinal(now)} fixation.` : "";
  const going = person === null ? data.people.filter((path) => path.length > now).length : 1;
  const fixation = data.people[person]?.[now];
  const ended = person === null ? "All people's paths have" : `Person ${person + 1}'s path has`;
  if (!going || (person !== null && !fixation)) return `${ended} ended${model ? "; the model goes on" : ""}.`;
  const whose = person === null ? `The ${ordinal(now)} fixation of ${going === 1 ? "one person" : `${going} people`}`
    : `Person ${person + 1}'s ${ordinal(now)} fixation`;
  const lasted = fixation?.[2] == null ? "" : `, which lasted ${Math.round(fixation[2])} ms`;
  return `${whose}${lasted}${model ? `, and the model's own ${ordinal(now)} fixation` : ""}.`;
}

function nextSentence({ now, person, data }) {
  const bits = data.next.people[person]?.bits[now];
  const who = `Person ${person + 1}`;
  if (bits == null) return `${who}'s ${ordinal(now)} fixation is given. The prediction begins with the one after it.`;
  const past = now === 1 ? "first fixation" : `first ${now} fixations`;
  const change = bits < 0 ? `${(-bits).toFixed(1)} bits less` : `${bits.toFixed(1)} bits more`;
  return `Given ${who.toLowerCase()}'s ${past}, bright places are where the model expects the next one. ` +
    `The person looked at the ring: ${change} probable than under the center bias alone.`;
}

function densitySentence({ now, data }, persons) {
  const who = persons.length === 1 ? `person ${persons[0] + 1}` : `${persons.length} people`;
  const first = now === 0 ? "first fixation" : `first ${now + 1} fixations`;
  const model = data.next ? "; beside it, what the model predicted for these fixations on average" : "";
  return `Where ${who} looked, ${first}${model}.`;
}

function meansSentence({ person, data }) {
  const mean = (all) => all.reduce((sum, bits) => sum + bits, 0) / all.length;
  const known = ({ bits }) => bits.filter((value) => value !== null);
  const own = known(data.next.people[person] ?? { bits: [] });
  if (!own.length) return "This person has no fixation after the first, so nothing is predicted.";
  const everyone = data.next.people.filter(Boolean).flatMap(known);
  const all = data.people.length > 1 ? `; ${signed(mean(everyone))} over all ${data.people.length} people` : "";
  return `Mean ${signed(mean(own))} for person ${person + 1}${all}. A fixation above the line was expected more than ` +
    "by the center bias.";
}
