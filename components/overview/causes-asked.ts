/** How causes are asked for, beside the parameters of the scope. */
export const CAUSES_ASKED = { limit: "200" } as const;
