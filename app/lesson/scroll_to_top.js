// Another chapter begins at its top, however far down the last one was left.

let shown; // the chapter that was last drawn

export default function begin({ data, parentElement }) {
  const turned = shown !== undefined && shown !== data.chapter;
  shown = data.chapter;
  if (!turned) return;
  for (let at = parentElement.getRootNode().host ?? parentElement; at; at = at.parentElement) at.scrollTop = 0;
}
