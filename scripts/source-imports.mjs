// Finds what a TypeScript file imports, types included, without a compiler: TypeScript 7 has no
// interface for programs, and esbuild drops `import type`. The text is cut into tokens first, so that
// words in comments, strings, templates and regular expressions are not taken for code.

/**
 * One token per word, string or sign: `{ kind: "word" | "string" | "sign", text, line }`. The text of a
 * string is its content, escapes left as they are. Templates with `${` yield the code inside them.
 */
export function tokens(source) {
  const found = [];
  let line = 1;
  let index = 0;
  /** Depths of braces at which a template goes on after its `${...}`. */
  const templates = [];
  let depth = 0;
  const push = (kind, text) => found.push({ kind, text, line });
  const skip = (end) => {
    for (let at = index; at < end; at += 1) if (source[at] === "\n") line += 1;
    index = end;
  };

  const readTemplate = () => {
    const end = templateEnd(source, index);
    // JSX text may hold a lone backtick; then it is only a sign.
    if (end === undefined) {
      push("sign", "`");
      index += 1;
      return;
    }
    const isCode = source.startsWith("${", end);
    const start = index + 1;
    const isWhole = !isCode && source[index] === "`";
    if (isWhole) push("string", source.slice(start, end));
    skip(isCode ? end + 2 : end + 1);
    if (isCode) {
      templates.push(depth);
      depth += 1;
    }
  };

  while (index < source.length) {
    const rest = source[index];
    const next = source[index + 1];
    if (/\s/.test(rest)) skip(index + 1);
    else if (rest === "/" && next === "/") skip(endOf(source, "\n", index));
    else if (rest === "/" && next === "*") skip(endOf(source, "*/", index + 2) + 2);
    else if (rest === "/" && mayStartPattern(found.at(-1))) {
      const pattern = /^\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/.exec(
        source.slice(index, index + 2000),
      );
      push("sign", "/");
      skip(index + (pattern ? pattern[0].length : 1));
    } else if (rest === '"' || rest === "'") {
      const string = /^(["'])((?:[^\\\n]|\\.)*?)\1/.exec(source.slice(index, index + 4000));
      // An apostrophe in JSX text closes nowhere on its line.
      if (string) push("string", string[2]);
      skip(index + (string ? string[0].length : 1));
    } else if (rest === "`") readTemplate();
    else if (/[\w$]/.test(rest)) {
      const word = /^[\w$]+/.exec(source.slice(index, index + 500))[0];
      push("word", word);
      index += word.length;
    } else {
      if (rest === "{") depth += 1;
      if (rest === "}") depth -= 1;
      if (rest === "}" && templates.at(-1) === depth) {
        templates.pop();
        readTemplate();
      } else {
        push("sign", rest);
        index += 1;
      }
    }
  }
  return found;
}

/** Where the template text that starts after `start` stops: at its "`" or at "${". */
function templateEnd(source, start) {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === "\\") at += 1;
    else if (source[at] === "`" || source.startsWith("${", at)) return at;
  }
  return undefined;
}

function endOf(source, mark, from) {
  const at = source.indexOf(mark, from);
  return at < 0 ? source.length : at;
}

/** A slash after a value divides; elsewhere it starts a regular expression. "<" is the end of JSX. */
function mayStartPattern(before) {
  if (before === undefined) return true;
  if (before.kind === "string") return false;
  if (before.kind === "word")
    return ["return", "typeof", "case", "in", "of", "void", "await", "yield"].includes(before.text);
  return !")]}<".includes(before.text);
}

/**
 * All imports of a file: `{ specifier, line, isType }`. Seen are import and export declarations with
 * a source, dynamic imports (those inside types too, which count as values), `require`, and modules
 * named by `new URL("./file", import.meta.url)`.
 */
export function sourceImports(source) {
  const all = tokens(source);
  const imports = [];
  const is = (at, text) => all[at]?.kind !== "string" && all[at]?.text === text;
  const add = (at, isType) => {
    const token = all[at];
    if (token?.kind === "string") imports.push({ specifier: token.text, line: token.line, isType });
  };
  for (let at = 0; at < all.length; at += 1) {
    if (is(at - 1, ".")) continue;
    if (is(at, "import") && is(at + 1, "(")) add(at + 2, false);
    else if (is(at, "import") && all[at + 1]?.kind === "string") add(at + 1, false);
    else if (is(at, "require") && is(at + 1, "(")) add(at + 2, false);
    else if (is(at, "import") || is(at, "export")) addDeclaration(all, at, is, add);
    else if (
      is(at, "URL") &&
      is(at + 1, "(") &&
      is(at + 3, ",") &&
      is(at + 4, "import") &&
      is(at + 6, "meta")
    ) {
      // Other addresses are data files and folders.
      if (/\.[cm]?[jt]sx?$/.test(all[at + 2].text)) add(at + 2, false);
    }
  }
  return imports;
}

/** `import ... from "x"` and `export ... from "x"`; anything else that follows these words is passed over. */
function addDeclaration(all, start, is, add) {
  const isTypeWord = is(start + 1, "type") && !is(start + 2, "from") && !is(start + 2, ",");
  const at = isTypeWord ? start + 2 : start + 1;
  let names = 0;
  let types = 0;
  let isInside = false;
  for (let end = at; end < all.length; end += 1) {
    const token = all[end];
    if (is(end, "{")) isInside = true;
    else if (is(end, "}")) isInside = false;
    else if (is(end, "from") && !isInside) {
      const onlyTypes = names > 0 && names === types;
      add(end + 1, isTypeWord || onlyTypes);
      return;
    } else if (is(end, "import") || is(end, "export")) return;
    else if (token.kind === "word") {
      const isFirst = is(end - 1, "{") || is(end - 1, ",") || end === at;
      if (isFirst) names += 1;
      if (isFirst && isInside && token.text === "type" && all[end + 1]?.kind === "word") types += 1;
    } else if (!is(end, "*") && !is(end, ",")) return;
  }
}
