// Scrolls to the top when another chapter is shown.

let shownChapter;

export default function scrollToTop({ data, parentElement }) {
  const changed = shownChapter !== undefined && shownChapter !== data.chapter;
  shownChapter = data.chapter;
  if (!changed) return;
  const host = parentElement.getRootNode().host ?? parentElement;
  for (let node = host; node; node = node.parentElement) node.scrollTop = 0;
}
