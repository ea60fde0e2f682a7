"use client";

import { Clock3 } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Menu, MenuChoice, MenuLabel, MenuLine } from "@/components/ui/menu";
import { useMounted } from "@/components/ui/use-mounted";
import { useStored } from "@/components/ui/use-stored";
import { TIME_STYLE, ZONE } from "./preferences";

const ZONES = [
  { value: "utc", label: "UTC, as logs have it" },
  { value: "local", label: "Zone of this computer" },
];

const STYLES = [
  { value: "absolute", label: "Time of day" },
  { value: "relative", label: "Since the beginning of the range" },
];

/** How times are shown: in which zone, and in Flows as instants or as time since the beginning. */
export function TimeMenu() {
  const [zone, setZone] = useStored(ZONE);
  const [style, setStyle] = useStored(TIME_STYLE);
  const isMounted = useMounted();
  return (
    <Menu
      align="end"
      trigger={
        <Button look="quiet" small title="How times are shown">
          <Clock3 size={14} aria-hidden />
          {isMounted && zone === "local" ? "Local time" : "UTC"}
        </Button>
      }
    >
      <MenuLabel>Time zone</MenuLabel>
      <MenuChoice
        value={zone}
        onChange={(value) => setZone(value === "local" ? "local" : "utc")}
        choices={ZONES}
      />
      <MenuLine />
      <MenuLabel>Times of rows</MenuLabel>
      <MenuChoice
        value={style}
        onChange={(value) => setStyle(value === "relative" ? "relative" : "absolute")}
        choices={STYLES}
      />
    </Menu>
  );
}
