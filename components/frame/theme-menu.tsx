"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuChoice } from "@/components/ui/menu";
import { basePath } from "./api";
import { parseTheme, type Theme, themeCookie } from "./theme";

const choices = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

const icons = { system: Monitor, light: Sun, dark: Moon } as const;

/** `initial` is what the server read from the cookie. */
export function ThemeMenu({ initial }: { readonly initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const choose = (value: string) => {
    const next = parseTheme(value);
    const root = document.documentElement;
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store interface is missing in Firefox
    document.cookie = themeCookie(next, basePath());
    setTheme(next);
  };
  const Icon = icons[theme];
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label="Light or dark">
          <Icon size={16} aria-hidden />
        </IconButton>
      }
    >
      <MenuChoice value={theme} onChange={choose} choices={choices} />
    </Menu>
  );
}
