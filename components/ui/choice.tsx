import { Button } from "./button";
import styles from "./choice.module.css";

interface ChoiceProps<Word extends string> {
  /** What is chosen, for who does not see the row. */
  readonly legend: string;
  readonly words: readonly Word[];
  readonly chosen: Word;
  readonly labelOf: (word: Word) => string;
  readonly onChoose: (word: Word) => void;
}

/** A row of words, one of which is pressed. */
export function Choice<Word extends string>({ legend, words, chosen, labelOf, onChoose }: ChoiceProps<Word>) {
  return (
    <fieldset className={styles.choice}>
      <legend className="spoken">{legend}</legend>
      {words.map((word) => (
        <Button key={word} small look="quiet" aria-pressed={word === chosen} onClick={() => onChoose(word)}>
          {labelOf(word)}
        </Button>
      ))}
    </fieldset>
  );
}
