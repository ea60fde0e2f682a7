import { cookies } from "next/headers";
import { Home } from "@/components/captures/home";
import { parseTheme, THEME_COOKIE } from "@/components/frame/theme";
import { InvestigationList } from "@/components/investigations/investigation-list";

export default async function HomePage() {
  return (
    <Home theme={parseTheme((await cookies()).get(THEME_COOKIE)?.value)}>
      <InvestigationList />
    </Home>
  );
}
