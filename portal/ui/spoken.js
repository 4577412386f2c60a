// What a screen reader is told and Streamlit has no option for: the language of the page, and a message
// that appears for some seconds by its own words.
function name() {
  for (const toast of document.querySelectorAll(".stToast:not([aria-label])"))
    toast.setAttribute("aria-label", toast.querySelector("[data-testid=stToastText]")?.innerText ?? "");
}

export default function ({ data }) {
  document.documentElement.lang = data.language;
  const seen = new MutationObserver(name);
  seen.observe(document.body, { childList: true, subtree: true });
  name();
  return () => seen.disconnect();
}
