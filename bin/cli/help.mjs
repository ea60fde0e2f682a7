// What `eyepiece --help` and `--version` print. Plain JavaScript without packages: eyepiece.mjs asks here
// before it puts anything in place, so that help needs no installation.
import { readFileSync } from "node:fs";

const ALL = `Eyepiece opens exported Hubble flow logs in a browser.

  eyepiece serve [--port N] [--host ADDRESS] [--data FOLDER]
      serves the pages and the interface; the same as npm start

  eyepiece ingest PATH... [--name NAME | --capture ID] [--url ADDRESS] [--json]
      sends files, folders or standard input (-) to the running server, and starts one when there is none

  eyepiece backup FOLDER [--data FOLDER]
      copies all captures and investigations into a new folder, while the server runs or not

  eyepiece help ingest, eyepiece help serve, eyepiece help backup
  eyepiece --version

Settings: EYEPIECE_URL, EYEPIECE_TOKEN (docs/interface.md); EYEPIECE_DATA, PORT, HOST (docs/operations.md).
`;

const SERVE = `eyepiece serve [--port N] [--host ADDRESS] [--data FOLDER]

Serves Eyepiece until Ctrl-C. Builds first what is missing or stale. The options are the variables PORT,
HOST and EYEPIECE_DATA, which hold where an option is left out.

  --port N         port to listen on (3000); 0 lets the system choose
  --host ADDRESS   address to listen on (127.0.0.1); any other than loopback needs EYEPIECE_TOKEN
  --data FOLDER    folder of the captures (data, beside the program)
`;

const INGEST = `eyepiece ingest PATH... [--name NAME | --capture ID] [--url ADDRESS] [--json]

Sends flow logs to the running server and reports what was read and what was refused.

  PATH             a file (plain or gzip), a folder (every file in it, hidden ones left out), or - for
                   standard input:
                     hubble observe -o json --follow=false | eyepiece ingest -
  --name NAME      name of the new capture (the name of the first path)
  --capture ID     add to this capture instead of making a new one
  --url ADDRESS    the server, such as http://127.0.0.1:3000/
  --json           print one JSON document instead of sentences

The server is the one at --url or EYEPIECE_URL; else the one that has the data folder open (EYEPIECE_DATA); else
the one at the default address. When there is none, one is started in the background; it goes on running.
A server with a token wants it in EYEPIECE_TOKEN.

Ends with 0 when everything was read, 1 when a file failed or not one of its records was accepted, 2 when
the command itself was wrong.
`;

const BACKUP = `eyepiece backup FOLDER [--data FOLDER]

Copies the catalogue (investigations, links) and every capture into FOLDER, which must be empty or not be
there. Each file is copied as it is at one moment, so the server may go on working. Files that are being
uploaded are not in the copy. To restore, start Eyepiece with EYEPIECE_DATA naming the copy.

  --data FOLDER    the data folder (EYEPIECE_DATA; else data, beside the program)

Ends with 0 when all was copied, 1 when not, 2 when the command itself was wrong.
`;

const PAGES = { serve: SERVE, ingest: INGEST, backup: BACKUP };

const isHelp = (word) => word === "--help" || word === "-h";

/**
 * What is printed for these arguments (without the program's own name); undefined when they ask for neither.
 * @param {readonly string[]} argv
 */
export function helpFor(argv) {
  const [word, ...rest] = argv;
  if (isHelp(word) || word === "help") return pageOf(rest[0]) ?? ALL;
  if (word === "--version" || word === "-V") return `${version()}\n`;
  return rest.some(isHelp) ? pageOf(word) : undefined;
}

function pageOf(word) {
  return Object.hasOwn(PAGES, word ?? "") ? PAGES[word] : undefined;
}

function version() {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}
