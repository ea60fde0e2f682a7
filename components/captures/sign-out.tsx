"use client";

import { useState } from "react";
import { basePath } from "@/components/frame/api";
import { Button } from "@/components/ui/button";

/** Ends the sign-in of this browser. */
export function SignOut() {
  const [failed, setFailed] = useState(false);
  const leave = async () => {
    // Answered with the way to the sign-in form, which is no page of ours.
    const answer = await fetch(`${basePath()}/sign-out`, { method: "POST", redirect: "manual" }).catch(
      () => undefined,
    );
    if (answer?.type === "opaqueredirect") window.location.assign(`${basePath()}/sign-in`);
    else setFailed(true);
  };
  return (
    <>
      {failed && <span role="alert">The server did not answer; you are still signed in.</span>}
      <Button look="quiet" onClick={leave}>
        Sign out
      </Button>
    </>
  );
}
