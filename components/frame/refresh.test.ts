import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { captureKey } from "./queries";
import { refreshCapture } from "./refresh";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A page that shows a capture; every look at the server is answered by the test. */
function pageShowing(captureId: string) {
  const client = new QueryClient();
  const looks: { answer: (data: string) => void }[] = [];
  const observer = new QueryObserver(client, {
    queryKey: captureKey(captureId),
    queryFn: ({ signal }) =>
      new Promise<string>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("given up")));
        looks.push({ answer: resolve });
      }),
  });
  observer.subscribe(() => undefined);
  const settle = () => vi.advanceTimersByTimeAsync(600);
  return { client, looks, settle, shown: () => observer.getCurrentResult().data };
}

test("a first look that was asked before something happened is asked again", async () => {
  const { client, looks, settle, shown } = pageShowing("one");
  refreshCapture(client, "one");
  await settle();
  looks[0]?.answer("before");
  looks[1]?.answer("after");
  await settle();
  expect(shown()).toBe("after");
});

test("many calls while an answer is awaited become one more look", async () => {
  const { client, looks, settle, shown } = pageShowing("two");
  looks[0]?.answer("first");
  await settle();
  for (let i = 0; i < 100; i++) refreshCapture(client, "two");
  await settle();
  expect(looks).toHaveLength(2);
  looks[1]?.answer("second");
  await settle();
  // The answer took its time, so the next one is asked for later: a fifth of the time goes into waiting.
  expect(looks).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(3000);
  expect(looks).toHaveLength(3);
  looks[2]?.answer("third");
  await settle();
  await settle();
  expect(looks).toHaveLength(3);
  expect(shown()).toBe("third");
});
