/**
 * The choice of light or dark. It is a cookie rather than local storage, because the server must know it
 * before the first paint; it says nothing about the reader and never goes into a link.
 */

export const THEME_COOKIE = "theme";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const YEAR_SECONDS = 31_536_000;

export function parseTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** `document.cookie` text. `basePath` is empty or begins with a slash. */
export function themeCookie(theme: Theme, basePath: string): string {
  return `${THEME_COOKIE}=${theme}; Path=${basePath || "/"}; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
}
