import { describe, expect, it } from "vitest";
import { headline } from "./headline";

describe("the first words of the overview", () => {
  it.each([
    [0, 0, "Nothing wrong was found in this scope."],
    [1, 0, "1 thing goes wrong here."],
    [21, 0, "21 things go wrong here."],
    [1, 1, "Nothing serious was found here: 1 thing, most likely harmless."],
    [3, 3, "Nothing serious was found here: 3 things, most likely harmless."],
    [2, 1, "1 thing goes wrong here; 1 more is most likely harmless."],
    [26, 2, "24 things go wrong here; 2 more are most likely harmless."],
  ])("for %i causes of which %i are noise", (causes, noise, words) => {
    expect(headline({ causes, noise }, { isUnsettled: false, isPartial: false })).toBe(words);
  });

  it("promise causes while the first file is read", () => {
    expect(headline({ causes: 0, noise: 0 }, { isUnsettled: true, isPartial: true })).toBe(
      "Causes are worked out when the first file has been read.",
    );
  });

  it("say that there is more to come while another one is read", () => {
    const reading = { isUnsettled: false, isPartial: true };
    expect(headline({ causes: 0, noise: 0 }, reading)).toBe("Nothing wrong was found so far.");
    expect(headline({ causes: 2, noise: 0 }, reading)).toBe("2 things go wrong here.");
  });
});
