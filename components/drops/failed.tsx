import { ApiError } from "@/components/frame/api";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";

/** Why nothing can be shown, with a way to try again. */
export function Failed({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  return (
    <Empty title={error.message} role="alert" actions={<Button onClick={() => onRetry()}>Try again</Button>}>
      {error instanceof ApiError && error.hint}
    </Empty>
  );
}
