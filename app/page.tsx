import { cookies } from "next/headers";
import { engine } from "@/bin/engine-slot";
import { Home } from "@/components/captures/home";
import { KeepNote } from "@/components/captures/keep-note";
import { parseTheme, THEME_COOKIE } from "@/components/frame/theme";
import { InvestigationList } from "@/components/investigations/investigation-list";

export default async function HomePage() {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const { isOpen, keepDays } = engine();
  return (
    <Home theme={theme} isSignedIn={!isOpen}>
      <InvestigationList />
      {keepDays !== undefined && <KeepNote days={keepDays} />}
    </Home>
  );
}
