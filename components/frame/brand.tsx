import { classes } from "@/components/ui/classes";
import { Link } from "@/components/ui/link";
import styles from "./brand.module.css";

/** The name of the product; leads to the list of captures. `isCompact`: only its sign where room is scarce. */
export function Brand({ isCompact = false }: { readonly isCompact?: boolean }) {
  return (
    <Link
      href="/"
      className={classes(styles.brand, isCompact && styles.compact)}
      aria-label="Eyepiece, all captures"
    >
      <BrandSign />
    </Link>
  );
}

/** The name alone, for whom the captures are closed. */
export function BrandName() {
  return (
    <span className={styles.brand}>
      <BrandSign />
    </span>
  );
}

function BrandSign() {
  return (
    <>
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden>
        <circle cx="10" cy="10" r="7.2" className={styles.ring} />
        <circle cx="10" cy="10" r="2.6" className={styles.dot} />
        <path d="M10 .5v3M10 16.5v3M.5 10h3M16.5 10h3" className={styles.ring} />
      </svg>
      <span className={styles.name}>Eyepiece</span>
    </>
  );
}
