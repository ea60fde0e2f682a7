/** Colours for the canvas, which knows no custom properties: read from an element that does. */

const TOKENS = {
  ground: "--ground",
  surface: "--surface",
  sunken: "--sunken",
  line: "--line",
  lineStrong: "--line-strong",
  text: "--text",
  text2: "--text-2",
  text3: "--text-3",
  accent: "--accent",
  good: "--area-good",
  bad: "--bad",
  warn: "--warn",
  calm: "--area-calm",
  badSoft: "--bad-soft",
} as const;

export type Colours = Readonly<Record<keyof typeof TOKENS, string>>;

/** For paper. Which half of a colour is meant is decided at the root of the page. */
export function readLightColours(beside: Element): Colours {
  const { dataset } = document.documentElement;
  const { theme } = dataset;
  dataset.theme = "light";
  const colours = readColours(beside);
  if (theme === undefined) delete dataset.theme;
  else dataset.theme = theme;
  return colours;
}

export function readColours(beside: Element): Colours {
  // One probe each: a probe that changes its colour would show the old one for as long as a transition lasts.
  const entries = Object.entries(TOKENS).map(([name, token]) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    beside.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return [name, color] as const;
  });
  return Object.fromEntries(entries) as Colours;
}

/** Calls back when the page turns light or dark. */
export function onColourChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    dark.removeEventListener("change", changed);
  };
}
